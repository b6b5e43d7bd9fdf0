// Kaplan-Meier under ties and censoring.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

std::vector<Waiting> waiting(const std::vector<double>& reached,
                             const std::vector<double>& censored) {
  std::vector<Waiting> all;
  for (const double t : censored) {
    all.push_back({t, false});
  }
  for (const double t : reached) {
    all.push_back({t, true});
  }
  return all;
}

// Remission times [weeks] under 6-mercaptopurine and placebo (Freireich et al. 1963).
std::vector<Waiting> mercaptopurine() {
  return waiting({6, 6, 6, 7, 10, 13, 16, 22, 23}, {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35});
}

// Efron 1967: everybody has mass 1/n; a censored one's goes to those with later times, evenly.
double redistributed(std::vector<Waiting> all, double t) {
  std::sort(all.begin(), all.end(), [](const Waiting& a, const Waiting& b) {
    return a.time < b.time || (a.time == b.time && a.reached && !b.reached);
  });
  std::vector<double> mass(all.size(), 1.0 / static_cast<double>(all.size()));
  double gone = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (all[k].reached) {
      gone += all[k].time <= t ? mass[k] : 0.0;
      continue;
    }
    const double later = static_cast<double>(all.size() - k - 1);
    for (std::size_t m = k + 1; m < all.size(); ++m) {
      mass[m] += mass[k] / later;
    }
  }
  return 1 - gone;
}

}  // namespace

TEST_CASE("kaplan_meier: remission of leukaemia", "[compare][survival]") {
  const KaplanMeier km = kaplan_meier(mercaptopurine());
  CHECK(km.count == 21);
  CHECK(km.censored == 12);
  CHECK(km.times == std::vector<double>{6, 7, 10, 13, 16, 22, 23});
  // Published to 4 figures; bounds by R's survfit(conf.type = "log-log").
  const std::vector<double> s{0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482};
  const std::vector<double> low{0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881};
  const std::vector<double> high{0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801};
  for (std::size_t k = 0; k < s.size(); ++k) {
    CAPTURE(km.times[k], km.low[k], km.high[k]);
    CHECK(km.surviving[k] == Approx(s[k]).margin(5.1e-5));
    CHECK(km.low[k] == Approx(low[k]).margin(5.1e-5));
    CHECK(km.high[k] == Approx(high[k]).margin(5.1e-5));
  }
  CHECK(km.median == 23.0);
  CHECK(km.median_low == 13.0);
  CHECK_FALSE(km.median_high.has_value());

  const KaplanMeier placebo = kaplan_meier(
      waiting({1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}, {}));
  CHECK(placebo.median == 8.0);
  CHECK(placebo.median_low == 4.0);
  CHECK(placebo.median_high == 11.0);
  CHECK(placebo.surviving.back() == 0.0);
}

TEST_CASE("kaplan_meier: redistribution to the right gives the same S", "[compare][survival]") {
  RandomStream random(31, "survival");
  int compared = 0, ties = 0;
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Waiting> all;
    const auto n = 1 + random.below(25);
    for (std::int64_t k = 0; k < n; ++k) {
      all.push_back({static_cast<double>(random.below(12)), random.below(3) != 0});
    }
    const KaplanMeier km = kaplan_meier(all);
    for (std::size_t k = 0; k < km.times.size(); ++k) {
      CHECK(km.surviving[k] == Approx(redistributed(all, km.times[k])).margin(1e-14));
      CHECK(km.low[k] <= km.surviving[k]);
      CHECK(km.surviving[k] <= km.high[k]);
      ++compared;
      ties += std::count_if(all.begin(), all.end(), [&](const Waiting& w) {
                return !w.reached && w.time == km.times[k];
              }) > 0;
    }
  }
  CHECK(compared > 1000);
  CHECK(ties > 300);  // an event and a censoring at the same time
}

TEST_CASE("kaplan_meier: at ties events come first", "[compare][survival]") {
  // At 5 all four wait: S = 3/4. Were the censored gone first, it would be 1/2.
  const KaplanMeier km = kaplan_meier(waiting({5, 9}, {5, 5}));
  REQUIRE(km.surviving.size() == 2);
  CHECK(km.surviving[0] == 0.75);
  CHECK(km.median == 9.0);
}

