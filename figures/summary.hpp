// figures/summary.hpp: numbers of runs that are not independent of each other.
//   Runs of one seed share the initial network, the targets and nested training sets, so what is
//   resampled is the seed with all its runs (cluster bootstrap; Davison & Hinkley 1997, sec. 3.8).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "compare/statistics.hpp"

namespace grok {

using Statistic = std::function<double(std::span<const std::size_t>)>;  // of the runs with these
                                                                        // numbers, repeats included

struct GroupedEstimate {
  Estimate estimate;           // interval NaN if there is one group only
  std::int64_t count = 0;      // runs
  std::int64_t groups = 0;     // what is resampled
  std::int64_t resamples = 0;  // that gave a finite value
};

inline constexpr std::int64_t figure_resamples = 1000;

/// groups[k] is the group (seed) of run k. Percentile interval, level 0.95. Throws InputError for
/// no runs, ConvergenceError if more than half of the resamples give no finite value.
GroupedEstimate bootstrap_groups(std::span<const std::int64_t> groups, const Statistic& statistic,
                                 std::int64_t resamples = figure_resamples);

/// Pearson's correlation over the runs `chosen`; NaN if a side is constant.
double pearson(std::span<const double> x, std::span<const double> y,
               std::span<const std::size_t> chosen);
double mean_of(std::span<const double> x, std::span<const std::size_t> chosen);

}  // namespace grok
