// compare/referee/forecast_scores.hpp: how good forecasts are, with intervals that resample seeds.
//   Runs of one seed share D (nested) and the initial network: what is drawn is a seed with all its
//   runs. All statistics over the same seeds with the same bootstrap seed see the same draws, so
//   the difference of two of them is paired.
//   A statistic here is a function of the seeds drawn: sums over runs, or over pairs of runs, are
//   kept seed by seed, so that a resample costs the number of seeds (or its square), not of runs.
//   log score     -ln of the probability given to what happened (mean; smaller is better)
//   Brier         (probability - what happened)^2 (mean; smaller is better)
//   ROC area      P(score of one that happened > score of one that did not), ties 1/2
//   concordance   Harrell's C: of all pairs of runs of which is known who was first, the share
//                 where the forecast says so, ties of the forecast 1/2 (Harrell et al. 1982)
//   factor        max(forecast/measured, measured/forecast) of steps; infinite for `never`
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

/// Value over the seeds drawn, numbered 0, 1, ... in ascending order of the group; NaN if it has
/// none.
using SeedStatistic = std::function<double(std::span<const std::size_t>)>;

/// Each throws InputError for no values, or columns of different lengths.
SeedStatistic mean_statistic(std::span<const double> values, Groups groups);
/// Type-7 quantile 1/2 of values that may be infinite; NaN where it lies between -inf and +inf.
SeedStatistic median_statistic(std::span<const double> values, Groups groups);
SeedStatistic roc_statistic(std::span<const double> score, const std::vector<bool>& happened,
                            Groups groups);
/// forecast: expected time, +inf for never. Of runs i, j it is known that i was first if i got
/// there and j got there later, or was not there when observed last, at or after that time. With
/// `cells`, one per run: only pairs of runs of the same cell.
SeedStatistic concordance_statistic(std::span<const double> forecast,
                                    std::span<const Waiting> measured, Groups groups,
                                    std::span<const std::int64_t> cells = {});
bool first_for_certain(const Waiting& a, const Waiting& b);
/// first - second over the same draws.
SeedStatistic difference(SeedStatistic first, SeedStatistic second);

/// Percentile bootstrap. Ends are NaN with one seed, and where fewer than half of the resamples
/// have a value; they may be infinite, as the value may.
inline constexpr std::int64_t score_resamples = 1000;
inline constexpr std::uint64_t score_seed = 0;
Estimate with_seeds(const SeedStatistic& statistic, Groups groups);

/// -ln p of what happened, and the squared error. Throws InputError unless 0 < p < 1 for the log.
double log_score(double probability, bool happened);
double brier(double probability, bool happened);
/// Of positive numbers; infinite where one of them is 0 or infinite and the other is not; 1 for two
/// zeros.
double step_factor(double forecast, double measured);

/// Forecast probabilities against what happened, in bins of equal width.
struct CalibrationBin {
  double low = 0, high = 0;  // of the probability; the last bin has its high end
  double forecast = 0;       // mean probability of the runs in it
  Estimate happened;         // their share, with interval by resampling seeds (grouped_share)
  std::int64_t count = 0, successes = 0;
};
/// Bins without runs are left out. Throws InputError for lengths that differ or bins < 1.
std::vector<CalibrationBin> calibration(std::span<const double> probability,
                                        const std::vector<bool>& happened, Groups groups,
                                        std::int64_t bins = 10);

}  // namespace grok
