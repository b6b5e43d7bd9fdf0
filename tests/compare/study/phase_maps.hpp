// tests/compare/study/phase_maps.hpp: made-up phase diagrams whose every point is known.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "compare/study/refine.hpp"

namespace grok {

struct PhaseMap {
  GridSize size;
  std::vector<PointPhase> points;

  int phase(std::int64_t row, std::int64_t column) const {
    return points[static_cast<std::size_t>(row * size.columns + column)].phase;
  }
};

// Phases as a function of (x, y) in [0, 1] x [0, 1]; x along the rows.
inline PhaseMap make_map(GridSize size, const std::function<int(double, double)>& phase) {
  PhaseMap map{size, {}};
  for (std::int64_t row = 0; row < size.rows; ++row) {
    for (std::int64_t column = 0; column < size.columns; ++column) {
      map.points.push_back(
          {phase(static_cast<double>(row) /
                     static_cast<double>(std::max<std::int64_t>(1, size.rows - 1)),
                 static_cast<double>(column) /
                     static_cast<double>(std::max<std::int64_t>(1, size.columns - 1))),
           true});
    }
  }
  return map;
}

// One character a point, lines are rows.
inline PhaseMap read_map(const std::vector<std::string>& rows) {
  PhaseMap map{{std::ssize(rows), std::ssize(rows[0])}, {}};
  for (const std::string& row : rows) {
    for (const char phase : row) {
      map.points.push_back({phase - 'a', true});
    }
  }
  return map;
}

inline Refinement refined(const PhaseMap& map, const RefineStrides& strides) {
  return refine(map.size, strides, [&map](std::span<const std::int64_t> points) {
    std::vector<PointPhase> phases;
    for (const std::int64_t point : points) {
      phases.push_back(map.points[static_cast<std::size_t>(point)]);
    }
    return phases;
  });
}

inline std::vector<std::int64_t> neighbours(GridSize size, std::int64_t point) {
  const std::int64_t row = point / size.columns, column = point % size.columns;
  std::vector<std::int64_t> found;
  for (const auto& [r, c] : {std::pair{row - 1, column}, std::pair{row, column - 1},
                             std::pair{row, column + 1}, std::pair{row + 1, column}}) {
    if (r >= 0 && r < size.rows && c >= 0 && c < size.columns) {
      found.push_back(r * size.columns + c);
    }
  }
  return found;
}

// Cells around random centres, some of them flipped, some uncertain.
inline PhaseMap random_map(std::mt19937& random, GridSize size, double flips, double uncertain) {
  std::uniform_real_distribution<double> place(0, 1);
  struct Centre {
    double x, y;
    int phase;
  };
  std::vector<Centre> centres;
  for (int k = 0; k < 6; ++k) {
    const double x = place(random), y = place(random);
    centres.push_back({x, y, static_cast<int>(place(random) * 4)});
  }
  PhaseMap map = make_map(size, [&](double x, double y) {
    const auto nearest = std::ranges::min_element(
        centres, {}, [&](const Centre& c) { return std::hypot(x - c.x, y - c.y); });
    return nearest->phase;
  });
  for (PointPhase& point : map.points) {
    if (place(random) < flips) {
      point.phase = static_cast<int>(place(random) * 4);
    }
    point.certain = place(random) >= uncertain;
  }
  return map;
}

inline std::int64_t random_integer(std::mt19937& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

// The number of the region of every point.
inline std::vector<int> regions_of(const PhaseMap& map) {
  std::vector<int> region(map.points.size(), -1);
  int count = 0;
  for (std::int64_t first = 0; first < map.size.points(); ++first) {
    if (region[static_cast<std::size_t>(first)] >= 0) {
      continue;
    }
    std::vector<std::int64_t> todo = {first};
    while (!todo.empty()) {
      const std::int64_t p = todo.back();
      todo.pop_back();
      region[static_cast<std::size_t>(p)] = count;
      for (const std::int64_t q : neighbours(map.size, p)) {
        if (region[static_cast<std::size_t>(q)] < 0 &&
            map.points[static_cast<std::size_t>(q)].phase ==
                map.points[static_cast<std::size_t>(p)].phase) {
          todo.push_back(q);
        }
      }
    }
    ++count;
  }
  return region;
}

inline std::int64_t wrong(const PhaseMap& map, const Refinement& found) {
  std::int64_t count = 0;
  for (std::size_t k = 0; k < map.points.size(); ++k) {
    count += map.points[k].phase == found.points[k].phase ? 0 : 1;
  }
  return count;
}

// As published, and finer by 2, 4, 8: start[k] of the k-th is a quarter of its rows.
inline const std::vector<GridSize> resolutions = {{17, 11}, {33, 21}, {65, 41}, {129, 81}};

struct Shape {
  std::string name;
  std::function<int(double, double)> phase;
};

inline const std::vector<Shape> shapes = {
    {"half plane", [](double x, double y) { return 0.8 * x + 0.55 * y < 0.7 ? 0 : 1; }},
    {"half plane along the rows", [](double x, double) { return x < 0.31 ? 0 : 1; }},
    {"half plane, rising", [](double x, double y) { return x - 0.9 * y < 0.13 ? 0 : 1; }},
    {"disc", [](double x, double y) { return std::hypot(x - 0.45, y - 0.55) < 0.33 ? 0 : 1; }},
    {"nested bands",
     [](double x, double y) { return static_cast<int>(std::floor(4 * (x + 0.3 * y * y) / 1.3)); }},
    {"nested rings",
     [](double x, double y) { return static_cast<int>(std::floor(4 * std::hypot(x, y))); }},
};

}  // namespace grok
