#include "compare/store/store_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/errors.hpp"

namespace grok {
namespace {

constexpr I application_id = 0x67726f6b;  // "grok"
constexpr const char* ours = "a store of groktheory";

}  // namespace

StoreFile::StoreFile(std::filesystem::path place, bool read_only)
    : path_(std::move(place)), read_only_(read_only) {
  open();
  remember_place();
  if (check_kind()) {
    if (read_only_) {
      refuse("file", "empty", ours);
    }
    create();
  }
  if (read_only_) {
    execute("pragma query_only = on");
  } else {
    // Readers and one writer side by side; where the file system cannot, SQLite keeps its journal
    sqlite3_exec(db_.get(), "pragma journal_mode = wal", nullptr, nullptr, nullptr);
    execute("pragma synchronous = full");  // a record that is committed survives a power cut
    migrate();
  }
  schema_ = number("pragma user_version");
}

void StoreFile::refuse(const std::string& what, const std::string& value,
                       const std::string& allowed) const {
  reject(path_.string(), what, value, allowed);
}
void StoreFile::fail(const char* doing) const {
  require_unchanged();
  throw Error(fmt::format("{}: {}: {}", path_.string(), doing, sqlite3_errmsg(db_.get())));
}

Statement StoreFile::prepare(const std::string& sql) const {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
    fail("prepare");
  }
  return Statement(raw);
}
void StoreFile::execute(const std::string& sql) const {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail("execute");
  }
}
bool StoreFile::is_row(int status, const char* doing) const {
  require_unchanged();
  if (status != SQLITE_ROW && status != SQLITE_DONE) {
    fail(doing);
  }
  return status == SQLITE_ROW;
}
bool StoreFile::step(const Statement& statement, const char* doing) const {
  return is_row(sqlite3_step(statement.get()), doing);
}
bool StoreFile::step_once(const Statement& statement, const char* doing) const {
  const int status = sqlite3_step(statement.get());
  sqlite3_reset(statement.get());
  return is_row(status, doing);
}
I StoreFile::number(const std::string& sql) const {
  const Statement s = prepare(sql);
  if (!step(s, "read")) {
    fail("read");
  }
  return sqlite3_column_int64(s.get(), 0);
}

// Reads alone, so that another program's file stays as it is. True: empty, ours to fill.
bool StoreFile::check_kind() const {
  sqlite3_stmt* raw = nullptr;
  int status =
      sqlite3_prepare_v2(db_.get(), "select count(*) from sqlite_master", -1, &raw, nullptr);
  const Statement counting(raw);
  if (status == SQLITE_OK) {
    status = sqlite3_step(raw);
  }
  if (status == SQLITE_NOTADB) {
    refuse("file", "no database", ours);
  }
  if (status == SQLITE_CANTOPEN && file_beside("-wal")) {
    refuse("folder",
           fmt::format("one that cannot be written, with records in {}-wal alone",
                       path_.filename().string()),
           "a copy of both elsewhere");
  }
  if (status != SQLITE_ROW) {
    refuse("file", fmt::format("'{}'", sqlite3_errmsg(db_.get())), ours);
  }
  const I tables = sqlite3_column_int64(raw, 0);
  const I program = number("pragma application_id");
  const I version = number("pragma user_version");
  if (tables == 0 && program == 0 && version == 0) {
    return true;
  }
  if (program != application_id) {
    refuse("application_id", fmt::format("{}", program),
           fmt::format("{} ({})", application_id, ours));
  }
  if (version > Store::schema_version) {
    refuse("user_version", fmt::format("{}", version),
           fmt::format("[1, {}]: it was written by a newer groktheory", Store::schema_version));
  }
  return false;
}

// Whoever comes first creates; a transaction makes a second process wait and find it done.
void StoreFile::create() const {
  Transaction transaction(*this);
  prepare_table(RunTable(*models().front()));
  create_tables_of_work();
  execute(fmt::format("pragma application_id = {}", application_id));
  execute(fmt::format("pragma user_version = {}", Store::schema_version));
  transaction.commit();
}

// `autoincrement`: a number is never given twice, so the lock of a dead worker is nobody's.
void StoreFile::create_tables_of_work() const {
  execute(
      "create table if not exists workers (worker integer primary key autoincrement, "
      "started_at text not null)");
  execute(
      "create table if not exists unfinished (identity text primary key not null, spec text not "
      "null, state text not null, worker integer not null, started_at text not null, starts "
      "integer not null, reason text)");
  execute(
      "create table if not exists curves (identity text not null, stride integer not null, data "
      "blob not null, columns text, metrics integer, primary key (identity, stride))");
  execute(
      "create table if not exists artefacts (identity text not null, name text not null, step "
      "integer not null, bytes blob not null, primary key (identity, name))");
}

