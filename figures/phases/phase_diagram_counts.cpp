// Counts of phases beside published ones: a part of figures/phases/phase_diagram_claims.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "figures/phases/phase_diagram_claims.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

double share_of(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Of diagrams with these counts: how many cells each can have in common with the others, summed.
std::vector<std::int64_t> overlaps_of(const std::vector<PhaseCounts>& counts) {
  std::vector<std::int64_t> sums(counts.size());
  for (std::size_t k = 0; k < counts.size(); ++k) {
    for (std::size_t other = 0; other < counts.size(); ++other) {
      sums[k] += other == k ? 0 : common_cells(counts[k], counts[other]);
    }
  }
  return sums;
}

/// Of our diagrams and the published one, the latter last.
std::vector<std::int64_t> overlaps_with(const PhaseDiagram& diagram, const PhaseCounts& published) {
  std::vector<PhaseCounts> all;
  for (const std::int64_t seed : diagram.seeds) {
    all.push_back(count_phases(diagram, seed));
  }
  all.push_back(published);
  return overlaps_of(all);
}

/// Sets the verdict on counts of enough seeds.
void judge_counts(Claim& claim, const PhaseDiagram& diagram, const PhaseCounts& published) {
  const std::vector<std::int64_t> sums = overlaps_with(diagram, published);
  const auto seeds = std::ssize(diagram.seeds);
  const auto share = [&](std::int64_t sum) {
    return rounded(share_of(sum, seeds * total(published)), 2);
  };
  const auto [least, most] = std::minmax_element(sums.begin(), sums.end() - 1);
  claim.verdict = sums.back() >= *least ? Verdict::agrees : Verdict::differs;
  add_remark(claim, fmt::format("overlap of counts with the other diagrams, mean: published {}, "
                                "ours {} to {}{}",
                                share(sums.back()), share(*least), share(*most),
                                claim.verdict == Verdict::agrees
                                    ? ""
                                    : fmt::format("; so far off by chance: 1 in {}", seeds + 1)));
}

/// The cells that a diagram with equal counts of the four phases could have in common with it.
double uniform_overlap(const PhaseCounts& published) {
  double common = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    common +=
        std::min(static_cast<double>(published[k]), static_cast<double>(total(published)) / 4);
  }
  return common / static_cast<double>(total(published));
}

bool complete(const PhaseDiagram& diagram) {
  return std::all_of(diagram.cells.begin(), diagram.cells.end(), [&](const PhaseCell& cell) {
    return cell.runs.size() == diagram.seeds.size();
  });
}

}  // namespace

PhaseQuestion published_counts(const std::string& source,
                               const std::array<std::int64_t, 4>& counts) {
  PhaseCounts published{};
  std::copy(counts.begin(), counts.end(), published.begin());
  return [=](const PhaseDiagram& diagram) {
    const std::int64_t first = diagram.seeds.front();
    const PhaseCounts ours = count_phases(diagram, first);
    Claim claim = new_claim(diagram, "cells of each phase", source);
    claim.published = counts_text(published);
    claim.ours = fmt::format("{} (seed {})", counts_text(ours), first);
    if (total(ours) != total(published) || !is_published_setting(diagram) || !complete(diagram)) {
      add_remark(claim, "another setting or grid: not comparable; profiles paper and full are");
      return claim;
    }
    add_remark(claim, fmt::format("the counts allow at most {} of the cells to be equal; equal "
                                  "counts of the four phases would allow {}",
                                  rounded(share_of(common_cells(ours, published), total(ours))),
                                  rounded(uniform_overlap(published))));
    if (diagram.seeds.size() < least_seeds) {
      add_remark(claim, "counts of so few seeds decide nothing");
    } else {
      judge_counts(claim, diagram, published);
    }
    if (const auto between = equal_cells_between_seeds(diagram)) {
      add_remark(claim, fmt::format("two of our {} seeds have {} in common", diagram.seeds.size(),
                                    number_text(*between)));
    }
    return claim;
  };
}

std::string counts_text(const PhaseCounts& counts) {
  std::string text;
  for (const Phase phase : all_phases) {
    const std::int64_t count = counts[static_cast<std::size_t>(phase)];
    if (count > 0 || phase < Phase::diverged) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", phase_name(phase), count);
    }
  }
  return fmt::format("{} of {}", text, total(counts));
}

}  // namespace grok
