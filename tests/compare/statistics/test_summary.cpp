#include "compare/statistics/summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

std::vector<std::size_t> everything(std::size_t n) {
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

TEST_CASE("Pearson's correlation: by hand, and none for a constant", "[figures]") {
  const std::vector<double> x = {1, 2, 3, 4}, y = {1, 3, 2, 4}, flat = {5, 5, 5, 5};
  CHECK(pearson(x, y, everything(4)) == Approx(0.8).epsilon(1e-14));
  const std::vector<double> down = {-2, -4, -6, -8};
  CHECK(pearson(x, down, everything(4)) == Approx(-1).epsilon(1e-14));
  CHECK(std::isnan(pearson(x, flat, everything(4))));
  const std::vector<std::size_t> chosen = {0, 1, 1, 2};  // with repeats
  CHECK(mean_of(y, chosen) == Approx(9.0 / 4));
}

TEST_CASE("a line by least squares, over the runs chosen", "[figures]") {
  const std::vector<double> x = {1, 2, 3, 9}, y = {1, 3, 5, 0};
  const std::vector<std::size_t> chosen = {0, 1, 2, 2};
  CHECK(fit_line(x, y, chosen).slope == Approx(2).epsilon(1e-14));
  CHECK(fit_line(x, y, chosen).intercept == Approx(-1).epsilon(1e-14));
  CHECK(fit_line(x, y, everything(4)).slope < 0);
  const std::vector<double> flat = {5, 5, 5, 5};
  CHECK(std::isnan(fit_line(flat, y, everything(4)).slope));
}

TEST_CASE("the median factor: either way off, of pairs with two positive numbers", "[figures]") {
  const std::vector<StepPair> pairs = {{100, 200, 1000, 0}, {200, 100, 1000, 1},
                                       {100, 100, 1000, 2}, {0, 50, 1000, 3},
                                       {100, {}, 1000, 4},  {{}, 100, 1000, 5}};
  const Estimate factor = median_factor(pairs);
  CHECK(factor.value == 2);
  CHECK((factor.low == 1 && factor.high == 2));
  CHECK(std::isnan(median_factor(std::span(pairs).subspan(3)).value));
}

TEST_CASE("a critical fraction is none where no size has half of its networks there", "[figures]") {
  std::vector<double> fractions;
  std::vector<bool> reached;
  std::vector<std::int64_t> seeds;
  for (std::int64_t seed = 0; seed < 10; ++seed) {
    for (const int size : {2, 5, 8}) {
      fractions.push_back(0.1 * size);
      reached.push_back(2 * seed < size);  // 1, 3, 4 of ten
      seeds.push_back(seed);
    }
  }
  CHECK_FALSE(critical_fraction(fractions, reached, seeds).critical);
  CHECK_THAT(critical_fraction(fractions, reached, seeds).none, ContainsSubstring("not reached"));
  reached[3 * 9 + 2] = true;  // 5 of ten at 0.8
  const CriticalFraction found = critical_fraction(fractions, reached, seeds);
  REQUIRE(found.critical);
  CHECK(found.critical->estimate.value > 0.5);
  CHECK(found.critical->groups == 10);
  reached.assign(reached.size(), true);  // all there: no fit
  CHECK_FALSE(critical_fraction(fractions, reached, seeds).critical);
  CHECK_FALSE(critical_fraction(fractions, reached, seeds).none.empty());
}

TEST_CASE("waiting times of equal x are one group", "[compare]") {
  const std::vector<double> x = {2, 1, 2, 2};
  const std::vector<Waiting> waiting = {{10, true}, {50, false}, {30, true}, {20, true}};
  const auto groups = waiting_by(x, waiting);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].x == 1);
  CHECK(groups[0].curve.censored == 1);
  CHECK_FALSE(groups[0].curve.median);
  CHECK(groups[1].curve.count == 3);
  CHECK(groups[1].curve.median == Approx(20));
  CHECK_THROWS_AS(waiting_by(x, std::vector<Waiting>(3)), InputError);
}
