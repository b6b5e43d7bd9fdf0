#include "figures/panels/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr double even_tolerance = 1e-6;  // of spacings; values of a logspace have 12 digits
constexpr std::size_t most_with_grid = 30, most_labels = 16;  // cells, texts along an axis

bool evenly_spaced(const std::vector<double>& values) {
  const double mean = (values.back() - values.front()) /
                      static_cast<double>(std::max(values.size() - 1, size_t{1}));
  for (std::size_t k = 1; k < values.size(); ++k) {
    if (std::abs(values[k] - values[k - 1] - mean) > even_tolerance * mean) {
      return false;
    }
  }
  return true;
}

std::vector<double> mapped(std::vector<double> values, double (*f)(double)) {
  std::ranges::transform(values, values.begin(), f);
  return values;
}
double ten_to(double x) { return std::pow(10, x); }

/// Around ascending centres. A cell that is alone has width 1.
std::vector<double> borders(const std::vector<double>& centres) {
  std::vector<double> result = {centres.front() - 0.5};
  for (std::size_t k = 1; k < centres.size(); ++k) {
    result.push_back((centres[k - 1] + centres[k]) / 2);
  }
  const bool alone = centres.size() == 1;
  result[0] = alone ? result[0] : 2 * centres[0] - result[1];
  result.push_back(alone ? centres[0] + 0.5 : 2 * centres.back() - result.back());
  return result;
}

/// The two sides of a cell as they lie in the picture: `near` is left or below.
struct Extent {
  double near = 0, far = 0;
  bool log = false;

  /// The point at a share of the way across, as the eye sees it.
  double across(double share) const {
    return log ? near * std::pow(far / near, share) : near + share * (far - near);
  }
};
Extent extent_of(const CellAxis& axis, double value) {
  const auto found = std::ranges::find(axis.values, value);
  if (found == axis.values.end()) {
    throw Error("cells: value = " + to_text(value) + ", allowed a value of the axis");
  }
  const auto k = static_cast<std::size_t>(found - axis.values.begin());
  const double a = axis.edges[k], b = axis.edges[k + 1];
  return {axis.downward ? b : a, axis.downward ? a : b, axis.scale == CellScale::logarithmic};
}

/// Every how many values one has a label.
std::size_t label_stride(std::size_t values) {
  std::size_t stride = 10;
  for (const std::size_t few : {5U, 4U, 2U, 1U}) {
    stride = (values + few - 1) / few <= most_labels ? few : stride;
  }
  while ((values + stride - 1) / stride > most_labels) {
    stride *= 2;
  }
  return stride;
}

/// Long ones with three digits, unless these do not tell values apart.
std::vector<std::string> names_of(const CellAxis& axis) {
  std::vector<std::string> names, all;
  for (const double value : axis.values) {
    constexpr std::size_t longest = 6;
    all.push_back(to_text(value));
    names.push_back(all.back().size() > longest ? fmt::format("{:.3g}", value) : all.back());
  }
  const bool apart = std::set<std::string>(names.begin(), names.end()).size() == names.size();
  return apart && axis.scale == CellScale::categorical ? names : all;
}

/// A hair more than the cells, so that rounding puts no line outside.
Axis drawn_axis(const CellAxis& axis) {
  constexpr double hair = 1e-6;
  const double first = axis.edges.front(), last = axis.edges.back();
  const bool log = axis.scale == CellScale::logarithmic;
  Axis drawn{.label = axis.label,
             .log = log,
             .low = log ? first * (1 - hair) : first - hair * (last - first),
             .high = log ? last * (1 + hair) : last + hair * (last - first)};
  const std::vector<std::string> names = names_of(axis);
  for (std::size_t k = 0; !drawn.log && k < axis.values.size();
       k += label_stride(axis.values.size())) {
    drawn.tics.emplace_back(
        axis.scale == CellScale::categorical ? static_cast<double>(k) : axis.values[k],
        axis.names.empty() ? names[k] : axis.names.at(static_cast<std::size_t>(axis.values[k])));
  }
  return drawn;
}

/// Lines as arrows without heads: x, y, dx, dy. (A line drawn as one path gets a spike at its
/// start.)
Rows line_rows(const CellAxis& x, const CellAxis& y, const std::vector<CellSide>& lines) {
  Rows rows;
  for (const CellSide& line : lines) {
    const double left = x.edges[line.x], low = y.edges[line.y];
    rows.push_back({left, low, x.edges[line.x2] - left, y.edges[line.y2] - low});
  }
  return rows;
}

std::vector<CellSide> grid_lines(std::size_t columns, std::size_t rows) {
  std::vector<CellSide> lines;
  for (std::size_t x = 1; x < columns; ++x) {
    lines.push_back({x, 0, x, rows});
  }
  for (std::size_t y = 1; y < rows; ++y) {
    lines.push_back({0, y, columns, y});
  }
  return lines;
}

std::string vectors(const Style& style, const std::string& heads = "nohead") {
  return "using 1:2:3:4 with vectors " + heads + " " + line_words(style);
}

