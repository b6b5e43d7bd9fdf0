#include "figures/plot/plot_frame.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <set>

#include "core/errors.hpp"
#include "core/nearest.hpp"
#include "nets/phase.hpp"

namespace grok {
namespace {

std::optional<double> number_of(const std::string& cell) {
  double value = 0;
  const char* const end = cell.data() + cell.size();
  const auto [read_to, error] = std::from_chars(cell.data(), end, value);
  return error == std::errc() && read_to == end ? std::optional(value) : std::nullopt;
}

/// As values are compared: a flag as stores have it, a number as we write it, no blanks in a list.
std::string compared(const PlotColumn& column, std::string text) {
  if (column.field != nullptr && column.field->kind == Kind::flag) {
    return text == "true" ? "1" : text == "false" ? "0" : text;
  }
  if (text.starts_with('[')) {
    std::erase(text, ' ');
  }
  const auto number = column.numeric() ? number_of(text) : std::nullopt;
  return number ? to_text(*number) : text;
}

std::vector<std::string> names_of(const std::vector<PlotColumn>& columns) {
  std::vector<std::string> names;
  for (const PlotColumn& column : columns) {
    names.push_back(column.name);
  }
  return names;
}

}  // namespace

std::optional<double> PlotColumn::number(std::size_t row) const { return number_of(cells[row]); }

std::string PlotColumn::words() const {
  std::string text = name;
  std::ranges::replace(text, '_', ' ');
  return text;
}

PlotFrame::PlotFrame(const Model& model, const CsvTable& runs)
    : model_(&model), size_(runs.rows.size()) {
  for (std::size_t k = 0; k < runs.columns.size(); ++k) {
    PlotColumn column{runs.columns[k], find_field(model.keys(), runs.columns[k]), true, {}};
    if (column.field == nullptr) {
      column.field = find_field(model.results(), column.name);
      column.key = false;
    }
    for (const auto& row : runs.rows) {
      column.cells.push_back(row.at(k));
    }
    columns_.push_back(std::move(column));
  }
}

RowNumbers PlotFrame::all() const {
  RowNumbers rows(size_);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

const PlotColumn* PlotFrame::find(const std::string& name) const {
  const auto found = std::ranges::find(columns_, name, &PlotColumn::name);
  return found == columns_.end() ? nullptr : &*found;
}

const PlotColumn& PlotFrame::column(const std::string& option, const std::string& name) const {
  if (const PlotColumn* found = find(name)) {
    return *found;
  }
  reject("plot", option, "'" + name + "'",
         allowed_names(name, names_of(columns_), other_words(model_->keys())));
}

std::int64_t PlotFrame::budget(std::size_t row) const {
  const Field* field = find_field(model_->keys(), Role::budget);
  const auto steps = field == nullptr ? std::nullopt : column("budget", field->key).number(row);
  return static_cast<std::int64_t>(steps.value_or(0));
}

bool PlotFrame::diverged(std::size_t row) const {
  const Field* field = find_field(model_->results(), Role::state);
  return field != nullptr && column("state", field->key).cells[row] == "diverged";
}

std::string PlotFrame::seeds(std::size_t row) const {
  std::string text;
  for (const std::string& key : seed_keys(*model_)) {
    text += column("seed", key).cells[row] + ' ';
  }
  return text;
}

std::int64_t PlotFrame::seed_count(const RowNumbers& rows) const {
  std::set<std::string> seeds;
  for (const std::size_t row : rows) {
    seeds.insert(this->seeds(row));
  }
  return std::ssize(seeds);
}

double PlotFrame::censored_at(std::size_t row) const {
  const auto budget = static_cast<double>(this->budget(row));
  const Field* field = find_field(model_->results(), Role::steps);
  return field == nullptr || diverged(row)
             ? budget
             : column("steps", field->key).number(row).value_or(budget);
}

std::vector<std::string> distinct_values(const PlotColumn& column, const RowNumbers& rows) {
  std::set<std::string> found;
  for (const std::size_t row : rows) {
    found.insert(column.cells[row]);
  }
  std::vector<std::string> values(found.begin(), found.end());
  if (column.numeric()) {
    std::ranges::stable_sort(values, {}, [](const auto& cell) { return number_of(cell); });
  } else if (column.phase()) {
    std::ranges::stable_sort(values, {}, [](const auto& cell) {
      return cell.empty() ? -1 : std::ranges::find(phase_names, cell) - phase_names.begin();
    });
  }
  return values;
}

std::vector<std::pair<std::string, RowNumbers>> rows_by(const PlotColumn* column,
                                                        const RowNumbers& rows) {
  if (column == nullptr) {
    return {{"", rows}};
  }
  std::map<std::string, RowNumbers> found;
  for (const std::size_t row : rows) {
    found[column->cells[row]].push_back(row);
  }
  std::vector<std::pair<std::string, RowNumbers>> ordered;
  for (const std::string& value : distinct_values(*column, rows)) {
    ordered.emplace_back(value, std::move(found[value]));
  }
  return ordered;
}

CsvTable rows_where_all(const Model& model, const CsvTable& runs,
                        const std::vector<std::pair<std::string, std::string>>& where) {
  CsvTable some = runs;
  for (const auto& [name, value] : where) {
    const PlotFrame frame(model, some);
    const PlotColumn& column = frame.column("--where", name);
    const std::string wanted = compared(column, value);
    CsvTable kept{some.columns, {}};
    for (std::size_t row = 0; row < frame.size(); ++row) {
      if (compared(column, column.cells[row]) == wanted) {
        kept.rows.push_back(some.rows[row]);
      }
    }
    if (kept.rows.empty()) {
      const auto values = distinct_values(column, frame.all());
      constexpr std::size_t most = 20;
      const std::vector<std::string> shown(
          values.begin(), values.begin() + std::ptrdiff_t(std::min(most, values.size())));
      reject("plot", "--where", name + "=" + value,
             fmt::format("{} that runs have: {}{}", name, fmt::join(shown, ", "),
                         values.size() > most ? ", ..." : ""));
    }
    some = std::move(kept);
  }
  return some;
}

std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("_^{}@&~\\").find(c) != std::string_view::npos) {
      result += '\\';
    }
    result += c;
  }
  return result;
}

}  // namespace grok
