// figures/panels/cells.hpp: a grid of cells over two settings: each of one colour, or bars of
// several, with contours along the sides of cells. A cell is drawn as itself: nothing is smoothed.
//   Panel panel = cells(x, y);
//   fill_cells(panel, x, y, rows_with_colours);
//   add_contours(panel, x, y, values, levels);
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compare/statistics/contours.hpp"
#include "figures/panels/panel.hpp"

namespace grok {

/// How values are spaced in a panel; one row per value, evenly, if they are not even on that scale.
enum class CellScale { linear, logarithmic, categorical };

struct CellAxis {
  std::string label = {};
  CellScale scale = CellScale::linear;
  bool downward = false;                // first value on top
  std::vector<double> values = {};      // ascending
  std::vector<std::string> names = {};  // of values 0, 1, ...; empty: values are numbers
  /// Borders of the cells, one more than values, in the panel's coordinate: the value itself, or
  /// (categorical) its number 0, 1, ... Inner ones are arithmetic (logarithmic axis: geometric)
  /// means of neighbours, the outer ones as far away as the next inner one.
  std::vector<double> edges = {};
};
/// The axis over the distinct `values`. `wanted` is taken where they are evenly spaced on it (one
/// value alone: a cell of width 1, or a factor 10), else categorical. Throws InputError for none.
CellAxis cell_axis(CellAxis wanted, std::vector<double> values);

/// Part of the cell at values x, y: from its bottom to a share of its height.
struct CellBar {
  double x = 0, y = 0, height = 1;
  std::string colour;  // "#rrggbb"
};
/// Shares of the cell at values x, y as bars on each other, the most frequent at the bottom, then
/// in their order: each reaches down to the bottom of the cell, the tallest comes first.
std::vector<CellBar> stacked_bars(double x, double y,
                                  std::vector<std::pair<double, std::string>> shares);

/// The interval of a share, on the scale of the bars.
struct CellInterval {
  double x = 0, y = 0, low = 0, high = 1;
};

/// Empty axes, with a label at every value, or at every 2nd, 4th, 5th, ... of many.
Panel cells(const CellAxis& x, const CellAxis& y);
/// Later bars lie above those before, so stacked ones come from the tallest on and no seam shows.
/// White lines part the cells, unless they are many.
void fill_cells(Panel& panel, const CellAxis& x, const CellAxis& y,
                const std::vector<CellBar>& bars);
void add_intervals(Panel& panel, const CellAxis& x, const CellAxis& y,
                   const std::vector<CellInterval>& intervals);

/// Contours of values[iy * x_count + ix] at ascending levels, the last of which is drawn as the
/// end; NaN: a cell without a value; infinite: beyond all levels. Returns which levels have a line.
std::vector<bool> add_contours(Panel& panel, const CellAxis& x, const CellAxis& y,
                               std::span<const double> values, std::span<const double> levels);
/// How line k of `count` looks in a legend: from white to red in a black rim, ordered by lightness;
/// the last one all black.
Entry contour_entry(std::size_t k, std::size_t count, const std::string& text);

}  // namespace grok
