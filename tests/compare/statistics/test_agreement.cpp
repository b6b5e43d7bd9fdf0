// Predicted against measured steps.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

using Column = std::vector<std::optional<double>>;

// Each pair a group of its own, all with one budget.
std::vector<StepPair> pairs_of(const Column& predicted, const Column& measured,
                               double budget = 1e9) {
  std::vector<StepPair> pairs;
  for (std::size_t k = 0; k < predicted.size(); ++k) {
    pairs.push_back({predicted[k], measured[k], budget, static_cast<std::int64_t>(k)});
  }
  return pairs;
}

// The counts, and that the share is of the pairs that are decided.
bool counts(const FactorShare& s, std::int64_t inside, std::int64_t outside,
            std::int64_t undecided = 0) {
  const auto decided = static_cast<double>(inside + outside);
  return s.inside == inside && s.outside == outside && s.undecided == undecided &&
         (decided == 0 ? std::isnan(s.share.value)
                       : s.share.value == Approx(static_cast<double>(inside) / decided)) &&
         s.share.low >= 0 && s.share.high <= 1 && !(s.share.low > s.share.value) &&
         !(s.share.high < s.share.value);
}

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
  const Agreement a = agreement(pairs_of(predicted, measured, 300), 200, 1);
  CHECK(a.count == 8);
  CHECK(a.censored == 1);
  CHECK(a.unpredicted == 1);
  CHECK(a.neither == 1);
  CHECK(a.groups == 11);
  CHECK(a.zero == 0);
  const double kappa = std::pow(1 * 1.25 * 0.8 * 1.5 * 2 * 0.5 * 2.01 * 4, 1.0 / 8);
  CHECK(a.kappa.value == Approx(kappa).epsilon(1e-14));
  CHECK(counts(a.within[0], 3, 6));
  CHECK(counts(a.within[1], 4, 5));
  CHECK(counts(a.within[2], 6, 3));
  // Over kappa = 1.3652: .732 .916 .586 1.099 1.465 .366 1.472 2.930
  CHECK(counts(a.within_scaled[0], 2, 7));
  CHECK(counts(a.within_scaled[1], 5, 4));
  CHECK(counts(a.within_scaled[2], 6, 3));
}

