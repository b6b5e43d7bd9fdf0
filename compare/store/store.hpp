// compare/store/store.hpp: records in an SQLite file, one row per run.
//   table `runs` (of the model toy) and `runs_NAME` of each other model that it has runs of:
//   identity (primary key), every key of the run, every result, then provenance: version,
//   commit_id, compiler, processor; engine_build: the instruction set of the cpu engine, or
//   LibTorch, its BLAS, their threads and the GPU; flags; threads, host (where it was asked for),
//   started_at, starts: how often training began, finished_at (UTC).
//   view `all_runs`: identity, model, state, engine, seconds of all of them
//   table `curves` (compare/store/curves.hpp) and `artefacts` (compare/store/artefacts.hpp)
//   pandas: pd.read_sql("select * from runs", sqlite3.connect("store.db")). Lists are text
//   ("[200, 200]"), booleans 0 and 1, an empty value and a loss that is NaN (of a diverged run)
//   NULL; `find` gives back the outcome that went in, NaN included. A record is committed when
//   `insert` returns; an insert of a run that is there already changes nothing. One thread at a
//   time; several processes may share a file. A file that is deleted, replaced or truncated while
//   it is in use is an Error at the next write.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/csv.hpp"
#include "nets/model.hpp"

namespace grok {

/// How a record came to be, beside what the program knows of itself.
struct Making {
  std::optional<std::int64_t> threads;  // of the process
  std::optional<std::string> host;
  std::optional<std::string> processor, engine_build;  // empty: those of this process
  std::optional<std::string> started_at;               // UTC
  std::int64_t starts = 1;                             // of the training of this run, by whomever
};

class StoreFile;

class Store {
 public:
  static constexpr int schema_version = 6;

  /// Opens or creates. Throws InputError: not a database, another program's, of a newer schema, or
  /// a place that cannot be written.
  explicit Store(const std::filesystem::path& file);
  /// Opens what is there, read only; InputError if there is none.
  static Store open_existing(const std::filesystem::path& file);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  void insert(const Run& resolved, const Outcome& outcome, const Making& making = {});
  std::optional<Outcome> find(const Run& resolved) const;
  /// A run of this model by its name.
  std::optional<Outcome> find(const Model& model, const std::string& name) const;
  bool has(const Run& resolved) const;
  std::int64_t count() const;  // of all models

  /// For those who keep more in it (compare/store/store_file.hpp).
  const StoreFile& file() const;

  /// Rows of these runs, all of that model (in their order, with their own keys; missing ones left
  /// out), or of all runs of a model.
  CsvTable table(const Model& model, std::span<const Run> runs) const;
  CsvTable table(const Model& model) const;

 private:
  friend class StoreWorker;
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace grok
