// groktheory study status|plan|merge: how far a study is, what is left, several stores in one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/refine_text.hpp"
#include "cli/study_options.hpp"
#include "compare/store/merge_stores.hpp"
#include "compare/study/study_status.hpp"

namespace grok {
namespace {

constexpr std::size_t listed = 10;  // failures, conflicts

std::string time_text(double seconds) {
  if (seconds < 120) {
    return fmt::format("{:.3g} s", seconds);
  }
  return seconds < 7200 ? fmt::format("{:.3g} min", seconds / 60)
                        : fmt::format("{:.3g} h", seconds / 3600);
}

// "decoder_rate = 0.001, seed = 3": what tells a run from the others of its study.
std::string name_of(const Run& run, const Study& study) {
  std::vector<std::string> parts;
  for (const std::string& axis : study.axes) {
    parts.push_back(axis + " = " + text_of(run[axis]));
  }
  return parts.empty() ? "the run" : fmt::format("{}", fmt::join(parts, ", "));
}

Json status_json(const StudyOptions& options, const AskedStudy& asked, const StudyStatus& status) {
  Json json = counts_json(options, asked, {status.runs, status.done});
  json["running"] = status.running;
  json["failed"] = status.failed;
  json["pending"] = status.pending;
  json["dropped"] = status.dropped;
  json["workers"] = status.workers;
  json["rate"] = json_of(status.rate);
  json["seconds_left"] = json_of(status.seconds_left);
  json["failures"] = Json::array();
  for (const FailedRun& failure : status.failures) {
    json["failures"].push_back({{"identity", failure.run.name()},
                                {"run", name_of(failure.run, asked.study)},
                                {"reason", failure.reason}});
  }
  return json;
}

void add_status_text(LabelledLines& lines, const AskedStudy& asked, const StudyStatus& status) {
  lines.add("running",
            fmt::format("{}, {} processes at work on the store", status.running, status.workers));
  lines.add("pending",
            fmt::format("{}, {} of them started before", status.pending, status.dropped));
  if (status.rate) {
    lines.add("rate",
              fmt::format("{:.3g} runs/s, {} left", *status.rate, time_text(*status.seconds_left)));
  }
  lines.add("failed", fmt::format("{}", status.failed));
  for (std::size_t k = 0; k < std::min(listed, status.failures.size()); ++k) {
    lines.add("", fmt::format("{}: {}", name_of(status.failures[k].run, asked.study),
                              status.failures[k].reason));
  }
  if (status.failures.size() > listed) {
    lines.add("", fmt::format("... and {} more (--json has all)", status.failures.size() - listed));
  }
}

int run_status(const StudyOptions& options, const Output& output) {
  const AskedStudy asked = asked_study(options, "study status");
  const Store store = Store::open_existing(options.store);
  const StudyStatus status = study_status(asked.runs, store);
  const auto refined = refined_so_far(asked.study, store);
  if (options.json) {
    Json json = status_json(options, asked, status);
    if (refined) {
      json["refine"] = refine_json(*refined);
    }
    output.out << to_text(json);
    return 0;
  }
  LabelledLines lines = counts_text(options, asked, {status.runs, status.done});
  add_status_text(lines, asked, status);
  if (refined) {
    add_refine_text(lines, *refined);
  }
  output.out << lines.text();
  return 0;
}

Json plan_json(const StudyOptions& options, const AskedStudy& asked, const StudyPlan& plan) {
  Json json = counts_json(options, asked, {plan.runs, plan.done});
  json["steps_at_most"] = plan.steps;
  json["engine"] = plan.workers.engine;
  json["device"] = plan.workers.device;
  json["threads"] = plan.workers.threads;
  json["why"] = plan.workers.reason;
  json["seconds_at_most"] = json_of(plan.seconds_at_most);
  json["seconds_by_records"] = json_of(plan.seconds_by_records);
  json["measured"] = plan.measured;
  return json;
}

int run_plan(const StudyOptions& options, const Output& output) {
  const AskedStudy asked = asked_study(options, "study plan");
  const Workers workers = checked_workers(options.workers, "study plan");
  std::optional<Store> store;
  if (std::filesystem::exists(options.store)) {
    store = Store::open_existing(options.store);
  }
  std::vector<Run> runs = asked.runs;
  std::optional<RefinedStudy> refined;
  if (asked.study.refine) {  // what is asked for now; later rounds depend on it
    refined.emplace(asked.study);
    if (store) {
      refined->advance(*store);
    }
    runs = refined->missing();
  }
  const StudyPlan plan = study_plan(runs, store ? &*store : nullptr, workers, asked.study.name);
  if (options.json) {
    Json json = plan_json(options, asked, plan);
    if (refined) {
      json["round"] = refined->round();
    }
    output.out << to_text(json);
    return 0;
  }
  LabelledLines lines = counts_text(options, asked, {plan.runs, plan.done});
  if (refined) {
    lines.add("refine", fmt::format("round {}, {} points; later rounds depend on it",
                                    refined->round(), refined->wanted()));
  }
  lines.add("steps", fmt::format("at most {:.4g}", static_cast<double>(plan.steps)));
  lines.add("trained by", describe(plan.workers));
  if (plan.seconds_at_most) {
    lines.add(
        "time",
        fmt::format(
            "at most about {} of training, if no run ends before its budget; the store takes some "
            "ms a run",
            time_text(*plan.seconds_at_most)));
  }
  if (plan.seconds_by_records) {
    lines.add("", fmt::format("about {} by the mean of the {} runs that are done",
                              time_text(*plan.seconds_by_records), plan.measured));
  }
  output.out << lines.text();
  return 0;
}

int run_merge(const StudyOptions& options, const Output& output) {
  const std::vector<std::filesystem::path> sources(options.sources.begin(), options.sources.end());
  for (const auto& source : sources) {  // before a store is made
    Store::open_existing(source);
  }
  const bool fresh = !std::filesystem::exists(options.store);
  std::optional<Store> target(options.store);
  Store& store = *target;
  const MergeReport report = merge_stores(store, sources, *options.models);
  if (!report.conflicts.empty()) {
    if (fresh) {  // as it was
      target.reset();
      std::filesystem::remove(options.store);
    }
    std::vector<std::string> texts;
    for (std::size_t k = 0; k < std::min(listed, report.conflicts.size()); ++k) {
      const MergeConflict& c = report.conflicts[k];
      texts.push_back(fmt::format("{} of {} ({})", c.identity, c.file, fmt::join(c.fields, ", ")));
    }
    reject("study merge", "conflicting records", fmt::format("{}", report.conflicts.size()),
           fmt::format("0; nothing was added. They are {}{}", fmt::join(texts, "; "),
                       report.conflicts.size() > listed ? "; ..." : ""));
  }
  if (options.json) {
    output.out << to_text(Json{{"store", options.store},
                               {"sources", options.sources},
                               {"read", report.read},
                               {"added", report.added},
                               {"present", report.present},
                               {"curves", report.curves},
                               {"artefacts", report.artefacts},
                               {"runs", store.count()}});
    return 0;
  }
  LabelledLines lines;
  lines.add("store", fmt::format("{}: {} runs", options.store, store.count()));
  lines.add("read", fmt::format("{} runs from {} stores", report.read, sources.size()));
  lines.add("added", fmt::format("{} runs, {} curves, {} artefacts; {} runs were there",
                                 report.added, report.curves, report.artefacts, report.present));
  output.out << lines.text();
  return 0;
}

}  // namespace

void add_study_status(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options) {
  CLI::App& app =
      *study.add_subcommand("status", "How many runs are done, running, failed; time left");
  add_study_options(app, *options, true);
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(std::string(study_of_help) +
             "Example:\n  groktheory study status rates.toml --store rates.db --json");
  run_when_asked(app, action, std::move(options), run_status);
}

void add_study_plan(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options) {
  CLI::App& app =
      *study.add_subcommand("plan", "What would be trained, and how long; trains nothing");
  add_study_options(app, *options, true);
  add_workers(app, options->workers);
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(std::string(study_of_help) +
             "Example:\n  groktheory study plan rates.toml --store rates.db --threads 8");
  run_when_asked(app, action, std::move(options), run_plan);
}

void add_study_merge(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options) {
  CLI::App& app = *study.add_subcommand("merge", "Add the records of other stores to one");
  app.add_option("sources", options->sources, "stores to take records from")
      ->required()
      ->type_name("FILE");
  add_file(app, "--store", options->store, "SQLite file that takes them")->required();
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "In any order, any number of times. Two different records of one run are refused, and then\n"
      "nothing is added.\n"
      "Example, with the stores of 'groktheory study run --help':\n"
      "  groktheory study merge part-*.db --store both.db");
  run_when_asked(app, action, std::move(options), run_merge);
}

}  // namespace grok
