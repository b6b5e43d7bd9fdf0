// compare/study/run_study.hpp: train what a store lacks, beside other processes that do the same.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "compare/store/store.hpp"
#include "nets/engine_choice.hpp"
#include "nets/train.hpp"

namespace grok {

struct StudyCounts {
  std::int64_t runs = 0;
  std::int64_t done = 0;  // already in the store
};
StudyCounts count_done(std::span<const Run> runs, const Store& store);

/// How a study is trained.
struct StudyTraining {
  Workers request;                                      // who trains; may hold "auto"
  std::string label;                                    // names the live progress line
  std::function<void(const std::string&)> notice = {};  // lines the user should see
  std::function<bool()> stop = {};     // as in TrainOptions: what is finished stays
  bool host = false;                   // records say the name of this machine
  std::int64_t curve_stride = 0;       // keep curves with this stride [steps]; 0: none
  std::vector<std::string> keep = {};  // artefacts to keep of every run
  double checkpoint_seconds = 120;     // between two checkpoints of a run
  /// Who does the training once it is known what is missing; empty: train_each.
  std::function<void(std::span<const Run>, const TrainOptions&)> trainer = {};
  /// Of a trainer whose records come from other processes: how the one at hand came to be. It is
  /// given what is true of records of this process.
  std::function<Making(const Making&)> making = {};
};

struct StudyOutcome {
  std::vector<Outcome> outcomes;  // in the order of `runs`
  Workers workers;                // what trained the runs that were missing, and why
  std::int64_t trained = 0;       // by this process, now
};

/// Trains the runs that are missing and commits each record as it finishes. A run that another
/// process trains is waited for, and trained here if that process ends without it. Throws
/// ConvergenceError if runs failed (the others are trained, and the store knows why),
/// Interrupted when asked to stop: "interrupted with n of m runs done and kept in STORE; ...".
/// Runs whose artefacts others start from (Model::needs) are trained before them, if the store
/// lacks those.
StudyOutcome run_missing(std::span<const Run> runs, Store& store, const StudyTraining& options);

/// The runs, and before each whatever it needs, each once: all that run_missing may train.
std::vector<Run> with_needed(std::span<const Run> runs);

}  // namespace grok
