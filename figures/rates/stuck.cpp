// Sample run:  groktheory figure stuck --profile quick
#include "figures/rates/stuck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "compare/referee/forecast_scores.hpp"
#include "compare/statistics/summary.hpp"
#include "compare/store/artefacts.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr double row_height = 0.056;

std::int64_t draws_of(const std::string& profile) { return profile == "full" ? 10 : 2; }

std::string counts_of(const StuckData& data) {
  return fmt::format("{} networks, {} reached it", data.runs.size(), data.reached);
}

/// Rows: area, low, high, place from the top.
std::string area_block(const StuckData& data, const std::string& name, bool swap) {
  std::vector<std::vector<double>> rows;
  for (std::size_t k = 0; k < data.results.size(); ++k) {
    const StuckResult& r = data.results[k];
    if (r.score.swap == swap) {
      rows.push_back({r.area.value, r.area.low, r.area.high, static_cast<double>(k)});
    }
  }
  return number_block(name, rows);
}

std::string names_as_tics(const StuckData& data) {
  std::string tics;
  for (std::size_t k = 0; k < data.results.size(); ++k) {
    tics += fmt::format("{}{} {}", k ? ", " : "", quoted(data.results[k].score.name), k);
  }
  return "set ytics (" + tics + ")\n";
}

CsvTable area_table(const StuckData& data) {
  CsvTable table{{"score", "name", "roc_area", "low", "high", "networks", "reached"}, {}};
  for (const StuckResult& r : data.results) {
    table.rows.push_back({r.score.key, r.score.name, cell(r.area.value), cell(r.area.low),
                          cell(r.area.high), fmt::format("{}", data.runs.size()),
                          fmt::format("{}", data.reached)});
  }
  return table;
}

CsvTable run_table(const StuckData& data) {
  CsvTable table{{"seed", "reached"}, {}};
  for (const StuckResult& r : data.results) {
    table.columns.push_back(r.score.key);
  }
  for (const StuckRun& run : data.runs) {
    std::vector<std::string> row{fmt::format("{}", run.seed), run.reached ? "1" : "0"};
    for (const double score : run.scores) {
      row.push_back(to_text(score));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string report_stuck(const StuckData& data) {
  std::string text = fmt::format(
      "  {}; {} whose structure is not unique left out; 95% intervals over seeds, {} scores "
      "tried\n",
      counts_of(data), data.not_unique, data.results.size());
  for (const StuckResult& r : data.results) {
    text += fmt::format("  {:<66} ROC area {}\n", r.score.name, with_interval(r.area));
  }
  return text;
}

/// Flows of runs, followed where the store has none; kept there unless it is only read.
class KeptFlows {
 public:
  KeptFlows(const FigureContext& context, std::int64_t draws)
      : context_(context), draws_(draws), name_(stuck_flows_name(draws)) {}

  StuckFlows of(const Run& run, const toy::Known& known) {
    if (const auto kept = find(run)) {
      return unpacked_flows(kept->bytes, draws_);
    }
    if (context_.stop && context_.stop()) {
      throw Interrupted("stuck: stopped as asked");
    }
    StuckFlows flows = follow_stuck(known, draws_);
    if (context_.train) {
      const std::lock_guard lock(storing_);
      keep_artefact(*context_.store, run, {name_, 0, packed_flows(flows)});
    }
    return flows;
  }

 private:
  std::optional<Artefact> find(const Run& run) {
    const std::lock_guard lock(storing_);
    return find_artefact(*context_.store, run, name_);
  }

  const FigureContext& context_;
  std::int64_t draws_;
  std::string name_;
  std::mutex storing_;  // a store is for one thread at a time
};

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const FigureRuns study = run_figure_study(figure, context);
  const std::vector<toy::Record> records = toy::records_of(study.outcomes);
  const std::int64_t draws = draws_of(context.profile);
  KeptFlows flows(context, draws);
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
  publish(figure, context, draw_stuck(data, command_of(figure, context)), report_stuck(data));
  return claims_of_stuck(data);
}

}  // namespace

StuckData collect_stuck(std::vector<StuckRun> runs, std::int64_t draws) {
  StuckData data;
  data.draws = draws;
  const auto unique = [](const StuckRun& run) { return !run.scores.empty(); };
  data.not_unique = std::ssize(runs) - std::ranges::count_if(runs, unique);
  std::ranges::copy_if(runs, std::back_inserter(data.runs), unique);
  const std::vector<StuckScore> scores = stuck_scores(draws);
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
  for (std::size_t s = 0; s < scores.size(); ++s) {
    std::vector<double> values;
    for (const StuckRun& run : data.runs) {
      values.push_back(run.scores[s]);
    }
    data.results.push_back({scores[s], with_seeds(roc_statistic(values, reached, seeds), seeds)});
  }
  return data;
}

Drawing draw_stuck(const StuckData& data, const std::string& command) {
  const auto rows = static_cast<double>(data.results.size());
  Drawing drawing;
  drawing.width = 1150;
  drawing.height = 640;
  drawing.script =
      area_block(data, "scores", false) + area_block(data, "swaps", true) + "set multiplot\n" +
      footer(command) +
      open_panel({0.46, 0.97, 0.15, 0.15 + row_height * (rows + 1), 0.955, "a",
                  "Who gets stuck? " + counts_of(data)}) +
      names_as_tics(data) +
      fmt::format("set xrange [0:1.02]\nset yrange [{}:-0.5]\n", to_text(rows - 0.5)) +
      "set xlabel 'ROC area over networks (1/2: says nothing)'\n"
      "set arrow 1 from 0.5, graph 0 to 0.5, graph 1 nohead lt 8 dt 2 lw 1\n"
      "plot $scores using 1:4:2:3 with xerrorbars pt 7 ps 1.1 lt 2 lw 1.8 title 'before training', "
      "$swaps using 1:4:2:3 with xerrorbars pt 5 ps 1.1 lt 1 lw 1.8 "
      "title 'one ingredient drawn anew'\n"
      "unset arrow 1\nunset multiplot\n";
  drawing.tables = {{"areas", area_table(data)}, {"runs", run_table(data)}};
  return drawing;
}

std::vector<Claim> claims_of_stuck(const StuckData& data) {
  const std::string source = "ours, early trials at |D| = 35";
  const Estimate share = wilson(data.reached, std::ssize(data.runs));
  std::vector<Claim> claims = {
      {"about half of the networks at |D| = 35 get stuck though the structure is unique", source,
       "0.5", with_interval(share) + " reach it, " + counts_of(data), compare_with(share, 0.5)}};
  for (const StuckResult& r : data.results) {
    Claim claim{"before training, " + r.score.name + " tells who will get there: ROC area", "ours",
                "-", with_interval(r.area) + ", " + counts_of(data), Verdict::open};
    claim.remark = r.area.low > 0.5    ? "better than a coin"
                   : r.area.high < 0.5 ? "the other way round"
                                       : "no better than a coin";
    claims.push_back(claim);
  }
  return claims;
}

Figure stuck(std::string_view toml) {
  return {"stuck", "Which networks get stuck", false, toml, draw, toml};
}

}  // namespace grok
