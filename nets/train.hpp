// nets/train.hpp: runs in, outcomes out, of any model.
//   On the cpu engine an outcome depends on its run (and what it starts from, if that is given)
//   alone: bit for bit the same for any number of threads, any order, and however often it was
//   interrupted, on one machine and build. The torch engine keeps that up to rounding.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nets/engine_choice.hpp"
#include "nets/model.hpp"

namespace grok {

/// All that came of a run.
struct Finished {
  Outcome outcome;
  Curve curve = {};                      // empty unless TrainOptions::stride > 0
  std::vector<Artefact> artefacts = {};  // those of TrainOptions::keep
};

/// The artefact that a run which was interrupted goes on from; dropped when it is finished.
inline constexpr const char* checkpoint_name = "checkpoint";

/// All but `stop` are called from one thread at a time, with the index of a run.
struct TrainOptions {
  Workers workers = cpu_workers(1);  // chosen: no "auto"
  std::int64_t stride = 0;  // of the curves [steps]; 0: none. The cpu engine alone has them
  std::vector<std::string> keep = {};  // artefacts wanted of each run
  /// An artefact that is at hand: the checkpoint of the run, or what it needs of another one.
  std::function<std::optional<Artefact>(const Run&, const std::string& name)> shelf = {};
  /// Puts a checkpoint there; empty: none is made.
  std::function<void(std::size_t, const Artefact&)> shelve = {};
  double checkpoint_seconds = 120;  // between two of them
  /// Before a run starts; false leaves it out. (A run that had to give up its place for lack of
  /// memory starts again.)
  std::function<bool(std::size_t)> start = {};
  std::function<void(std::size_t, const Finished&)> finished = {};
  /// Why a run could not be trained; the others go on. Without it the first one ends the call.
  std::function<void(std::size_t, const std::string&)> failed = {};
  /// True: drop what is in flight (behind a checkpoint) and throw Interrupted. Asked at every step,
  /// from all threads.
  std::function<bool()> stop = {};
  /// A run that was stopped: the step that it had reached, and its curve up to there.
  std::function<void(std::size_t, std::int64_t, const Curve&)> dropped = {};
  /// One line about something the user should know while it goes on.
  std::function<void(const std::string&)> notice = {};
};

/// Trains resolved runs, of one model or of several, on the engine of `workers`. Throws InputError
/// for an engine that a model has not, or an artefact that it does not keep.
void train_each(std::span<const Run> runs, const TrainOptions& options);
/// The same; outcomes in the order of the runs, and the first failure is thrown.
std::vector<Outcome> train(std::span<const Run> runs, const Workers& workers = cpu_workers(1),
                           const std::function<void(const std::string&)>& notice = {});

/// One run on one core, as train_on_cores asks a model for it.
struct OneRun {
  const Run& run;
  std::int64_t stride = 0;
  const std::vector<std::string>& keep;
  std::function<bool()> stop = {};  // true: throw Interrupted (stopped)
  std::function<std::optional<Artefact>(const Run&, const std::string&)> shelf = {};
  std::function<void(const Artefact&)> shelve = {};  // empty: make no checkpoint
  double checkpoint_seconds = 0;
  std::function<void(std::int64_t step, const Curve&)> dropped = {};  // before Interrupted

  bool keeps(std::string_view artefact) const;
  /// From the shelf; empty: there is none, or no such artefact on it.
  std::optional<Artefact> found(const Run& whose, const std::string& artefact) const;
};
/// For Model::train: `train_one` for each run, on options.workers.threads threads. It is called
/// from several threads. Throws Error if the networks do not fit into memory side by side.
void train_on_cores(std::span<const Run> runs, const TrainOptions& options,
                    const std::function<Finished(const OneRun&)>& train_one);

/// "train: stopped as asked".
[[noreturn]] void throw_stopped();
/// Throws Error if so many networks do not fit into memory, before the system promises more than
/// it has and ends the program for it.
void require_memory(double bytes_of_the_largest, std::int64_t networks, std::int64_t threads);

}  // namespace grok