// Schemas 1 to 3 had no tables of work, 4 and 5 curves without names of columns; none had
// artefacts, or runs of a second model.
void StoreFile::migrate() const {
  if (number("pragma user_version") == Store::schema_version) {
    return;
  }
  Transaction transaction(*this);
  const I version = number("pragma user_version");
  if (version < 4) {
    mend_booleans();
  }
  if (version == 4 || version == 5) {
    execute("alter table curves add column columns text");
    execute("alter table curves add column metrics integer");
  }
  create_tables_of_work();
  const RunTable first(*models().front());  // there was no other model
  execute("create view if not exists all_runs as " + first.part_of_view());
  prepare_table(first);
  execute(fmt::format("pragma user_version = {}", Store::schema_version));
  transaction.commit();
}

// For a while new stores had booleans that may be empty as text.
void StoreFile::mend_booleans() const {
  if (number("select count(*) from pragma_table_info('runs') where name = 'unique' and "
             "lower(type) = 'text'") == 1) {
    execute(
        "alter table runs rename column \"unique\" to unique_text; "
        "alter table runs add column \"unique\" integer; "
        "update runs set \"unique\" = cast(unique_text as integer); "
        "alter table runs drop column unique_text");
  }
}

std::vector<std::string> StoreFile::columns_of(const std::string& table) const {
  const Statement s = prepare(fmt::format("select name from pragma_table_info('{}')", table));
  std::vector<std::string> names;
  while (step(s, "read")) {
    names.push_back(fmt::format("\"{}\"", text_in(s.get(), 0)));
  }
  return names;
}

std::vector<std::string> StoreFile::run_tables() const {
  const Statement s = prepare(
      "select name from sqlite_master where type = 'table' and (name = 'runs' or name glob "
      "'runs_*') and name not glob '*[^a-z0-9_]*' order by rowid");
  std::vector<std::string> names;
  while (step(s, "read")) {
    names.push_back(text_in(s.get(), 0));
  }
  return names;
}

// Whoever comes first; a second process finds it done.
void StoreFile::prepare_table(const RunTable& table) const {
  std::vector<std::string> present = columns_of(table.name());
  const auto lacks = [&](const Column& column) {
    return std::ranges::find(present, column.name) == present.end();
  };
  if (!present.empty() && std::ranges::none_of(table.columns(), lacks)) {
    return;
  }
  std::optional<Transaction> own;
  if (sqlite3_get_autocommit(handle()) != 0) {
    own.emplace(*this);
    present = columns_of(table.name());
  }
  if (present.empty()) {
    execute(table.create());
    extend_view(table);
  } else {
    for (const Column& column : table.columns()) {
      if (lacks(column)) {
        execute(fmt::format("alter table {} add column {} {}{}", table.name(), column.name,
                            column.type, column.before.empty() ? "" : " default " + column.before));
      }
    }
  }
  if (own) {
    own->commit();
  }
}

// Of tables that this program does not know the view keeps what it has. One statement of what the
// file holds is taken, not more.
void StoreFile::extend_view(const RunTable& table) const {
  const Statement s =
      prepare("select sql from sqlite_master where name = 'all_runs' and type = 'view'");
  std::string view = "create view all_runs as " + table.part_of_view();
  if (step(s, "read")) {
    view = text_in(s.get(), 0) + " union all " + table.part_of_view();
    sqlite3_reset(s.get());
    execute("drop view all_runs");
  }
  step(prepare(view), "create a view");
}

Transaction::Transaction(const StoreFile& file, bool durable) : file_(file), durable_(durable) {
  file_.require_in_place();
  if (!durable_) {
    file_.execute("pragma synchronous = normal");
  }
  file_.execute("begin immediate");
  file_.note_place();
}

Transaction::~Transaction() {
  if (open_) {
    end("rollback");
  }
}

void Transaction::commit() {
  file_.execute("commit");
  open_ = false;
  end("");
}

void Transaction::end(const char* how) {
  const std::string last = durable_ ? how : fmt::format("{}; pragma synchronous = full", how);
  sqlite3_exec(file_.handle(), last.c_str(), nullptr, nullptr, nullptr);
}

}  // namespace grok
