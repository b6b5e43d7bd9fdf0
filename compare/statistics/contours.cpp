#include "compare/statistics/contours.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

#include "core/errors.hpp"

namespace grok {
namespace {

/// One of two neighbours is at or below the level, the other is not; no value: no border.
bool parted(double a, double b, double level) {
  return !std::isnan(a) && !std::isnan(b) && (a <= level) != (b <= level);
}

}  // namespace

std::vector<double> contour_levels(std::int64_t budget) {
  std::vector<double> levels;
  for (double decade = 100; decade <= static_cast<double>(budget); decade *= 10) {
    for (const double level : {decade, 3 * decade}) {
      if (level >= 300 && level <= static_cast<double>(budget)) {
        levels.push_back(level);
      }
    }
  }
  return levels;
}

std::vector<CellSide> contour(std::span<const double> values, std::size_t columns, double level) {
  if (columns == 0 || values.size() % columns != 0) {
    reject("contour", "columns", std::to_string(columns),
           "a divisor of " + std::to_string(values.size()) + " cells");
  }
  std::vector<CellSide> sides;
  const std::size_t rows = values.size() / columns;
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < columns; ++x) {
      const double here = values[y * columns + x];
      if (x + 1 < columns && parted(here, values[y * columns + x + 1], level)) {
        sides.push_back({x + 1, y, x + 1, y + 1});
      }
      if (y + 1 < rows && parted(here, values[(y + 1) * columns + x], level)) {
        sides.push_back({x, y + 1, x + 1, y + 1});
      }
    }
  }
  return sides;
}

std::vector<std::vector<CellSide>> contours(std::span<const double> values, std::size_t columns,
                                            std::span<const double> levels) {
  std::vector<std::vector<CellSide>> lines(levels.size());
  std::set<CellSide> drawn;
  for (std::size_t k = levels.size(); k-- > 0;) {
    for (const CellSide& side : contour(values, columns, levels[k])) {
      if (drawn.insert(side).second) {
        lines[k].push_back(side);
      }
    }
  }
  return lines;
}

std::vector<CellSide> straight_lines(std::vector<CellSide> sides) {
  // Upright sides after the others; those of one line next to each other, in its direction.
  const auto place = [](const CellSide& side) {
    const bool upright = side.x == side.x2;
    return upright ? std::array<std::size_t, 3>{1, side.x, side.y}
                   : std::array<std::size_t, 3>{0, side.y, side.x};
  };
  std::sort(sides.begin(), sides.end(),
            [&place](const CellSide& a, const CellSide& b) { return place(a) < place(b); });
  std::vector<CellSide> lines;
  for (const CellSide& side : sides) {
    const bool joined = !lines.empty() && lines.back().x2 == side.x && lines.back().y2 == side.y &&
                        place(lines.back())[0] == place(side)[0];
    if (joined) {
      lines.back().x2 = side.x2;
      lines.back().y2 = side.y2;
    } else {
      lines.push_back(side);
    }
  }
  return lines;
}

}  // namespace grok
