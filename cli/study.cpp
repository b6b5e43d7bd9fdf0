// groktheory study run|status|export: grids of runs and their store.
#include "compare/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>
#include <optional>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "cli/refine_text.hpp"
#include "compare/refined_study.hpp"
#include "compare/run_study.hpp"

namespace grok {
namespace {

struct StudyOptions {
  std::string file, store, profile, out;
  WorkerOptions workers;
  bool json = false, points = false;
};

Json counts_json(const StudyOptions& options, const Study& study, const StudyCounts& counts) {
  Json json;
  json["study"] = study.name;
  json["source"] = study.source;
  json["store"] = options.store;
  json["runs"] = counts.runs;
  json["done"] = counts.done;
  json["missing"] = counts.runs - counts.done;
  return json;
}

LabelledLines counts_text(const StudyOptions& options, const Study& study,
                          const StudyCounts& counts) {
  LabelledLines lines;
  lines.add("study", study.source.empty() ? study.name : study.name + " (" + study.source + ")");
  lines.add("axes", study.axes.empty() ? "none" : fmt::format("{}", fmt::join(study.axes, ", ")));
  lines.add("store", options.store);
  lines.add("runs", fmt::format("{}: {} done, {} missing", counts.runs, counts.done,
                                counts.runs - counts.done));
  return lines;
}

// All runs of a study, or those that its [refine] makes necessary.
struct RunOutcome {
  std::vector<Record> records;
  Workers workers;
  std::optional<RefinedStudy> refined;
};

RunOutcome run_what_is_needed(const Study& study, Store& store, const Workers& workers,
                              const Output& output) {
  const auto notice = [&output](const std::string& line) { output.err << line << std::endl; };
  if (study.refine) {
    RefinedOutcome outcome = run_refined(study, store, workers, study.name, notice);
    return {std::move(outcome.records), outcome.workers, std::move(outcome.state)};
  }
  StudyOutcome outcome = run_missing(study.runs, store, workers, study.name, notice);
  return {std::move(outcome.records), outcome.workers, {}};
}

int run_run(const StudyOptions& options, const Output& output) {
  const Study study = read_study(options.file, options.profile);
  const Workers workers = checked_workers(options.workers, "study run");
  Store store(options.store);
  const StudyCounts before = count_done(study.runs, store);
  const RunOutcome outcome = run_what_is_needed(study, store, workers, output);
  const StudyCounts after = count_done(study.runs, store);
  std::map<std::string, std::int64_t> phases;
  for (const Record& record : outcome.records) {
    ++phases[record.phase.value_or("none")];
  }
  if (options.json) {
    Json json = counts_json(options, study, after);
    json["trained"] = after.done - before.done;
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
  LabelledLines lines = counts_text(options, study, after);
  lines.add("trained now", fmt::format("{}", after.done - before.done));
  for (const auto& [phase, count] : phases) {
    lines.add("phase " + phase, fmt::format("{} of {}", count, outcome.records.size()));
  }
  if (outcome.refined) {
    add_refine_text(lines, *outcome.refined);
  }
  output.out << lines.text();
  return 0;
}

// As far as the records in the store lead; empty without [refine].
std::optional<RefinedStudy> refined_so_far(const Study& study, const Store& store) {
  if (!study.refine) {
    return {};
  }
  RefinedStudy refined(study);
  refined.advance(store);
  return refined;
}

int run_status(const StudyOptions& options, const Output& output) {
  const Study study = read_study(options.file, options.profile);
  const Store store = Store::open_existing(options.store);
  const StudyCounts counts = count_done(study.runs, store);
  const auto refined = refined_so_far(study, store);
  if (options.json) {
    Json json = counts_json(options, study, counts);
    if (refined) {
      json["refine"] = refine_json(*refined);
    }
    output.out << to_text(json);
    return 0;
  }
  LabelledLines lines = counts_text(options, study, counts);
  if (refined) {
    add_refine_text(lines, *refined);
  }
  output.out << lines.text();
  return 0;
}

// What an export holds: records, or (--points) the points of a refined study.
struct Exported {
  CsvTable table;
  std::size_t of = 0;
  std::string rows, remark;
};

Exported exported_table(const StudyOptions& options, const Study& study, const Store& store) {
  auto refined = refined_so_far(study, store);
  if (options.points) {
    if (!refined) {
      reject("study export", "--points", options.file, "a study with [refine]");
    }
    CsvTable table = refined_table(*refined);
    const std::size_t rows = table.rows.size();
    return {std::move(table), rows, "points", {}};
  }
  return {store.table(study.runs), study.runs.size(), "runs",
          refined ? "; points that refinement predicts have none" : ""};
}

int run_export(const StudyOptions& options, const Output& output) {
  const Study study = read_study(options.file, options.profile);
  const Store store = Store::open_existing(options.store);
  if (!options.out.empty()) {
    std::vector<std::string> inputs = {options.file, options.store};
    for (const RunSpec& run : study.runs) {
      inputs.insert(inputs.end(), {run.pairs, run.table});
    }
    require_writable("study export", "--out", options.out, inputs);
  }
  const Exported exported = exported_table(options, study, store);
  const std::size_t rows = exported.table.rows.size();
  if (rows < exported.of) {
    output.err << fmt::format("groktheory: study export: {} of {} runs are missing in {}{}\n",
                              exported.of - rows, exported.of, options.store, exported.remark);
  }
  if (options.out.empty()) {
    output.out << to_csv(exported.table);
    return 0;
  }
  write_file(options.out, to_csv(exported.table));
  output.out << fmt::format("{}: {} of {} {}\n", options.out, rows, exported.of, exported.rows);
  return 0;
}

void add_study_options(CLI::App& app, StudyOptions& options) {
  app.add_option("study", options.file, "TOML file of the study")->required()->type_name("FILE");
  add_file(app, "--store", options.store, "SQLite file of the records")->required();
  app.add_option("--profile", options.profile, "profile of the TOML file")->type_name("NAME");
}

}  // namespace

void add_study(CLI::App& root, Action& action) {
  CLI::App& study = *root.add_subcommand("study", "Grids of runs: train, count, export");
  study.require_subcommand(1);
  study.footer("Example:\n  groktheory study run phases.toml --store phases.db");

  const auto options = std::make_shared<StudyOptions>();
  CLI::App& run = *study.add_subcommand("run", "Train the runs that the store lacks");
  add_study_options(run, *options);
  add_workers(run, options->workers);
  run.add_flag("--json", options->json, "one JSON object instead of text");
  run.footer("Example:\n  groktheory study run phases.toml --store phases.db --threads 8");
  run_when_asked(run, action, options, run_run);

  CLI::App& status = *study.add_subcommand("status", "How many runs are done and missing");
  add_study_options(status, *options);
  status.add_flag("--json", options->json, "one JSON object instead of text");
  status.footer("Example:\n  groktheory study status phases.toml --store phases.db --json");
  run_when_asked(status, action, options, run_status);

  CLI::App& exported = *study.add_subcommand("export", "Records of a study as CSV");
  add_study_options(exported, *options);
  add_file(exported, "--out", options->out, "CSV to write (default: standard output)");
  exported.add_flag("--points", options->points,
                    "of a study with [refine]: its points, trained and predicted, not its runs");
  exported.footer("Example:\n  groktheory study export phases.toml --store phases.db --out p.csv");
  run_when_asked(exported, action, options, run_export);
}

}  // namespace grok
