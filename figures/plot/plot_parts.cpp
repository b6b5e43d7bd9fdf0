#include "figures/plot/plot_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double number_or_nothing(const std::optional<double>& number) { return number.value_or(nothing); }

/// Between neighbours of ascending values: a difference, or a logarithm.
double least_gap(const std::vector<double>& values, bool log) {
  double gap = values.empty() || values.front() == 0 ? 1 : log ? 1 : std::abs(values.front());
  for (std::size_t k = 1; k < values.size(); ++k) {
    const double next = log ? std::log(values[k] / values[k - 1]) : values[k] - values[k - 1];
    gap = k == 1 ? next : std::min(gap, next);
  }
  return gap;
}

Estimate kaplan_meier_median(const std::vector<Waiting>& waiting) {
  const KaplanMeier curve = kaplan_meier(waiting);
  return {number_or_nothing(curve.median), number_or_nothing(curve.median_low),
          number_or_nothing(curve.median_high)};
}

}  // namespace

std::vector<const PlotColumn*> PlotColumns::all() const {
  std::vector<const PlotColumn*> columns;
  for (const PlotColumn* column : {x, y, colour, facet}) {
    if (column != nullptr) {
      columns.push_back(column);
    }
  }
  return columns;
}

std::optional<PlotValue> value_of(const PlotFrame& frame, const PlotColumn& column,
                                  std::size_t row) {
  if (const auto number = column.number(row)) {
    return PlotValue{*number, true};
  }
  return column.event() ? std::optional(PlotValue{frame.censored_at(row), false}) : std::nullopt;
}

PlotMedian median_of(const PlotFrame& frame, const PlotColumn& column, const RowNumbers& rows) {
  PlotMedian result{std::ssize(rows),
                    0,
                    0,
                    {nothing, nothing, nothing},
                    frame.seed_count(rows) < std::ssize(rows)};
  std::vector<Waiting> waiting;
  std::vector<double> values;
  for (const std::size_t row : rows) {
    const auto value = value_of(frame, column, row);
    result.without += value ? 0 : 1;
    if (value) {
      result.censored += value->reached ? 0 : 1;
      waiting.push_back({value->value, value->reached});
      values.push_back(value->value);
    }
  }
  if (values.empty()) {
    return result;
  }
  result.median = column.event() ? kaplan_meier_median(waiting) : median_interval(values);
  if (result.several || !std::isfinite(result.median.low)) {
    result.median.low = result.median.high = nothing;
  }
  return result;
}

bool on_log_axis(const std::vector<double>& values, const std::string& option,
                 const std::string& name, std::optional<bool> asked) {
  const bool positive = std::ranges::all_of(values, [](double value) { return value > 0; });
  if (asked.value_or(false) && !positive) {
    reject("plot", option, name + " = " + to_text(std::ranges::min(values)),
           "a column of numbers above 0 on a logarithmic axis");
  }
  return asked.value_or(spans_decades(values));
}

PlotScale scale_of(const PlotFrame& frame, const PlotColumn& column, const std::string& option,
                   std::optional<bool> asked) {
  PlotScale scale;
  const std::string label = plain(column.words());
  if (!column.numeric()) {
    std::vector<std::string> names;
    for (const std::string& value : distinct_values(column, frame.all())) {
      scale.places[value] = static_cast<double>(names.size() + 1);
      names.push_back(value.empty() ? "none" : plain(value));
    }
    scale.axis = named_axis(label, names);
    return scale;
  }
  std::set<double> values;
  for (const std::size_t row : frame.all()) {
    if (const auto value = value_of(frame, column, row)) {
      values.insert(value->value);
    }
  }
  const std::vector<double> all(values.begin(), values.end());
  const bool steps = column.event() && !all.empty() && all.front() > 0;  // always by factors
  scale.axis = on_log_axis(all, option, column.name, steps ? asked.value_or(true) : asked)
                   ? log_axis(label)
                   : linear_axis(label);
  scale.gap = least_gap(all, scale.axis.log);
  if (!scale.axis.log && all.size() > 1) {  // nothing stands on the frame
    const double room = std::max(0.04 * (all.back() - all.front()), 0.35 * scale.gap);
    scale.axis.low = all.front() - room;
    scale.axis.high = all.back() + room;
  }
  return scale;
}

