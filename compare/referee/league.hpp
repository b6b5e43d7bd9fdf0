// compare/referee/league.hpp: what held-out forecasts are worth, contestant by contestant, in one
// table.
//   Three questions, each scored on the runs that a contestant says something of:
//   will it get there   log score, Brier, ROC area (of the score, not of the probability)
//   how many steps      of runs that got there: median factor, median of measured/forecast, share
//                       within 1.25, 1.5 and 2 (`never` is outside of all), slope of ln measured on
//                       ln forecast and Spearman where both are > 0 and finite; of all runs:
//                       Harrell's concordance, censored runs last seen at their budget
//   final accuracy      mean absolute error, Spearman
//   Intervals resample seeds (compare/referee/forecast_scores.hpp). A difference is of the runs
//   that both say something of, over the same resamples.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compare/referee/forecast_scores.hpp"
#include "compare/referee/referee.hpp"
#include "core/csv.hpp"

namespace grok {

enum class Measure {
  log_score,
  brier,
  roc_area,
  median_factor,
  median_ratio,
  within_1_25,
  within_1_5,
  within_2,
  slope,
  rank,
  concordance,
  accuracy_error,
  accuracy_rank
};

/// How a measure is read; `compared`: differences are given.
struct MeasureInfo {
  Measure measure;
  std::string_view key, title;
  bool smaller_is_better;
  bool compared;
};
std::span<const MeasureInfo> measures();
const MeasureInfo& info_of(Measure measure);

struct Score {
  Estimate estimate;          // NaN where there is none
  std::int64_t count = 0;     // runs it is of
  std::int64_t censored = 0;  // of them not there within the budget
};

struct Standing {
  std::vector<Score> scores;  // in the order of measures()
  /// This contestant minus the null model, and minus the best one of that measure; value NaN where
  /// one of them has none, and of measures that are not compared.
  std::vector<Score> to_null, to_best;
  std::vector<CalibrationBin> calibration;
  std::int64_t forecast_never = 0;   // runs of which it says that they never get there
  std::int64_t never_yet_there = 0;  // of them, there all the same

  const Score& score(Measure measure) const;
};

struct League {
  HeldOutStudy study;
  std::vector<Standing>
      standings;  // in the order of study.contestants; the first is the null model
  std::vector<std::optional<std::size_t>> best;                     // of each measure, by its value
  std::int64_t reached = 0, censored = 0, diverged = 0, seeds = 0;  // censored: diverged included
};

/// Scores on `threads` threads; their number changes nothing.
League score_league(HeldOutStudy study, int threads);

/// Forecasts from the specs alone, holds out by cells, scores. Errors as forecast_runs and
/// hold_out.
League judge(std::span<const Theory> theories, std::span<const Run> runs,
             std::span<const Outcome> outcomes, const Event& event, int threads);

/// One row per contestant and measure: contestant, name, measure, value, low, high, runs, censored,
/// minus_null, minus_null_low, minus_null_high, minus_best, minus_best_low, minus_best_high, best.
CsvTable league_table(const League& league);
/// One row per contestant and bin: contestant, low, high, forecast, runs, there, share, share_low,
/// share_high.
CsvTable calibration_table(const League& league);
/// One row per contestant and run: contestant, identity, seed, cell, fold, budget, measured,
/// final_accuracy, and what was forecast: score, probability, steps, accuracy.
CsvTable forecast_table(const League& league);

/// Contestants by a measure, the best first; who has none is left out.
std::vector<std::size_t> ranking(const League& league, Measure measure);

}  // namespace grok
