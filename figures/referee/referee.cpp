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

std::optional<std::size_t> place_of(const League& league, const std::string& key) {
  const auto& all = league.study.contestants;
  const auto place = std::ranges::find(all, key, &Contestant::key);
  return place == all.end() ? std::nullopt
                            : std::optional(static_cast<std::size_t>(place - all.begin()));
}

/// A number of the contestant `key`, against a band.
Claim score_claim(const League& league, const std::string& key, Measure measure,
                  const std::string& statement, const Source& source, const Band& band) {
  const auto place = place_of(league, key);
  const Score score =
      place ? league.standings.at(*place).score(measure) : Score{{.value = std::nan("")}};
  return std::isnan(score.estimate.value)
             ? open_claim(statement, source, band.text, "no run to tell")
             : number_claim(statement, source, says(band), score.estimate,
                            runs_in_seeds(score.count, league.seeds));
}

/// That the mode flow tells better than a baseline does who gets there, or after how many steps.
Claim beaten_claim(const League& league, const std::string& key, const std::string& name,
                   Measure measure = Measure::roc_area) {
  const auto flow = place_of(league, "mode_flow"), other = place_of(league, key);
  const MeasureInfo& info = info_of(measure);
  const std::string statement =
      fmt::format("the mode flow is better than {}: {}", name, info.title);
  const Source source = our_own("docs/two_rate.md");
  if (!flow || !other) {
    return open_claim(statement, source, "-", "not in the league");
  }
  const Estimate difference = measured_difference(league.study, measure, *flow, *other).estimate;
  const auto value = [&](std::size_t c) {
    return rounded(league.standings.at(c).score(measure).estimate.value);
  };
  return comparison_claim(statement, source, "-",
                          fmt::format("{} and {}", value(*flow), value(*other)), "difference",
                          difference, info.smaller_is_better ? below(0) : above(0));
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
  if (study.cut_off > 0) {
    text += fmt::format(
        "  final accuracy is not asked: {} runs were ended by their stop before all their "
        "thresholds "
        "were met\n",
        study.cut_off);
  }
  std::vector<TitledTable> tables = league_tables(league);
  tables.push_back(calibration_rows(league));
  for (const auto& [title, table] : tables) {
    text += "  " + title + '\n' + text_table(table);
  }
  return text;
}

std::vector<Claim> claims_of(const League& league) {
  const std::string paper = "Liu et al. 2022, eq. 9";
  const Source own = our_own("docs/two_rate.md");
  const Band law = within_difference(1, 0.1), scale = within_factor(1, 1.25);
  return {
      score_claim(league, "n_h", Measure::slope,
                  "steps grow as 1/(lambda_3 eta): slope of logarithms", paper, law),
      score_claim(league, "n_h", Measure::median_ratio,
                  "and they are so many: median of measured over forecast", paper, scale),
      score_claim(league, "n_h", Measure::within_cell_concordance,
                  "a larger lambda_3 is learnt faster at one |D| and rate: concordance",
                  our_own("a reading of eq. 9"), above(0.5)),
      score_claim(league, "adam_flow", Measure::slope,
                  "Adam on the effective loss has the scaling: slope of logarithms",
                  our_own("docs/theory.md"), law),
      score_claim(league, "adam_flow", Measure::median_ratio,
                  "and the scale: median of measured over forecast", our_own("docs/theory.md"),
                  scale),
      score_claim(league, "mode_flow", Measure::within_1_25,
                  "the mode flow's steps are within a factor 1.25: share of those there", own,
                  above(0.9)),
      score_claim(league, "mode_flow", Measure::within_cell_concordance,
                  "the mode flow tells who is first within a cell: concordance", own, above(0.8)),
      beaten_claim(league, "ratio", "the ratio of the rates"),
      beaten_claim(league, "cell", "the other seeds of the cell"),
      beaten_claim(league, "cell", "the other seeds of the cell", Measure::median_factor),
      beaten_claim(league, "narrow_network", "a narrow network trained in its place"),
      beaten_claim(league, "narrow_network", "a narrow network trained in its place",
                   Measure::median_factor)};
}

Figure referee(std::string_view toml) {
  return {"referee", "The referee: every theory on the same runs", false, toml, draw, toml};
}

}  // namespace grok
