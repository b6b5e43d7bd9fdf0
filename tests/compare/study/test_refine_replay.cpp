// How well refinement would have found a grid that is known in full.
#include "tests/compare/study/phase_maps.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using I = std::int64_t;

TEST_CASE("a replay counts points and borders", "[refine]") {
  // Start grid: the corners. Row 0 and the columns at the ends are followed, the island is missed
  const PhaseMap map = read_map({"aaabb",  //
                                 "aaabb",  //
                                 "acabb",  //
                                 "aaabb",  //
                                 "aaabb"});
  const auto replay = replay_refinement(map.size, {{4, 4}, {4, 4}}, map.points);
  CHECK(replay.points == 25);
  CHECK(replay.trained == replay.refinement.trained());
  CHECK(replay.right.of == 25);
  CHECK(replay.right.count == 24);
  CHECK(replay.right.share->value == Approx(0.96));
  CHECK(replay.right.share->low == Approx(wilson(24, 25).low));
  CHECK(replay.predicted_right.of == 25 - replay.trained);
  CHECK(replay.predicted_right.count == 24 - replay.trained);
  CHECK(replay.start_right.of == 25);
  CHECK(replay.start_right.count == 24);  // the corners draw the border where it is
  CHECK(replay.borders_exact.of == 5 + 4);
  CHECK(replay.borders_exact.count == 5);
  CHECK(replay.borders_within_one.count == 5);
  CHECK(replay.drawn_within_one.of == 5);
  CHECK(replay.drawn_within_one.count == 5);
}

TEST_CASE("a border one step away is near, one of other phases or two steps away is not",
          "[refine]") {
  const auto count = [](const std::vector<std::string>& rows) {
    const PhaseMap map = read_map(rows);
    // A stop as large as the grid: rows 0 and 4 are known, the nearest of them is drawn between
    return replay_refinement(map.size, {{4, 1}, {4, 1}}, map.points);
  };
  const auto one = count({"aabb", "abbb", "aabb", "aabb", "aabb"});
  CHECK(one.right.count == 19);
  CHECK(one.borders_exact.of == 5 + 2);
  CHECK(one.borders_exact.count == 4);
  CHECK(one.borders_within_one.count == 7);
  CHECK(one.drawn_within_one.count == 5);
  const auto two = count({"aaab", "abbb", "abbb", "abbb", "aaab"});
  CHECK(two.borders_exact.count == 2);
  CHECK(two.borders_within_one.of == 5 + 4);
  CHECK(two.borders_within_one.count == 4);  // also column 2 above row 1 and below row 3
  CHECK(two.drawn_within_one.of == 5);
  CHECK(two.drawn_within_one.count == 4);  // row 2 has none as near
  const auto other = count({"aabb", "aacc", "aacc", "aacc", "aabb"});
  CHECK(other.borders_exact.of == 5 + 4);
  CHECK(other.borders_exact.count == 2);
  CHECK(other.borders_within_one.count == 2);
  const auto nothing = replay_refinement({1, 1}, {{1, 1}, {1, 1}}, std::vector<PointPhase>(1));
  CHECK(nothing.trained == 1);
  CHECK(!nothing.predicted_right.share);
  CHECK(!nothing.borders_exact.share);
}

}  // namespace
}  // namespace grok