TEST_CASE("agreement: who is not there by a factor's time is outside", "[compare][agreement]") {
  // Budget 1000; predictions times 1.25, 1.5, 2 reach it at 800, 666.7, 500. kappa = 2.
  Column predicted{400, 450, 500, 501, 666, 667, 800, 801, 1000, 5000, 0};
  const Column measured{800, 900, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  const Agreement a = agreement(pairs_of(predicted, measured, 1000), 200, 1);
  CHECK(a.count == 2);
  CHECK(a.censored == 9);
  CHECK(a.kappa.value == Approx(2));
  CHECK(counts(a.within[0], 0, 2 + 6, 3));  // 500 501 666 667 800, and 0
  CHECK(counts(a.within[1], 0, 2 + 4, 5));  // 500 501 666, and 0
  CHECK(counts(a.within[2], 2, 2, 7));      // 500, and 0
  CHECK(counts(a.within_scaled[0], 2, 1, 8));
  CHECK(counts(a.within_scaled[2], 2, 1, 8));
  // A longer budget decides more, and what was decided stays.
  const auto longer = agreement(pairs_of(predicted, measured, 1602), 200, 1);
  CHECK(counts(longer.within[2], 2, 7, 2));
  CHECK(longer.kappa.value == a.kappa.value);
  CHECK(longer.rank.count == a.rank.count);
  // Not at all predicted, but there: in no share, and told.
  predicted[1].reset();
  const auto fewer = agreement(pairs_of(predicted, measured, 1000), 200, 1);
  CHECK(fewer.unpredicted == 1);
  CHECK(counts(fewer.within[2], 1, 2, 7));
}

TEST_CASE("agreement: runs of one seed are no new evidence", "[compare][agreement]") {
  const Steps s = simulated(5, 30, 1.4, 0.4);
  auto pairs = pairs_of(s.predicted, s.measured), copies = pairs;
  for (int k = 0; k < 6; ++k) {
    copies.insert(copies.end(), pairs.begin(), pairs.end());
  }
  const Agreement one = agreement(pairs, 300, 7), seven = agreement(copies, 300, 7);
  CHECK(seven.count == 210);
  CHECK(seven.groups == 30);
  CHECK(seven.kappa.low == Approx(one.kappa.low).epsilon(1e-12));
  CHECK(seven.kappa.high == Approx(one.kappa.high).epsilon(1e-12));
  CHECK(seven.slope.estimate.low == Approx(one.slope.estimate.low).epsilon(1e-9));
  CHECK(seven.rank.estimate.high == Approx(one.rank.estimate.high).epsilon(1e-9));
  CHECK(seven.within[1].share.low == Approx(one.within[1].share.low));
  CHECK(one.within[1].share.low < one.within[1].share.value);
  for (std::size_t k = 0; k < copies.size(); ++k) {
    copies[k].group = static_cast<std::int64_t>(k);
  }
  const Agreement alone = agreement(copies, 300, 7);
  CHECK(alone.kappa.high - alone.kappa.low < 0.6 * (one.kappa.high - one.kappa.low));
  for (StepPair& pair : pairs) {
    pair.group = 1;
  }
  const Agreement single = agreement(pairs, 300, 7);
  CHECK(single.kappa.low == 0.0);
  CHECK(single.kappa.high == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(single.rank.estimate.low));
}

TEST_CASE("agreement: exact proportionality", "[compare][agreement]") {
  Steps s = simulated(2, 20, 3.0, 0.0);
  const Agreement a = agreement(pairs_of(s.predicted, s.measured), 100, 1);
  CHECK(a.kappa.value == Approx(3).epsilon(1e-13));
  CHECK(a.kappa.low == Approx(3).epsilon(1e-13));
  CHECK(a.kappa.high == Approx(3).epsilon(1e-13));
  CHECK(counts(a.within[2], 0, 20));
  CHECK(counts(a.within_scaled[0], 20, 0));
  CHECK(a.slope.estimate.value == Approx(1).epsilon(1e-12));
  CHECK(a.rank.estimate.value == 1.0);
  CHECK(a.slope.count == 20);
  CHECK(a.rank.count == 20);
}

TEST_CASE("agreement: kappa scales, and inverts when the sides are swapped",
          "[compare][agreement]") {
  const Steps s = simulated(3, 50, 1.4, 0.3);
  const Agreement a = agreement(pairs_of(s.predicted, s.measured), 300, 7);
  Column scaled = s.predicted;
  for (auto& p : scaled) {
    *p *= 10;
  }
  const Agreement b = agreement(pairs_of(scaled, s.measured), 300, 7);
  CHECK(b.kappa.value == Approx(a.kappa.value / 10).epsilon(1e-12));
  CHECK(b.kappa.low == Approx(a.kappa.low / 10).epsilon(1e-12));
  CHECK(b.kappa.high == Approx(a.kappa.high / 10).epsilon(1e-12));
  CHECK(same(b.within_scaled[0].share, a.within_scaled[0].share));
  CHECK(b.within[2].share.value == 0.0);
  CHECK(a.within[2].share.value > 0.5);
  CHECK(b.slope.estimate.value == Approx(a.slope.estimate.value).epsilon(1e-12));
  CHECK(same(b.rank.estimate, a.rank.estimate));
  const Agreement c = agreement(pairs_of(s.measured, s.predicted), 300, 7);
  CHECK(c.kappa.value == Approx(1 / a.kappa.value).epsilon(1e-12));
  CHECK(c.kappa.low == Approx(1 / a.kappa.high).epsilon(1e-12));
  CHECK(c.kappa.high == Approx(1 / a.kappa.low).epsilon(1e-12));
  CHECK(same(c.within[1].share, a.within[1].share));
  CHECK(same(agreement(pairs_of(s.predicted, s.measured), 300, 7).kappa, a.kappa));
  CHECK(agreement(pairs_of(s.predicted, s.measured), 300, 8).kappa.low != a.kappa.low);
}

TEST_CASE("agreement: coverage of kappa", "[compare][agreement]") {
  // 400 experiments of 40 pairs. A percentile interval of a mean of 40 covers about 94%; binomial
  // spread 1.2%: [0.90, 0.98] fails a right program in fewer than 1 of 500 seeds.
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Steps s = simulated(1000 + seed, 40, 1.4, 0.5);
    const Estimate kappa = agreement(pairs_of(s.predicted, s.measured), 200, seed).kappa;
    covered += kappa.low <= 1.4 && 1.4 <= kappa.high ? 1 : 0;
  }
  CHECK(covered >= 360);
  CHECK(covered <= 392);
}

