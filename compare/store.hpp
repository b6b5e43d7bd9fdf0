// compare/store.hpp: records in an SQLite file, one row per run.
//   table `runs`: identity (primary key), every key of RunSpec, every key of Record, then
//   provenance: version, commit_id, compiler, processor, finished_at (UTC), and engine_build: the
//   instruction set of the cpu engine, or LibTorch, its BLAS and their threads.
//   pandas: pd.read_sql("select * from runs", sqlite3.connect("store.db"))
//   Lists are text ("[200, 200]"), booleans 0 and 1, an empty optional and a loss that is NaN (of a
//   diverged run) NULL; `find` gives back the record that went in, NaN included.
//   A record is committed when `insert` returns; an insert of a run that is there already changes
//   nothing. One thread at a time; several processes may share a file.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/csv.hpp"
#include "nets/record.hpp"
#include "nets/run_spec.hpp"

namespace grok {

class Store {
 public:
  static constexpr int schema_version = 3;

  /// Opens or creates. Throws InputError: not a database, another program's, of a newer schema, or
  /// a place that cannot be written.
  explicit Store(const std::filesystem::path& file);
  /// Opens what is there, read only; InputError if there is none.
  static Store open_existing(const std::filesystem::path& file);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  void insert(const RunSpec& resolved, const Record& record);
  std::optional<Record> find(const RunSpec& resolved) const;
  std::int64_t count() const;

  /// Rows of `runs` for these specs (in their order, with their own keys; missing ones left out),
  /// or of all runs.
  CsvTable table(std::span<const RunSpec> specs) const;
  CsvTable table() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace grok
