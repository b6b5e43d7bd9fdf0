// The tables of figures/referee/referee.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

#include "figures/panels/text.hpp"
#include "figures/referee/referee.hpp"

namespace grok {
namespace {

const std::string& name_of(const League& league, std::size_t contestant) {
  return league.study.contestants[contestant].name;
}

/// CPU time of one forecast; empty where it was not measured, or there is no theory.
std::optional<double> forecast_seconds(const League& league, const Contestant& contestant) {
  if (!contestant.theory || league.costs.empty()) {
    return std::nullopt;
  }
  const ForecastCost& cost = league.costs[*contestant.theory];
  return cost.forecasts > 0 ? std::optional(cost.seconds / static_cast<double>(cost.forecasts))
                            : std::nullopt;
}

/// One row per contestant that has the first measure: name, runs (and pairs of a concordance), then
/// the measures. What no constant changes is said of a theory once.
TitledTable scores_table(const League& league, const std::string& title,
                         std::initializer_list<Measure> wanted, bool with_cost = false) {
  const bool pairs = *wanted.begin() == Measure::concordance ||
                     *wanted.begin() == Measure::within_cell_concordance;
  CsvTable table{{"theory", "n", "censored"}, {}};
  if (pairs) {
    table.columns.emplace_back("pairs");
  }
  for (const Measure measure : wanted) {
    table.columns.emplace_back(info_of(measure).title);
  }
  if (with_cost) {
    table.columns.emplace_back("seconds a forecast");
  }
  for (const std::size_t c : ranking(league, *wanted.begin())) {
    if (!info_of(*wanted.begin()).sees_constant && repeats(league.study, c)) {
      continue;
    }
    const Score& first = league.standings[c].score(*wanted.begin());
    add_row(table, name_of(league, c), first.count, first.censored);
    auto& row = table.rows.back();
    if (pairs) {
      add_cells(row, first.pairs);
    }
    for (const Measure measure : wanted) {
      row.push_back(score_text(league.standings[c].score(measure).estimate));
    }
    if (with_cost) {
      const auto seconds = forecast_seconds(league, league.study.contestants[c]);
      row.push_back(seconds ? rounded(*seconds) : "-");
    }
  }
  return {title, table};
}

TitledTable told_table(const League& league) {
  CsvTable table{{"theory", "n", "told to", "of them there", "told not to", "of those there"}, {}};
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    const Standing& s = league.standings[c];
    if (s.told + s.told_not > 0 && league.study.contestants[c].kind == Contestant::Kind::theory) {
      add_row(table, name_of(league, c), s.told + s.told_not, s.told, s.told_there, s.told_not,
              s.told_not_there);
    }
  }
  return {"Who is told to get there: forecast steps within the budget", table};
}

TitledTable pairs_table(const League& league) {
  const PairKinds& pairs = league.pairs;
  CsvTable table{{"who", "cells", "pairs", "share"}, {}};
  const auto add = [&](const char* who, const char* cells, std::int64_t count) {
    add_row(table, who, cells, count,
            rounded(static_cast<double>(count) / static_cast<double>(pairs.all())));
  };
  if (pairs.all() > 0) {
    add("both got there", "the same", pairs.both_same_cell);
    add("both got there", "others", pairs.both_other_cell);
    add("one of them", "the same", pairs.one_same_cell);
    add("one of them", "others", pairs.one_other_cell);
  }
  return {"Pairs of runs of which is known who was first", table};
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
        const bool again = !measures()[m].sees_constant && repeats(league.study, c);
        row.push_back(again  ? "-"
                      : best ? "best"
                             : score_text((league.standings[c].*of)[m].estimate));
      }
    }
    if (std::any_of(row.begin() + 1, row.end(), [](const auto& cell) { return cell != "-"; })) {
      table.rows.push_back(std::move(row));
    }
  }
  return {title, table};
}

