// compare/statistics/summary.hpp: statistics over chosen runs, for the bootstrap of
// compare/statistics/intervals.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/statistics.hpp"

namespace grok {

inline constexpr std::int64_t figure_resamples = 1000;
inline constexpr std::uint64_t figure_bootstrap_seed = 0;

/// Pearson's correlation over the runs `chosen`; NaN if a side is constant.
double pearson(std::span<const double> x, std::span<const double> y,
               std::span<const std::size_t> chosen);
double mean_of(std::span<const double> x, std::span<const std::size_t> chosen);
/// y = slope x + intercept by least squares over the runs `chosen`; NaN if x is constant.
struct Line {
  double slope = 0, intercept = 0;
};
Line fit_line(std::span<const double> x, std::span<const double> y,
              std::span<const std::size_t> chosen);

/// Median of max(m/p, p/m) over the pairs with both above 0, groups resampled; NaN without any.
Estimate median_factor(std::span<const StepPair> pairs);

/// Where half of the networks get there, by a logistic fit over (fraction, reached); why not, if
/// there is none. None where no fraction has half of its networks there: the fit would be a guess
/// beyond the data. Interval by resampling seeds. Throws InputError for lengths that differ.
struct CriticalFraction {
  std::optional<BootstrapInterval> critical;
  std::string none;
};
CriticalFraction critical_fraction(std::span<const double> fractions,
                                   const std::vector<bool>& reached, Groups seeds);

/// Waiting times of one x: the size of a training set, a learning rate.
struct WaitingGroup {
  double x = 0;
  KaplanMeier curve;
};
/// Those of equal x together, x ascending. Throws InputError for lengths that differ.
std::vector<WaitingGroup> waiting_by(std::span<const double> x, std::span<const Waiting> waiting);

}  // namespace grok
