// groktheory study status: how far a study is; once, or again and again until it is complete.
#include "compare/study/study_status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <thread>

#include "cli/refine_text.hpp"
#include "cli/run_cli.hpp"
#include "cli/study_options.hpp"
#include "core/interrupt.hpp"

namespace grok {
namespace {

constexpr std::size_t listed = 10;  // failures

// "decoder_rate = 0.001, seed = 3": what tells a run from the others of its study.
std::string name_of(const Run& run, const Study& study) {
  std::vector<std::string> parts;
  for (const std::string& axis : study.axes) {
    parts.push_back(axis + " = " + text_of(run[axis]));
  }
  return parts.empty() ? "the run" : fmt::format("{}", fmt::join(parts, ", "));
}

struct Look {
  StudyStatus status;
  std::optional<RefinedStudy> refined;

  bool complete() const {
    return status.done == status.runs && (!refined || refined->missing().empty());
  }
};

// With [refine] of the runs that are needed, as far as the records lead.
Look look_at(const StudyOptions& options, const AskedStudy& asked) {
  const Store store = Store::open_existing(options.store);
  auto refined = refined_so_far(asked.study, store);
  const std::vector<Run> runs = needed_runs(asked, refined);
  return {study_status(runs, store), std::move(refined)};
}

Json status_json(const StudyOptions& options, const AskedStudy& asked, const Look& look) {
  const StudyStatus& status = look.status;
  Json json = counts_json(options, asked, {status.runs, status.done});
  json["complete"] = look.complete();
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
  if (look.refined) {
    json["refine"] = refine_json(*look.refined);
  }
  return json;
}

std::string status_text(const StudyOptions& options, const AskedStudy& asked, const Look& look) {
  const StudyStatus& status = look.status;
  LabelledLines lines = counts_text(options, asked, {status.runs, status.done});
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
  if (look.refined) {
    add_refine_text(lines, *look.refined);
  }
  return lines.text();
}

// What is new when it changes; how fast it goes always does.
std::string counts_line(const AskedStudy& asked, const Look& look) {
  const StudyStatus& status = look.status;
  return fmt::format("{}: {}{} of {} runs done, {} running, {} failed, {} pending",
                     asked.study.name,
                     look.refined ? fmt::format("round {}, ", look.refined->round()) : "",
                     status.done, status.runs, status.running, status.failed, status.pending);
}

std::string pace_text(const StudyStatus& status) {
  return status.rate && status.done < status.runs
             ? fmt::format(", {:.3g} runs/s, {} left", *status.rate,
                           time_text(*status.seconds_left))
             : "";
}

// False: asked to stop.
bool wait_for(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (stop_signal() == 0 && Clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return stop_signal() == 0;
}

// On a terminal one line, drawn anew; elsewhere a line, or with --json an object on a line, for
// every change.
int watch(const StudyOptions& options, const Output& output) {
  const AskedStudy asked = asked_study(options, "study status");
  const StopOnSignal stop("groktheory: study status: interrupted");
  const bool live = !options.json && &output.out == &std::cout && isatty(STDOUT_FILENO) == 1;
  std::string before;
  for (;;) {
    const Look look = look_at(options, asked);
    const std::string counts = counts_line(asked, look);
    const std::string line = counts + pace_text(look.status);
    if (live) {
      output.out << '\r' << line << "\x1b[K";
    } else if (counts != before) {
      output.out << (options.json ? status_json(options, asked, look).dump() : line) << '\n';
    }
    if (!output.out.flush()) {
      throw Error("standard output: cannot be written");
    }
    before = counts;
    const bool complete = look.complete();
    const bool go_on = !complete && wait_for(*options.watch);
    if (live && !go_on) {
      output.out << std::endl;
    }
    if (complete) {
      return 0;
    }
    if (!go_on) {
      throw Interrupted(fmt::format("study status: interrupted, {} of {} runs done",
                                    look.status.done, look.status.runs));
    }
  }
}

int run_status(const StudyOptions& options, const Output& output) {
  if (options.watch) {
    return watch(options, output);
  }
  const AskedStudy asked = asked_study(options, "study status");
  const Look look = look_at(options, asked);
  output.out << (options.json ? to_text(status_json(options, asked, look))
                              : status_text(options, asked, look));
  if (look.complete()) {
    return 0;
  }
  output.out.flush();
  output.err << fmt::format("groktheory: study status: {} of {} runs are not done in {}\n",
                            look.status.runs - look.status.done, look.status.runs, options.store);
  return not_complete;
}

}  // namespace

void add_study_status(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options) {
  CLI::App& app =
      *study.add_subcommand("status", "How many runs are done, running, failed; time left");
  add_study_options(app, *options, true);
  add_number(app, "--watch", options->watch, 0.1, 86'400,
             "look again every so many seconds until it is complete")
      ->type_name("[SECONDS]")
      ->expected(0, 1)
      ->default_str("5");  // of --watch without a number
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer("Exit status: 0 complete, 4 not complete. --watch says one line for each change.\n" +
             std::string(study_of_help) +
             "Examples:\n"
             "  groktheory study status rates.toml --store rates.db --json\n"
             "  groktheory study status rates.toml --store rates.db --watch 10");
  run_when_asked(app, action, std::move(options), run_status);
}

}  // namespace grok
