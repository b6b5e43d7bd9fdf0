// compare/store/worker_locks.hpp: the file STORE-workers, a byte of which is locked by every
// process that is at work on the store (compare/store/store_worker.hpp); for the sources of the
// store alone.
//   Locks belong to the open file (OFD), not to the process: SQLite's own do not meet them, and
//   closing another descriptor takes none away.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace grok {

class WorkerLocks {
 public:
  enum class Mode { look, work };
  static std::string beside(const std::filesystem::path& store) {
    return store.string() + "-workers";
  }

  /// Throws Error where they cannot be had to work; to look, there may be no file.
  WorkerLocks(const std::filesystem::path& store, Mode mode);
  ~WorkerLocks();
  WorkerLocks(const WorkerLocks&) = delete;
  WorkerLocks& operator=(const WorkerLocks&) = delete;

  void lock(std::int64_t worker) const;
  /// Of a worker that is not the holder of these locks.
  bool alive(std::int64_t worker) const;
  /// Any worker; also where the system does not say.
  bool any() const;
  void remove() const;
  /// Whether the file still has its name.
  bool in_place() const;

 private:
  [[noreturn]] void fail() const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace grok
