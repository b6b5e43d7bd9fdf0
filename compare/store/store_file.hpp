// compare/store/store_file.hpp: the SQLite file behind a store: opened, checked, created, migrated;
// for the sources of the store alone.
//   runs, runs_NAME  a row per finished run of a model, never changed after
//   unfinished       a row per run that was started and is not finished: running, dropped or failed
//   workers          a row per process at work (compare/store/store_worker.hpp)
//   curves           trajectories, where they were asked for (compare/store/curves.hpp)
//   artefacts        parameters, checkpoints, ... (compare/store/artefacts.hpp)
// Beside it stand STORE-wal, STORE-shm (SQLite's) and STORE-workers while it is in use; whoever
// closes it last, reader or writer, removes them, and those that a killed process left. A reader
// that may not write the store opens it as it stands, without locks and files, if it keeps a log
// (journal_mode wal) and nobody is at work on it; should somebody begin meanwhile and change the
// file, reading fails.
#pragma once

#include <sqlite3.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "compare/store/store.hpp"
#include "compare/store/store_columns.hpp"

namespace grok {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

class StoreFile {
 public:
  StoreFile(std::filesystem::path place, bool read_only);

  const std::filesystem::path& path() const { return path_; }
  sqlite3* handle() const { return db_.get(); }
  bool read_only() const { return read_only_; }
  /// Of what is on disk: a store that is only read may be of an older one.
  I schema() const { return schema_; }

  Statement prepare(const std::string& sql) const;
  void execute(const std::string& sql) const;
  I number(const std::string& sql) const;
  /// One step: true for a row, false at the end; throws as `fail` for anything else.
  bool step(const Statement& statement, const char* doing) const;
  /// `step`, then ready for the next use.
  bool step_once(const Statement& statement, const char* doing) const;
  /// Throws Error "file: doing: what SQLite says".
  [[noreturn]] void fail(const char* doing) const;
  /// Throws Error unless the file and its log are still those that were opened, and the file is no
  /// shorter than before.
  void require_in_place() const;
  void note_place() const;

  /// Names of columns, quoted; none: there is no such table.
  std::vector<std::string> columns_of(const std::string& table) const;
  /// runs, runs_NAME.
  std::vector<std::string> run_tables() const;
  /// Makes the table of a model if there is none, and adds the columns that it lacks: fields that
  /// came after it. To be called before an insert, in a transaction or not.
  void prepare_table(const RunTable& table) const;

 private:
  [[noreturn]] void refuse(const std::string& what, const std::string& value,
                           const std::string& allowed) const;
  bool is_row(int status, const char* doing) const;
  bool check_kind() const;
  void create() const;
  void create_tables_of_work() const;
  void migrate() const;
  void mend_booleans() const;
  void extend_view(const RunTable& table) const;

  // store_place.cpp
  void open();
  void require_place() const;
  void require_short_path() const;
  bool file_beside(const char* suffix) const;
  void clear_dead_workers() const;
  void remember_place();
  void require_unchanged() const;
  ino_t inode_of_log() const;

  std::filesystem::path path_;
  bool read_only_;
  bool as_it_stands_ = false;  // read without locks
  Database db_;
  I schema_ = 0;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  mutable off_t size_ = 0;
  timespec changed_ = {};
  mutable ino_t log_ = 0;  // of the file STORE-wal; 0: none so far
};

/// Everything between its making and `commit`, or nothing of it. Waits for other writers. One that
/// is not `durable` costs no wait for the disk, and may be gone after a power cut.
class Transaction {
 public:
  explicit Transaction(const StoreFile& file, bool durable = true);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  void end(const char* how);
  const StoreFile& file_;
  bool durable_, open_ = true;
};

struct Store::Impl {
  struct OpenTable {
    RunTable table;
    Statement inserting = {}, finding = {};
    explicit OpenTable(RunTable of) : table(std::move(of)) {}
  };
  StoreFile file;
  std::map<const Model*, OpenTable> tables;
  std::map<std::string, std::string> engine_builds;

  Impl(std::filesystem::path place, bool read_only);
  /// nullptr: the store has no run of this model; never where it is to be written.
  OpenTable* table_of(const Model& model, bool to_write);
  /// False: the run was there already. Inside a transaction or not.
  bool insert(const Run& resolved, const Outcome& outcome, const Making& making);
  const std::string& build_of(const std::string& engine);
};

}  // namespace grok
