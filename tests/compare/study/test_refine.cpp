#include "compare/study/refine.hpp"

#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "tests/compare/study/phase_maps.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using I = std::int64_t;

// The rule of refine.hpp, word by word, from the whole grid every time.
struct Twin {
  const PhaseMap& map;
  std::vector<int> round = std::vector<int>(map.points.size(), -1);  // -1: not trained
  std::vector<int> phase = std::vector<int>(map.points.size(), -1);
  std::vector<int> expected = std::vector<int>(map.points.size(), -1);
  std::vector<std::vector<I>> rounds = {};

  bool trained(I p) const { return round[static_cast<std::size_t>(p)] >= 0; }
  bool uncertain(I p) const {
    return trained(p) && !map.points[static_cast<std::size_t>(p)].certain;
  }
  bool on_row_line(I p, const std::array<I, 2>& stride) const {
    const I row = p / map.size.columns;
    return row % stride[0] == 0 || row == map.size.rows - 1;
  }
  bool on_column_line(I p, const std::array<I, 2>& stride) const {
    const I column = p % map.size.columns;
    return column % stride[1] == 0 || column == map.size.columns - 1;
  }

  void train(std::vector<I> points) {
    std::ranges::sort(points);
    for (const I p : points) {
      round[static_cast<std::size_t>(p)] = static_cast<int>(rounds.size());
      phase[static_cast<std::size_t>(p)] = map.points[static_cast<std::size_t>(p)].phase;
    }
    rounds.push_back(points);
    for (I p = 0; p < map.size.points(); ++p) {
      if (trained(p)) {
        continue;
      }
      const I columns = map.size.columns;
      I least = -1, nearest = 0;
      for (I q = 0; q < map.size.points(); ++q) {
        const I rows = p / columns - q / columns, across = p % columns - q % columns;
        const I distance = rows * rows + across * across;
        if (trained(q) && (least < 0 || distance < least)) {
          least = distance;
          nearest = q;
        }
      }
      const auto from = static_cast<std::size_t>(nearest), to = static_cast<std::size_t>(p);
      phase[to] = phase[from] == expected[from] ? expected[to] : phase[from];
    }
  }

  // Directions to the points of the rectangle; each has half of the way to either side of it.
  int widest(I p, const std::array<I, 2>& stride) const {
    const I columns = map.size.columns, row = p / columns, column = p % columns;
    I top = row, bottom = row, left = column, right = column;
    while (!on_row_line(top * columns, stride))
      --top;
    while (!on_row_line(bottom * columns, stride))
      ++bottom;
    while (!on_column_line(left, stride))
      --left;
    while (!on_column_line(right, stride))
      ++right;
    std::vector<std::array<I, 2>> corners;  // the points of the rectangle, once round
    for (I c = left; c < right; ++c)
      corners.push_back({top, c});
    for (I r = top; r < bottom; ++r)
      corners.push_back({r, right});
    for (I c = right; c > left; --c)
      corners.push_back({bottom, c});
    for (I r = bottom; r > top; --r)
      corners.push_back({r, left});
    std::vector<std::pair<int, double>> widths;
    const auto direction = [&](double r, double c) {
      return std::atan2(r - static_cast<double>(row), c - static_cast<double>(column));
    };
    for (std::size_t k = 0; k < corners.size(); ++k) {
      const auto [r, c] = corners[k];
      const auto before = corners[(k + corners.size() - 1) % corners.size()];
      const auto after = corners[(k + 1) % corners.size()];
      const auto half = [](I a, I b) { return static_cast<double>(a + b) / 2; };
      const double here = direction(static_cast<double>(r), static_cast<double>(c));
      double width = 0;
      for (const double end : {direction(half(r, before[0]), half(c, before[1])),
                               direction(half(r, after[0]), half(c, after[1]))}) {
        const double turn = std::abs(here - end);
        width += std::min(turn, 2 * std::acos(-1.0) - turn);
      }
      const int seen = phase[static_cast<std::size_t>(r * columns + c)];
      const auto found = std::ranges::find(widths, seen, &std::pair<int, double>::first);
      if (found == widths.end()) {
        widths.emplace_back(seen, width);
      } else {
        found->second += width;
      }
    }
    const double most = std::ranges::max(widths, {}, &std::pair<int, double>::second).second;
    int first = -1;
    for (const auto& [seen, width] : widths) {
      if (width >= most - 1e-9) {
        if (seen == phase[static_cast<std::size_t>(p)]) {
          return seen;
        }
        first = first < 0 ? seen : first;
      }
    }
    return first;
  }

