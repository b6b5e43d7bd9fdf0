// Sample run:  groktheory figure referee --profile quick
#include "figures/referee/referee.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compare/theories.hpp"
#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const FigureRuns runs = run_figure_study(figure, context);
  const League league = judge(theories_of(*runs.study.model), runs.study.runs, runs.outcomes, "rqi",
                              context.workers.threads);
  publish(figure, context, sheet_of(league), report_of(league));
  return claims_of(league);
}

/// That a number of the theory `key` is 1.
Claim one_claim(const League& league, const std::string& key, Measure measure,
                const std::string& statement, const std::string& source) {
  const auto& all = league.study.contestants;
  const auto place = std::ranges::find(all, key, &Contestant::key);
  const Score score =
      place == all.end()
          ? Score{{.value = std::nan("")}}
          : league.standings.at(static_cast<std::size_t>(place - all.begin())).score(measure);
  return std::isnan(score.estimate.value)
             ? open_claim(statement, source, says(1).text, "no run to tell")
             : number_claim(statement, source, says(1), score.estimate,
                            runs_in_seeds(score.count, league.seeds));
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

std::string report_of(const League& league) {
  const HeldOutStudy& study = league.study;
  std::string text = fmt::format(
      "  event: {}; {}, {} cells; {} got there, {} did not within their budget "
      "({} of them diverged)\n"
      "  what is fitted for a run is fitted on other cells and other seeds ({} by {} folds); 95% "
      "intervals by resampling seeds, {} resamples\n"
      "  log score, Brier, median factor, |error|: smaller is better; others: larger is better, "
      "ratio and slope: 1\n",
      event_text(league), runs_in_seeds(std::ssize(study.runs), league.seeds), study.cell_count,
      league.reached, league.censored, league.diverged, study.cell_fold_count,
      study.seed_fold_count, score_resamples);
  std::vector<TitledTable> tables = league_tables(league);
  tables.push_back(calibration_rows(league));
  for (const auto& [title, table] : tables) {
    std::vector<std::pair<std::string, std::string>> columns;
    for (const std::string& name : table.columns) {
      columns.emplace_back(name, name);
    }
    text += "  " + title + '\n' + text_table(table, columns);
  }
  return text;
}

std::vector<Claim> claims_of(const League& league) {
  const std::string paper = "Liu et al. 2022, eq. 9", ours = "ours (docs/theory.md)";
  return {one_claim(league, "n_h", Measure::slope,
                    "steps are proportional to n_h = 1/(lambda_3 eta): slope of ln measured on "
                    "ln n_h",
                    paper),
          one_claim(league, "n_h", Measure::median_ratio,
                    "n_h is the number of steps: median of measured over n_h", paper),
          one_claim(league, "adam_flow", Measure::slope,
                    "Adam on the effective loss has the scaling: slope of logarithms", ours),
          one_claim(league, "adam_flow", Measure::median_ratio,
                    "Adam on the effective loss has the scale: median of measured over forecast",
                    ours)};
}

Figure referee(std::string_view toml) {
  return {"referee", "The referee: every theory on the same runs", false, toml, draw, toml};
}

}  // namespace grok
