// Two keys: cells of what their runs came to, or dots where the pairs form no grid.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors.hpp"
#include "figures/panels/cells.hpp"
#include "figures/panels/text.hpp"
#include "figures/plot/plot_parts.hpp"

namespace grok {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr const char* not_reached = "#D5D5D5";
constexpr const char* no_value = "#F0F0F0";

/// The runs of a pair of values in a panel.
struct Cell {
  std::string facet, x_text, y_text;
  double x = 0, y = 0;
  RowNumbers rows;
  PlotMedian median = {};        // coloured by a number
  std::vector<Estimate> shares;  // by a text: of each class, with Wilson's interval
  std::vector<std::int64_t> counts;
};

/// What the colour says.
struct Colours {
  const PlotColumn& column;
  std::vector<std::string> values = {};  // of a text, in the order of `classes`
  std::vector<PlotClass> classes = {};
  NumberClasses numbers = {};

  bool by_number() const { return column.numeric(); }
};

/// Texts by their names, numbers by themselves; a place on an axis of cells.
double place_of(const PlotScale& scale, const PlotColumn& column, std::size_t row) {
  return column.numeric() ? column.number(row).value_or(nothing)
                          : scale.places.at(column.cells[row]) - 1;
}

std::vector<Cell> cells_of(const PlotData& data, const PlotScale& x, const PlotScale& y) {
  std::vector<Cell> cells;
  for (const PlotPanel& panel : data.panels) {
    for (const auto& [y_text, line] : rows_by(data.columns.y, panel.rows)) {
      for (const auto& [x_text, rows] : rows_by(data.columns.x, line)) {
        const double across = place_of(x, *data.columns.x, rows[0]);
        const double up = place_of(y, *data.columns.y, rows[0]);
        if (std::isfinite(across) && std::isfinite(up)) {
          cells.push_back({panel.facet, x_text, y_text, across, up, rows, {}, {}, {}});
        }
      }
    }
  }
  return cells;
}

void count_texts(std::vector<Cell>& cells, const Colours& colours) {
  for (Cell& cell : cells) {
    const auto all = std::ssize(cell.rows);
    for (const std::string& value : colours.values) {
      const auto count = std::ranges::count_if(
          cell.rows, [&](std::size_t row) { return colours.column.cells[row] == value; });
      cell.counts.push_back(count);
      cell.shares.push_back(wilson(count, all));
    }
  }
}

Colours colours_of(const PlotData& data, std::vector<Cell>& cells) {
  Colours colours{*data.columns.colour};
  if (!colours.by_number()) {
    colours.values = distinct_values(colours.column, data.frame.all());
    colours.classes = classes_of(colours.column, colours.values, "--colour");
    count_texts(cells, colours);
    return colours;
  }
  std::vector<double> medians;
  for (Cell& cell : cells) {
    cell.median = median_of(data.frame, colours.column, cell.rows);
    if (std::isfinite(cell.median.median.value)) {
      medians.push_back(cell.median.median.value);
    }
  }
  if (medians.empty() && !colours.column.event()) {
    reject("plot", "--colour", "'" + colours.column.name + "'", "a column with values");
  }
  if (!medians.empty()) {
    colours.numbers = classes_of(medians, spans_decades(medians));
    colours.classes = colours.numbers.classes;
  }
  return colours;
}

std::size_t most_frequent(const Cell& cell) {
  return static_cast<std::size_t>(std::ranges::max_element(cell.counts) - cell.counts.begin());
}

/// Of a cell as a whole.
std::string colour_of(const Cell& cell, const Colours& colours) {
  if (!colours.by_number()) {
    return colours.classes[most_frequent(cell)].colour;
  }
  const double median = cell.median.median.value;
  return std::isfinite(median) ? colours.classes[colours.numbers.of(median)].colour
         : cell.median.without == cell.median.runs ? no_value
                                                   : not_reached;
}

std::vector<CellBar> bars_of(const Cell& cell, const Colours& colours) {
  if (colours.by_number()) {
    return {{cell.x, cell.y, 1, colour_of(cell, colours)}};
  }
  std::vector<std::pair<double, std::string>> shares;
  for (std::size_t k = 0; k < cell.shares.size(); ++k) {
    shares.emplace_back(cell.shares[k].value, colours.classes[k].colour);
  }
  return stacked_bars(cell.x, cell.y, std::move(shares));
}

CellAxis axis_of(const PlotScale& scale, const PlotColumn& column,
                 const std::vector<double>& values) {
  CellAxis axis{.label = scale.axis.label,
                .scale = !column.numeric() ? CellScale::categorical
                         : scale.axis.log  ? CellScale::logarithmic
                                           : CellScale::linear};
  if (!column.numeric()) {
    axis.names.resize(scale.places.size());
    for (const auto& [text, place] : scale.places) {
      axis.names[static_cast<std::size_t>(place) - 1] = text.empty() ? "none" : plain(text);
    }
  }
  return cell_axis(axis, values);
}

std::vector<double> each(const std::vector<Cell>& cells, double Cell::*place) {
  std::set<double> values;
  for (const Cell& cell : cells) {
    values.insert(cell.*place);
  }
  return {values.begin(), values.end()};
}

/// A grid has rows or columns of several cells; pairs that were walked together have none.
bool is_grid(const std::vector<Cell>& cells) {
  std::set<std::pair<double, double>> pairs;
  for (const Cell& cell : cells) {
    pairs.insert({cell.x, cell.y});
  }
  const std::size_t columns = each(cells, &Cell::x).size(), lines = each(cells, &Cell::y).size();
  return std::min(columns, lines) == 1 || pairs.size() > std::max(columns, lines);
}

CsvTable table_of_cells(const PlotData& data, const std::vector<Cell>& cells,
                        const Colours& colours) {
  CsvTable table;
  if (data.columns.facet != nullptr) {
    table.columns.push_back(data.columns.facet->name);
  }
  const std::string& name = colours.column.name;
  table.columns.insert(table.columns.end(), {data.columns.x->name, data.columns.y->name, "runs"});
  if (colours.by_number()) {
    table.columns.insert(table.columns.end(),
                         {"censored", "without", "median_" + name, "median_low", "median_high"});
  } else {
    table.columns.push_back("most_frequent_" + name);
    for (const PlotClass& one : colours.classes) {
      table.columns.insert(table.columns.end(),
                           {one.name, one.name + "_share", one.name + "_low", one.name + "_high"});
    }
  }
  for (const Cell& cell : cells) {
    auto& row = table.rows.emplace_back();
    if (data.columns.facet != nullptr) {
      row.push_back(cell.facet);
    }
    row.insert(row.end(), {cell.x_text, cell.y_text});
    add_cells(row, std::ssize(cell.rows));
    if (colours.by_number()) {
      add_cells(row, cell.median.censored);
      add_cells(row, cell.median.without);
      add_cells(row, cell.median.median);
      continue;
    }
    row.push_back(colours.classes[most_frequent(cell)].name);
    for (std::size_t k = 0; k < colours.classes.size(); ++k) {
      add_cells(row, cell.counts[k]);
      add_cells(row, cell.shares[k]);
    }
  }
  return table;
}

std::vector<Entry> legend_of(const std::vector<Cell>& cells, const Colours& colours, bool dots) {
  std::vector<Entry> legend;
  const auto add = [&](const std::string& colour, const std::string& text) {
    legend.push_back({dots ? Swatch::points : Swatch::band, {.colour = colour, .size = 5}, text});
  };
  for (const PlotClass& one : colours.classes) {
    const bool first = colours.by_number() && &one == &colours.classes.front();
    add(one.colour, plain(first ? colours.column.words() + " " + one.name : one.name));
  }
  const auto any = [&](const char* colour) {
    return colours.by_number() && std::ranges::any_of(cells, [&](const Cell& cell) {
             return colour_of(cell, colours) == colour;
           });
  };
  if (any(not_reached)) {
    add(not_reached, "not reached");
  }
  if (any(no_value)) {
    add(no_value, "no value");
  }
  return legend;
}

/// Points that refinement predicts, where the colour is the phase.
std::vector<CellBar> predicted_bars(const PlotData& data, const PlotFrame& predicted,
                                    const PlotPanel& panel, const Colours& colours) {
  std::vector<CellBar> bars;
  const PlotColumn *x = predicted.find(data.columns.x->name),
                   *y = predicted.find(data.columns.y->name),
                   *phase = predicted.find(colours.column.name);
  if (x == nullptr || y == nullptr || phase == nullptr || !x->numeric() || !y->numeric()) {
    return bars;
  }
  const PlotColumn* facet =
      data.columns.facet == nullptr ? nullptr : predicted.find(data.columns.facet->name);
  std::set<std::pair<double, double>> seen;  // a point has a run for each seed
  for (const std::size_t row : predicted.all()) {
    if (facet != nullptr && facet->cells[row] != panel.facet) {
      continue;
    }
    const auto known = std::ranges::find(colours.values, phase->cells[row]);
    const double across = x->number(row).value_or(nothing), up = y->number(row).value_or(nothing);
    if (known != colours.values.end() && seen.insert({across, up}).second) {
      const auto k = static_cast<std::size_t>(known - colours.values.begin());
      bars.push_back({across, up, 1, pale(colours.classes[k].colour)});
    }
  }
  return bars;
}

/// Panels of cells, or of dots, over axes that all of them share.
class CellPanels {
 public:
  CellPanels(const PlotData& data, const PlotScale& x, const PlotScale& y)
      : data_(data), x_(x), y_(y) {}

