// groktheory study plan|merge: what is left to train, several stores in one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/refine_text.hpp"
#include "cli/study_options.hpp"
#include "compare/store/merge_stores.hpp"
#include "compare/study/study_status.hpp"

namespace grok {
namespace {

constexpr std::size_t listed = 10;  // conflicts

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

// Of a study with [refine]: the rounds to come are not known, but no more than all its points.
struct RefinePlan {
  RefinedStudy state;
  StudyPlan all;
};

Json refine_plan_json(const RefinePlan& plan) {
  const bool complete = plan.state.missing().empty();
  return {{"complete", complete},
          {"round", plan.state.round()},
          {"points", plan.state.wanted()},
          {"runs_at_most", complete ? std::ssize(plan.state.needed_runs()) : plan.all.runs},
          {"steps_at_most", complete ? 0 : plan.all.steps},
          {"seconds_at_most", complete ? Json(nullptr) : json_of(plan.all.seconds_at_most)}};
}

std::string refine_plan_text(const RefinePlan& plan) {
  if (plan.state.missing().empty()) {
    return complete_text;
  }
  std::string text =
      fmt::format("round {}, {} points: {} runs to train; with all rounds to come at most {} runs",
                  plan.state.round(), plan.state.wanted(), plan.state.missing().size(),
                  plan.all.runs - plan.all.done);
  if (plan.all.seconds_at_most) {
    text += fmt::format(", {:.4g} steps, about {}", static_cast<double>(plan.all.steps),
                        time_text(*plan.all.seconds_at_most));
  }
  return text;
}

std::string plan_text(const StudyOptions& options, const AskedStudy& asked, const StudyPlan& plan,
                      const std::optional<RefinePlan>& refined) {
  LabelledLines lines = counts_text(options, asked, {plan.runs, plan.done});
  if (refined) {
    lines.add("refine", refine_plan_text(*refined));
  }
  lines.add("steps", fmt::format("at most {:.4g}{}", static_cast<double>(plan.steps),
                                 refined && plan.steps > 0 ? " in this round" : ""));
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
  return lines.text();
}

int run_plan(const StudyOptions& options, const Output& output) {
  const AskedStudy asked = asked_study(options, "study plan");
  const Workers workers = checked_workers(options.workers, "study plan");
  std::optional<Store> store;
  std::error_code failure;
  if (std::filesystem::exists(options.store, failure) || failure) {
    store = Store::open_existing(options.store);
  }
  const Store* records = store ? &*store : nullptr;
  std::optional<RefinePlan> refined;
  if (asked.study.refine) {
    RefinedStudy state(asked.study);
    if (store) {
      state.advance(*store);
    }
    refined.emplace(
        RefinePlan{std::move(state), study_plan(asked.runs, records, workers, asked.study.name)});
  }
  const StudyPlan plan = study_plan(refined ? refined->state.needed_runs() : asked.runs, records,
                                    workers, asked.study.name);
  if (options.json) {
    Json json = plan_json(options, asked, plan);
    if (refined) {
      json["refine"] = refine_plan_json(*refined);
    }
    output.out << to_text(json);
    return 0;
  }
  output.out << plan_text(options, asked, plan, refined);
  return 0;
}

int run_merge(const StudyOptions& options, const Output& output) {
  const std::vector<std::filesystem::path> sources(options.sources.begin(), options.sources.end());
  for (const auto& source : sources) {  // before a store is made
    Store::open_existing(source);
  }
  std::error_code ignored;
  const bool fresh = !std::filesystem::exists(options.store, ignored);
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