  void finish(const std::array<I, 2>& stride) {
    const std::vector<int> before = phase;
    for (I p = 0; p < map.size.points(); ++p) {
      const auto k = static_cast<std::size_t>(p);
      if (!trained(p) && !on_row_line(p, stride) && !on_column_line(p, stride)) {
        expected[k] = widest(p, stride);
      } else {
        expected[k] = before[k];
      }
    }
    phase = expected;
  }

  std::set<I> open_around(I p, const std::array<I, 2>& stride) const {
    std::set<I> open;
    const I columns = map.size.columns;
    for (const I q : neighbours(map.size, p)) {
      const bool on_line =
          q / columns == p / columns ? on_row_line(p, stride) : on_column_line(p, stride);
      const bool border =
          phase[static_cast<std::size_t>(p)] != phase[static_cast<std::size_t>(q)] ||
          uncertain(p) || uncertain(q);
      if (on_line && border && !(trained(p) && trained(q))) {
        open.insert(q);
      }
    }
    return open;
  }

  std::vector<I> pick(const std::array<I, 2>& stride) const {
    std::vector<std::pair<I, I>> order;  // most open borders first, then the lower point
    for (I p = 0; p < map.size.points(); ++p) {
      const I open = std::ssize(open_around(p, stride));
      if (!trained(p) && open > 0) {
        order.emplace_back(-open, p);
      }
    }
    std::ranges::sort(order);
    std::set<I> picked;
    for (const auto& [unused, p] : order) {
      std::set<I> open = open_around(p, stride);
      std::erase_if(open, [&picked](I q) { return picked.contains(q); });
      if (!open.empty()) {
        picked.insert(p);
      }
    }
    return {picked.begin(), picked.end()};
  }
};

Refinement twin_of(const PhaseMap& map, const RefineStrides& strides) {
  const auto count = static_cast<std::size_t>(map.size.points());
  Twin twin{map};
  std::vector<I> start;
  for (I p = 0; p < map.size.points(); ++p) {
    const I row = p / map.size.columns, column = p % map.size.columns;
    if ((row % strides.start[0] == 0 || row == map.size.rows - 1) &&
        (column % strides.start[1] == 0 || column == map.size.columns - 1)) {
      start.push_back(p);
    }
  }
  twin.train(start);
  for (auto stride = strides.start;;) {
    for (auto points = twin.pick(stride); !points.empty(); points = twin.pick(stride)) {
      twin.train(points);
    }
    twin.finish(stride);
    if (stride == strides.stop) {
      break;
    }
    stride = {std::max(strides.stop[0], stride[0] / 2), std::max(strides.stop[1], stride[1] / 2)};
  }
  Refinement result{map.size, {}, twin.rounds};
  for (std::size_t k = 0; k < count; ++k) {
    result.points.push_back({twin.phase[k], twin.round[k] < 0 || map.points[k].certain, {}});
    if (twin.round[k] >= 0) {
      result.points.back().round = twin.round[k];
    }
  }
  return result;
}

TEST_CASE("refinement does what its rule says, word by word", "[refine]") {
  std::mt19937 random(7);
  for (int k = 0; k < 150; ++k) {
    const GridSize size{random_integer(random, 1, 17), random_integer(random, 1, 17)};
    RefineStrides strides{{random_integer(random, 1, 9), random_integer(random, 1, 9)}, {}};
    strides.stop = {random_integer(random, 1, strides.start[0]),
                    random_integer(random, 1, strides.start[1])};
    const PhaseMap map = random_map(random, size, k % 3 == 0 ? 0.1 : 0, k % 5 == 0 ? 0.1 : 0);
    const Refinement found = refined(map, strides), expected = twin_of(map, strides);
    CAPTURE(k, size.rows, size.columns, strides.start, strides.stop);
    CHECK(found.rounds == expected.rounds);
    REQUIRE(found.points == expected.points);
  }
}

TEST_CASE("every region with a trained point is right as a whole, whatever the map", "[refine]") {
  std::mt19937 random(8);
  I wrong_points = 0;
  for (int k = 0; k < 120; ++k) {
    const GridSize size{random_integer(random, 1, 19), random_integer(random, 1, 19)};
    const RefineStrides strides{{random_integer(random, 1, 8), random_integer(random, 1, 8)},
                                {1, 1}};
    const PhaseMap map = random_map(random, size, 0.15 * (k % 4), k % 5 == 0 ? 0.05 : 0);
    const Refinement found = refined(map, strides);
    const std::vector<int> regions = regions_of(map);
    std::set<int> known;
    for (std::size_t p = 0; p < regions.size(); ++p) {
      if (found.points[p].round) {
        known.insert(regions[p]);
      }
    }
    for (std::size_t p = 0; p < regions.size(); ++p) {
      const bool right = found.points[p].phase == map.points[p].phase;
      REQUIRE((right || !known.contains(regions[p])));
      wrong_points += right ? 0 : 1;
    }
  }
  CHECK(wrong_points > 0);  // there were regions to miss
}

