#include "figures/panels/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

std::optional<std::size_t> find_column(const CsvTable& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name);
  return found == table.columns.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - table.columns.begin()));
}

std::size_t column_of(const CsvTable& table, const std::string& name) {
  if (const auto found = find_column(table, name)) {
    return *found;
  }
  std::string allowed;
  for (const std::string& column : table.columns) {
    allowed += (allowed.empty() ? "" : ", ") + column;
  }
  throw Error("table: column = '" + name + "', allowed " + allowed);
}

std::optional<double> number_of(const std::string& cell) {
  double value = 0;
  const char* const end = cell.data() + cell.size();
  const auto [read_to, error] = std::from_chars(cell.data(), end, value);
  return error == std::errc() && read_to == end ? std::optional(value) : std::nullopt;
}

std::string cell_text(const std::string& cell) {
  const auto number = number_of(cell);
  const bool whole = cell.find_first_not_of("-0123456789") == std::string::npos;
  return number && !whole ? rounded(*number) : cell;
}

std::size_t letters_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void add_cells(std::vector<std::string>& row, double value) {
  row.push_back(std::isnan(value) ? "" : to_text(value));
}
void add_cells(std::vector<std::string>& row, bool value) { row.emplace_back(value ? "1" : "0"); }
void add_cells(std::vector<std::string>& row, const std::string& value) { row.push_back(value); }
void add_cells(std::vector<std::string>& row, const char* value) { row.emplace_back(value); }
void add_cells(std::vector<std::string>& row, const Estimate& value) {
  for (const double number : {value.value, value.low, value.high}) {
    add_cells(row, number);
  }
}

void append(CsvTable& table, const CsvTable& more) {
  if (table.columns.empty()) {
    table.columns = more.columns;
  } else if (table.columns != more.columns) {
    throw Error("append: columns differ");
  }
  table.rows.insert(table.rows.end(), more.rows.begin(), more.rows.end());
}

void beside(CsvTable& table, const CsvTable& more) {
  table.columns.insert(table.columns.end(), more.columns.begin(), more.columns.end());
  for (std::size_t k = 0; k < table.rows.size(); ++k) {
    table.rows[k].insert(table.rows[k].end(), more.rows[k].begin(), more.rows[k].end());
  }
}

Rows rows_of(const CsvTable& table, std::initializer_list<std::string> columns,
             std::initializer_list<std::string> maybe) {
  std::vector<std::size_t> needed, optional;
  for (const std::string& name : columns) {
    needed.push_back(column_of(table, name));
  }
  for (const std::string& name : maybe) {
    optional.push_back(column_of(table, name));
  }
  Rows rows;
  for (const auto& cells : table.rows) {
    std::vector<double> row;
    for (const std::size_t k : needed) {
      if (const auto number = number_of(cells[k])) {
        row.push_back(*number);
      }
    }
    if (row.size() < needed.size()) {
      continue;
    }
    for (const std::size_t k : optional) {
      row.push_back(number_of(cells[k]).value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Rows bars_of(const CsvTable& table, const std::string& x, const std::string& value) {
  return rows_of(table, {x, value}, {value + "_low", value + "_high"});
}

CsvTable rows_where(const CsvTable& table, const std::string& column, const std::string& value) {
  const std::size_t at = column_of(table, column);
  CsvTable some{table.columns, {}};
  std::ranges::copy_if(table.rows, std::back_inserter(some.rows),
                       [&](const auto& row) { return row[at] == value; });
  return some;
}

std::string text_table(const CsvTable& table,
                       std::vector<std::pair<std::string, std::string>> names) {
  const auto is_end = [](const std::string& column) {
    return column == "low" || column == "high" || column.ends_with("_low") ||
           column.ends_with("_high");
  };
  if (names.empty()) {
    for (const std::string& column : table.columns) {
      if (!is_end(column)) {
        names.emplace_back(column, column);
        std::ranges::replace(names.back().second, '_', ' ');
      }
    }
  }
  std::vector<std::vector<std::string>> lines(table.rows.size() + 1);
  std::vector<std::size_t> widths;
  for (const auto& [column, name] : names) {
    const std::size_t at = column_of(table, column);
    const bool interval =
        at + 1 < table.columns.size() &&
        (table.columns[at + 1] == "low" || table.columns[at + 1].ends_with("_low"));
    lines[0].push_back(name);
    widths.push_back(letters_in(name));
    for (std::size_t k = 0; k < table.rows.size(); ++k) {
      const auto& row = table.rows[k];
      std::string text = row[at].empty() ? "-" : cell_text(row[at]);
      if (interval && !(row[at + 1].empty() && row[at + 2].empty())) {
        const auto end = [&row](std::size_t place) {
          return row[place].empty() ? std::string("open") : cell_text(row[place]);
        };
        text += " [" + end(at + 1) + ", " + end(at + 2) + "]";
      }
      widths.back() = std::max(widths.back(), letters_in(text));
      lines[k + 1].push_back(std::move(text));
    }
  }
  std::string text;
  for (const auto& line : lines) {
    std::string written = " ";
    for (std::size_t k = 0; k < line.size(); ++k) {
      written += ' ' + line[k];
      written.append(k + 1 < line.size() ? widths[k] - letters_in(line[k]) + 1 : 0, ' ');
    }
    text += written + '\n';
  }
  return text;
}

}  // namespace grok
