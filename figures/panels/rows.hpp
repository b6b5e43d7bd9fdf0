// figures/panels/rows.hpp: the tables that panels draw from: one table is CSV file, report and plot
// data at once.
//   const CsvTable table = table_of(runs, column("train", &Run::train),
//                                   column("rqi", &Run::rqi),           // an Estimate: 3 columns
//                                   column("budget", [&](const Run&) { return budget; }));
//   Rows rows = rows_of(table, {"train", "rqi"});
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "core/csv.hpp"

namespace grok {

/// Numbers of a plot, one point or one bar a row.
using Rows = std::vector<std::vector<double>>;

/// Cells of a value: NaN and what is not there are empty, a bool is 1 or 0, an Estimate three
/// cells.
void add_cells(std::vector<std::string>& row, double value);
void add_cells(std::vector<std::string>& row, bool value);
void add_cells(std::vector<std::string>& row, const std::string& value);
void add_cells(std::vector<std::string>& row, const char* value);
void add_cells(std::vector<std::string>& row, const Estimate& value);
template <std::integral Integer>
requires(!std::same_as<Integer, bool>) void add_cells(std::vector<std::string>& row,
                                                      Integer value) {
  row.push_back(std::to_string(value));
}
template <class Value>
void add_cells(std::vector<std::string>& row, const std::optional<Value>& value) {
  if (value) {
    add_cells(row, *value);
  } else {
    row.emplace_back();
  }
}

/// One column of a table of such rows, or the three of an Estimate: NAME, NAME_low, NAME_high
/// unless its ends have names of their own.
template <class Member>
struct TableColumn {
  std::string name;
  Member member;  // a member, or a function of the row
  std::string low, high;
};
template <class Member>
TableColumn<Member> column(const std::string& name, Member member) {
  return {name, std::move(member), name + "_low", name + "_high"};
}
template <class Member>
TableColumn<Member> column(const std::string& name, const std::string& low, const std::string& high,
                           Member member) {
  return {name, std::move(member), low, high};
}

/// A member of a member, or a function of it: column("there", inside(&Median::curve,
/// &Curve::count)).
template <class Outer, class Inner>
auto inside(Outer outer, Inner inner) {
  return [=](const auto& row) { return std::invoke(inner, std::invoke(outer, row)); };
}

/// One line for each of `rows`.
template <class List, class... Members>
CsvTable table_of(const List& rows, const TableColumn<Members>&... columns) {
  using Row = typename List::value_type;
  CsvTable table;
  const auto name = [&table]<class Member>(const TableColumn<Member>& column) {
    using Cell = std::remove_cvref_t<std::invoke_result_t<const Member&, const Row&>>;
    table.columns.push_back(column.name);
    if constexpr (std::same_as<Cell, Estimate>) {
      table.columns.insert(table.columns.end(), {column.low, column.high});
    }
  };
  (name(columns), ...);
  for (const Row& row : rows) {
    auto& line = table.rows.emplace_back();
    (add_cells(line, std::invoke(columns.member, row)), ...);
  }
  return table;
}

/// Appends a line of such cells, where rows come of more than one list.
template <class... Values>
void add_row(CsvTable& table, const Values&... values) {
  auto& row = table.rows.emplace_back();
  (add_cells(row, values), ...);
}

/// Appends the rows of a table with the same columns, or all of it to none. Throws Error if they
/// differ.
void append(CsvTable& table, const CsvTable& more);
/// The columns of `more`, right of those of a table of as many rows.
void beside(CsvTable& table, const CsvTable& more);

/// Numbers of those columns, in the order of the table. A row counts if all of them are numbers;
/// `maybe`: columns whose empty cells become NaN. Throws Error for a column that there is not.
Rows rows_of(const CsvTable& table, std::initializer_list<std::string> columns,
             std::initializer_list<std::string> maybe = {});

/// Rows x, value, low, high of columns X, VALUE, VALUE_low, VALUE_high; an end that is empty is
/// NaN.
Rows bars_of(const CsvTable& table, const std::string& x, const std::string& value);

/// The rows whose cell in that column is `value`; empty: those that have none.
CsvTable rows_where(const CsvTable& table, const std::string& column, const std::string& value);

/// The table as text, in columns, two blanks before it: numbers rounded, an estimate as "v [l, h]".
/// `names`: which columns, and what they are called there; without: all, under their own names.
/// "low" and "high" after a column, or NAME_low and NAME_high, are its interval; none where both
/// are empty.
std::string text_table(const CsvTable& table,
                       std::vector<std::pair<std::string, std::string>> names = {});

}  // namespace grok