/// Over the blocks of folds.
TitledTable constants_table(const League& league) {
  CsvTable table{{"theory", "smallest", "median", "largest", "blocks"}, {}};
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    std::vector<double> known;
    for (const auto& constant : league.study.constants[c]) {
      if (constant) {
        known.push_back(*constant);
      }
    }
    if (!known.empty()) {
      const auto [low, high] = std::ranges::minmax(known);
      add_row(table, name_of(league, c), rounded(low), rounded(quantile(known, 0.5)), rounded(high),
              known.size());
    }
  }
  return {"Fitted constants: measured steps over forecast ones, on other cells and seeds", table};
}

TitledTable costs_table(const League& league) {
  CsvTable table{{"theory", "seconds a forecast", "forecasts made", "of a run's training"}, {}};
  const auto& training = league.study.training_seconds;
  std::set<std::size_t> have;
  for (const Contestant& contestant : league.study.contestants) {
    if (!contestant.theory || league.costs.empty() || !have.insert(*contestant.theory).second) {
      continue;
    }
    if (const auto one = forecast_seconds(league, contestant)) {
      add_row(table, without_constant(contestant), rounded(*one),
              league.costs[*contestant.theory].forecasts,
              training ? rounded(*one / *training) : "-");
    }
  }
  if (!table.rows.empty()) {
    add_row(table, "training a run (wall time, as stored)",
            training ? rounded(*training) : "not measured", "-", "-");
  }
  return {"What a forecast costs", table};
}

}  // namespace

std::string score_text(const Estimate& estimate) {
  return std::isnan(estimate.value) ? "-" : with_interval(estimate);
}

std::string without_constant(const Contestant& contestant) {
  const std::string& name = contestant.name;
  return name.ends_with(times_a_constant)
             ? name.substr(0, name.size() - std::string_view(times_a_constant).size())
             : name;
}

std::vector<std::size_t> calibrated_contestants(const League& league) {
  constexpr std::size_t best = 3;
  std::vector<std::size_t> shown;
  for (const std::size_t c : ranking(league, Measure::log_score)) {
    if (c > 0 && shown.size() < best && !repeats(league.study, c)) {
      shown.push_back(c);
    }
  }
  shown.push_back(0);
  return shown;
}

std::vector<TitledTable> league_tables(const League& league) {
  std::vector<TitledTable> tables = {
      scores_table(league, "Will it get there",
                   {Measure::log_score, Measure::brier, Measure::roc_area}, true),
      told_table(league),
      scores_table(league, "How many steps, of those that got there",
                   {Measure::median_factor, Measure::median_ratio, Measure::within_1_25,
                    Measure::within_1_5, Measure::within_2}),
      scores_table(league, "How many steps: do they grow as forecast, where both are above 0",
                   {Measure::rank, Measure::slope}),
      scores_table(league, "The same within cells: runs that differ in their seeds alone",
                   {Measure::within_cell_rank, Measure::within_cell_slope}),
      scores_table(league, "Who is first, of all", {Measure::concordance}),
      scores_table(league, "Who is first, within cells", {Measure::within_cell_concordance}),
      pairs_table(league),
      scores_table(league, "Final accuracy", {Measure::accuracy_error, Measure::accuracy_rank}),
      differences_table(league, "Difference to the null model", &Standing::to_null),
      differences_table(league, "Difference to the best", &Standing::to_best),
      constants_table(league),
      costs_table(league)};
  std::erase_if(tables, [](const TitledTable& titled) { return titled.table.rows.empty(); });
  return tables;
}

TitledTable calibration_rows(const League& league) {
  CsvTable table{{"theory", "bin", "mean forecast", "got there", "n", "share"}, {}};
  for (const std::size_t c : calibrated_contestants(league)) {
    for (const CalibrationBin& bin : league.standings[c].calibration) {
      add_row(table, name_of(league, c), fmt::format("{:.1f} to {:.1f}", bin.low, bin.high),
              rounded(bin.forecast), bin.successes, bin.count, score_text(bin.happened));
    }
  }
  return {"Calibration: forecast probability and what happened", table};
}

}  // namespace grok
