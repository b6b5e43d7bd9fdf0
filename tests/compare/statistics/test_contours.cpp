#include "compare/statistics/contours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double no_run = std::numeric_limits<double>::quiet_NaN();

std::vector<CellSide> sorted(std::vector<CellSide> sides) {
  std::sort(sides.begin(), sides.end());
  return sides;
}

/// From the definition: every two cells that share two corners.
std::vector<CellSide> brute_force(const std::vector<double>& steps, std::size_t columns,
                                  double level) {
  std::vector<CellSide> sides;
  for (std::size_t a = 0; a < steps.size(); ++a) {
    for (std::size_t b = a + 1; b < steps.size(); ++b) {
      std::vector<std::pair<std::size_t, std::size_t>> common;
      for (const std::size_t dx : {0U, 1U}) {
        for (const std::size_t dy : {0U, 1U}) {
          const std::size_t x = a % columns + dx, y = a / columns + dy;
          const std::size_t bx = b % columns, by = b / columns;
          if (x >= bx && x <= bx + 1 && y >= by && y <= by + 1) {
            common.emplace_back(x, y);
          }
        }
      }
      const bool known = !std::isnan(steps[a]) && !std::isnan(steps[b]);
      if (common.size() == 2 && known && (steps[a] <= level) != (steps[b] <= level)) {
        sides.push_back({common[0].first, common[0].second, common[1].first, common[1].second});
      }
    }
  }
  return sorted(sides);
}

}  // namespace

TEST_CASE("contours run along the sides of cells that part at the level", "[statistics]") {
  //  y = 1:  500   never  never
  //  y = 0:  200   1000   no run
  const std::vector<double> steps = {200, 1000, no_run, 500, never, never};
  CHECK(sorted(contour(steps, 3, 300)) == std::vector<CellSide>{{0, 1, 1, 1}, {1, 0, 1, 1}});
  CHECK(sorted(contour(steps, 3, 1000)) ==  // 1000 itself is within
        std::vector<CellSide>{{1, 1, 1, 2}, {1, 1, 2, 1}});
  CHECK(sorted(contour(steps, 3, 999)) == std::vector<CellSide>{{1, 0, 1, 1}, {1, 1, 1, 2}});
  CHECK(contour(steps, 3, 100).empty());
  CHECK_THROWS_AS(contour(steps, 4, 300), InputError);
}

TEST_CASE("contours of random grids are those of the definition, each side in one line once",
          "[statistics]") {
  RandomStream random(5, "test");
  std::size_t found = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const auto columns = static_cast<std::size_t>(1 + random.below(6));
    const auto rows = static_cast<std::size_t>(1 + random.below(6));
    std::vector<double> steps;
    for (std::size_t k = 0; k < columns * rows; ++k) {
      const std::int64_t value = random.below(8);
      steps.push_back(value == 6 ? never : value == 7 ? no_run : static_cast<double>(value));
    }
    for (const double level : {-1.0, 0.0, 2.0, 2.5, 5.0}) {
      const auto sides = sorted(contour(steps, columns, level));
      CHECK(sides == brute_force(steps, columns, level));
      std::vector<CellSide> pieces;
      const auto lines = straight_lines(sides);
      for (const CellSide& line : lines) {
        REQUIRE((line.x == line.x2) != (line.y == line.y2));
        for (std::size_t x = line.x, y = line.y; x < line.x2 || y < line.y2;) {
          const std::size_t next_x = x + (x < line.x2 ? 1 : 0), next_y = y + (y < line.y2 ? 1 : 0);
          pieces.push_back({x, y, next_x, next_y});
          x = next_x;
          y = next_y;
        }
        for (const CellSide& other : lines) {  // no two that could be one
          const bool parallel = (line.x == line.x2) == (other.x == other.x2);
          CHECK_FALSE((parallel && line.x2 == other.x && line.y2 == other.y));
        }
      }
      CHECK(sorted(pieces) == sides);
      found += sides.size();
    }
  }
  CHECK(found > 1000);
}

TEST_CASE("sides in one line are one line, corners end it", "[statistics]") {
  const std::vector<double> steps = {5, 5, never, never, never, never};
  CHECK(sorted(straight_lines(contour(steps, 3, 10))) ==
        std::vector<CellSide>{{0, 1, 2, 1}, {2, 0, 2, 1}});
}

TEST_CASE("contours at several levels: a side has one, of the largest level", "[statistics]") {
  const std::vector<double> levels = contour_levels(100'000);
  const std::vector<double> steps = {200, 20'000, never};
  const auto lines = contours(steps, 3, levels);
  using Sides = std::vector<CellSide>;
  REQUIRE(lines.size() == 6);
  CHECK(lines[3] == Sides{{1, 0, 1, 1}});  // 300, 1000, 3000 and 10 000 part there, too
  CHECK(lines[5] == Sides{{2, 0, 2, 1}});
  for (const std::size_t k : {0U, 1U, 2U, 4U}) {
    CHECK(lines[k].empty());
  }
  RandomStream random(3, "test");
  std::vector<double> many;
  for (int k = 0; k < 12; ++k) {
    many.push_back(std::pow(10, random.uniform(2, 6)));
  }
  std::set<CellSide> once, all;
  std::size_t count = 0;
  for (const auto& line : contours(many, 4, levels)) {
    once.insert(line.begin(), line.end());
    count += line.size();
  }
  for (const double level : levels) {
    const auto sides = contour(many, 4, level);
    all.insert(sides.begin(), sides.end());
  }
  CHECK(once.size() == count);
  CHECK(once == all);
}

TEST_CASE("levels 300, 1000, 3000, ... up to the budget", "[statistics]") {
  CHECK(contour_levels(100'000) == std::vector<double>{300, 1000, 3000, 10'000, 30'000, 100'000});
  CHECK(contour_levels(4000) == std::vector<double>{300, 1000, 3000});
  CHECK(contour_levels(3000) == std::vector<double>{300, 1000, 3000});
  CHECK(contour_levels(299).empty());
}