TEST_CASE("agreement: zero steps", "[compare][agreement]") {
  const Column predicted{0, 0, 100, 100, 200, 300}, measured{0, 5, 0, 200, 400, 600};
  const Agreement a = agreement(pairs_of(predicted, measured), 100, 1);
  CHECK(a.count == 6);
  CHECK(a.zero == 3);
  CHECK(a.kappa.value == Approx(2).epsilon(1e-14));
  CHECK(counts(a.within[2], 4, 2));         // three doubles, and 0 = 0
  CHECK(counts(a.within[1], 1, 5));         // 0 = 0
  CHECK(counts(a.within_scaled[0], 4, 2));  // 0 against 5, 100 against 0 stay outside
  CHECK(a.slope.count == 3);
  CHECK(a.rank.count == 6);
  const Agreement none = agreement(pairs_of({0.0, 0.0}, {0.0, 7.0}), 100, 1);
  CHECK(none.count == 2);
  CHECK(none.zero == 2);
  CHECK(std::isnan(none.kappa.value));
  CHECK(none.kappa.low == 0.0);
  CHECK(none.kappa.high == std::numeric_limits<double>::infinity());
  CHECK(counts(none.within_scaled[2], 1, 1));
}

TEST_CASE("agreement: few, constant or no pairs", "[compare][agreement]") {
  const Agreement empty = agreement(pairs_of({}, {}), 100, 1);
  CHECK(empty.count + empty.censored + empty.unpredicted + empty.neither == 0);
  CHECK(counts(empty.within[0], 0, 0));
  const Agreement censored = agreement(pairs_of({std::nullopt, 5.0}, {3.0, std::nullopt}), 100, 1);
  CHECK(censored.count == 0);
  CHECK(censored.censored == 1);
  CHECK(censored.unpredicted == 1);
  CHECK(std::isnan(censored.kappa.value));
  CHECK(counts(censored.within[2], 0, 1));            // 10^9 steps were not enough
  CHECK(counts(censored.within_scaled[2], 0, 0, 1));  // by no known scale
  CHECK(same(censored.within[2].share, wilson(0, 1)));
  const Agreement one = agreement(pairs_of({100.0}, {150.0}), 100, 1);
  CHECK(one.kappa.value == Approx(1.5).epsilon(1e-15));
  CHECK(one.kappa.low == 0.0);
  CHECK(one.kappa.high == std::numeric_limits<double>::infinity());
  CHECK(counts(one.within[1], 1, 0));
  CHECK(one.slope.count == 0);
  const Agreement two = agreement(pairs_of({100.0, 100.0}, {150.0, 200.0}), 100, 1);
  CHECK(two.kappa.low == Approx(1.5).epsilon(1e-14));
  CHECK(two.kappa.high == Approx(2).epsilon(1e-14));
  CHECK(two.rank.count == 0);
  // One prediction for all: neither slope nor rank, but kappa and the shares stand.
  const Agreement same_prediction =
      agreement(pairs_of({100.0, 100.0, 100.0, 100.0}, {150.0, 200.0, 100.0, 90.0}), 100, 1);
  CHECK(same_prediction.count == 4);
  CHECK(same_prediction.slope.count == 0);
  CHECK(same_prediction.rank.count == 0);
  CHECK(same_prediction.kappa.value > 1);
  CHECK(counts(same_prediction.within[0], 2, 2));
}

TEST_CASE("agreement: errors", "[compare][agreement]") {
  CHECK_THROWS_WITH(agreement(pairs_of({-1.0}, {1.0}), 100, 1),
                    ContainsSubstring("agreement: predicted = -1, allowed [0, "));
  CHECK_THROWS_WITH(agreement(pairs_of({1.0}, {std::numeric_limits<double>::infinity()}), 100, 1),
                    ContainsSubstring("agreement: measured = inf, allowed [0, "));
  CHECK_THROWS_WITH(agreement(pairs_of({1.0}, {11.0}, 10), 100, 1),
                    "agreement: measured = 11, allowed [0, 10]");
  CHECK_THROWS_WITH(agreement(pairs_of({1.0, 2.0}, {1.0, 3.0}), 10, 1),
                    "agreement: resamples = 10, allowed [40, 1000000]");
}
