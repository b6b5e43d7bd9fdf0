// compare/study/study_status.hpp: how far a study is, and what is left to do.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/store/store.hpp"
#include "compare/store/store_worker.hpp"
#include "nets/engine_choice.hpp"

namespace grok {

struct FailedRun {
  Run run;
  std::string reason;
};

struct StudyStatus {
  /// Their sum is `runs`. pending: never started, or only by processes that did not finish it
  /// (`dropped` of them).
  std::int64_t runs = 0, done = 0, running = 0, failed = 0, pending = 0, dropped = 0;
  std::int64_t workers = 0;    // processes at work on the store
  std::optional<double> rate;  // runs of this study per second, since the first of them joined
  std::optional<double> seconds_left;
  std::vector<FailedRun> failures;  // and of runs that are done, those whose curve failed
};
StudyStatus study_status(std::span<const Run> runs, const Store& store);

struct StudyPlan {
  std::int64_t runs = 0, done = 0;
  std::vector<Run> missing;
  std::int64_t steps = 0;  // of those, if every run takes its whole budget
  Workers workers;         // would train them
  /// By the rule of choose_engine, if every run takes its whole budget.
  std::optional<double> seconds_at_most;
  /// Mean seconds of the records that the store has of this study times the missing runs, over the
  /// threads; of `measured` records. Of the cpu engine's alone.
  std::optional<double> seconds_by_records;
  std::int64_t measured = 0;
};
StudyPlan study_plan(std::span<const Run> runs, const Store* store, const Workers& request,
                     const std::string& label);

}  // namespace grok
