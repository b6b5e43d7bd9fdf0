// compare/store/store_worker.hpp: a process that trains runs of a store, beside others that do the
// same.
//   Before a run starts it is taken, in the store: a row of `unfinished` names the worker. Who is
//   at work is told by a lock on one byte (the worker's number) of the file STORE-workers: the
//   system takes it back when a process ends, however it ends, so that the runs of a dead worker
//   are free at once, and no clock is asked. The last worker to leave removes the file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compare/store/store.hpp"
#include "nets/train.hpp"

namespace grok {

class StoreWorker {
 public:
  /// Joins. `making`: what every record of this worker says of its making. Throws Error where the
  /// file system has no locks or the store was opened to be read.
  StoreWorker(Store& store, Making making);
  /// Leaves: what was taken and not finished is `dropped`.
  ~StoreWorker();
  StoreWorker(const StoreWorker&) = delete;
  StoreWorker& operator=(const StoreWorker&) = delete;

  /// What is wanted of a run beside its record.
  struct Wanted {
    std::int64_t stride = 0;             // its curve [steps]; 0: none
    std::vector<std::string> keep = {};  // names of artefacts
  };
  /// taken: it is this worker's now. done: the store has its record, and what is wanted beside it.
  /// elsewhere: another worker has it. failed: a worker that came after this one, or is still
  /// there, failed at it.
  enum class Answer { taken, done, elsewhere, failed };
  Answer take(const Run& resolved, const Wanted& wanted);
  Answer take(const Run& resolved) { return take(resolved, Wanted{}); }
  /// Commits the record, the curve if stride > 0, the artefacts; drops the checkpoint.
  void finish(const Run& resolved, const Finished& finished, std::int64_t stride = 0);
  void fail(const Run& resolved, const std::string& reason);
  /// Commits a checkpoint of a run that this worker has taken; one that is larger than an artefact
  /// may be is left out.
  void shelve(const Run& resolved, const Artefact& checkpoint);
  /// Of the records from now on.
  void set_making(Making making);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A run that was started and is not finished.
struct UnfinishedRun {
  std::string identity;
  std::string state;        // running; dropped: by a worker that left or died; failed
  std::int64_t starts = 0;  // so far
  std::string started_at;   // the last one, UTC
  std::string reason;       // of a failure
};
/// None for a store of an older schema.
std::vector<UnfinishedRun> unfinished_runs(const Store& store);
/// When the processes that are at work on it now joined, the first one first (UTC).
std::vector<std::string> workers_joined(const Store& store);

}  // namespace grok
