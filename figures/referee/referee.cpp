// Sample run:  groktheory figure referee --profile quick
#include "figures/referee/referee.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compare/statistics/summary.hpp"
#include "compare/theories.hpp"
#include "core/errors.hpp"
#include "figures/referee/referee_tables.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const FigureRuns runs = run_figure_study(figure, context);
  const League league = judge(theories_of(*runs.study.model), runs.study.runs, runs.outcomes, "rqi",
                              context.workers.threads);
  publish(figure, context, draw_league(league, command_of(figure, context)), report_league(league));
  return claims_of_league(league);
}

std::string aligned(const TextTable& table) {
  std::vector<std::size_t> widths;
  const auto width_of = [](const std::string& text) {  // of UTF-8: bytes that begin a character
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
  };
  const auto widen = [&](const std::vector<std::string>& row) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t k = 0; k < row.size(); ++k) {
      widths[k] = std::max(widths[k], width_of(row[k]));
    }
  };
  widen(table.columns);
  std::ranges::for_each(table.rows, widen);
  std::string text;
  const auto add = [&](const std::vector<std::string>& row) {
    std::string line = "   ";
    for (std::size_t k = 0; k < row.size(); ++k) {
      line += " " + row[k] + std::string(widths[k] - width_of(row[k]) + 1, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  add(table.columns);
  std::ranges::for_each(table.rows, add);
  return "  " + table.title + "\n" + text;
}

/// The contestant of a theory's key; empty if the league has none.
std::optional<std::size_t> find_contestant(const League& league, const std::string& key) {
  const auto& all = league.study.contestants;
  const auto place = std::ranges::find(all, key, &Contestant::key);
  return place == all.end() ? std::nullopt
                            : std::optional(static_cast<std::size_t>(place - all.begin()));
}

Claim number_claim(const League& league, const std::string& key, Measure measure,
                   const std::string& statement, const std::string& source, double published) {
  Claim claim{statement, source, rounded(published), "no run to tell", Verdict::open};
  const auto contestant = find_contestant(league, key);
  if (!contestant) {
    return claim;
  }
  const Score& score = league.standings[*contestant].score(measure);
  if (!std::isnan(score.estimate.value)) {
    claim.ours =
        fmt::format("{}, {}", score_text(score.estimate), runs_in_seeds(score.count, league.seeds));
    claim.verdict = compare_with(score.estimate, published);
  }
  return claim;
}

}  // namespace

std::vector<std::size_t> shown_contestants(const League& league) {
  std::vector<std::size_t> shown;
  std::set<std::size_t> have;
  for (std::size_t c = 0; c < league.study.contestants.size(); ++c) {
    const auto& theory = league.study.contestants[c].theory;
    if (theory && have.insert(*theory).second) {
      shown.push_back(c);
    }
  }
  return shown;
}

std::string event_text(const League& league) {
  const Event& event = league.study.event;
  const bool rqi = event == "rqi";
  std::set<std::optional<double>> thresholds;
  for (const Run& run : league.study.runs) {
    thresholds.insert(number_under(run, rqi ? "rqi_threshold" : "accuracy_threshold"));
  }
  const std::string what = rqi                     ? "RQI"
                           : event == "train"      ? "training accuracy"
                           : event == "validation" ? "validation accuracy"
                                                   : event;
  return thresholds.size() == 1 && *thresholds.begin()
             ? fmt::format("{} {} {}", what, rqi ? ">" : "≥", to_text(**thresholds.begin()))
             : what + " at its threshold";
}

std::string report_league(const League& league) {
  const HeldOutStudy& study = league.study;
  std::string text = fmt::format(
      "  event: {}; {}, {} cells in {} folds; {} got there, {} did not within their budget "
      "({} of them diverged)\n"
      "  every run is forecast without its cell; 95% intervals by resampling seeds, {} resamples\n"
      "  log score, Brier, median factor, |error|: smaller is better; others: larger is better, "
      "ratio and slope: 1\n",
      event_text(league), runs_in_seeds(std::ssize(study.runs), league.seeds), study.cell_count,
      study.fold_count, league.reached, league.censored, league.diverged, score_resamples);
  for (const TextTable& table : league_tables(league)) {
    text += aligned(table);
  }
  return text + aligned(calibration_rows(league));
}

std::vector<Claim> claims_of_league(const League& league) {
  const std::string paper = "Liu et al. 2022, eq. 9";
  return {number_claim(league, "n_h", Measure::slope,
                       "steps are proportional to n_h = 1/(lambda_3 eta): slope of ln measured on "
                       "ln n_h",
                       paper, 1),
          number_claim(league, "n_h", Measure::median_ratio,
                       "n_h is the number of steps: median of measured over n_h", paper, 1),
          number_claim(league, "adam_flow", Measure::slope,
                       "Adam on the effective loss has the scaling: slope of logarithms",
                       "ours (docs/theory.md)", 1),
          number_claim(league, "adam_flow", Measure::median_ratio,
                       "Adam on the effective loss has the scale: median of measured over forecast",
                       "ours (docs/theory.md)", 1)};
}

Figure referee(std::string_view toml) {
  return {"referee", "The referee: every theory on the same runs", false, toml, draw, toml};
}

}  // namespace grok
