#include "compare/study/study_status.hpp"

#include <fmt/format.h>

#include <map>

#include "compare/store/store_file.hpp"

namespace grok {
namespace {

// Seconds since the first process that is at work joined, and runs of the study done since.
struct Pace {
  double seconds = 0;
  std::int64_t done = 0;
};

std::optional<Pace> pace_of(std::span<const Run> runs, const Store& store,
                            const std::optional<std::string>& joined) {
  if (!joined || runs.empty()) {
    return {};
  }
  Pace pace;
  const StoreFile& file = store.file();
  const Statement since = file.prepare("select (julianday('now') - julianday(?)) * 86400.0");
  set_value(since.get(), 1, *joined);
  if (file.step(since, "read")) {
    pace.seconds = sqlite3_column_double(since.get(), 0);
  }
  const std::string table = run_table_name(runs.front().model().name());
  if (file.columns_of(table).empty()) {
    return {};
  }
  const Statement finished =
      file.prepare(fmt::format("select 1 from {} where identity = ? and finished_at >= ?", table));
  for (const Run& run : runs) {
    set_value(finished.get(), 1, run.name());
    set_value(finished.get(), 2, *joined);
    pace.done += file.step_once(finished, "read") ? 1 : 0;
  }
  if (pace.seconds <= 0 || pace.done == 0) {  // too early, or the clock was set back
    return {};
  }
  return pace;
}

}  // namespace

StudyStatus study_status(std::span<const Run> runs, const Store& store) {
  std::map<std::string, UnfinishedRun> unfinished;
  for (const UnfinishedRun& run : unfinished_runs(store)) {
    unfinished[run.identity] = run;
  }
  StudyStatus status;
  for (const Run& run : runs) {
    ++status.runs;
    const std::string& name = run.name();
    const bool done = store.has(run);
    const auto known = unfinished.find(name);
    const std::string state = known == unfinished.end() ? "pending" : known->second.state;
    if (state == "failed") {
      status.failures.push_back({run, known->second.reason});
    }
    if (done) {
      ++status.done;
    } else if (state == "running") {
      ++status.running;
    } else if (state == "failed") {
      ++status.failed;
    } else {
      ++status.pending;
      status.dropped += state == "dropped" ? 1 : 0;
    }
  }
  const std::vector<std::string> joined = workers_joined(store);
  status.workers = std::ssize(joined);
  const auto pace = pace_of(
      runs, store, joined.empty() ? std::nullopt : std::optional<std::string>(joined.front()));
  if (pace) {
    status.rate = static_cast<double>(pace->done) / pace->seconds;
    status.seconds_left = static_cast<double>(status.pending + status.running) / *status.rate;
  }
  return status;
}

StudyPlan study_plan(std::span<const Run> runs, const Store* store, const Workers& request,
                     const std::string& label) {
  StudyPlan plan;
  double seconds = 0;
  for (const Run& run : runs) {
    ++plan.runs;
    const auto outcome = store == nullptr ? std::nullopt : store->find(run);
    if (!outcome) {
      plan.missing.push_back(run);
      plan.steps += budget_of(run);
      continue;
    }
    ++plan.done;
    if ((*outcome)[Role::engine] == Value("cpu")) {
      seconds += number_in((*outcome)[Role::wall_time]).value_or(0);
      ++plan.measured;
    }
  }
  plan.workers = choose_engine(plan.missing, request, look_at_hardware(request), label);
  if (plan.missing.empty()) {
    return plan;
  }
  plan.seconds_at_most = expected_seconds(plan.missing, plan.workers.device, plan.workers.threads);
  if (plan.measured > 0 && plan.workers.engine == "cpu") {
    plan.seconds_by_records = seconds / static_cast<double>(plan.measured) *
                              static_cast<double>(plan.missing.size()) / plan.workers.threads;
  }
  return plan;
}

}  // namespace grok
