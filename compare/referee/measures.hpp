// compare/referee/measures.hpp: what a held-out forecast is worth, by one measure.
//   Three questions, each scored on the runs that a contestant says something of:
//   will it get there   log score, Brier, ROC area (of the score, not of the probability)
//   how many steps      of runs that got there: median factor, median of measured/forecast, share
//                       within 1.25, 1.5 and 2 (`never` is outside of all), slope of ln measured on
//                       ln forecast and Spearman where both are > 0 and finite; of all runs:
//                       Harrell's concordance, censored runs last seen at their budget. Slope, rank
//                       and concordance once more within cells (compare/referee/within_cells.hpp):
//                       over all runs they hold the trends in |D| and the rates
//   final accuracy      mean absolute error, Spearman
//   Orders, slopes and probabilities do not see a constant on the steps: of a fitted contestant
//   they are those of its theory as it is.
//   Intervals resample seeds (compare/referee/forecast_scores.hpp). A difference is of the runs
//   that both say something of, over the same resamples.
#pragma once

#include <span>
#include <string_view>

#include "compare/referee/forecast_scores.hpp"
#include "compare/referee/referee.hpp"
#include "compare/referee/within_cells.hpp"

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
  within_cell_slope,
  within_cell_rank,
  concordance,
  within_cell_concordance,
  accuracy_error,
  accuracy_rank
};

/// How a measure is read; `compared`: differences are given; `sees_constant`: a constant on the
/// steps changes it.
struct MeasureInfo {
  Measure measure;
  std::string_view key, title;
  bool smaller_is_better;
  bool compared;
  bool sees_constant = false;
};
std::span<const MeasureInfo> measures();
const MeasureInfo& info_of(Measure measure);

struct Score {
  Estimate estimate;          // NaN where there is none
  std::int64_t count = 0;     // runs it is of
  std::int64_t censored = 0;  // of them not there within the budget
  std::int64_t pairs = 0;     // of runs, of a concordance
};
/// Of nothing.
Score no_score();

Score measured(const HeldOutStudy& study, Measure measure, std::size_t contestant);
/// a - b. Throws Error for a measure that is not compared.
Score measured_difference(const HeldOutStudy& study, Measure measure, std::size_t a, std::size_t b);

std::vector<CalibrationBin> calibration_of(const HeldOutStudy& study, std::size_t contestant);

/// Of all runs of the study.
PairKinds pairs_of(const HeldOutStudy& study);

}  // namespace grok
