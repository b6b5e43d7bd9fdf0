// Sample run:  groktheory figure stuck --profile quick
#include "figures/rates/stuck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "compare/referee/forecast_scores.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "figures/panels/forest.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

std::string counts_of(const StuckData& data) {
  return fmt::format("{} networks, {} reached it", data.runs.size(), data.reached);
}

/// What was tried, in full: the picture says the draws once.
std::string full_name(const StuckData& data, const StuckResult& r) {
  return r.name + (r.swap ? fmt::format(", share of {} that get there", data.draws) : "");
}

CsvTable area_table(const StuckData& data) {
  return table_of(data.results, column("score", &StuckResult::key),
                  column("name", [&](const StuckResult& r) { return full_name(data, r); }),
                  column("roc_area", "low", "high", &StuckResult::area),
                  column("networks", [&](const StuckResult&) { return data.runs.size(); }),
                  column("reached", [&](const StuckResult&) { return data.reached; }));
}

CsvTable run_table(const StuckData& data) {
  CsvTable table =
      table_of(data.runs, column("seed", &StuckRun::seed), column("reached", &StuckRun::reached));
  for (std::size_t s = 0; s < data.results.size(); ++s) {
    table.columns.push_back(data.results[s].key);
    for (std::size_t k = 0; k < data.runs.size(); ++k) {
      add_cells(table.rows[k], data.runs[k].scores[s]);
    }
  }
  return table;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const std::int64_t draws = settings.whole("draws", 1, 1000);
  settings.done();
  const FigureRuns study = run_figure_study(figure, context);
  const std::vector<toy::Record> records = toy::records_of(study.outcomes);
  toy::KeptFlows flows(*context.store, draws, context.train, context.stop);
  std::vector<StuckRun> runs(records.size());
  parallel_for(std::ssize(runs), context.workers.threads, [&](std::int64_t k) {
    const auto at = static_cast<std::size_t>(k);
    if (!records[at].unique.value_or(false)) {
      return;  // no score is asked of it
    }
    const Run& run = study.study.runs[at];
    const toy::Known known = toy::known_before(run.as<toy::RunSpec>());
    runs[at] = {known.spec.seed, records[at].steps_to_rqi.has_value(),
                score_before_training(known, flows.of(run, known))};
  });
  const StuckData data = collect_stuck(std::move(runs), draws);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

}  // namespace

StuckData collect_stuck(std::vector<StuckRun> runs, std::int64_t draws) {
  StuckData data;
  data.draws = draws;
  const auto unique = [](const StuckRun& run) { return !run.scores.empty(); };
  data.not_unique = std::ssize(runs) - std::ranges::count_if(runs, unique);
  std::ranges::copy_if(runs, std::back_inserter(data.runs), unique);
  const std::vector<toy::StuckScore> scores = toy::stuck_scores();
  std::vector<bool> reached;
  std::vector<std::int64_t> seeds;
  for (const StuckRun& run : data.runs) {
    require_in_range<std::int64_t>("collect_stuck", "scores", std::ssize(run.scores),
                                   std::ssize(scores), std::ssize(scores));
    reached.push_back(run.reached);
    seeds.push_back(run.seed);
  }
  data.reached = std::ranges::count(reached, true);
  require_in_range<std::int64_t>("collect_stuck", "networks that reach the threshold", data.reached,
                                 1, std::ssize(data.runs) - 1);
  data.reached_share = grouped_share(reached, seeds).estimate;
  std::map<std::string, SeedStatistic> areas;
  for (std::size_t s = 0; s < scores.size(); ++s) {
    std::vector<double> values;
    for (const StuckRun& run : data.runs) {
      values.push_back(run.scores[s]);
    }
    areas[scores[s].key] = roc_statistic(values, reached, seeds);
    data.results.push_back({scores[s].key, scores[s].name, scores[s].swap,
                            with_seeds(areas.at(scores[s].key), seeds)});
  }
  for (const auto& [first, second] : {std::pair("mode_flow", "mode_flow_decoder"),
                                      std::pair("mode_flow_labels", "mode_flow_split"),
                                      std::pair("mode_flow_labels", "mode_flow_embeddings")}) {
    data.differences.push_back(
        {first, second, with_seeds(difference(areas.at(first), areas.at(second)), seeds)});
  }
  return data;
}

Sheet sheet_of(const StuckData& data) {
  std::vector<std::string> names;
  std::vector<ForestPoint> points;
  for (const StuckResult& r : data.results) {
    points.push_back({names.size(), r.swap ? 1U : 0U, r.area});
    names.push_back(r.name);
  }
  const auto mark = [](Symbol symbol) {
    return Style{.colour = look::vermilion, .width = 0.9, .symbol = symbol, .size = 3.8};
  };
  Sheet sheet;
  sheet.table("areas", area_table(data));
  sheet.table("runs", run_table(data));
  sheet.row({forest(linear_axis("ROC area over networks", 0, 1.02), names,
                    {{"known before training", mark(Symbol::disc)},
                     {"one ingredient drawn anew", mark(Symbol::ring)}},
                    points, true)
                 .title("Who gets stuck? " + counts_of(data))
                 .mark(0.5, look::reference(), "1/2: says nothing")});
  sheet.caption(fmt::format(
      "Each score is computed before training; bars are 95% intervals by resampling seeds. With "
      "one "
      "ingredient drawn anew the score is the share of {} draws that get there. {} networks whose "
      "structure is not unique are left out.",
      data.draws, data.not_unique));
  return sheet;
}

std::string report_of(const StuckData& data) {
  return fmt::format(
             "  {}; {} whose structure is not unique left out; 95% intervals over seeds, {} scores "
             "tried\n",
             counts_of(data), data.not_unique, data.results.size()) +
         text_table(area_table(data), {{"name", "score"}, {"roc_area", "ROC area"}});
}

std::vector<Claim> claims_of(const StuckData& data) {
  const Source source = our_own("docs/two_rate.md");
  std::vector<Claim> claims = {number_claim(
      "about half of the networks at |D| = 35 get stuck though the structure is unique", source,
      says("0.5", within_difference(0.5, 0.1)), data.reached_share,
      "reach the line, " + counts_of(data))};
  for (const StuckResult& r : data.results) {
    const bool flow = r.key == "mode_flow";
    if (flow || !r.swap) {
      claims.push_back(
          number_claim(fmt::format("before training, {} {} who will get there: ROC area", r.name,
                                   flow ? "tells" : "does not tell"),
                       source, flow ? says(above(0.9)) : says("1/2", within_difference(0.5, 0.1)),
                       r.area, counts_of(data)));
    }
  }
  const auto area = [&](const std::string& key) {
    const StuckResult& r = *std::ranges::find(data.results, key, &StuckResult::key);
    return fmt::format("{} {}", r.name, rounded(r.area.value));
  };
  constexpr const char* statements[] = {"the initial decoder hardly matters",
                                        "the targets decide as much as D",
                                        "the targets decide as much as the initial embeddings"};
  for (std::size_t k = 0; k < data.differences.size(); ++k) {
    const StuckDifference& d = data.differences[k];
    claims.push_back(comparison_claim(statements[k], source, "-",
                                      area(d.first) + ", " + area(d.second), "difference of areas",
                                      d.difference, within_difference(0, 0.1)));
  }
  return claims;
}

Figure stuck(std::string_view toml) {
  return {"stuck", "Which networks get stuck", false, toml, draw, toml};
}

}  // namespace grok
