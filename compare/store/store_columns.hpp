// compare/store/store_columns.hpp: fields of a run and an outcome as columns of SQLite; for the
// sources of the store alone.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

#include "nets/model.hpp"

namespace grok {

using I = std::int64_t;

/// A number, a text or a list as SQLite holds it: lists as text, booleans as 0 and 1, an empty
/// value and NaN as NULL.
void set_value(sqlite3_stmt* s, int k, I value);
void set_value(sqlite3_stmt* s, int k, const std::string& value);
void set_value(sqlite3_stmt* s, int k, const Value& value);
template <class T>
void set_value(sqlite3_stmt* s, int k, const std::optional<T>& value) {
  set_value(s, k, value ? Value(*value) : Value());
}
/// Back again; a NULL is NaN where a real number may not be empty. Throws Error for a list that is
/// none.
Value get_value(sqlite3_stmt* s, int k, const Field& field);
/// A value as an export shows it, which is as SQLite gives it back.
std::string cell_of(const Value& value);

std::string text_in(sqlite3_stmt* s, int k);
std::string_view bytes_in(sqlite3_stmt* s, int k);
void set_bytes(sqlite3_stmt* s, int k, std::string_view bytes);

/// A column: its name (quoted: "table" and "unique" are words of SQL), its type, and what runs that
/// were made before it came have (SQL; "": NULL).
struct Column {
  std::string name, type, before;
};

/// The table of a model: identity, the keys, the results, then how a record came to be, and
/// finished_at, which SQLite fills in.
class RunTable {
 public:
  explicit RunTable(const Model& model);
  const Model& model() const { return *model_; }
  const std::string& name() const { return name_; }  // "runs" of the toy, "runs_parity", ...
  const std::vector<Column>& columns() const { return columns_; }

  std::string create() const;
  std::string insert() const;
  /// Of one identity (a parameter): the results, NULL for those that are not among `present`.
  std::string select_results(const std::vector<std::string>& present) const;
  /// All columns that are among `present`, in order.
  std::string select_all(const std::vector<std::string>& present) const;
  /// Its part of the view all_runs.
  std::string part_of_view() const;

 private:
  void add(std::string_view key, const char* type, std::string before = {});
  const Model* model_;
  std::string name_;
  std::vector<Column> columns_;
};

/// "runs" of the model toy, which came first; else "runs_" and the name, its dashes as underscores.
std::string run_table_name(std::string_view model);

}  // namespace grok
