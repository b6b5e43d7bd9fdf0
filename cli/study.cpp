// groktheory study run|export: grids of runs and their store. Its other commands: study_state.cpp,
// study_status.cpp.
#include "compare/study/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>

#include "cli/refine_text.hpp"
#include "cli/study_options.hpp"
#include "cli/study_ranks.hpp"
#include "compare/store/curves.hpp"
#include "core/interrupt.hpp"

namespace grok {

AskedStudy asked_study(const StudyOptions& options, const std::string& where) {
  AskedStudy asked{read_study(options.file, options.profile, *options.models), {}, options.shard};
  if (options.shard.empty()) {
    asked.runs = asked.study.runs;
    return asked;
  }
  const Shard shard = parse_shard(options.shard, where);
  if (asked.study.refine) {
    reject(where, "--shard", "'" + options.shard + "'",
           "none: with [refine] every round needs the records of all; several processes may share "
           "one --store");
  }
  asked.runs = runs_of(asked.study.runs, shard);
  return asked;
}

Json counts_json(const StudyOptions& options, const AskedStudy& asked, const StudyCounts& counts) {
  Json json;
  json["study"] = asked.study.name;
  json["source"] = asked.study.source;
  json["store"] = options.store;
  if (!asked.shard.empty()) {
    json["shard"] = asked.shard;
  }
  json["runs"] = counts.runs;
  json["done"] = counts.done;
  json["missing"] = counts.runs - counts.done;
  return json;
}

LabelledLines counts_text(const StudyOptions& options, const AskedStudy& asked,
                          const StudyCounts& counts) {
  const Study& study = asked.study;
  LabelledLines lines;
  lines.add("study", study.source.empty() ? study.name : study.name + " (" + study.source + ")");
  lines.add("axes", study.axes.empty() ? "none" : fmt::format("{}", fmt::join(study.axes, ", ")));
  lines.add("store", options.store);
  if (!asked.shard.empty()) {
    lines.add("shard", fmt::format("{}, {} of the study's {} runs", asked.shard, asked.runs.size(),
                                   study.runs.size()));
  }
  lines.add("runs", fmt::format("{}: {} done, {} missing", counts.runs, counts.done,
                                counts.runs - counts.done));
  return lines;
}

std::optional<RefinedStudy> refined_so_far(const Study& study, const Store& store) {
  if (!study.refine) {
    return {};
  }
  RefinedStudy refined(study);
  refined.advance(store);
  return refined;
}

std::vector<Run> needed_runs(const AskedStudy& asked, const std::optional<RefinedStudy>& refined) {
  return refined ? refined->needed_runs() : asked.runs;
}

std::string time_text(double seconds) {
  if (seconds < 120) {
    return fmt::format("{:.3g} s", seconds);
  }
  return seconds < 7200 ? fmt::format("{:.3g} min", seconds / 60)
                        : fmt::format("{:.3g} h", seconds / 3600);
}

void add_study_options(CLI::App& app, StudyOptions& options, bool shards) {
  app.add_option("study", options.file, "TOML file of the study")->required()->type_name("FILE");
  add_file(app, "--store", options.store, "SQLite file of the records")->required();
  app.add_option("--profile", options.profile, "profile of the TOML file")->type_name("NAME");
  if (shards) {
    const auto assign = [&options, where = command_name(app)](const std::string& text) {
      parse_shard(text, where);
      options.shard = text;
    };
    app.add_option_function<std::string>("--shard", assign,
                                         "part i of n, 1 <= i <= n: runs by their identity")
        ->type_name("i/n");
  }
}

namespace {

// All runs that were asked for, or those that [refine] makes necessary.
struct RunOutcome {
  std::vector<Outcome> outcomes;
  Workers workers;
  std::int64_t trained = 0;  // by this process
  std::optional<RefinedStudy> refined;
};

RunOutcome run_what_is_needed(const AskedStudy& asked, Store& store,
                              const StudyTraining& training) {
  if (asked.study.refine) {
    RefinedOutcome outcome = run_refined(asked.study, store, training);
    return {std::move(outcome.outcomes), outcome.workers, outcome.trained_now,
            std::move(outcome.state)};
  }
  StudyOutcome outcome = run_missing(asked.runs, store, training);
  return {std::move(outcome.outcomes), outcome.workers, outcome.trained, {}};
}

StudyTraining training_of(const StudyOptions& options, const AskedStudy& asked,
                          const Output& output) {
  if (options.curves > 0 &&
      (options.workers.engine == "torch" || options.workers.device == "cuda")) {
    reject("study run", "--curves", fmt::format("{}", options.curves),
           "0 with --engine torch: the cpu engine alone keeps curves");
  }
  StudyTraining training;
  training.keep = asked.study.keep;
  for (const std::string& name : options.keep) {
    require_artefact(*asked.study.model, name, "study run", "--keep");
    if (std::ranges::find(training.keep, name) == training.keep.end()) {
      training.keep.push_back(name);
    }
  }
  if (!training.keep.empty() &&
      (options.workers.engine == "torch" || options.workers.device == "cuda")) {
    reject("study run", "--keep", fmt::format("{}", fmt::join(training.keep, ", ")),
           "nothing with --engine torch: the cpu engine alone keeps artefacts");
  }
  training.request = checked_workers(options.workers, "study run");
  training.label = asked.study.name;
  training.notice = [&output](const std::string& line) { output.err << line << std::endl; };
  training.stop = [] { return stop_signal() != 0; };
  training.host = options.host;
  training.curve_stride = options.curves;
  return training;
}

int run_leading(const StudyOptions& options, const Output& output, const PrepareTraining& prepare) {
  const AskedStudy asked = asked_study(options, "study run");
  StudyTraining training = training_of(options, asked, output);
  const StopOnSignal stop(fmt::format(
      "groktheory: study run: interrupted; finished runs are kept in {}; the same command goes on",
      options.store));
  if (prepare) {
    prepare(asked, training);
  }
  Store store(options.store);
  RunOutcome outcome;
  try {
    outcome = run_what_is_needed(asked, store, training);
  } catch (const Interrupted& stopped) {
    throw Interrupted(fmt::format("study run: {}", stopped.what()));
  }
  const StudyCounts after = count_done(needed_runs(asked, outcome.refined), store);
  std::map<std::string, std::int64_t> phases;
  const bool has_phases = find_field(asked.study.model->results(), Role::phase) != nullptr;
  for (const Outcome& one : has_phases ? outcome.outcomes : std::vector<Outcome>{}) {
    const std::string phase = text_of(one[Role::phase]);
    ++phases[phase.empty() ? "none" : phase];
  }
  if (options.json) {
    Json json = counts_json(options, asked, after);
    json["trained"] = outcome.trained;
    json["engine"] = outcome.workers.engine;
    json["device"] = outcome.workers.device;
    json["threads"] = outcome.workers.threads;
    json["why"] = outcome.workers.reason;
    json["phases"] = phases;
    if (outcome.refined) {
      json["refine"] = refine_json(*outcome.refined);
    }
    output.out << to_text(json);
    return 0;
  }
  LabelledLines lines = counts_text(options, asked, after);
  lines.add("trained now", fmt::format("{}", outcome.trained));
  for (const auto& [phase, count] : phases) {
    lines.add("phase " + phase, fmt::format("{} of {}", count, outcome.outcomes.size()));
  }
  if (outcome.refined) {
    add_refine_text(lines, *outcome.refined);
  }
  output.out << lines.text();
  return 0;
}

int run_run(const StudyOptions& options, const Output& output) {
  return started_as_ranks(options) ? run_on_ranks(options, output, run_leading)
                                   : run_leading(options, output, {});
}

// What an export holds: records, (--points) the points of a refined study, or (--curves) curves.
struct Exported {
  CsvTable table;
  std::size_t missing = 0, of = 0;
  std::string rows;
};

Exported exported_table(const StudyOptions& options, const AskedStudy& asked, const Store& store) {
  auto refined = refined_so_far(asked.study, store);
  if (options.points) {
    if (!refined) {
      reject("study export", "--points", options.file, "a study with [refine]");
    }
    CsvTable table = refined_table(*refined);
    const std::size_t rows = table.rows.size();
    return {std::move(table), 0, rows, "points"};
  }
  if (options.export_curves) {
    CsvTable table = curve_table(store, *asked.study.model, asked.runs, asked.study.axes);
    const std::size_t rows = table.rows.size();
    return {std::move(table), 0, rows, "points of curves"};
  }
  CsvTable table = store.table(*asked.study.model, asked.runs);
  const std::size_t rows = table.rows.size();
  const std::size_t missing = refined ? refined->missing().size() : asked.runs.size() - rows;
  return {std::move(table), missing, rows + missing, "runs"};
}

int run_export(const StudyOptions& options, const Output& output) {
  if (options.points && options.export_curves) {
    reject("study export", "--points, --curves", "both", "one of them");
  }
  const AskedStudy asked = asked_study(options, "study export");
  const Store store = Store::open_existing(options.store);
  if (!options.out.empty()) {
    std::vector<std::string> inputs = {options.file, options.store};
    for (const Field& field : asked.study.model->keys()) {
      for (const Run& run : field.is_file() ? asked.runs : std::vector<Run>{}) {
        inputs.push_back(text_of(run[field.key]));
      }
    }
    require_writable("study export", "--out", options.out, inputs);
  }
  const Exported exported = exported_table(options, asked, store);
  if (exported.missing > 0) {
    output.err << fmt::format("groktheory: study export: {} of {} runs are missing in {}\n",
                              exported.missing, exported.of, options.store);
  }
  if (options.out.empty()) {
    output.out << to_csv(exported.table);
    return 0;
  }
  write_file(options.out, to_csv(exported.table));
  output.out << fmt::format("{}: {} of {} {}\n", options.out, exported.of - exported.missing,
                            exported.of, exported.rows);
  return 0;
}

void add_study_run(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options) {
  CLI::App& run = *study.add_subcommand("run", "Train the runs that the store lacks");
  add_study_options(run, *options, true);
  add_workers(run, options->workers);
  add_ranks(run, *options);
  add_number(run, "--curves", options->curves, 0, 1'000'000'000,
             "keep the curves of all runs, a point every N steps; 0: none");
  run.add_option("--keep", options->keep,
                 "keep an artefact of every run in the store (model toy: parameters), beside those "
                 "of the study's `keep`")
      ->type_name("NAME");
  add_flag(run, "--host", options->host, "records say the name of this machine");
  add_flag(run, "--json", options->json, "one JSON object instead of text");
  run.footer(
      "Finished runs are kept whatever happens; the same command goes on. Several processes may\n"
      "share a store; under mpirun they are one study, and rank 0 alone has the store.\n" +
      std::string(study_of_help) +
      "Examples:\n"
      "  groktheory study run rates.toml --store rates.db --threads 8\n"
      "  mpirun -n 64 groktheory study run rates.toml --store rates.db --threads 1\n"
      "  groktheory study run rates.toml --store part-1.db --shard 1/2\n"
      "  groktheory study run rates.toml --store part-2.db --shard 2/2");
  run_when_asked(run, action, std::move(options), run_run);
}

void add_study_export(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options) {
  CLI::App& exported = *study.add_subcommand("export", "Records of a study as CSV");
  add_study_options(exported, *options, true);
  add_file(exported, "--out", options->out, "CSV to write (default: standard output)");
  add_flag(exported, "--points", options->points,
           "of a study with [refine]: its points, trained and predicted, not its runs");
  add_flag(exported, "--curves", options->export_curves,
           "instead of records the curves that 'study run --curves' kept");
  exported.footer(std::string(study_of_help) +
                  "Example:\n"
                  "  groktheory study export rates.toml --store rates.db --out rates.csv");
  run_when_asked(exported, action, std::move(options), run_export);
}

}  // namespace

void add_study(CLI::App& root, Action& action, const Models& models) {
  CLI::App& study =
      *root.add_subcommand("study", "Grids of runs: train, count, plan, export, merge");
  study.require_subcommand(1);
  study.footer(
      "Example, a study of six runs (docs/studies.md has all that a file may say):\n"
      "  printf '[run]\\ntask = \"addition\"\\nsymbols = 10\\ntrain = 45\\nsteps = 2000\\n' > "
      "rates.toml\n"
      "  printf '[axes]\\ndecoder_rate = [1e-4, 1e-3, 1e-2]\\nseed = [1, 2]\\n' >> rates.toml\n"
      "  groktheory study plan rates.toml --store rates.db\n"
      "  groktheory study run rates.toml --store rates.db");
  const auto options = std::make_shared<StudyOptions>();
  options->models = &models;
  add_study_run(study, action, options);
  add_study_status(study, action, options);
  add_study_plan(study, action, options);
  add_study_export(study, action, options);
  add_study_merge(study, action, options);
}

}  // namespace grok
