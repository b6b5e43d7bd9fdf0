#include "compare/statistics/upper_bound.hpp"

#include <cmath>
#include <vector>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("upper bound: what breaks it is counted where it can be broken", "[compare]") {
  const std::vector<double> values = {3, 2, 8, 10, 70, 60}, bounds = {2, 2, 3, 70, 70, 70};
  const std::vector<std::int64_t> seeds = {0, 1, 0, 1, 0, 1};
  const UpperBound bound = count_exceeded(values, bounds, seeds, 70);
  CHECK((bound.count == 6 && bound.binding == 3 && bound.broken == 2));
  CHECK(bound.largest_excess == 5);
  CHECK(bound.mean_excess == 3);
  CHECK(bound.share.value == Approx(2.0 / 3));
  const std::vector<std::int64_t> binding = {0, 1, 0};
  CHECK(bound.share.low == grouped_share({true, false, true}, binding).estimate.low);
}

TEST_CASE("upper bound: rounding breaks none, and none may bind", "[compare]") {
  const std::vector<double> values = {0.3, 0.9}, bounds = {0.3 - 1e-12, 1};
  const std::vector<std::int64_t> seeds = {0, 1};
  CHECK(count_exceeded(values, bounds, seeds).broken == 0);
  const std::vector<double> highest = {1, 1};
  const UpperBound bound = count_exceeded(values, highest, seeds);
  CHECK((bound.binding == 0 && bound.mean_excess == 0 && bound.largest_excess == 0));
  CHECK(std::isnan(bound.share.value));
  CHECK(std::isnan(count_exceeded({}, {}, std::vector<std::int64_t>()).share.value));
  CHECK_THROWS_AS(count_exceeded(values, std::vector<double>{1}, seeds), InputError);
}
