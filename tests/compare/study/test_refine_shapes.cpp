// What refinement finds of smooth borders, islands and noise, and what it costs.
#include <set>

#include "tests/compare/study/phase_maps.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using I = std::int64_t;

TEST_CASE("smooth borders are reproduced exactly at every resolution", "[refine]") {
  for (const Shape& shape : shapes) {
    for (std::size_t k = 0; k < resolutions.size(); ++k) {
      const PhaseMap map = make_map(resolutions[k], shape.phase);
      for (const I start : {I{2}, I{4}, I{4} << k}) {
        const Refinement found = refined(map, {{start, start}, {1, 1}});
        CAPTURE(shape.name, resolutions[k].rows, start);
        CHECK(wrong(map, found) == 0);
        CHECK(found.trained() < map.size.points());
      }
    }
  }
}

TEST_CASE("the share of runs falls with the resolution as 1/n", "[refine]") {
  for (const Shape& shape : shapes) {
    std::vector<double> runs;
    for (std::size_t k = 0; k < resolutions.size(); ++k) {
      const I start = I{4} << k;
      const PhaseMap map = make_map(resolutions[k], shape.phase);
      runs.push_back(static_cast<double>(refined(map, {{start, start}, {1, 1}}).trained()));
    }
    CAPTURE(shape.name, runs);
    CHECK(runs[3] - runs[2] > 1.6 * (runs[2] - runs[1]));
    CHECK(runs[3] - runs[2] < 2.4 * (runs[2] - runs[1]));
    CHECK(runs[3] < 0.13 * static_cast<double>(resolutions[3].points()));
  }
}

TEST_CASE("little more is trained than the start grid and both sides of the borders", "[refine]") {
  for (const Shape& shape : shapes) {
    for (std::size_t k = 0; k < resolutions.size(); ++k) {
      const PhaseMap map = make_map(resolutions[k], shape.phase);
      const I start = I{4} << k;
      std::set<I> needed;
      for (I p = 0; p < map.size.points(); ++p) {
        for (const I q : neighbours(map.size, p)) {
          if (map.points[static_cast<std::size_t>(p)].phase !=
              map.points[static_cast<std::size_t>(q)].phase) {
            needed.insert(p);
          }
        }
      }
      const I trained = refined(map, {{start, start}, {1, 1}}).trained();
      CAPTURE(shape.name, map.size.rows, trained, needed.size());
      CHECK(trained >= std::ssize(needed));
      CHECK(static_cast<double>(trained) < 1.6 * static_cast<double>(needed.size()) + 20);
    }
  }
}

TEST_CASE("a constant map trains the start grid alone, which has the last points", "[refine]") {
  const PhaseMap map = make_map({17, 11}, [](double, double) { return 3; });
  const Refinement found = refined(map, {{4, 4}, {1, 1}});
  REQUIRE(found.rounds.size() == 1);
  CHECK(found.trained() == 5 * 4);  // rows 0, 4, 8, 12, 16; columns 0, 4, 8, 10
  CHECK(found.rounds[0].back() == 17 * 11 - 1);
  CHECK(wrong(map, found) == 0);
  CHECK(refined(map, {{100, 100}, {1, 1}}).trained() == 4);
}

TEST_CASE("an island between the lines of the start grid is missed, a larger one is not",
          "[refine]") {
  const auto island = [](I first, I last) {
    return make_map({17, 11}, [=](double x, double y) {
      const double row = 16 * x, column = 10 * y;
      const auto low = static_cast<double>(first) - 0.5, high = static_cast<double>(last) + 0.5;
      return row > low && row < high && column > low && column < high ? 1 : 0;
    });
  };
  const PhaseMap small = island(5, 7);  // lines are at 4 and 8
  const Refinement missed = refined(small, {{4, 4}, {1, 1}});
  CHECK(missed.trained() == 20);
  CHECK(wrong(small, missed) == 9);
  const PhaseMap touching = island(5, 8);
  CHECK(wrong(touching, refined(touching, {{4, 4}, {1, 1}})) == 0);
  CHECK(wrong(small, refined(small, {{3, 3}, {1, 1}})) == 0);
}

TEST_CASE("noise makes it train more, never more than all", "[refine]") {
  std::mt19937 random(10);
  const auto trained_with = [&random](double flips) {
    I trained = 0;
    for (int k = 0; k < 10; ++k) {
      PhaseMap map = make_map({33, 21}, shapes[0].phase);
      for (PointPhase& point : map.points) {
        if (std::uniform_real_distribution<double>(0, 1)(random) < flips) {
          point.phase = 1 - point.phase;
        }
      }
      const Refinement found = refined(map, {{4, 4}, {1, 1}});
      REQUIRE(found.trained() <= map.size.points());
      trained += found.trained();
    }
    return trained;
  };
  const I clean = trained_with(0), little = trained_with(0.05), much = trained_with(0.5);
  CHECK(little > clean + clean / 10);
  CHECK(much > 2 * little);
}

// From row 0 between columns 3 and 4 to column 0 between rows 3 and 4: nothing inside is trained.
TEST_CASE("a straight border between lines is continued straight", "[refine]") {
  for (const bool turned : {false, true}) {
    PhaseMap map = make_map({5, 5}, [](double x, double y) { return x + y < 0.95 ? 0 : 1; });
    if (turned) {
      for (std::size_t row = 0; row < 5; ++row) {
        std::reverse(map.points.begin() + static_cast<std::ptrdiff_t>(5 * row),
                     map.points.begin() + static_cast<std::ptrdiff_t>(5 * row + 5));
      }
    }
    const auto replay = replay_refinement(map.size, {{4, 4}, {4, 4}}, map.points);
    for (std::int64_t p = 0; p < 25; ++p) {
      const std::int64_t row = p / 5, column = p % 5;
      const bool inside = row > 0 && row < 4 && column > 0 && column < 4;
      CHECK((!inside || !replay.refinement.points[static_cast<std::size_t>(p)].round));
    }
    CHECK(replay.right.count == 25);
    CHECK(replay.start_right.count < 25);
  }
}

TEST_CASE("half planes between lines of stride 4 are at most one step off", "[refine]") {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> place(0.2, 0.8), turn(0, 6.28);
  std::int64_t right = 0, points = 0;
  for (int k = 0; k < 40; ++k) {
    const double x0 = place(random), y0 = place(random), angle = turn(random);
    const PhaseMap map = make_map({33, 33}, [=](double x, double y) {
      return (x - x0) * std::cos(angle) + (y - y0) * std::sin(angle) < 0 ? 0 : 1;
    });
    const auto replay = replay_refinement(map.size, {{8, 8}, {4, 4}}, map.points);
    CHECK(replay.borders_within_one.count == replay.borders_within_one.of);
    CHECK(replay.drawn_within_one.count == replay.drawn_within_one.of);
    right += replay.right.count;
    points += replay.points;
  }
  CHECK(right > points - points / 200);
}

TEST_CASE("a coarser stop trains less and stays near the borders", "[refine]") {
  for (const Shape& shape : shapes) {
    const PhaseMap map = make_map({65, 41}, shape.phase);
    I before = map.size.points();
    for (const I stop : {1, 2, 4}) {
      const auto replay = replay_refinement(map.size, {{8, 8}, {stop, stop}}, map.points);
      CAPTURE(shape.name, stop);
      CHECK(replay.trained < before);
      before = replay.trained;
      CHECK(replay.right.share->value > 0.95);
      CHECK(replay.start_right.count < replay.right.count);
      CHECK((stop > 2 || replay.borders_within_one.count == replay.borders_within_one.of));
    }
  }
}

}  // namespace
}  // namespace grok