Style contour_style(std::size_t k, std::size_t count) {
  constexpr std::array<const char*, 6> colours = {"#FFFFFF", "#FFE9A8", "#FDBB63",
                                                  "#F08030", "#CE4A1F", "#8E1D14"};
  return k + 1 < count ? Style{.colour = colours[std::min(k, colours.size() - 1)], .width = 1.2}
                       : Style{.colour = look::black, .width = 0.9};
}

}  // namespace

CellAxis cell_axis(CellAxis axis, std::vector<double> values) {
  if (values.empty()) {
    reject("cell_axis", axis.label, "no value", "one or more");
  }
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  axis.values = std::move(values);
  const bool log = axis.scale == CellScale::logarithmic && axis.values.front() > 0;
  const std::vector<double> places = log ? mapped(axis.values, std::log10) : axis.values;
  if (axis.scale == CellScale::categorical || !evenly_spaced(places) ||
      (axis.scale == CellScale::logarithmic && !log)) {
    axis.scale = CellScale::categorical;
    std::vector<double> numbers(axis.values.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    axis.edges = borders(numbers);
  } else {
    axis.edges = log ? mapped(borders(places), ten_to) : borders(places);
  }
  return axis;
}

Panel cells(const CellAxis& x, const CellAxis& y) {
  const Axis across = drawn_axis(x), up = drawn_axis(y);
  Panel panel(across, up);
  panel.settings("unset grid\nset border 15\n");
  if (x.downward) {
    panel.settings(
        fmt::format("set xrange [{}:{}]\n", to_text(*across.high), to_text(*across.low)));
  }
  if (y.downward) {
    panel.settings(fmt::format("set yrange [{}:{}]\n", to_text(*up.high), to_text(*up.low)));
  }
  return panel;
}

void fill_cells(Panel& panel, const CellAxis& x, const CellAxis& y,
                const std::vector<CellBar>& bars) {
  Rows rows;
  for (const CellBar& bar : bars) {
    const Extent across = extent_of(x, bar.x), up = extent_of(y, bar.y);
    const double colour = colour_number(bar.colour);
    const double top = up.across(bar.height);
    rows.push_back({std::min(across.near, across.far), std::max(across.near, across.far),
                    std::min(up.near, top), std::max(up.near, top), colour});
  }
  panel.boxes(std::move(rows));
  const std::size_t columns = x.values.size(), lines = y.values.size();
  if (std::max(columns, lines) <= most_with_grid && columns * lines > 1) {
    panel.layer(line_rows(x, y, grid_lines(columns, lines)),
                vectors({.colour = "#FFFFFF", .width = 0.5}));
  }
}

std::vector<CellBar> stacked_bars(double x, double y,
                                  std::vector<std::pair<double, std::string>> shares) {
  const auto most = std::ranges::max_element(shares, {}, &std::pair<double, std::string>::first);
  std::rotate(shares.begin(), most, most + 1);
  std::vector<CellBar> bars;
  double height = 0;
  for (const auto& [share, colour] : shares) {
    if (share > 0) {
      height += share;
      bars.push_back({x, y, height, colour});
    }
  }
  std::ranges::reverse(bars);
  return bars;
}

void add_intervals(Panel& panel, const CellAxis& x, const CellAxis& y,
                   const std::vector<CellInterval>& intervals) {
  Rows rows;
  for (const CellInterval& interval : intervals) {
    const Extent up = extent_of(y, interval.y);
    const double low = up.across(interval.low), high = up.across(interval.high);
    rows.push_back({extent_of(x, interval.x).across(0.5), low, 0, high - low});
  }
  if (rows.empty()) {
    return;
  }
  const double cap = std::min(0.004, 0.03 / static_cast<double>(x.values.size()));
  const std::string heads = fmt::format("heads size screen {:.4f},90", cap);
  panel.layer(rows, vectors({.colour = "#FFFFFF", .width = 1.5}, heads));
  panel.layer(rows, vectors({.colour = look::black, .width = 0.6}, heads));
}

std::vector<bool> add_contours(Panel& panel, const CellAxis& x, const CellAxis& y,
                               std::span<const double> values, std::span<const double> levels) {
  const auto lines = contours(values, x.values.size(), levels);
  std::vector<bool> drawn;
  std::vector<std::pair<Rows, std::string>> cores;  // above all rims
  for (std::size_t k = 0; k < lines.size(); ++k) {
    drawn.push_back(!lines[k].empty());
    if (!lines[k].empty()) {
      const Style style = contour_style(k, lines.size());
      const Rows rows = line_rows(x, y, straight_lines(lines[k]));
      panel.layer(rows, vectors({.colour = look::black, .width = style.width + 0.7}));
      cores.emplace_back(rows, vectors(style));
    }
  }
  for (auto& [rows, plot] : cores) {
    panel.layer(std::move(rows), plot);
  }
  return drawn;
}

Entry contour_entry(std::size_t k, std::size_t count, const std::string& text) {
  return {Swatch::rimmed, contour_style(k, count), text};
}

}  // namespace grok
