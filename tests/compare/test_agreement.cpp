// Predicted against measured steps.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/catch.hpp"

using namespace grok;

namespace {

using Column = std::vector<std::optional<double>>;

bool same(const Estimate& a, const Estimate& b) {
  return a.value == b.value && a.low == b.low && a.high == b.high;
}

struct Steps {
  Column predicted, measured;
};

// measured = kappa * predicted * e^{noise}
Steps simulated(std::uint64_t seed, int count, double kappa, double noise) {
  RandomStream random(seed, "steps");
  Steps s;
  for (int k = 0; k < count; ++k) {
    s.predicted.push_back(std::exp(random.uniform(4, 8)));
    s.measured.push_back(kappa * *s.predicted.back() * std::exp(noise * random.normal()));
  }
  return s;
}

}  // namespace

TEST_CASE("agreement: counted by hand", "[compare][agreement]") {
  //                   ratio  1    1.25  0.8   1.5   2    1/2   2.01  4     none
  const Column predicted{100, 100, 125, 200, 50, 400, 100, 25, {}, 70, {}};
  const Column measured{100, 125, 100, 300, 100, 200, 201, 100, 300, {}, {}};
  const Agreement a = agreement(predicted, measured, 200, 1);
  CHECK(a.count == 8);
  CHECK(a.censored == 3);
  CHECK(a.zero == 0);
  const double kappa = std::pow(1 * 1.25 * 0.8 * 1.5 * 2 * 0.5 * 2.01 * 4, 1.0 / 8);
  CHECK(a.kappa.value == Approx(kappa).epsilon(1e-14));
  CHECK(same(a.within_1_25, wilson(3, 8)));
  CHECK(same(a.within_1_5, wilson(4, 8)));
  CHECK(same(a.within_2, wilson(6, 8)));
  // Over kappa = 1.3652: .732 .916 .586 1.099 1.465 .366 1.472 2.930
  CHECK(same(a.within_1_25_scaled, wilson(2, 8)));
  CHECK(same(a.within_1_5_scaled, wilson(5, 8)));
  CHECK(same(a.within_2_scaled, wilson(6, 8)));
}

TEST_CASE("agreement: exact proportionality", "[compare][agreement]") {
  Steps s = simulated(2, 20, 3.0, 0.0);
  const Agreement a = agreement(s.predicted, s.measured, 100, 1);
  CHECK(a.kappa.value == Approx(3).epsilon(1e-13));
  CHECK(a.kappa.low == Approx(3).epsilon(1e-13));
  CHECK(a.kappa.high == Approx(3).epsilon(1e-13));
  CHECK(same(a.within_2, wilson(0, 20)));
  CHECK(same(a.within_1_25_scaled, wilson(20, 20)));
  CHECK(a.slope.estimate.value == Approx(1).epsilon(1e-12));
  CHECK(a.rank.estimate.value == 1.0);
  CHECK(a.slope.count == 20);
  CHECK(a.rank.count == 20);
}

TEST_CASE("agreement: kappa scales, and inverts when the sides are swapped",
          "[compare][agreement]") {
  const Steps s = simulated(3, 50, 1.4, 0.3);
  const Agreement a = agreement(s.predicted, s.measured, 300, 7);
  Column scaled = s.predicted;
  for (auto& p : scaled) {
    *p *= 10;
  }
  const Agreement b = agreement(scaled, s.measured, 300, 7);
  CHECK(b.kappa.value == Approx(a.kappa.value / 10).epsilon(1e-12));
  CHECK(b.kappa.low == Approx(a.kappa.low / 10).epsilon(1e-12));
  CHECK(b.kappa.high == Approx(a.kappa.high / 10).epsilon(1e-12));
  CHECK(same(b.within_1_25_scaled, a.within_1_25_scaled));
  CHECK(b.within_2.value == 0.0);
  CHECK(a.within_2.value > 0.5);
  CHECK(b.slope.estimate.value == Approx(a.slope.estimate.value).epsilon(1e-12));
  CHECK(same(b.rank.estimate, a.rank.estimate));
  const Agreement c = agreement(s.measured, s.predicted, 300, 7);
  CHECK(c.kappa.value == Approx(1 / a.kappa.value).epsilon(1e-12));
  CHECK(c.kappa.low == Approx(1 / a.kappa.high).epsilon(1e-12));
  CHECK(c.kappa.high == Approx(1 / a.kappa.low).epsilon(1e-12));
  CHECK(same(c.within_1_5, a.within_1_5));
  CHECK(same(agreement(s.predicted, s.measured, 300, 7).kappa, a.kappa));
  CHECK(agreement(s.predicted, s.measured, 300, 8).kappa.low != a.kappa.low);
}

