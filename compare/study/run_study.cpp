#include "compare/study/run_study.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "compare/store/store_file.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "core/progress.hpp"

namespace grok {
namespace {

bool lacks(const Store& store, const Run& run, const StudyTraining& options) {
  return !store.has(run) ||
         (options.curve_stride > 0 && !has_curve(store, run, options.curve_stride)) ||
         !has_artefacts(store, run, options.keep);
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
  Campaign(std::vector<Run> missing, Store& store, const Workers& workers,
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
    const std::vector<Run> runs = std::move(waiting_);
    waiting_.clear();
    train_runs(runs, true);
  }

  // Those of the waiting runs that are free by now.
  void take_free() {
    const std::vector<Run> runs = std::move(waiting_);
    waiting_.clear();
    std::vector<Run> free;
    std::ranges::copy_if(runs, std::back_inserter(free),
                         [this](const Run& run) { return may_start(run); });
    if (!free.empty()) {
      train_runs(free, false);
    }
  }

  void train_runs(const std::vector<Run>& runs, bool ask) {
    TrainOptions training;
    training.workers = workers_;
    training.notice = options_.notice;
    training.stop = options_.stop;
    training.stride = options_.curve_stride;
    training.keep = options_.keep;
    training.checkpoint_seconds = options_.checkpoint_seconds;
    training.shelf = [&](const Run& run, const std::string& name) {
      return find_artefact(store_, run, name);
    };
    training.shelve = [&](std::size_t k, const Artefact& a) { worker_.shelve(runs[k], a); };
    if (ask) {
      training.start = [&](std::size_t k) { return may_start(runs[k]); };
    }
    training.finished = [&](std::size_t k, const Finished& finished) { keep(runs[k], finished); };
    training.failed = [&](std::size_t k, const std::string& reason) { refuse(runs[k], reason); };
    if (options_.trainer) {
      options_.trainer(runs, training);
    } else {
      train_each(runs, training);
    }
  }

  void refuse(const Run& run, const std::string& reason) {
    worker_.fail(run, reason);
    note_failure(reason);
  }

  void keep(const Run& run, const Finished& finished) {
    const auto stored = store_.find(run);
    if (stored && !different_results(*stored, finished.outcome).empty()) {
      // What is kept beside it would be another network's
      refuse(run, "curve, artefacts: the record in the store is another one");
      return;
    }
    for (const Artefact& artefact : finished.artefacts) {
      if (std::ssize(artefact.bytes) > max_artefact_bytes) {
        refuse(run, fmt::format("artefact {}: {} bytes, at most {}", artefact.name,
                                artefact.bytes.size(), max_artefact_bytes));
        return;
      }
    }
    if (options_.making) {
      worker_.set_making(options_.making(making_of(options_, workers_)));
    }
    worker_.finish(run, finished, options_.curve_stride);
    ++trained_;
    progress_.advance();
  }

  bool may_start(const Run& run) {
    const auto answer = worker_.take(run, {options_.curve_stride, options_.keep});
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
  std::vector<Run> waiting_;
  std::int64_t trained_ = 0, failures_ = 0;
  std::string reason_;  // of the first failure
};

}  // namespace

StudyCounts count_done(std::span<const Run> runs, const Store& store) {
  StudyCounts counts;
  for (const Run& run : runs) {
    ++counts.runs;
    counts.done += store.has(run) ? 1 : 0;
  }
  return counts;
}

namespace {

// Each once, though it be asked for twice.
std::vector<Run> missing_runs(std::span<const Run> runs, const Store& store,
                              const StudyTraining& options) {
  std::vector<Run> missing;
  std::set<std::string> known;
  for (const Run& run : runs) {
    if (!lacks(store, run, options) || !known.insert(run.name()).second) {
      continue;
    }
    if (options.curve_stride > 0 && run.model().curve_shape(run).columns.empty()) {
      reject(options.label, "curves", fmt::format("{}", options.curve_stride),
             fmt::format("0 (model = {}: it has none)", run.model().name()));
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

// What missing runs start from; runs of which the same artefacts are wanted at once.
void train_needed(std::span<const Run> missing, Store& store, const StudyTraining& options) {
  std::map<std::string, std::pair<Run, std::set<std::string>>> wanted;
  for (const Run& run : missing) {
    for (const Need& need : run.model().needs(run)) {
      auto& [whose, artefacts] = wanted[need.run.name()];
      whose = need.run;
      artefacts.insert(need.artefact);
    }
  }
  std::map<std::set<std::string>, std::vector<Run>> alike;
  for (const auto& [name, need] : wanted) {
    alike[need.second].push_back(need.first);
  }
  for (const auto& [artefacts, runs] : alike) {
    StudyTraining before = options;
    before.keep = {artefacts.begin(), artefacts.end()};
    before.curve_stride = 0;
    run_missing(runs, store, before);
  }
}

}  // namespace

StudyOutcome run_missing(std::span<const Run> runs, Store& store, const StudyTraining& options) {
  const std::vector<Run> missing = missing_runs(runs, store, options);
  train_needed(missing, store, options);
  StudyOutcome outcome;
  Workers request = options.request;
  if ((options.curve_stride > 0 || !options.keep.empty()) && request.engine == "auto") {
    request.engine = request.device = "cpu";  // which alone keeps curves and artefacts
  }
  outcome.workers = choose_engine(missing, request, look_at_hardware(request), options.label);
  if (!missing.empty()) {
    if (options.notice) {
      options.notice(fmt::format("{}: {}", options.label, describe(outcome.workers)));
    }
    try {
      Campaign campaign(missing, store, outcome.workers, options);
      campaign.run();
      outcome.trained = campaign.trained();
    } catch (const Interrupted&) {
      const StudyCounts now = count_done(runs, store);
      throw Interrupted(
          fmt::format("interrupted with {} of {} runs done and kept in {}; the same command goes "
                      "on from there",
                      now.done, now.runs, store.file().path().string()));
    }
  }
  // Everything from the store: a resumed study returns what an uninterrupted one does
  for (const Run& run : runs) {
    outcome.outcomes.push_back(store.find(run).value());
  }
  return outcome;
}

std::vector<Run> with_needed(std::span<const Run> runs) {
  std::vector<Run> all;
  std::set<std::string> known;
  const std::function<void(const Run&)> add = [&](const Run& run) {
    if (known.insert(run.name()).second) {
      for (const Need& need : run.model().needs(run)) {
        add(need.run);
      }
      all.push_back(run);
    }
  };
  std::ranges::for_each(runs, add);
  return all;
}

}  // namespace grok