TEST_CASE("at the end every border lies between trained points, on lines", "[refine]") {
  std::mt19937 random(9);
  for (int k = 0; k < 60; ++k) {
    const GridSize size{random_integer(random, 2, 18), random_integer(random, 2, 18)};
    const I stop = 1 + k % 3;
    const PhaseMap map = random_map(random, size, 0.05, 0.05);
    const Refinement found = refined(map, {{4, 3}, {stop, stop}});
    for (I p = 0; p < size.points(); ++p) {
      const auto& here = found.points[static_cast<std::size_t>(p)];
      for (const I q : neighbours(size, p)) {
        const auto& there = found.points[static_cast<std::size_t>(q)];
        const I row = p / size.columns, column = p % size.columns;
        const bool in_row = q / size.columns == row;
        const I place = in_row ? row : column, last = (in_row ? size.rows : size.columns) - 1;
        if ((place % stop == 0 || place == last) &&
            (here.phase != there.phase || !here.certain || !there.certain)) {
          REQUIRE((here.round && there.round));
        }
      }
    }
  }
}

TEST_CASE("around an uncertain point everything is trained", "[refine]") {
  PhaseMap map = make_map({17, 11}, [](double, double) { return 0; });
  const I point = 8 * 11 + 4;  // of the start grid
  map.points[static_cast<std::size_t>(point)].certain = false;
  Refinement found = refined(map, {{4, 4}, {1, 1}});
  CHECK(found.trained() == 20 + 4);
  for (const I q : neighbours(map.size, point)) {
    CHECK(found.points[static_cast<std::size_t>(q)].round == 1);
  }
  for (const I q : neighbours(map.size, point)) {
    map.points[static_cast<std::size_t>(q)].certain = false;
  }
  found = refined(map, {{4, 4}, {1, 1}});
  CHECK(found.trained() == 20 + 4 + 8);
  CHECK(found.rounds.size() > 2);
  const auto uncertain = std::ranges::count(found.points, false, &RefinedPoint::certain);
  CHECK(uncertain == 5);
}

TEST_CASE("the rounds are those of the answers alone", "[refine]") {
  const PhaseMap map = make_map({33, 21}, shapes[4].phase);
  const RefineStrides strides{{8, 4}, {1, 1}};
  const Refinement once = refined(map, strides);
  Refiner refiner({33, 21}, strides);
  for (const auto& round : once.rounds) {
    CHECK(refiner.wanted() == round);
    std::vector<PointPhase> phases;
    for (const I point : refiner.wanted()) {
      phases.push_back(map.points[static_cast<std::size_t>(point)]);
    }
    refiner.answer(phases);
  }
  CHECK(refiner.wanted().empty());
  CHECK(refiner.result().points == once.points);
  refiner.answer({});
  CHECK(refiner.result().rounds == once.rounds);
}

TEST_CASE("refinement names what it cannot take", "[refine]") {
  CHECK_THROWS_WITH(Refiner({0, 3}, {}), ContainsSubstring("rows = 0, allowed [1, "));
  CHECK_THROWS_WITH(Refiner({3, 0}, {}), ContainsSubstring("columns = 0, allowed [1, "));
  CHECK_THROWS_WITH(Refiner({3, 3}, {{0, 1}, {1, 1}}),
                    ContainsSubstring("start = 0, allowed [1, "));
  CHECK_THROWS_WITH(Refiner({3, 3}, {{2, 2}, {2, 3}}),
                    ContainsSubstring("stop = 3, allowed [1, 2]"));
  CHECK_THROWS_WITH(Refiner({3, 3}, {{2, 2}, {0, 1}}),
                    ContainsSubstring("stop = 0, allowed [1, 2]"));
  Refiner refiner({3, 3}, {{2, 2}, {1, 1}});
  const std::vector<PointPhase> bad = {{0, true}, {0, true}, {-1, true}, {0, true}};
  CHECK_THROWS_WITH(refiner.answer(bad), ContainsSubstring("phase = -1"));
  CHECK_THROWS_WITH(refiner.answer(std::span(bad).first(3)), ContainsSubstring("phases = 3"));
  CHECK(refiner.result().rounds.empty());
  CHECK_THROWS_WITH(replay_refinement({2, 2}, {}, bad), ContainsSubstring("phase = -1"));
  CHECK_THROWS_WITH(replay_refinement({2, 3}, {}, bad), ContainsSubstring("phases = 4"));
}

}  // namespace
}  // namespace grok
