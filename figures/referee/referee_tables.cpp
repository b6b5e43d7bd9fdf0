// The tables of figures/referee/referee.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "figures/panels/text.hpp"
#include "figures/referee/referee.hpp"

namespace grok {
namespace {

std::string whole(std::int64_t value) { return fmt::format("{}", value); }

const std::string& name_of(const League& league, std::size_t contestant) {
  return league.study.contestants[contestant].name;
}

/// One row per contestant that has the first measure: name, runs, then the measures.
TitledTable scores_table(const League& league, const std::string& title,
                         std::initializer_list<Measure> wanted) {
  CsvTable table{{"theory", "n", "censored"}, {}};
  for (const Measure measure : wanted) {
    table.columns.emplace_back(info_of(measure).title);
  }
  for (const std::size_t c : ranking(league, *wanted.begin())) {
    const Score& first = league.standings[c].score(*wanted.begin());
    auto& row = table.rows.emplace_back();
    row = {name_of(league, c), whole(first.count), whole(first.censored)};
    for (const Measure measure : wanted) {
      row.push_back(score_text(league.standings[c].score(measure).estimate));
    }
  }
  return {title, table};
}

TitledTable never_table(const League& league) {
  CsvTable table{{"theory", "n", "never", "of them there", "not never", "of those there"}, {}};
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    const Standing& s = league.standings[c];
    const Score& covered = s.score(Measure::concordance);
    if (s.forecast_never > 0) {
      table.rows.push_back({name_of(league, c), whole(covered.count), whole(s.forecast_never),
                            whole(s.never_yet_there), whole(covered.count - s.forecast_never),
                            whole(covered.count - covered.censored - s.never_yet_there)});
    }
  }
  return {"Who is forecast never to get there", table};
}

TitledTable differences_table(const League& league, const std::string& title,
                              const std::vector<Score> Standing::*of) {
  CsvTable table{{"theory"}, {}};
  for (const MeasureInfo& info : measures()) {
    if (info.compared) {
      table.columns.emplace_back(info.title);
    }
  }
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    std::vector<std::string> row = {name_of(league, c)};
    for (std::size_t m = 0; m < measures().size(); ++m) {
      if (measures()[m].compared) {
        const bool best = league.best[m] == c && of == &Standing::to_best;
        row.push_back(best ? "best" : score_text((league.standings[c].*of)[m].estimate));
      }
    }
    if (std::any_of(row.begin() + 1, row.end(), [](const auto& cell) { return cell != "-"; })) {
      table.rows.push_back(std::move(row));
    }
  }
  return {title, table};
}

TitledTable constants_table(const League& league) {
  CsvTable table{{"theory"}, {}};
  for (std::int64_t fold = 1; fold <= league.study.fold_count; ++fold) {
    table.columns.push_back(fmt::format("without fold {}", fold));
  }
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    if (league.study.contestants[c].fitted) {
      auto& row = table.rows.emplace_back();
      row.push_back(name_of(league, c));
      for (const auto& constant : league.study.constants[c]) {
        row.push_back(constant ? rounded(*constant) : "-");
      }
    }
  }
  return {"Fitted constants: measured steps over forecast ones, on the other folds", table};
}

}  // namespace

std::string score_text(const Estimate& estimate) {
  return std::isnan(estimate.value) ? "-"
         : std::isnan(estimate.low) ? rounded(estimate.value)
                                    : with_interval(estimate);
}

std::vector<TitledTable> league_tables(const League& league) {
  std::vector<TitledTable> tables = {
      scores_table(league, "Will it get there",
                   {Measure::log_score, Measure::brier, Measure::roc_area}),
      never_table(league),
      scores_table(league, "How many steps, of those that got there",
                   {Measure::median_factor, Measure::median_ratio, Measure::within_1_25,
                    Measure::within_1_5, Measure::within_2}),
      scores_table(league, "How many steps: do they grow as forecast, where both are above 0",
                   {Measure::rank, Measure::slope}),
      scores_table(league, "Who is first, of all", {Measure::concordance}),
      scores_table(league, "Final accuracy", {Measure::accuracy_error, Measure::accuracy_rank}),
      differences_table(league, "Difference to the null model", &Standing::to_null),
      differences_table(league, "Difference to the best", &Standing::to_best),
      constants_table(league)};
  std::erase_if(tables, [](const TitledTable& titled) { return titled.table.rows.empty(); });
  return tables;
}

TitledTable calibration_rows(const League& league) {
  CsvTable table{{"theory", "bin", "mean forecast", "got there", "n", "share"}, {}};
  for (const std::size_t c : shown_contestants(league)) {
    for (const CalibrationBin& bin : league.standings[c].calibration) {
      table.rows.push_back({name_of(league, c), fmt::format("{:.1f} to {:.1f}", bin.low, bin.high),
                            rounded(bin.forecast), whole(bin.successes), whole(bin.count),
                            score_text(bin.happened)});
    }
  }
  return {"Calibration: forecast probability and what happened", table};
}

}  // namespace grok
