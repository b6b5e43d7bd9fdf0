#include "compare/study/run_study.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <set>
#include <thread>

#include "compare/store/curves.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "core/progress.hpp"

namespace grok {
namespace {

bool lacks(const Store& store, const RunSpec& run, std::int64_t stride) {
  return !store.find(run) || (stride > 0 && !has_curve(store, run, stride));
}

std::string host_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

Making making_of(const StudyTraining& options, const Workers& workers) {
  Making making;
  making.threads = workers.threads;
  if (options.host) {
    making.host = host_name();
  }
  return making;
}

/// The runs that were missing when it was made, until all have a record or an end.
class Campaign {
 public:
  Campaign(std::vector<RunSpec> missing, Store& store, const Workers& workers,
           const StudyTraining& options)
      : store_(store),
        options_(options),
        workers_(workers),
        worker_(store, making_of(options, workers)),
        progress_(options.label, std::ssize(missing)),
        waiting_(std::move(missing)) {}

  void run() {
    train_waiting();
    for (bool told = false; !waiting_.empty(); told = true) {
      if (!told && options_.notice) {
        options_.notice(fmt::format("{}: waiting for {} runs that other processes train",
                                    options_.label, waiting_.size()));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      if (options_.stop && options_.stop()) {
        throw Interrupted(options_.label + ": stopped as asked");
      }
      take_free();
    }
    if (failures_ > 0) {
      throw ConvergenceError(
          fmt::format("{}: {} runs failed, the first one: {} ('study status' "
                      "lists them, 'study run' tries them again)",
                      options_.label, failures_, reason_));
    }
  }
  std::int64_t trained() const { return trained_; }

 private:
  void train_waiting() {
    const std::vector<RunSpec> runs = std::move(waiting_);
    waiting_.clear();
    train_runs(runs, true);
  }

  // Those of the waiting runs that are free by now.
  void take_free() {
    const std::vector<RunSpec> runs = std::move(waiting_);
    waiting_.clear();
    std::vector<RunSpec> free;
    std::ranges::copy_if(runs, std::back_inserter(free),
                         [this](const RunSpec& run) { return may_start(run); });
    if (!free.empty()) {
      train_runs(free, false);
    }
  }

  void train_runs(const std::vector<RunSpec>& runs, bool ask) {
    TrainOptions training;
    training.workers = workers_;
    training.notice = options_.notice;
    training.stop = options_.stop;
    training.stride = options_.curve_stride;
    if (ask) {
      training.start = [&](std::size_t k) { return may_start(runs[k]); };
    }
    training.finished = [&](std::size_t k, const Record& record, const auto& curve) {
      keep(runs[k], record, curve);
    };
    training.failed = [&](std::size_t k, const std::string& reason) {
      worker_.fail(runs[k], reason);
      note_failure(reason);
    };
    if (options_.trainer) {
      options_.trainer(runs, training);
    } else {
      train_each(runs, training);
    }
  }

  void keep(const RunSpec& run, const Record& record, const std::vector<TrajectoryPoint>& curve) {
    const auto stored = options_.curve_stride > 0 ? store_.find(run) : std::nullopt;
    if (stored &&
        !different_fields(*stored, record).empty()) {  // its curve would be another network's
      const std::string reason = "curve: the record in the store is another one";
      worker_.fail(run, reason);
      note_failure(reason);
      return;
    }
    if (options_.making) {
      worker_.set_making(options_.making(making_of(options_, workers_)));
    }
    worker_.finish(run, record, options_.curve_stride, curve);
    ++trained_;
    progress_.advance();
  }

  bool may_start(const RunSpec& run) {
    const auto answer = worker_.take(run, options_.curve_stride);
    switch (answer) {
      case StoreWorker::Answer::taken:
        return true;
      case StoreWorker::Answer::done:
        progress_.advance();
        return false;
      case StoreWorker::Answer::failed:
        note_failure("in another process");
        return false;
      case StoreWorker::Answer::elsewhere:
        waiting_.push_back(run);
        return false;
    }
    return false;
  }

  void note_failure(const std::string& reason) {
    progress_.advance();
    reason_ = failures_++ == 0 ? reason : reason_;
  }

  Store& store_;
  const StudyTraining& options_;
  const Workers& workers_;
  StoreWorker worker_;
  Progress progress_;
  std::vector<RunSpec> waiting_;
  std::int64_t trained_ = 0, failures_ = 0;
  std::string reason_;  // of the first failure
};

}  // namespace

StudyCounts count_done(std::span<const RunSpec> runs, const Store& store) {
  StudyCounts counts;
  for (const RunSpec& run : runs) {
    ++counts.runs;
    counts.done += store.find(run) ? 1 : 0;
  }
  return counts;
}

namespace {

// Each once, though it be asked for twice.
std::vector<RunSpec> missing_runs(std::span<const RunSpec> runs, const Store& store,
                                  const StudyTraining& options) {
  std::vector<RunSpec> missing;
  std::set<std::string> known;
  for (const RunSpec& run : runs) {
    if (!lacks(store, run, options.curve_stride) || !known.insert(identity(run)).second) {
      continue;
    }
    if (options.curve_stride > 0 && curve_bytes(run, options.curve_stride) > max_curve_bytes) {
      reject(options.label, "curves", fmt::format("{}", options.curve_stride),
             fmt::format("more steps between points: {} bytes a curve, at most {}",
                         curve_bytes(run, options.curve_stride), max_curve_bytes));
    }
    missing.push_back(run);
  }
  return missing;
}

}  // namespace

StudyOutcome run_missing(std::span<const RunSpec> runs, Store& store,
                         const StudyTraining& options) {
  const std::vector<RunSpec> missing = missing_runs(runs, store, options);
  StudyOutcome outcome;
  Workers request = options.request;
  if (options.curve_stride > 0 && request.engine == "auto") {
    request.engine = request.device = "cpu";  // which alone keeps curves
  }
  outcome.workers = choose_engine(missing, request, look_at_hardware(request), options.label);
  if (!missing.empty()) {
    if (options.notice) {
      options.notice(fmt::format("{}: {}", options.label, describe(outcome.workers)));
    }
    Campaign campaign(missing, store, outcome.workers, options);
    campaign.run();
    outcome.trained = campaign.trained();
  }
  // Everything from the store: a resumed study returns what an uninterrupted one does
  for (const RunSpec& run : runs) {
    outcome.records.push_back(store.find(run).value());
  }
  return outcome;
}

}  // namespace grok
