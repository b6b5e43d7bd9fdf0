// The tables of compare/referee/league.hpp.
#include <fmt/format.h>

#include <cmath>

#include "compare/referee/league.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

std::string cell(double value) { return std::isnan(value) ? std::string() : to_text(value); }
std::string cell(const std::optional<double>& value) { return value ? cell(*value) : ""; }

std::string whole(std::int64_t value) { return fmt::format("{}", value); }

void add(std::vector<std::string>& row, const Estimate& estimate) {
  row.insert(row.end(), {cell(estimate.value), cell(estimate.low), cell(estimate.high)});
}

}  // namespace

CsvTable league_table(const League& league) {
  CsvTable table{{"contestant", "name", "measure", "value", "low", "high", "runs", "censored",
                  "pairs", "minus_null", "minus_null_low", "minus_null_high", "minus_best",
                  "minus_best_low", "minus_best_high", "best"},
                 {}};
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    const Standing& standing = league.standings[c];
    for (std::size_t m = 0; m < measures().size(); ++m) {
      const Score& score = standing.scores[m];
      std::vector<std::string> row = {league.study.contestants[c].key,
                                      league.study.contestants[c].name,
                                      std::string(measures()[m].key)};
      add(row, score.estimate);
      row.insert(row.end(), {whole(score.count), whole(score.censored),
                             score.pairs > 0 ? whole(score.pairs) : std::string()});
      add(row, standing.to_null[m].estimate);
      add(row, standing.to_best[m].estimate);
      row.push_back(league.best[m] ? league.study.contestants[*league.best[m]].key : "");
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

CsvTable calibration_table(const League& league) {
  CsvTable table{{"contestant", "low", "high", "forecast", "runs", "there", "share", "share_low",
                  "share_high"},
                 {}};
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    for (const CalibrationBin& bin : league.standings[c].calibration) {
      std::vector<std::string> row = {league.study.contestants[c].key,
                                      cell(bin.low),
                                      cell(bin.high),
                                      cell(bin.forecast),
                                      whole(bin.count),
                                      whole(bin.successes)};
      add(row, bin.happened);
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

CsvTable forecast_table(const League& league) {
  CsvTable table{{"contestant", "identity", "seed", "cell", "cell_fold", "seed_fold", "budget",
                  "measured", "final_accuracy", "score", "probability", "steps", "accuracy"},
                 {}};
  const HeldOutStudy& study = league.study;
  for (std::size_t c = 0; c < study.contestants.size(); ++c) {
    for (std::size_t r = 0; r < study.runs.size(); ++r) {
      const HeldOut& forecast = study.forecasts[c][r];
      const Observed& observed = study.observed[r];
      table.rows.push_back(
          {study.contestants[c].key, study.runs[r].name(),
           text_of(study.runs[r][seed_keys(study.runs[r].model()).front()]), whole(study.cells[r]),
           whole(study.cell_folds[r]), whole(study.seed_folds[r]), cell(observed.budget),
           cell(observed.steps), cell(observed.accuracy), cell(forecast.score),
           cell(forecast.probability), cell(forecast.steps), cell(forecast.accuracy)});
    }
  }
  return table;
}

}  // namespace grok
