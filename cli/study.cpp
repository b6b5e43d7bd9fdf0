// groktheory study run|status|export: grids of runs and their store.
#include "compare/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "compare/run_study.hpp"

namespace grok {
namespace {

struct StudyOptions {
  std::string file, store, profile, out;
  WorkerOptions workers;
  bool json = false;
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

int run_run(const StudyOptions& options, const Output& output) {
  const Study study = read_study(options.file, options.profile);
  const Workers workers = checked_workers(options.workers, "study run");
  Store store(options.store);
  const StudyCounts before = count_done(study.runs, store);
  const StudyOutcome outcome =
      run_missing(study.runs, store, workers, study.name,
                  [&output](const std::string& line) { output.err << line << std::endl; });
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
    output.out << to_text(json);
    return 0;
  }
  LabelledLines lines = counts_text(options, study, after);
  lines.add("trained now", fmt::format("{}", after.done - before.done));
  for (const auto& [phase, count] : phases) {
    lines.add("phase " + phase, fmt::format("{} of {}", count, after.runs));
  }
  output.out << lines.text();
  return 0;
}

int run_status(const StudyOptions& options, const Output& output) {
  const Study study = read_study(options.file, options.profile);
  const Store store = Store::open_existing(options.store);
  const StudyCounts counts = count_done(study.runs, store);
  output.out << (options.json ? to_text(counts_json(options, study, counts))
                              : counts_text(options, study, counts).text());
  return 0;
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
  const CsvTable table = store.table(study.runs);
  const auto missing = std::ssize(study.runs) - std::ssize(table.rows);
  if (missing > 0) {
    output.err << fmt::format("groktheory: study export: {} of {} runs are missing in {}\n",
                              missing, study.runs.size(), options.store);
  }
  if (options.out.empty()) {
    output.out << to_csv(table);
    return 0;
  }
  write_file(options.out, to_csv(table));
  output.out << fmt::format("{}: {} of {} runs\n", options.out, table.rows.size(),
                            study.runs.size());
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
  exported.footer("Example:\n  groktheory study export phases.toml --store phases.db --out p.csv");
  run_when_asked(exported, action, options, run_export);
}

}  // namespace grok
