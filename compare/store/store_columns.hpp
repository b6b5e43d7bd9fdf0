// compare/store/store_columns.hpp: fields of a spec and a record as columns of SQLite; for store.cpp
// alone.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok {

using I = std::int64_t;

// Column by column behind the fields; finished_at is filled in by SQLite.
inline constexpr const char* provenance_columns[] = {"version", "commit_id", "compiler",
                                                     "processor", "engine_build"};
// Keys of a run that stores older than `schema` have not, and what they stood for.
struct LaterKey {
  int schema;
  const char *name, *type, *value;
};
inline constexpr LaterKey later_keys[] = {{3, "orders", "text", "'[]'"},
                                          {3, "representation_distribution", "text", "'uniform'"},
                                          {3, "representation_l1", "real", "0.0"},
                                          {3, "targets", "text", "'random'"},
                                          {5, "optimiser", "text", "'adamw'"}};
struct NamedType {
  const char *name, *type;
};
inline constexpr NamedType columns_of_making[] = {{"flags", "text"},
                                                  {"threads", "integer"},
                                                  {"host", "text"},
                                                  {"started_at", "text"},
                                                  {"starts", "integer"}};

// A field of a spec or record as SQLite holds it. Text lists; booleans as 0 and 1; an empty
// optional and NaN as NULL.
constexpr const char* column_type(const double&) { return "real"; }
constexpr const char* column_type(const I&) { return "integer"; }
constexpr const char* column_type(const bool&) { return "integer"; }
inline const char* column_type(const std::string&) { return "text"; }
inline const char* column_type(const std::vector<I>&) { return "text"; }
template <class T>
const char* column_type(const std::optional<T>&) {
  return column_type(T{});
}

inline void set_value(sqlite3_stmt* s, int k, I value) { sqlite3_bind_int64(s, k, value); }
inline void set_value(sqlite3_stmt* s, int k, bool value) {
  sqlite3_bind_int64(s, k, value ? 1 : 0);
}
inline void set_value(sqlite3_stmt* s, int k, double value) { sqlite3_bind_double(s, k, value); }
inline void set_value(sqlite3_stmt* s, int k, const std::string& value) {
  sqlite3_bind_text(s, k, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}
inline void set_value(sqlite3_stmt* s, int k, const std::vector<I>& value) {
  set_value(s, k, fmt::format("{}", value));
}
template <class T>
void set_value(sqlite3_stmt* s, int k, const std::optional<T>& value) {
  if (value) {
    set_value(s, k, *value);
  } else {
    sqlite3_bind_null(s, k);
  }
}

// As SQLite gives them back in text.
inline std::string text_of(I value) { return fmt::format("{}", value); }
inline std::string text_of(double value) { return to_text(value); }
inline std::string text_of(const std::string& value) { return value; }
inline std::string text_of(const std::vector<I>& value) { return fmt::format("{}", value); }
template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : std::string();
}

inline std::string text_in(sqlite3_stmt* s, int k) {
  const unsigned char* text = sqlite3_column_text(s, k);
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(s, k))};
}
inline bool is_null(sqlite3_stmt* s, int k) { return sqlite3_column_type(s, k) == SQLITE_NULL; }

inline void get_value(sqlite3_stmt* s, int k, I& value) { value = sqlite3_column_int64(s, k); }
inline void get_value(sqlite3_stmt* s, int k, bool& value) {
  value = sqlite3_column_int64(s, k) != 0;
}
inline void get_value(sqlite3_stmt* s, int k, double& value) {
  value = is_null(s, k) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(s, k);
}
inline void get_value(sqlite3_stmt* s, int k, std::string& value) { value = text_in(s, k); }
template <class T>
void get_value(sqlite3_stmt* s, int k, std::optional<T>& value) {  // empty before
  if (!is_null(s, k)) {
    get_value(s, k, value.emplace());
  }
}

// The names (quoted: "table" and "unique" are words of SQL) and types of all columns.
struct Columns {
  std::vector<std::string> names = {"\"identity\""};
  std::vector<std::string> types = {"text primary key not null"};
  std::vector<std::string> of_record;

  Columns() {
    const RunSpec spec;
    for_each_field(spec, [this](const char* key, const auto& member, auto&&...) {
      add(key, column_type(member));
    });
    const Record record;
    for_each_record_field(record, [this](const char* key, const auto& member) {
      add(key, column_type(member));
      of_record.push_back(names.back());
    });
    for (const char* key : provenance_columns) {
      add(key, "text");
    }
    for (const auto& [name, type] : columns_of_making) {
      add(name, type);
    }
  }
  void add(const char* key, const char* type) {
    names.push_back(fmt::format("\"{}\"", key));
    types.push_back(type);
  }
  std::string create() const {
    std::string sql = "create table if not exists runs (";
    for (std::size_t k = 0; k < names.size(); ++k) {
      sql += fmt::format("{} {}, ", names[k], types[k]);
    }
    return sql + "\"finished_at\" text)";
  }
  std::string insert() const {
    std::string places;
    for (std::size_t k = 0; k < names.size(); ++k) {
      places += "?, ";
    }
    return fmt::format(
        "insert into runs ({}, \"finished_at\") values ({}strftime('%Y-%m-%dT%H:%M:%SZ', "
        "'now')) on conflict (identity) do nothing",
        fmt::join(names, ", "), places);
  }
  std::string select() const {
    return fmt::format("select {} from runs where identity = ?", fmt::join(of_record, ", "));
  }
};

}  // namespace grok
