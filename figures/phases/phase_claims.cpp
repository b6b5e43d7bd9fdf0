#include "figures/phases/phase_claims.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// A claim about one diagram: what it says of another setting than the published one is said, and
/// decides nothing.
Claim judged(const PhaseDiagram& diagram, const std::string& statement, const std::string& source,
             const std::string& ours, const Estimate& number, const Band& band) {
  const std::string loss = diagram.loss.empty() ? "" : fmt::format(" ({})", diagram.loss);
  Claim claim = open_claim(statement + loss, source, "-", ours);
  const Verdict verdict = judge(number, band);
  claim.criterion = band.text;
  if (is_published_setting(diagram)) {
    claim.verdict = verdict;
  } else {
    add_remark(claim, setting_text(diagram));
    add_remark(claim, verdict == Verdict::open
                          ? ""
                          : fmt::format("at this setting: {}", to_text(verdict)));
  }
  if (diagram.seeds.size() == 1) {
    add_remark(claim, "one seed: no interval");
  }
  return claim;
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

PhaseQuestion more_of(const std::string& statement, const std::string& source,
                      const ShareContrast& contrast) {
  return [=](const PhaseDiagram& diagram) {
    const auto [inside, against, difference] = share_difference(diagram, contrast);
    return judged(
        diagram, statement, source,
        fmt::format("share of {} {}: {}, {}: {}; difference {}, {}", phase_name(contrast.phase),
                    contrast.inside_name, rounded(inside, 2), contrast.against_name,
                    rounded(against, 2), with_interval(difference.estimate),
                    runs_in_seeds(difference.count, difference.groups)),
        difference.estimate, above(0));
  };
}

PhaseQuestion generalisation_between(const std::string& source) {
  return [=](const PhaseDiagram& diagram) {
    const Between between = between_memorization_and_confusion(diagram);
    const Estimate share =
        between.share ? between.share->estimate : Estimate{nothing, nothing, nothing};
    return judged(
        diagram, "comprehension and grokking lie between memorization and confusion", source,
        between.share
            ? fmt::format("of the columns (rate and seed) with both, {} of {} have one of "
                          "them in between: {}",
                          between.with_generalisation, between.columns, with_interval(share))
            : "no column has both memorization and, with more decay, confusion",
        share, above(mostly));
  };
}

PhaseQuestion hardly_matters(const std::string& statement, const std::string& source) {
  return [=](const PhaseDiagram& diagram) {
    const BootstrapInterval same = same_phase_as_first_row(diagram);
    return judged(diagram, statement, source,
                  fmt::format("share of runs in the phase of the same run at {} = {}: {}, {}",
                              diagram.y.key, rounded(diagram.y.values.front()),
                              with_interval(same.estimate), runs_in_seeds(same.count, same.groups)),
                  same.estimate, above(hardly));
  };
}

PhaseQuestion published_counts(const std::string& source,
                               const std::array<std::int64_t, 4>& counts) {
  PhaseCounts published{};
  std::copy(counts.begin(), counts.end(), published.begin());
  return [=](const PhaseDiagram& diagram) {
    const std::int64_t first = diagram.seeds.front();
    const PhaseCounts ours = count_phases(diagram, first);
    const bool comparable = total(ours) == total(published) && is_complete(diagram);
    const Estimate difference =
        comparable ? overlap_difference(diagram, published) : Estimate{nothing, nothing, nothing};
    Claim claim = judged(
        diagram, "cells of each phase", source,
        fmt::format("{} (seed {}){}", counts_text(ours), first,
                    comparable
                        ? fmt::format("; overlap of counts with our diagrams, published minus "
                                      "one more of ours: {}",
                                      with_interval(difference))
                        : ""),
        difference, above(-near_counts));
    claim.published = counts_text(published);
    add_remark(claim, comparable ? "counts do not say which cell is what"
                                 : "another grid: not comparable; profiles paper and full are");
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
