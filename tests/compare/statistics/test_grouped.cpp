#include "compare/statistics/grouped.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/statistics/groups.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("means over groups: the group is what is drawn; none of no values",
          "[compare][grouped]") {
  const std::vector<double> values = {1, 3, 5, 7};
  const std::vector<std::int64_t> pairs = {4, 4, 9, 9};
  CHECK(grouped_mean(values, each_alone(4)).value == 4);
  const Estimate two = grouped_mean(values, pairs);
  CHECK(two.value == 4);
  CHECK(two.low == 2);  // one group alone: its own mean
  CHECK(two.high == 6);
  CHECK(grouped_mean(values, each_alone(4)).low >= 1);
  CHECK(std::isnan(grouped_mean({}, {}).value));
  CHECK_THROWS_AS(grouped_mean(values, each_alone(3)), InputError);
}

TEST_CASE("the first success lies between its x and the one below", "[compare][grouped]") {
  const std::vector<double> x = {0.25, 0.25, 0.5, 0.5, 0.75, 0.75};
  const std::vector<std::int64_t> groups = {0, 1, 0, 1, 0, 1};
  const auto found = first_success(x, {false, false, true, false, true, true}, groups);
  REQUIRE(found);
  CHECK(found->estimate.value == 0.375);
  CHECK(found->estimate.low == 0.25);
  CHECK(found->estimate.high == 0.75);  // resamples without group 0
  CHECK(found->groups == 2);
  CHECK(first_success(x, {true, true, true, true, true, true}, groups)->estimate.low == 0);
  CHECK_FALSE(first_success(x, std::vector<bool>(6, false), groups));
}

TEST_CASE("a lower bound: who is above, equal, below, and who could break it",
          "[compare][grouped]") {
  const std::vector<double> values = {0.5, 0.75, 1, 1, 0.25};
  std::vector<double> bounds = {0.25, 0.75 + 1e-13, 1, 0.5, 0.5};
  const BoundCheck check = check_lower_bound(values, bounds, each_alone(5));
  CHECK(check.compared == 5);
  CHECK(check.above == 2);
  CHECK(check.equal == 2);  // rounding is no violation
  CHECK(check.below == 1);
  CHECK(check.binding == 3);  // two are as large as can be
  CHECK(check.below_share.value == Approx(1.0 / 3));
  const BoundCheck flat = check_lower_bound(std::vector<double>(5, 1), bounds, each_alone(5));
  CHECK(flat.binding == 0);
  CHECK(std::isnan(flat.below_share.value));
}
