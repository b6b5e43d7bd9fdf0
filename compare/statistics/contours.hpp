// compare/statistics/contours.hpp: lines of equal value through a grid of cells, along the sides of
// the cells: nothing is smoothed or interpolated.
//   Orders: values[y * columns + x]. A value may be infinite (never), or NaN (no such cell).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace grok {

/// The side that two cells share, between corners (x, y) and (x2, y2), which are numbers of edges
/// of the two axes; or several of them in one line.
struct CellSide {
  std::size_t x = 0, y = 0, x2 = 0, y2 = 0;
  friend bool operator==(const CellSide&, const CellSide&) = default;
  friend auto operator<=>(const CellSide&, const CellSide&) = default;
};

/// 300, 1000, 3000, ... up to the budget.
std::vector<double> contour_levels(std::int64_t budget);

/// Sides of neighbouring cells one of which has a value <= level and the other has not (NaN: no
/// side). Throws InputError unless `columns` divides the number of values.
std::vector<CellSide> contour(std::span<const double> values, std::size_t columns, double level);

/// Contours at ascending levels, so that no two lie on each other: each side once, in that of the
/// largest level that it parts.
std::vector<std::vector<CellSide>> contours(std::span<const double> values, std::size_t columns,
                                            std::span<const double> levels);

/// The sides with those in one line and touching made one: each a longer "side".
std::vector<CellSide> straight_lines(std::vector<CellSide> sides);

}  // namespace grok