TEST_CASE("kaplan_meier: the median where S is exactly 1/2", "[compare][survival]") {
  CHECK(kaplan_meier(waiting({1, 2, 3, 4}, {})).median == 2.0);
  for (int n = 2; n <= 200; n += 2) {  // half reach, the rest are censored at the budget
    std::vector<double> reached;
    for (int k = 1; k <= n / 2; ++k) {
      reached.push_back(k);
    }
    const auto half = waiting(reached, std::vector<double>(static_cast<std::size_t>(n / 2), 1e4));
    CAPTURE(n);
    CHECK(kaplan_meier(half).median == n / 2.0);
    reached.back() = 1e4 + 1;
    CHECK(kaplan_meier(half).surviving.back() == 0.5);
  }
  // 14/15 * 9/12 * 5/7 = 1/2 but 0.5000000000000001 in floating point.
  const auto rounded = waiting({1, 2, 2, 3, 4, 4}, {1, 1, 3, 3, 9, 9, 9, 9, 9});
  CHECK(kaplan_meier(rounded).median == 4.0);
  // 7/15 of 15 are gone: above 1/2, so there is no median.
  CHECK_FALSE(kaplan_meier(waiting({1, 2, 3, 4, 5, 6, 7}, {8, 8, 8, 8, 8, 8, 8, 8})).median);
}

TEST_CASE("kaplan_meier: all censored, all at once, one alone", "[compare][survival]") {
  const KaplanMeier none = kaplan_meier(waiting({}, {100, 100, 50}));
  CHECK(none.count == 3);
  CHECK(none.censored == 3);
  CHECK(none.times.empty());
  CHECK_FALSE(none.median);
  CHECK_FALSE(none.median_low);
  CHECK_FALSE(none.median_high);
  // All ten at 800: below 1/2 by Wilson's 0 of 10.
  const KaplanMeier all = kaplan_meier(waiting(std::vector<double>(10, 800.0), {}));
  CHECK(all.surviving == std::vector<double>{0});
  CHECK(all.low == std::vector<double>{0});
  CHECK(all.high == std::vector<double>{wilson(0, 10).high});
  CHECK(all.median_high == 800.0);
  // One at 799, nine at 800: Wilson's 0 of 9 is below the bound before.
  std::vector<double> late(10, 800.0);
  late[0] = 799;
  const KaplanMeier nine = kaplan_meier(waiting(late, {}));
  CHECK(nine.high[0] > 0.9);
  CHECK(nine.high[1] == wilson(0, 9).high);
  CHECK(nine.median_high == 800.0);
  // Three: the last bound is the one before (0.774), as Wilson's 0 of 1 says less (0.793).
  const KaplanMeier three = kaplan_meier(waiting({833, 887, 1071}, {}));
  CHECK(three.median == 887.0);
  CHECK(three.high[1] == Approx(0.774).margin(5e-4));
  CHECK(three.high[2] == three.high[1]);
  CHECK_FALSE(three.median_high);
  const KaplanMeier one = kaplan_meier(waiting({0}, {}));  // 0 steps: so from the start
  CHECK(one.median == 0.0);
  CHECK_FALSE(one.median_high);
}

TEST_CASE("kaplan_meier: coverage of the median", "[compare][survival]") {
  // 1000 experiments of 40 exponential times, a third censored. True coverage 95-96.5% (the bounds
  // fall on observed times); binomial spread 0.7%: [0.925, 0.98] fails a right program in fewer
  // than 1 of 500 seeds.
  RandomStream random(41, "coverage");
  int covered = 0;
  std::int64_t censored = 0;
  for (int experiment = 0; experiment < 1000; ++experiment) {
    std::vector<Waiting> all;
    for (int k = 0; k < 40; ++k) {
      const double event = -std::log(random.uniform(0, 1)), end = random.uniform(0.2, 4);
      all.push_back({std::min(event, end), event <= end});
    }
    const KaplanMeier km = kaplan_meier(all);
    censored += km.censored;
    const double truth = std::log(2.0);
    covered += km.median_low.value_or(1e300) <= truth && truth <= km.median_high.value_or(1e300);
  }
  CHECK(censored > 8000);
  CHECK(covered >= 925);
  CHECK(covered <= 980);
}

TEST_CASE("kaplan_meier: a lower confidence is a narrower band", "[compare][survival]") {
  const KaplanMeier wide = kaplan_meier(mercaptopurine()),
                    narrow = kaplan_meier(mercaptopurine(), 0.5);
  for (std::size_t k = 0; k < wide.times.size(); ++k) {
    CHECK(wide.low[k] < narrow.low[k]);
    CHECK(narrow.low[k] < wide.surviving[k]);
    CHECK(wide.surviving[k] == narrow.surviving[k]);
    CHECK(narrow.high[k] < wide.high[k]);
  }
}

TEST_CASE("kaplan_meier: errors", "[compare][survival]") {
  CHECK_THROWS_WITH(kaplan_meier({}), "kaplan_meier: count = 0, allowed 1 or more");
  CHECK_THROWS_WITH(kaplan_meier(waiting({-1}, {})),
                    ContainsSubstring("kaplan_meier: time = -1, allowed [0, "));
  CHECK_THROWS_WITH(kaplan_meier(waiting({}, {std::numeric_limits<double>::infinity()})),
                    ContainsSubstring("kaplan_meier: time = inf, allowed [0, "));
  CHECK_THROWS_WITH(kaplan_meier(waiting({1}, {}), 0),
                    "kaplan_meier: confidence = 0, allowed (0, 1)");
}