std::optional<double> PlotScale::at(const PlotFrame& frame, const PlotColumn& column,
                                    std::size_t row) const {
  if (!column.numeric()) {
    return places.at(column.cells[row]);
  }
  const auto value = value_of(frame, column, row);
  return value ? std::optional(value->value) : std::nullopt;
}

void lay_out(Sheet& sheet, std::vector<Panel> panels) {
  const std::size_t beside = panels.size() == 4 ? 2 : panels.size() > 9 ? 4 : 3;
  for (std::size_t first = 0; first < panels.size(); first += beside) {
    const std::size_t end = std::min(first + beside, panels.size());
    sheet.row({panels.begin() + std::ptrdiff_t(first), panels.begin() + std::ptrdiff_t(end)});
  }
}

double panel_height(std::size_t panels) { return panels == 1 ? 270 : panels <= 4 ? 165 : 125; }

CsvTable run_table(const PlotData& data) {
  std::vector<const PlotColumn*> columns;
  const auto add = [&columns](const PlotColumn* column) {
    if (column != nullptr && std::ranges::find(columns, column) == columns.end()) {
      columns.push_back(column);
    }
  };
  add(data.frame.find("identity"));
  std::ranges::for_each(data.columns.all(), add);
  for (const std::string& key : seed_keys(data.frame.model())) {
    add(data.frame.find(key));
  }
  const Model& model = data.frame.model();
  for (const Field* field :
       {find_field(model.keys(), Role::budget), find_field(model.results(), Role::state)}) {
    add(field == nullptr ? nullptr : data.frame.find(field->key));
  }
  CsvTable table;
  table.rows.resize(data.frame.size());
  for (const PlotColumn* column : columns) {
    table.columns.push_back(column->name);
    for (std::size_t row = 0; row < data.frame.size(); ++row) {
      table.rows[row].push_back(column->cells[row]);
    }
  }
  return table;
}

std::vector<const PlotColumn*> shown_keys(const PlotColumns& columns) {
  auto keys = columns.all();
  std::erase_if(keys, [](const PlotColumn* column) { return !column->key; });
  return keys;
}

