#include "compare/statistics/within.hpp"

#include <cmath>
#include <vector>

#include "core/errors.hpp"
#include "tests/compare/statistics/groups.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

// Two strata far apart; within each, y falls with x although it rises between them.
const std::vector<double> x = {1, 2, 3, 101, 102, 103}, y = {13, 12, 11, 57, 55, 53};
const std::vector<std::int64_t> strata = {7, 7, 7, 9, 9, 9};
const std::vector<std::int64_t> seeds = {0, 1, 2, 0, 1, 2};

}  // namespace

TEST_CASE("within strata: the trend between them is taken away", "[statistics]") {
  const std::vector<std::int64_t> together(6, 0);
  CHECK(correlation_within(x, y, together, seeds).estimate.value > 0.99);
  CHECK(kendall_within(x, y, together, seeds).estimate.value == Approx(3.0 / 15));  // 9 against 6
  const BootstrapInterval correlation = correlation_within(x, y, strata, seeds);
  // Deviations -1, 0, 1 twice against 1, 0, -1 and 2, 0, -2: -6/sqrt(4 * 10).
  CHECK(correlation.estimate.value == Approx(-6 / std::sqrt(40.0)));
  CHECK(slope_within(x, y, strata, seeds).estimate.value == Approx(-6.0 / 4));
  CHECK(kendall_within(x, y, strata, seeds).estimate.value == -1);
  CHECK((correlation.count == 6 && correlation.groups == 3));
  CHECK(correlation.estimate.high < 0);
}

TEST_CASE("within strata: ties count as neither; what does not vary has no number",
          "[statistics]") {
  const std::vector<double> tied = {13, 13, 11, 57, 57, 57};
  CHECK(kendall_within(x, tied, strata, seeds).estimate.value == -1);  // of two pairs
  const std::vector<double> flat = {0.1, 0.1, 0.1, 0.7, 0.7, 0.7};
  CHECK(correlation_within(x, flat, strata, seeds).count == 0);
  CHECK(slope_within(flat, y, strata, seeds).count == 0);
  CHECK(slope_within(x, flat, strata, seeds).estimate.value == 0);
  CHECK(kendall_within(x, flat, strata, seeds).count == 0);
  CHECK(kendall_within(x, y, each_alone(6), seeds).count == 0);  // nobody to compare with
  CHECK_THROWS_AS(kendall_within(x, y, strata, std::span(seeds).first(5)), InputError);
  CHECK_THROWS_AS(slope_within(x, std::span(y).first(5), strata, seeds), InputError);
  CHECK_THROWS_AS(correlation_within(x, y, std::span(strata).first(5), seeds), InputError);
  CHECK_THROWS_AS(correlation_within({}, {}, {}, {}), InputError);
}
