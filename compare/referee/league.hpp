// compare/referee/league.hpp: what held-out forecasts are worth, contestant by contestant, in one
// table. The measures: compare/referee/measures.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/referee/measures.hpp"
#include "core/csv.hpp"

namespace grok {

struct Standing {
  std::vector<Score> scores;  // in the order of measures()
  /// This contestant minus the null model, and minus the best one of that measure; value NaN where
  /// one of them has none, and of measures that are not compared.
  std::vector<Score> to_null, to_best;
  std::vector<CalibrationBin> calibration;
  std::int64_t told = 0, told_there = 0;          // told to get there; of them, there
  std::int64_t told_not = 0, told_not_there = 0;  // told not to; of them, there all the same

  const Score& score(Measure measure) const;
};

struct League {
  HeldOutStudy study;
  std::vector<Standing>
      standings;  // in the order of study.contestants; the first is the null model
  std::vector<std::optional<std::size_t>>
      best;  // of each measure that is compared: first in ranking
  PairKinds pairs;
  std::vector<ForecastCost> costs;  // of each theory; empty where nobody measured
  std::int64_t reached = 0, censored = 0, diverged = 0, seeds = 0;  // censored: diverged included
};

/// Scores on `threads` threads; their number changes nothing.
League score_league(HeldOutStudy study, int threads);

/// Forecasts from the specs alone, holds out by cells and seeds, scores. Errors as forecast_runs
/// and hold_out.
League judge(std::span<const Theory> theories, std::span<const Run> runs,
             std::span<const Outcome> outcomes, const Event& event, int threads);

/// One row per contestant and measure: contestant, name, measure, value, low, high, runs, censored,
/// pairs, minus_null, minus_null_low, minus_null_high, minus_best, minus_best_low, minus_best_high,
/// best.
CsvTable league_table(const League& league);
/// One row per contestant and bin: contestant, low, high, forecast, runs, there, share, share_low,
/// share_high.
CsvTable calibration_table(const League& league);
/// One row per contestant and run: contestant, identity, seed, cell, cell_fold, seed_fold, budget,
/// measured, final_accuracy, and what was forecast: score, probability, steps, accuracy.
CsvTable forecast_table(const League& league);

/// A theory times a constant that stands in the league as it is, too: one row is enough for what no
/// constant changes.
bool repeats(const HeldOutStudy& study, std::size_t contestant);

/// Contestants by a measure, the best first, but those scored on fewer runs than the null model
/// below all others: who says little must not win by it. Who has no score is left out.
std::vector<std::size_t> ranking(const League& league, Measure measure);

}  // namespace grok
