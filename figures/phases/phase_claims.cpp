#include "figures/phases/phase_claims.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "figures/panels/text.hpp"

namespace grok {
namespace {

/// What keeps our diagram from being the published one, or from having an interval.
void add_setting(Claim& claim, const PhaseDiagram& diagram) {
  if (!is_published_setting(diagram)) {
    add_remark(claim, setting_text(diagram));
  }
  if (diagram.seeds.size() == 1) {
    add_remark(claim, "one seed: no interval");
  }
}

/// Sets the verdict on a number that should exceed `floor`.
void judge(Claim& claim, const PhaseDiagram& diagram, const BootstrapInterval& number,
           double floor) {
  const Estimate& e = number.estimate;
  if (std::isnan(e.value)) {
    return;  // open
  }
  claim.verdict = e.low > floor     ? Verdict::agrees
                  : e.value > floor ? Verdict::partly
                  : e.high <= floor ? Verdict::differs
                                    : Verdict::open;
  if (e.low <= floor && floor < e.high) {
    add_remark(claim, fmt::format("undecided: {} lies within the interval", rounded(floor)));
  }
  if (is_published_setting(diagram)) {
    return;
  }
  const bool shorter = diagram.budget < published_budget;
  if (claim.verdict == Verdict::differs) {
    claim.verdict = Verdict::open;
    add_remark(claim, shorter ? "not so, but more steps may change it"
                              : "not so, but the published setting may be otherwise");
  } else if (claim.verdict == Verdict::agrees) {
    claim.verdict = Verdict::partly;
    add_remark(claim, shorter ? "so, but within a budget that favours memorization and confusion"
                              : "so, but not at the published setting");
  }
}

}  // namespace

bool is_published_setting(const PhaseDiagram& diagram) {
  return diagram.budget == published_budget && diagram.differences.empty();
}

std::string setting_text(const PhaseDiagram& diagram) {
  std::vector<std::string> parts = diagram.differences;
  if (diagram.budget != published_budget) {
    parts.insert(parts.begin(),
                 fmt::format("budget {} instead of {} steps", diagram.budget, published_budget));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string number_text(const BootstrapInterval& number) {
  if (std::isnan(number.estimate.value)) {
    return "undefined";
  }
  return std::isnan(number.estimate.low) ? rounded(number.estimate.value)
                                         : with_interval(number.estimate);
}

Claim new_claim(const PhaseDiagram& diagram, const std::string& statement,
                const std::string& source) {
  const std::string& loss = diagram.loss;
  Claim claim{.statement = statement + (loss.empty() ? "" : fmt::format(" ({})", loss)),
              .source = source,
              .published = "-",
              .ours = ""};
  add_setting(claim, diagram);
  return claim;
}

PhaseQuestion more_of(const std::string& statement, const std::string& source,
                      const ShareContrast& contrast) {
  return [=](const PhaseDiagram& diagram) {
    const auto [inside, against, difference] = share_difference(diagram, contrast);
    Claim claim = new_claim(diagram, statement, source);
    claim.ours = fmt::format("share of {} {}: {}, {}: {}; difference {}, {}",
                             phase_name(contrast.phase), contrast.inside_name, rounded(inside, 2),
                             contrast.against_name, rounded(against, 2), number_text(difference),
                             runs_in_seeds(difference.count, difference.groups));
    judge(claim, diagram, difference, 0);
    return claim;
  };
}

PhaseQuestion generalisation_between(const std::string& source) {
  return [=](const PhaseDiagram& diagram) {
    const Between between = between_memorization_and_confusion(diagram);
    Claim claim = new_claim(
        diagram, "comprehension and grokking lie between memorization and confusion", source);
    if (!between.share) {
      claim.ours = "no column has both memorization and, with more decay, confusion";
      return claim;
    }
    claim.ours = fmt::format(
        "of the columns (rate and seed) with both, {} of {} have one of them in between: {}",
        between.with_generalisation, between.columns, number_text(*between.share));
    judge(claim, diagram, *between.share, 0.5);
    return claim;
  };
}

PhaseQuestion hardly_matters(const std::string& statement, const std::string& source) {
  return [=](const PhaseDiagram& diagram) {
    const BootstrapInterval same = same_phase_as_first_row(diagram);
    Claim claim = new_claim(diagram, statement, source);
    claim.ours = fmt::format("share of runs in the phase of the same run at {} = {}: {}, {}",
                             diagram.y.key, rounded(diagram.y.values.front()), number_text(same),
                             runs_in_seeds(same.count, same.groups));
    judge(claim, diagram, same, hardly);
    add_remark(claim, fmt::format("\"hardly\" taken as a share above {}", hardly));
    return claim;
  };
}

namespace {

double share_of(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
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
    if (total(ours) != total(published) || !is_published_setting(diagram) ||
        !is_complete(diagram)) {
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
