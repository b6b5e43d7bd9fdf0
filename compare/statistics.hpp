// compare/statistics.hpp: numbers with their uncertainty. Confidence level 0.95 unless said.
//   Nothing here is smoothed; a censored value counts as "not before", never as a number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace grok {

inline constexpr double default_confidence = 0.95;

/// A value with its confidence interval; low/high may be infinite where data say nothing.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// Wilson score interval of a proportion (Wilson 1927). Throws InputError unless
/// 0 <= successes <= trials, trials >= 1, 0 < confidence < 1.
Estimate wilson(std::int64_t successes, std::int64_t trials,
                double confidence = default_confidence);

/// Type-7 quantile (linear interpolation), q in [0,1], of a non-empty sample.
double quantile(std::vector<double> values, double q);

/// One waiting time: reached at `time`, or censored there (not reached by then).
struct Waiting {
  double time = 0;
  bool reached = true;
};

/// Kaplan-Meier estimate of the share not yet there, and its median (Kaplan & Meier 1958).
struct KaplanMeier {
  std::vector<double> times;      // ascending, distinct, where something was reached
  std::vector<double> surviving;  // S just after each time
  std::vector<double> low, high;  // log-log transformed Greenwood interval of S
  std::int64_t count = 0;
  std::int64_t censored = 0;
  /// Smallest time with S <= 1/2; empty if never. Interval: where the bounds of S cross 1/2
  /// (Brookmeyer & Crowley 1982); a missing end means it is not reached.
  std::optional<double> median, median_low, median_high;
};
KaplanMeier kaplan_meier(std::span<const Waiting> waiting, double confidence = default_confidence);

/// Maximum-likelihood logistic curve P(success | x) = 1/(1 + exp(-(x - critical)/width)).
struct LogisticFit {
  double critical = 0;  // x where P = 1/2
  double width = 0;     // > 0 if P rises; 0: a step (successes and failures are separated)
};
/// Separated data give the middle between the last failure and the first success, width 0.
/// Throws ConvergenceError if there are only successes or only failures, or P does not rise.
LogisticFit fit_logistic(std::span<const double> x, const std::vector<bool>& success);

/// `critical` with a percentile bootstrap interval over the pairs (x, success); resamples that
/// cannot be fitted (one class only) are counted, and an error if more than half.
struct BootstrapInterval {
  Estimate estimate;
  std::int64_t count = 0;      // pairs
  std::int64_t resamples = 0;  // that gave a value
};
BootstrapInterval critical_point(std::span<const double> x, const std::vector<bool>& success,
                                 std::int64_t resamples, std::uint64_t seed);

/// Slope of ln y on ln x by least squares, and Spearman's rank correlation (mid-ranks for ties),
/// each with a percentile bootstrap interval over the pairs. Needs >= 3 pairs, x, y > 0.
BootstrapInterval log_log_slope(std::span<const double> x, std::span<const double> y,
                                std::int64_t resamples, std::uint64_t seed);
BootstrapInterval spearman(std::span<const double> x, std::span<const double> y,
                           std::int64_t resamples, std::uint64_t seed);

/// Spearman's coefficient itself. NaN if a side is constant.
double spearman_coefficient(std::span<const double> x, std::span<const double> y);

/// How well predicted steps fit measured ones, pair by pair.
struct Agreement {
  std::int64_t count = 0;     // pairs with both known
  std::int64_t censored = 0;  // prediction or measurement not reached
  Estimate kappa;             // geometric mean of measured/predicted, bootstrap interval
  /// Share of pairs with max(m/p, p/m) <= 1.25, 1.5, 2, Wilson interval: as predicted, and after
  /// dividing by kappa (`_scaled`).
  Estimate within_1_25, within_1_5, within_2;
  Estimate within_1_25_scaled, within_1_5_scaled, within_2_scaled;
  BootstrapInterval slope;  // of ln measured on ln predicted; count 0 if fewer than 3 pairs
  BootstrapInterval rank;   // Spearman; likewise
};
/// Pairs with an empty side count as censored. Throws InputError if the lengths differ.
/// count = 0 leaves the rest empty (zero).
Agreement agreement(const std::vector<std::optional<double>>& predicted,
                    const std::vector<std::optional<double>>& measured, std::int64_t resamples,
                    std::uint64_t seed);

}  // namespace grok
