#include "figures/referee/referee_tables.hpp"

#include <fmt/format.h>

#include <cmath>
#include <initializer_list>

#include "figures/referee/referee.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

std::string whole(std::int64_t value) { return fmt::format("{}", value); }

const std::string& name_of(const League& league, std::size_t contestant) {
  return league.study.contestants[contestant].name;
}

/// One row per contestant that has the first measure: name, runs, then the measures.
TextTable scores_table(const League& league, const std::string& title,
                       std::initializer_list<Measure> wanted) {
  TextTable table{title, {"theory", "n", "censored"}, {}};
  for (const Measure measure : wanted) {
    table.columns.emplace_back(info_of(measure).title);
  }
  for (const std::size_t c : ranking(league, *wanted.begin())) {
    const Score& first = league.standings[c].score(*wanted.begin());
    std::vector<std::string> row = {name_of(league, c), whole(first.count), whole(first.censored)};
    for (const Measure measure : wanted) {
      row.push_back(score_text(league.standings[c].score(measure).estimate));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

TextTable never_table(const League& league) {
  TextTable table{"Who is forecast never to get there",
                  {"theory", "n", "never", "of them there", "not never", "of them there"},
                  {}};
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    const Standing& s = league.standings[c];
    const Score& covered = s.score(Measure::concordance);
    if (s.forecast_never > 0) {
      table.rows.push_back({name_of(league, c), whole(covered.count), whole(s.forecast_never),
                            whole(s.never_yet_there), whole(covered.count - s.forecast_never),
                            whole(covered.count - covered.censored - s.never_yet_there)});
    }
  }
  return table;
}

TextTable differences_table(const League& league, const std::string& title,
                            const std::vector<Score> Standing::*of) {
  TextTable table{title, {"theory"}, {}};
  for (const MeasureInfo& info : measures()) {
    if (info.compared) {
      table.columns.emplace_back(info.title);
    }
  }
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    std::vector<std::string> row = {name_of(league, c)};
    bool any = false;
    for (std::size_t m = 0; m < measures().size(); ++m) {
      if (measures()[m].compared) {
        const Estimate& e = (league.standings[c].*of)[m].estimate;
        row.push_back(league.best[m] == c && of == &Standing::to_best ? "best" : score_text(e));
        any = any || !std::isnan(e.value) || row.back() == "best";
      }
    }
    if (any) {
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

TextTable constants_table(const League& league) {
  TextTable table{
      "Fitted constants: measured steps over forecast ones, on the other folds", {"theory"}, {}};
  for (std::int64_t fold = 1; fold <= league.study.fold_count; ++fold) {
    table.columns.push_back(fmt::format("without fold {}", fold));
  }
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    if (league.study.contestants[c].fitted) {
      std::vector<std::string> row = {name_of(league, c)};
      for (const auto& constant : league.study.constants[c]) {
        row.push_back(constant ? rounded(*constant) : "-");
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace

std::string score_text(const Estimate& estimate, int digits) {
  if (std::isnan(estimate.value)) {
    return "-";
  }
  return std::isnan(estimate.low) ? rounded(estimate.value, digits)
                                  : with_interval(estimate, digits);
}

std::vector<TextTable> league_tables(const League& league) {
  std::vector<TextTable> tables = {
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
  std::erase_if(tables, [](const TextTable& table) { return table.rows.empty(); });
  return tables;
}

TextTable calibration_rows(const League& league) {
  TextTable table{"Calibration: forecast probability and what happened",
                  {"theory", "bin", "mean forecast", "got there", "n", "share"},
                  {}};
  for (const std::size_t c : shown_contestants(league)) {
    for (const CalibrationBin& bin : league.standings[c].calibration) {
      table.rows.push_back({name_of(league, c), fmt::format("{:.1f} to {:.1f}", bin.low, bin.high),
                            rounded(bin.forecast), whole(bin.successes), whole(bin.count),
                            score_text(bin.happened)});
    }
  }
  return table;
}

}  // namespace grok
