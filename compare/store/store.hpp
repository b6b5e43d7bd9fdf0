// compare/store/store.hpp: records in an SQLite file, one row per run.
//   table `runs`: identity (primary key), every key of RunSpec, every key of Record, then
//   provenance: version, commit_id, compiler, processor; engine_build: the instruction set of the
//   cpu engine, or LibTorch, its BLAS, their threads and the GPU; flags; threads, host (where it
//   was asked for), started_at, starts: how often training began, finished_at (UTC). pandas:
//   pd.read_sql("select * from runs", sqlite3.connect("store.db")) Lists are text ("[200, 200]"),
//   booleans 0 and 1, an empty optional and a loss that is NaN (of a diverged run) NULL; `find`
//   gives back the record that went in, NaN included. A record is committed when `insert` returns;
//   an insert of a run that is there already changes nothing. One thread at a time; several
//   processes may share a file. A file that is deleted, replaced or truncated while it is in use is
//   an Error at the next write.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/csv.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

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
  static constexpr int schema_version = 5;

  /// Opens or creates. Throws InputError: not a database, another program's, of a newer schema, or
  /// a place that cannot be written.
  explicit Store(const std::filesystem::path& file);
  /// Opens what is there, read only; InputError if there is none.
  static Store open_existing(const std::filesystem::path& file);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  void insert(const RunSpec& resolved, const Record& record, const Making& making = {});
  std::optional<Record> find(const RunSpec& resolved) const;
  std::optional<Record> find_by_identity(const std::string& name) const;
  std::int64_t count() const;

  /// For those who keep more in it (compare/store/store_file.hpp).
  const StoreFile& file() const;

  /// Rows of `runs` for these specs (in their order, with their own keys; missing ones left out),
  /// or of all runs.
  CsvTable table(std::span<const RunSpec> specs) const;
  CsvTable table() const;

 private:
  friend class StoreWorker;
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace grok