TEST_CASE("agreement: coverage of kappa", "[compare][agreement]") {
  // 400 experiments of 40 pairs. A percentile interval of a mean of 40 covers about 94%; binomial
  // spread 1.2%: [0.90, 0.98] fails a right program in fewer than 1 of 500 seeds.
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Steps s = simulated(1000 + seed, 40, 1.4, 0.5);
    const Estimate kappa = agreement(s.predicted, s.measured, 200, seed).kappa;
    covered += kappa.low <= 1.4 && 1.4 <= kappa.high ? 1 : 0;
  }
  CHECK(covered >= 360);
  CHECK(covered <= 392);
}

TEST_CASE("agreement: zero steps", "[compare][agreement]") {
  const Column predicted{0, 0, 100, 100, 200, 300}, measured{0, 5, 0, 200, 400, 600};
  const Agreement a = agreement(predicted, measured, 100, 1);
  CHECK(a.count == 6);
  CHECK(a.zero == 3);
  CHECK(a.kappa.value == Approx(2).epsilon(1e-14));
  CHECK(same(a.within_2, wilson(4, 6)));            // three doubles, and 0 = 0
  CHECK(same(a.within_1_5, wilson(1, 6)));          // 0 = 0
  CHECK(same(a.within_1_25_scaled, wilson(4, 6)));  // 0 against 5, 100 against 0 stay outside
  CHECK(a.slope.count == 3);
  CHECK(a.rank.count == 6);
  const Agreement none = agreement({0.0, 0.0}, {0.0, 7.0}, 100, 1);
  CHECK(none.count == 2);
  CHECK(none.zero == 2);
  CHECK(std::isnan(none.kappa.value));
  CHECK(none.kappa.low == 0.0);
  CHECK(none.kappa.high == std::numeric_limits<double>::infinity());
  CHECK(same(none.within_2_scaled, wilson(1, 2)));
}

TEST_CASE("agreement: few, constant or no pairs", "[compare][agreement]") {
  const Agreement empty = agreement({}, {}, 100, 1);
  CHECK(empty.count == 0);
  CHECK(empty.censored == 0);
  const Agreement censored = agreement({std::nullopt, 5.0}, {3.0, std::nullopt}, 100, 1);
  CHECK(censored.count == 0);
  CHECK(censored.censored == 2);
  CHECK(same(censored.kappa, {0, 0, 0}));
  CHECK(same(censored.within_2, {0, 0, 0}));
  const Agreement one = agreement({100.0}, {150.0}, 100, 1);
  CHECK(one.kappa.value == Approx(1.5).epsilon(1e-15));
  CHECK(one.kappa.low == 0.0);
  CHECK(one.kappa.high == std::numeric_limits<double>::infinity());
  CHECK(same(one.within_1_5, wilson(1, 1)));
  CHECK(one.slope.count == 0);
  const Agreement two = agreement({100.0, 100.0}, {150.0, 200.0}, 100, 1);
  CHECK(two.kappa.low == Approx(1.5).epsilon(1e-14));
  CHECK(two.kappa.high == Approx(2).epsilon(1e-14));
  CHECK(two.rank.count == 0);
  // One prediction for all: neither slope nor rank, but kappa and the shares stand.
  const Agreement same_prediction =
      agreement({100.0, 100.0, 100.0, 100.0}, {150.0, 200.0, 100.0, 90.0}, 100, 1);
  CHECK(same_prediction.count == 4);
  CHECK(same_prediction.slope.count == 0);
  CHECK(same_prediction.rank.count == 0);
  CHECK(same_prediction.kappa.value > 1);
  CHECK(same(same_prediction.within_1_25, wilson(2, 4)));
}

TEST_CASE("agreement: errors", "[compare][agreement]") {
  CHECK_THROWS_WITH(agreement({1.0, 2.0}, {1.0}, 100, 1),
                    "agreement: lengths = 2 and 1, allowed equal lengths");
  CHECK_THROWS_WITH(agreement({-1.0}, {1.0}, 100, 1),
                    ContainsSubstring("agreement: predicted = -1, allowed [0, "));
  CHECK_THROWS_WITH(agreement({1.0}, {std::numeric_limits<double>::infinity()}, 100, 1),
                    ContainsSubstring("agreement: measured = inf, allowed [0, "));
  CHECK_THROWS_WITH(agreement({1.0, 2.0}, {1.0, 3.0}, 10, 1),
                    "agreement: resamples = 10, allowed [40, 1000000]");
}
