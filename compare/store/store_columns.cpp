#include "compare/store/store_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

struct NamedType {
  const char *name, *type;
};
constexpr NamedType columns_of_making[] = {
    {"version", "text"},      {"commit_id", "text"}, {"compiler", "text"},   {"processor", "text"},
    {"engine_build", "text"}, {"flags", "text"},     {"threads", "integer"}, {"host", "text"},
    {"started_at", "text"},   {"starts", "integer"}};

const char* column_type(Kind kind) {
  switch (kind) {
    case Kind::flag:
    case Kind::integer:
      return "integer";
    case Kind::real:
      return "real";
    case Kind::text:
    case Kind::integers:
    case Kind::reals:
      return "text";
  }
  throw Error("column_type: no such kind");
}

std::string quoted(std::string_view name) { return fmt::format("\"{}\"", name); }

// A default as SQL writes it.
std::string literal(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    return {};
  }
  const bool number = number_in(value).has_value() || std::holds_alternative<bool>(value);
  if (const double* real = std::get_if<double>(&value)) {
    return std::isfinite(*real) ? fmt::format("{:#}", *real) : std::string();  // with a point
  }
  if (number) {
    return cell_of(value);
  }
  std::string text = "'";
  for (const char letter : cell_of(value)) {
    text.append(letter == '\'' ? 2 : 1, letter);
  }
  return text + "'";
}

template <class T>
std::vector<T> list_in(std::string_view text) {
  std::vector<T> values;
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') {
    throw Error("store: a list that is none");
  }
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    T value{};
    const auto from = text.find_first_not_of(' ');
    const auto read = std::from_chars(text.data() + std::min(from, end), text.data() + end, value);
    if (read.ec != std::errc() || read.ptr != text.data() + end) {
      throw Error("store: a list that is none");
    }
    values.push_back(value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return values;
}

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

void set_value(sqlite3_stmt* s, int k, I value) { sqlite3_bind_int64(s, k, value); }
void set_value(sqlite3_stmt* s, int k, const std::string& value) {
  sqlite3_bind_text(s, k, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}
void set_value(sqlite3_stmt* s, int k, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    sqlite3_bind_null(s, k);
  } else if (const bool* flag = std::get_if<bool>(&value)) {
    sqlite3_bind_int64(s, k, *flag ? 1 : 0);
  } else if (const I* integer = std::get_if<I>(&value)) {
    sqlite3_bind_int64(s, k, *integer);
  } else if (const double* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(s, k, *real);
  } else {
    set_value(s, k, text_of(value));
  }
}

Value get_value(sqlite3_stmt* s, int k, const Field& field) {
  if (sqlite3_column_type(s, k) == SQLITE_NULL) {
    return field.kind == Kind::real && !field.optional() ? Value(not_a_number)
           : field.optional()                            ? Value()
                                                         : field.usual;
  }
  switch (field.kind) {
    case Kind::flag:
      return sqlite3_column_int64(s, k) != 0;
    case Kind::integer:
      return sqlite3_column_int64(s, k);
    case Kind::real:
      return sqlite3_column_double(s, k);
    case Kind::text:
      return text_in(s, k);
    case Kind::integers:
      return list_in<I>(text_in(s, k));
    case Kind::reals:
      return list_in<double>(text_in(s, k));
  }
  throw Error("get_value: no such kind");
}

std::string cell_of(const Value& value) {
  const bool* flag = std::get_if<bool>(&value);
  return flag != nullptr ? (*flag ? "1" : "0") : text_of(value);
}

std::string text_in(sqlite3_stmt* s, int k) {
  const unsigned char* text = sqlite3_column_text(s, k);
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(s, k))};
}
std::string_view bytes_in(sqlite3_stmt* s, int k) {
  return {static_cast<const char*>(sqlite3_column_blob(s, k)),
          static_cast<std::size_t>(sqlite3_column_bytes(s, k))};
}
void set_bytes(sqlite3_stmt* s, int k, std::string_view bytes) {
  if (sqlite3_bind_blob64(s, k, bytes.data(), bytes.size(), SQLITE_TRANSIENT) != SQLITE_OK) {
    throw Error(fmt::format("store: bytes = {}, allowed at most what SQLite takes", bytes.size()));
  }
}

std::string run_table_name(std::string_view model) {
  std::string name = model == "toy" ? "runs" : fmt::format("runs_{}", model);
  std::ranges::replace(name, '-', '_');
  return name;
}

RunTable::RunTable(const Model& model) : model_(&model), name_(run_table_name(model.name())) {
  if (model.name().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") !=
      std::string_view::npos) {  // it is part of SQL, and of what other programs look for
    reject("store", "model", fmt::format("'{}'", model.name()), "a name of a-z, 0-9 and -");
  }
  columns_.push_back({quoted("identity"), "text primary key not null", {}});
  for (const Field& field : model.keys()) {
    add(field.key, column_type(field.kind), literal(field.usual));
  }
  for (const Field& field : model.results()) {
    add(field.key, column_type(field.kind));
  }
  for (const auto& [column, type] : columns_of_making) {
    add(column, type);
  }
}

void RunTable::add(std::string_view key, const char* type, std::string before) {
  columns_.push_back({quoted(key), type, std::move(before)});
}

std::string RunTable::create() const {
  std::string sql = fmt::format("create table if not exists {} (", name_);
  for (const Column& column : columns_) {
    sql += fmt::format("{} {}, ", column.name, column.type);
  }
  return sql + "\"finished_at\" text)";
}

std::string RunTable::insert() const {
  std::vector<std::string> names;
  std::string places;
  for (const Column& column : columns_) {
    names.push_back(column.name);
    places += "?, ";
  }
  return fmt::format(
      "insert into {} ({}, \"finished_at\") values ({}strftime('%Y-%m-%dT%H:%M:%SZ', 'now')) on "
      "conflict (identity) do nothing",
      name_, fmt::join(names, ", "), places);
}

std::string RunTable::select_results(const std::vector<std::string>& present) const {
  std::vector<std::string> names;
  for (const Field& field : model_->results()) {
    names.push_back(among(present, quoted(field.key)) ? quoted(field.key) : "null");
  }
  return fmt::format("select {} from {} where identity = ?", fmt::join(names, ", "), name_);
}

std::string RunTable::select_all(const std::vector<std::string>& present) const {
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    if (among(present, column.name)) {
      names.push_back(column.name);
    }
  }
  names.emplace_back("\"finished_at\"");
  return fmt::format("select {} from {}", fmt::join(names, ", "), name_);
}

std::string RunTable::part_of_view() const {
  const auto column = [this](Role role, const char* as) {
    const Field* field = find_field(model_->results(), role);
    return fmt::format("{} as {}", field == nullptr ? "null" : quoted(field->key), as);
  };
  return fmt::format("select identity, '{}' as model, {}, {}, {} from {}", model_->name(),
                     column(Role::state, "state"), column(Role::engine, "engine"),
                     column(Role::wall_time, "seconds"), name_);
}

}  // namespace grok