  Panel dots(const PlotPanel& panel, const std::vector<Cell>& cells, const Colours& colours) const {
    Panel drawn(x_.axis, y_.axis);
    std::map<std::string, Rows> by_colour;
    for (const Cell& cell : cells) {
      const auto at = [](const PlotColumn& column, double place) {
        return column.numeric() ? place : place + 1;
      };
      drawn.cover(at(*data_.columns.x, cell.x), at(*data_.columns.y, cell.y));
      if (cell.facet == panel.facet) {
        by_colour[colour_of(cell, colours)].push_back(
            {at(*data_.columns.x, cell.x), at(*data_.columns.y, cell.y)});
      }
    }
    for (auto& [colour, rows] : by_colour) {
      drawn.points(std::move(rows), {.colour = colour, .width = 0.4, .size = 5.5});
    }
    return drawn;
  }

  Panel grid(const PlotPanel& panel, const std::vector<Cell>& cells, const Colours& colours,
             const PlotFrame* predicted) {
    std::vector<double> across = each(cells, &Cell::x), up = each(cells, &Cell::y);
    std::vector<CellBar> bars;
    if (predicted != nullptr) {
      bars = predicted_bars(data_, *predicted, panel, colours);
      predicted_ += std::ssize(bars);
      for (const CellBar& bar : bars) {
        across.push_back(bar.x);
        up.push_back(bar.y);
      }
    }
    for (const Cell& cell : cells) {
      if (cell.facet == panel.facet) {
        const auto own = bars_of(cell, colours);
        bars.insert(bars.end(), own.begin(), own.end());
      }
    }
    const CellAxis x = axis_of(x_, *data_.columns.x, across), y = axis_of(y_, *data_.columns.y, up);
    Panel drawn = grok::cells(x, y);
    fill_cells(drawn, x, y, bars);
    return drawn;
  }
  std::int64_t predicted() const { return predicted_; }