namespace {

/// What a row shows, as one text.
std::string shown_text(const std::vector<const PlotColumn*>& shown, std::size_t row) {
  std::string text;
  for (const PlotColumn* column : shown) {
    text += column->cells[row] + '\n';
  }
  return text;
}

/// Keys with more than one value, other than seeds and `shown`; an empty one says nothing.
std::vector<const PlotColumn*> varying_keys(const PlotFrame& frame, const RowNumbers& rows,
                                            const std::vector<const PlotColumn*>& shown) {
  std::vector<const PlotColumn*> varying;
  for (const PlotColumn& column : frame.columns()) {
    auto values = distinct_values(column, rows);
    std::erase(values, "");
    if (column.key && values.size() > 1 && !is_seed(frame.model(), column.name) &&
        std::ranges::find(shown, &column) == shown.end()) {
      varying.push_back(&column);
    }
  }
  return varying;
}

/// "loss (mse, hinge)", "seed (20 values)".
std::string values_text(const PlotColumn& column, const RowNumbers& rows) {
  auto values = distinct_values(column, rows);
  std::erase(values, "");
  constexpr std::size_t few = 4;
  return values.size() <= few ? fmt::format("{} ({})", column.name, fmt::join(values, ", "))
                              : fmt::format("{} ({} values)", column.name, values.size());
}

std::string joined(const std::vector<const PlotColumn*>& columns, const RowNumbers& rows) {
  std::vector<std::string> texts;
  for (const PlotColumn* column : columns) {
    texts.push_back(values_text(*column, rows));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// The model's run of defaults, with what follows from them where it is one.
Run usual_run(const Model& model) {
  try {
    return resolved(model.usual(), "plot");
  } catch (const InputError&) {
    return model.usual();
  }
}

bool has_value(const PlotColumn& column, const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    return column.cells[0] == (*flag ? "1" : "0");
  }
  const auto number = number_in(value);
  return number ? column.number(0) == number : column.cells[0] == text_of(value);
}

/// Keys with one value that one has to know: those that differ from their default, or have none.
std::string fixed_text(const PlotFrame& frame) {
  std::vector<std::string> fixed;
  const Run usual = usual_run(frame.model());
  for (const PlotColumn& column : frame.columns()) {
    if (!column.key || is_seed(frame.model(), column.name) ||
        distinct_values(column, frame.all()).size() != 1) {
      continue;
    }
    if (column.field->role == Role::required || !has_value(column, usual[column.name])) {
      fixed.push_back(fmt::format("{} = {}", column.name, column.cells[0]));
    }
  }
  return fmt::format("{}", fmt::join(fixed, ", "));
}

void add_counts(Plot& plot, const PlotData& data, std::int64_t missing) {
  const PlotFrame& frame = data.frame;
  const bool seeds = !seed_keys(frame.model()).empty();
  std::string text = seeds ? runs_in_seeds(plot.runs, plot.seeds) : counted(plot.runs, "run");
  text += missing > 0 ? fmt::format("; {} of the whole study are not in the store", missing) : "";
  plot.sheet.caption(text + ".");
  for (const PlotColumn* column : data.columns.all()) {
    std::int64_t censored = 0, without = 0;
    const bool placed = column == data.columns.x || column == data.columns.y;
    for (const std::size_t row : frame.all()) {
      const auto value = value_of(frame, *column, row);
      censored += value && !value->reached ? 1 : 0;
      without += placed && column->numeric() && !value ? 1 : 0;
    }
    plot.censored += censored;
    if (censored > 0) {
      plot.sheet.caption(
          fmt::format("Censored, without {} at their end: {}.", column->words(), censored));
    }
    if (without > 0) {
      plot.sheet.caption(fmt::format("Without {}, not drawn: {}.", column->words(), without));
    }
    const auto values = distinct_values(*column, frame.all());
    if (values.size() == 1 && !values[0].empty() && frame.size() > 1) {
      plot.sheet.caption(fmt::format("{} is {} in all runs.", column->name, values[0]));
    }
  }
  if (plot.diverged > 0) {
    plot.sheet.caption(fmt::format("Diverged: {}.", plot.diverged));
  }
}

}  // namespace

void require_alike(const PlotData& data, const std::vector<const PlotColumn*>& shown) {
  std::map<std::string, RowNumbers> groups;
  for (const std::size_t row : data.frame.all()) {
    groups[shown_text(shown, row)].push_back(row);
  }
  for (const auto& [text, rows] : groups) {
    for (const PlotColumn* column : varying_keys(data.frame, rows, shown)) {
      if (std::ranges::find(data.asked.pool, column->name) == data.asked.pool.end()) {
        const auto values = distinct_values(*column, data.frame.all());
        reject("plot", "runs", "differ in " + values_text(*column, data.frame.all()),
               fmt::format("one value in a cell or a median: --facet {0}, --colour {0}, --where "
                           "{0}={1}, or --pool {0} to draw all together",
                           column->name, values.back()));
      }
    }
  }
}

void add_caption(Plot& plot, const PlotData& data, std::int64_t missing) {
  const PlotFrame& frame = data.frame;
  plot.runs = std::ssize(frame.all());
  plot.seeds = frame.seed_count(frame.all());
  plot.diverged = std::ranges::count_if(frame.all(), [&](auto row) { return frame.diverged(row); });
  add_counts(plot, data, missing);
  for (const PlotColumn* column : data.columns.all()) {
    if (column->field != nullptr) {
      plot.sheet.caption(fmt::format("{}: {}.", column->name, column->field->help));
    }
  }
  const auto shown = data.columns.all();
  auto varying = varying_keys(frame, frame.all(), shown);
  std::vector<const PlotColumn*> pooled;
  std::erase_if(varying, [&](const PlotColumn* column) {
    const bool asked = std::ranges::find(data.asked.pool, column->name) != data.asked.pool.end();
    if (asked) {
      pooled.push_back(column);
    }
    return asked;
  });
  if (!pooled.empty()) {
    plot.sheet.caption("Drawn together: " + joined(pooled, frame.all()) + ".");
  }
  if (!varying.empty()) {
    plot.sheet.caption("From run to run differ, too: " + joined(varying, frame.all()) + ".");
  }
  const std::string fixed = fixed_text(frame);
  plot.sheet.caption(fixed.empty() ? "Every other key has its default."
                                   : "Fixed: " + fixed + "; every other key has its default.");
}

std::string counted(std::int64_t count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace grok
