#include "figures/phases/phase_diagram_claims.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? undefined : static_cast<double>(part) / static_cast<double>(whole);
}

/// A bootstrap over seeds; no interval (NaN) where the number, or most of its resamples, do not
/// exist.
BootstrapInterval over_seeds(Groups seeds, const NumberStatistic& statistic) {
  std::vector<std::size_t> all(seeds.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  BootstrapInterval none{{statistic(all), undefined, undefined}, std::ssize(seeds), 0, 0};
  std::vector<std::int64_t> distinct(seeds.begin(), seeds.end());
  std::sort(distinct.begin(), distinct.end());
  none.groups = std::unique(distinct.begin(), distinct.end()) - distinct.begin();
  if (std::isnan(none.estimate.value)) {
    return none;
  }
  try {
    return bootstrap_number("phase_diagram", seeds, figure_resamples, figure_bootstrap_seed,
                            statistic);
  } catch (const ConvergenceError&) {
    return none;
  }
}

/// grouped_share, without an interval if there is one seed.
BootstrapInterval share_over_seeds(const std::vector<bool>& success, Groups seeds) {
  BootstrapInterval share = grouped_share(success, seeds, figure_resamples, figure_bootstrap_seed);
  if (share.groups == 1) {
    share.estimate.low = share.estimate.high = undefined;
  }
  return share;
}

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

/// The run of a seed; null if it is missing.
const PhaseRun* find_run(const PhaseCell& cell, std::int64_t seed) {
  const auto run = std::find_if(cell.runs.begin(), cell.runs.end(),
                                [seed](const PhaseRun& r) { return r.seed == seed; });
  return run == cell.runs.end() ? nullptr : &*run;
}

double equal_share(const PhaseDiagram& diagram, std::int64_t first, std::int64_t second) {
  std::int64_t equal = 0, both = 0;
  for (const PhaseCell& cell : diagram.cells) {
    const PhaseRun *a = find_run(cell, first), *b = find_run(cell, second);
    both += a != nullptr && b != nullptr ? 1 : 0;
    equal += a != nullptr && b != nullptr && a->phase == b->phase ? 1 : 0;
  }
  return ratio(equal, both);
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

std::optional<BootstrapInterval> equal_cells_between_seeds(const PhaseDiagram& diagram) {
  const std::size_t n = diagram.seeds.size();
  std::vector<std::vector<double>> equal(n, std::vector<double>(n, 1));
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      equal[a][b] = equal[b][a] = equal_share(diagram, diagram.seeds[a], diagram.seeds[b]);
    }
  }
  if (n == 1) {
    return std::nullopt;
  }
  return over_seeds(diagram.seeds, [&](std::span<const std::size_t> drawn) {
    double sum = 0;
    std::int64_t pairs = 0;
    for (std::size_t a = 0; a < drawn.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        if (drawn[a] != drawn[b]) {
          sum += equal[drawn[a]][drawn[b]];
          ++pairs;
        }
      }
    }
    return pairs == 0 ? undefined : sum / static_cast<double>(pairs);
  });
}

CellTest in_halves(Half x, Half y) {
  return [x, y](const PhaseDiagram& diagram, std::size_t ix, std::size_t iy) {
    const auto within = [](Half half, std::size_t place, std::size_t count) {
      return half == Half::any || (half == Half::low ? 2 * place + 1 < count  //
                                                     : 2 * place + 1 > count);
    };
    return within(x, ix, diagram.x.values.size()) && within(y, iy, diagram.y.values.size());
  };
}

CellTest outside(CellTest inside) {
  return [inside](const PhaseDiagram& diagram, std::size_t ix, std::size_t iy) {
    return !inside(diagram, ix, iy);
  };
}

namespace {

/// The runs of the two regions of a contrast.
struct ContrastRuns {
  std::vector<std::int64_t> seeds;
  std::vector<bool> inside, success;
};

ContrastRuns runs_of(const PhaseDiagram& diagram, const ShareContrast& contrast) {
  ContrastRuns runs;
  for (std::size_t iy = 0; iy < diagram.y.values.size(); ++iy) {
    for (std::size_t ix = 0; ix < diagram.x.values.size(); ++ix) {
      const bool inside = contrast.inside(diagram, ix, iy);
      if (!inside && !contrast.against(diagram, ix, iy)) {
        continue;
      }
      for (const PhaseRun& run : diagram.cell(ix, iy).runs) {
        runs.seeds.push_back(run.seed);
        runs.inside.push_back(inside);
        runs.success.push_back(run.phase == contrast.phase);
      }
    }
  }
  return runs;
}

/// Shares in the two regions.
std::array<double, 2> shares_of(const ContrastRuns& runs, std::span<const std::size_t> chosen) {
  std::array<std::int64_t, 2> count{}, success{};
  for (const std::size_t k : chosen) {
    const std::size_t region = runs.inside[k] ? 0 : 1;
    ++count[region];
    success[region] += runs.success[k] ? 1 : 0;
  }
  return {ratio(success[0], count[0]), ratio(success[1], count[1])};
}

BootstrapInterval difference_of(const ContrastRuns& runs) {
  return over_seeds(runs.seeds, [&runs](std::span<const std::size_t> chosen) {
    const auto [inside, against] = shares_of(runs, chosen);
    return inside - against;
  });
}

}  // namespace