 private:
  const PlotData& data_;
  const PlotScale &x_, &y_;
  std::int64_t predicted_ = 0;
};

void explain(Sheet& sheet, const std::vector<Cell>& cells, const Colours& colours,
             std::int64_t predicted, bool dots) {
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max(), most = 0;
  for (const Cell& cell : cells) {
    fewest = std::min(fewest, std::ssize(cell.rows));
    most = std::max(most, std::ssize(cell.rows));
  }
  const std::string what = dots ? "dot" : "cell";
  const std::string runs = fewest == most ? counted(most, "run")  //
                                          : fmt::format("{} to {} runs", fewest, most);
  const std::string name = colours.column.words();
  if (colours.by_number()) {
    sheet.caption(fmt::format("Colour: {} of the {} of a {}.", most > 1 ? "median " + name : name,
                              runs, what));
  } else if (most > 1) {
    sheet.caption(fmt::format(
        "A {} is {}: {}; shares with their 95% intervals are in the table 'cells'.", what, runs,
        dots ? "the most frequent " + name
             : "the share of each " + name + ", the most frequent at the bottom"));
  } else {
    sheet.caption(fmt::format("A {} is one run.", what));
  }
  if (predicted > 0) {
    sheet.caption(
        fmt::format("Pale: {} that refinement predicts, not trained.", counted(predicted, what)));
  }
}

}  // namespace

Plot draw_cells(const PlotData& data, const PlotRuns& runs) {
  const PlotScale x = scale_of(data.frame, *data.columns.x, "--log-x", data.asked.log_x);
  const PlotScale y = scale_of(data.frame, *data.columns.y, "--log-y", data.asked.log_y);
  std::vector<Cell> cells = cells_of(data, x, y);
  const Colours colours = colours_of(data, cells);
  const bool dots = !is_grid(cells);
  const bool predicts = !dots && colours.column.phase() && !runs.predicted.rows.empty();
  const PlotFrame predicted(data.frame.model(), runs.predicted);
  Plot plot{dots ? PlotKind::dots : PlotKind::cells, {}};
  plot.sheet.table("runs", run_table(data));
  plot.sheet.table("cells", table_of_cells(data, cells, colours));
  CellPanels drawer(data, x, y);
  std::vector<Panel> panels;
  for (const PlotPanel& panel : data.panels) {
    panels.push_back(dots ? drawer.dots(panel, cells, colours)
                          : drawer.grid(panel, cells, colours, predicts ? &predicted : nullptr));
    panels.back().title(plain(panel.title)).height(panel_height(data.panels.size()));
  }
  std::vector<Entry> legend = legend_of(cells, colours, dots);
  if (drawer.predicted() > 0) {
    legend.push_back({Swatch::band, {.colour = pale(look::black)}, "pale: predicted, not trained"});
  }
  plot.sheet.legend(std::move(legend));
  lay_out(plot.sheet, std::move(panels));
  explain(plot.sheet, cells, colours, drawer.predicted(), dots);
  return plot;
}

}  // namespace grok
