#include "compare/phases/phase_shares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? undefined : static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// A bootstrap over seeds; no interval where the number, or most of its resamples, do not exist.
BootstrapInterval over_seeds(Groups seeds, const NumberStatistic& statistic) {
  std::vector<std::int64_t> distinct(seeds.begin(), seeds.end());
  std::ranges::sort(distinct);
  const auto repeated = std::ranges::unique(distinct);
  const BootstrapInterval none{{statistic(all_of(seeds.size())), undefined, undefined},
                               std::ssize(seeds),
                               repeated.begin() - distinct.begin(),
                               0};
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

/// visit(ix, iy, cell), y slowest.
template <class Visitor>
void for_each_cell(const PhaseDiagram& diagram, Visitor&& visit) {
  for (std::size_t k = 0; k < diagram.cells.size(); ++k) {
    visit(k % diagram.x.values.size(), k / diagram.x.values.size(), diagram.cells[k]);
  }
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

void SeedTrials::add(std::int64_t count, std::int64_t of, std::int64_t seed) {
  success_.insert(success_.end(), static_cast<std::size_t>(count), true);
  success_.insert(success_.end(), static_cast<std::size_t>(of - count), false);
  seeds_.resize(success_.size(), seed);
}

BootstrapInterval SeedTrials::share() const {
  BootstrapInterval share = grouped_share(success_, seeds_);
  if (share.groups == 1) {
    share.estimate.low = share.estimate.high = undefined;
  }
  return share;
}

PhaseCounts count_phases(const PhaseCell& cell) {
  PhaseCounts counts{};
  for (const PhaseRun& run : cell.runs) {
    ++counts[static_cast<std::size_t>(run.phase)];
  }
  return counts;
}

PhaseCounts count_phases(const PhaseDiagram& diagram, std::int64_t seed) {
  PhaseCounts counts{};
  for (const PhaseCell& cell : diagram.cells) {
    if (const PhaseRun* run = find_run(cell, seed)) {
      ++counts[static_cast<std::size_t>(run->phase)];
    }
  }
  return counts;
}

std::int64_t total(const PhaseCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

std::int64_t common_cells(const PhaseCounts& a, const PhaseCounts& b) {
  require_in_range("common_cells", "cells", total(b), total(a), total(a));
  std::int64_t common = 0;
  for (std::size_t k = 0; k < phase_count; ++k) {
    common += std::min(a[k], b[k]);
  }
  return common;
}

Estimate overlap_difference(const PhaseDiagram& diagram, const PhaseCounts& other) {
  constexpr std::size_t fewest_seeds = 5;
  std::vector<PhaseCounts> counts;
  for (const std::int64_t seed : diagram.seeds) {
    counts.push_back(count_phases(diagram, seed));
  }
  const auto n = static_cast<double>(counts.size());
  if (counts.size() < fewest_seeds) {
    return {undefined, undefined, undefined};
  }
  const auto sum_with_ours = [&](const PhaseCounts& one) {
    return std::accumulate(counts.begin(), counts.end(), 0.0, [&](double sum, const auto& ours) {
      return sum + ratio(common_cells(one, ours), total(one));
    });
  };
  std::vector<double> overlaps;  // of each of ours with the n - 1 others
  double mean = 0, squares = 0;
  for (const PhaseCounts& one : counts) {
    overlaps.push_back((sum_with_ours(one) - 1) / (n - 1));
    mean += overlaps.back() / n;
  }
  for (const double overlap : overlaps) {
    squares += (overlap - mean) * (overlap - mean);
  }
  // Overlaps with the others share members: they vary by (n - 2)/(n - 1) of what a new one would.
  const double spread = std::sqrt(squares / (n - 1)) * (n - 1) / (n - 2);
  const double half = t_half_width(std::ssize(counts)) * spread * std::sqrt(1 + 1 / n);
  const double difference = sum_with_ours(other) / n - mean;
  return {difference, difference - half, difference + half};
}

bool is_complete(const PhaseDiagram& diagram) {
  return std::ranges::all_of(diagram.cells, [&](const PhaseCell& cell) {
    return cell.runs.size() == diagram.seeds.size();
  });
}

std::optional<Phase> main_phase(const PhaseCell& cell) {
  if (cell.runs.empty()) {
    return std::nullopt;
  }
  const PhaseCounts counts = count_phases(cell);
  return all_phases[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

std::optional<KaplanMeier> steps_to_generalise(const PhaseCell& cell, std::int64_t budget) {
  if (cell.runs.empty()) {
    return std::nullopt;
  }
  std::vector<Waiting> waiting;
  for (const PhaseRun& run : cell.runs) {
    const bool reached = run.steps_to_validation.has_value();
    const std::int64_t censored = run.phase == Phase::diverged ? budget : run.steps_done;
    waiting.push_back(
        {static_cast<double>(reached ? *run.steps_to_validation : censored), reached});
  }
  return kaplan_meier(waiting);
}

std::vector<PhaseTotal> phase_totals(const PhaseDiagram& diagram) {
  std::vector<PhaseTotal> totals;
  for (const Phase phase : all_phases) {
    PhaseTotal sum{phase_name(phase), 0, std::numeric_limits<std::int64_t>::max(), 0, {}};
    for (const std::int64_t seed : diagram.seeds) {
      const std::int64_t count = count_phases(diagram, seed)[static_cast<std::size_t>(phase)];
      sum.first = seed == diagram.seeds.front() ? count : sum.first;
      sum.fewest = std::min(sum.fewest, count);
      sum.most = std::max(sum.most, count);
    }
    if (sum.most == 0 && phase >= Phase::diverged) {
      continue;
    }
    SeedTrials trials;
    for (const PhaseCell& cell : diagram.cells) {
      for (const PhaseRun& run : cell.runs) {
        trials.add(run.phase == phase ? 1 : 0, 1, run.seed);
      }
    }
    sum.share = trials.share().estimate;
    totals.push_back(sum);
  }
  return totals;
}

std::optional<BootstrapInterval> equal_cells_between_seeds(const PhaseDiagram& diagram) {
  const std::size_t n = diagram.seeds.size();
  if (n == 1) {
    return std::nullopt;
  }
  std::vector<std::vector<double>> equal(n, std::vector<double>(n, 1));
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      equal[a][b] = equal[b][a] = equal_share(diagram, diagram.seeds[a], diagram.seeds[b]);
    }
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
  return [inside = std::move(inside)](const PhaseDiagram& diagram, std::size_t ix, std::size_t iy) {
    return !inside(diagram, ix, iy);
  };
}

ShareDifference share_difference(const PhaseDiagram& diagram, const ShareContrast& contrast) {
  std::vector<std::int64_t> seeds;
  std::vector<bool> is_inside, is_phase;
  for_each_cell(diagram, [&](std::size_t ix, std::size_t iy, const PhaseCell& cell) {
    const bool inside = contrast.inside(diagram, ix, iy);
    if (inside || contrast.against(diagram, ix, iy)) {
      for (const PhaseRun& run : cell.runs) {
        seeds.push_back(run.seed);
        is_inside.push_back(inside);
        is_phase.push_back(run.phase == contrast.phase);
      }
    }
  });
  const auto share = [&](std::span<const std::size_t> chosen, bool inside) {
    std::int64_t count = 0, all = 0;
    for (const std::size_t k : chosen) {
      all += is_inside[k] == inside ? 1 : 0;
      count += is_inside[k] == inside && is_phase[k] ? 1 : 0;
    }
    return ratio(count, all);
  };
  const auto all = all_of(seeds.size());
  return {share(all, true), share(all, false),
          over_seeds(seeds, [&share](std::span<const std::size_t> chosen) {
            return share(chosen, true) - share(chosen, false);
          })};
}

Between between_memorization_and_confusion(const PhaseDiagram& diagram) {
  SeedTrials columns;
  for (const std::int64_t seed : diagram.seeds) {
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
      if (both) {
        columns.add(around ? 1 : 0, 1, seed);
      }
    }
  }
  return {columns.count(), columns.successes(),
          columns.count() == 0 ? std::nullopt : std::optional(columns.share())};
}

BootstrapInterval same_phase_as_first_row(const PhaseDiagram& diagram) {
  SeedTrials same;
  for (const std::int64_t seed : diagram.seeds) {
    for_each_cell(diagram, [&](std::size_t ix, std::size_t iy, const PhaseCell& cell) {
      const PhaseRun* first = find_run(diagram.cell(ix, 0), seed);
      const PhaseRun* run = find_run(cell, seed);
      if (iy > 0 && first != nullptr && run != nullptr) {
        same.add(run->phase == first->phase ? 1 : 0, 1, seed);
      }
    });
  }
  if (same.count() == 0) {
    return {{undefined, undefined, undefined}, 0, std::ssize(diagram.seeds), 0};
  }
  return same.share();
}

}  // namespace grok