BootstrapInterval share_difference(const PhaseDiagram& diagram, const ShareContrast& contrast) {
  return difference_of(runs_of(diagram, contrast));
}

PhaseQuestion more_of(const std::string& statement, const std::string& source,
                      const ShareContrast& contrast) {
  return [=](const PhaseDiagram& diagram) {
    const ContrastRuns runs = runs_of(diagram, contrast);
    const BootstrapInterval difference = difference_of(runs);
    std::vector<std::size_t> all(runs.seeds.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto [inside, against] = shares_of(runs, all);
    Claim claim = new_claim(diagram, statement, source);
    claim.ours = fmt::format("share of {} {}: {}, {}: {}; difference {}, {}",
                             phase_name(contrast.phase), contrast.inside_name, rounded(inside, 2),
                             contrast.against_name, rounded(against, 2), number_text(difference),
                             runs_in_seeds(difference.count, difference.groups));
    judge(claim, diagram, difference, 0);
    return claim;
  };
}

std::vector<Between> between_memorization_and_confusion(const PhaseDiagram& diagram) {
  std::vector<Between> result;
  for (const std::int64_t seed : diagram.seeds) {
    Between between{seed, 0, 0};
    for (std::size_t ix = 0; ix < diagram.x.values.size(); ++ix) {
      bool memorized = false, generalised = false, both = false, around = false;
      for (std::size_t iy = 0; iy < diagram.y.values.size(); ++iy) {
        const PhaseRun* run = find_run(diagram.cell(ix, iy), seed);
        const Phase phase = run == nullptr ? Phase::none : run->phase;
        memorized = memorized || phase == Phase::memorization;
        generalised = generalised ||
                      (memorized && (phase == Phase::comprehension || phase == Phase::grokking));
        both = both || (memorized && phase == Phase::confusion);
        around = around || (generalised && phase == Phase::confusion);
      }
      between.columns += both ? 1 : 0;
      between.with_generalisation += around ? 1 : 0;
    }
    result.push_back(between);
  }
  return result;
}

PhaseQuestion generalisation_between(const std::string& source) {
  return [=](const PhaseDiagram& diagram) {
    std::vector<bool> with;
    std::vector<std::int64_t> seeds;
    for (const Between& b : between_memorization_and_confusion(diagram)) {
      for (std::int64_t k = 0; k < b.columns; ++k) {
        with.push_back(k < b.with_generalisation);
        seeds.push_back(b.seed);
      }
    }
    Claim claim = new_claim(
        diagram, "comprehension and grokking lie between memorization and confusion", source);
    if (with.empty()) {
      claim.ours = "no column has both memorization and, with more decay, confusion";
      return claim;
    }
    const BootstrapInterval share = share_over_seeds(with, seeds);
    claim.ours = fmt::format(
        "of the columns (rate and seed) with both, {} of {} have one of them in between: {}",
        std::count(with.begin(), with.end(), true), with.size(), number_text(share));
    judge(claim, diagram, share, 0.5);
    return claim;
  };
}

BootstrapInterval same_phase_as_first_row(const PhaseDiagram& diagram) {
  std::vector<bool> same;
  std::vector<std::int64_t> seeds;
  for (const std::int64_t seed : diagram.seeds) {
    for (std::size_t ix = 0; ix < diagram.x.values.size(); ++ix) {
      const PhaseRun* first = find_run(diagram.cell(ix, 0), seed);
      for (std::size_t iy = 1; iy < diagram.y.values.size(); ++iy) {
        const PhaseRun* run = find_run(diagram.cell(ix, iy), seed);
        if (first != nullptr && run != nullptr) {
          same.push_back(run->phase == first->phase);
          seeds.push_back(seed);
        }
      }
    }
  }
  if (same.empty()) {
    return {{undefined, undefined, undefined}, 0, std::ssize(diagram.seeds), 0};
  }
  return share_over_seeds(same, seeds);
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

}  // namespace grok
