// Logistic curve and its critical point.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics/statistics.hpp"

#include "compare/statistics/intervals.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/compare/statistics/groups.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

struct Trials {
  std::vector<double> x;
  std::vector<bool> success;
};

// Hours of study and passed exams of 20 students: intercept -4.0777, slope 1.5046.
Trials students() {
  return {{0.50, 0.75, 1.00, 1.25, 1.50, 1.75, 1.75, 2.00, 2.25, 2.50,
           2.75, 3.00, 3.25, 3.50, 4.00, 4.25, 4.50, 4.75, 5.00, 5.50},
          {false, false, false, false, false, false, true, false, true, false,
           true,  false, true,  false, true,  true,  true, true,  true, true}};
}

Trials draw(RandomStream& random, int count, double critical, double width) {
  Trials t;
  for (int k = 0; k < count; ++k) {
    t.x.push_back(static_cast<double>(5 + random.below(46)));  // |D|
    const double p = 1 / (1 + std::exp(-(t.x.back() - critical) / width));
    t.success.push_back(random.uniform(0, 1) < p);
  }
  return t;
}

double log_likelihood(const Trials& t, double critical, double width) {
  double sum = 0;
  for (std::size_t k = 0; k < t.x.size(); ++k) {
    const double eta = (t.x[k] - critical) / width;
    sum -= std::log1p(std::exp(t.success[k] ? -eta : eta));
  }
  return sum;
}

// The score: sum (y - P) and sum (y - P)(x - critical)/width, over its standard deviation.
double relative_score(const Trials& t, const LogisticFit& fit) {
  double zeroth = 0, first = 0, information = 0;
  for (std::size_t k = 0; k < t.x.size(); ++k) {
    const double eta = (t.x[k] - fit.critical) / fit.width;
    const double p = 1 / (1 + std::exp(-eta));
    zeroth += (t.success[k] ? 1.0 : 0.0) - p;
    first += ((t.success[k] ? 1.0 : 0.0) - p) * eta;
    information += p * (1 - p) * (1 + eta * eta);
  }
  return (std::abs(zeroth) + std::abs(first)) / std::sqrt(information);
}

// Maximum on a grid that shrinks around its best point. No derivative.
LogisticFit grid_search(const Trials& t, LogisticFit start) {
  LogisticFit best = start;
  double reach_critical = 20, reach_width = 3;  // the second in ln width
  for (int round = 0; round < 40; ++round) {
    const LogisticFit centre = best;
    for (int i = -5; i <= 5; ++i) {
      for (int j = -5; j <= 5; ++j) {
        const LogisticFit f{centre.critical + reach_critical * i / 5,
                            centre.width * std::exp(reach_width * j / 5)};
        if (log_likelihood(t, f.critical, f.width) > log_likelihood(t, best.critical, best.width)) {
          best = f;
        }
      }
    }
    reach_critical *= 0.6;
    reach_width *= 0.6;
  }
  return best;
}

}  // namespace

TEST_CASE("fit_logistic: hours of study", "[compare][fits]") {
  const Trials t = students();
  const LogisticFit fit = fit_logistic(t.x, t.success);
  CHECK(fit.critical == Approx(4.0777 / 1.5046).epsilon(1e-4));
  CHECK(fit.width == Approx(1 / 1.5046).epsilon(1e-4));
}

TEST_CASE("fit_logistic: the score is 0 and no grid point is better", "[compare][fits]") {
  RandomStream random(51, "fits");
  for (const double width : {0.7, 3.0, 15.0}) {
    const Trials t = draw(random, 300, 24.0, width);
    const LogisticFit fit = fit_logistic(t.x, t.success);
    const LogisticFit slow = grid_search(t, {20, 2});
    CAPTURE(width, fit.critical, fit.width);
    CHECK(relative_score(t, fit) < 1e-8);
    CHECK(relative_score(t, {fit.critical + 0.01, fit.width}) > 1e-4);  // it can see a miss
    CHECK(fit.critical == Approx(slow.critical).epsilon(1e-6));
    CHECK(fit.width == Approx(slow.width).epsilon(1e-5));
    CHECK(log_likelihood(t, fit.critical, fit.width) >=
          log_likelihood(t, slow.critical, slow.width) - 1e-10);
    CHECK(fit.critical == Approx(24).margin(5 * width * 0.3));
    CHECK(fit.width == Approx(width).epsilon(0.5));
  }
}

TEST_CASE("fit_logistic: order, scale and mirror", "[compare][fits]") {
  RandomStream random(52, "fits");
  const Trials t = draw(random, 150, 24.0, 4.0);
  const LogisticFit fit = fit_logistic(t.x, t.success);
  Trials reversed = t, scaled = t, mirrored = t;
  std::reverse(reversed.x.begin(), reversed.x.end());
  std::reverse(reversed.success.begin(), reversed.success.end());
  CHECK(fit_logistic(reversed.x, reversed.success).critical == fit.critical);
  CHECK(fit_logistic(reversed.x, reversed.success).width == fit.width);
  for (std::size_t k = 0; k < t.x.size(); ++k) {
    scaled.x[k] = 1e-6 * t.x[k] + 7;
    mirrored.x[k] = -t.x[k];
    mirrored.success[k] = !t.success[k];
  }
  const LogisticFit small = fit_logistic(scaled.x, scaled.success);
  CHECK((small.critical - 7) / 1e-6 == Approx(fit.critical).epsilon(1e-7));
  CHECK(small.width / 1e-6 == Approx(fit.width).epsilon(1e-7));
  const LogisticFit mirror = fit_logistic(mirrored.x, mirrored.success);
  CHECK(mirror.critical == Approx(-fit.critical).epsilon(1e-10));
  CHECK(mirror.width == Approx(fit.width).epsilon(1e-10));
}

TEST_CASE("fit_logistic: separated data are a step", "[compare][fits]") {
  const LogisticFit apart =
      fit_logistic(std::vector<double>{1, 2, 6, 3, 7}, {false, false, true, false, true});
  CHECK(apart.critical == 4.5);
  CHECK(apart.width == 0.0);
  // Both classes at 3, and nowhere else mixed: the maximum is at width -> 0 there.
  const LogisticFit touching =
      fit_logistic(std::vector<double>{1, 3, 3, 3, 5}, {false, false, true, true, true});
  CHECK(touching.critical == 3.0);
  CHECK(touching.width == 0.0);
  // One failure just above the first success: no longer separated, and steep.
  const double gap = GENERATE(1e-1, 1e-3, 1e-6);
  Trials near;
  for (int k = -5; k <= 5; ++k) {
    near.x.push_back(k == 0 ? 0.0 : k);
    near.success.push_back(k >= 0);
  }
  near.x.push_back(gap);
  near.success.push_back(false);
  const LogisticFit steep = fit_logistic(near.x, near.success);
  CAPTURE(gap, steep.critical, steep.width);
  CHECK(steep.width > 0);
  CHECK(steep.width < 1);
  CHECK(std::abs(steep.critical) < 1);
  CHECK(relative_score(near, steep) < 1e-8);
}

TEST_CASE("fit_logistic: where undamped Newton steps diverge", "[compare][fits]") {
  const std::vector<double> x{2, 15, 4, 14, 2, 0, 16, 6, 1, 1, 241, 9, 135, 9, 9};
  std::vector<bool> success(15, false);
  success[12] = true;  // at 135, with a failure at 241
  const LogisticFit fit = fit_logistic(x, success);
  CAPTURE(fit.critical, fit.width);
  CHECK(relative_score({x, success}, fit) < 1e-8);
  CHECK(fit.width > 0);
}

TEST_CASE("fit_logistic: what cannot be fitted", "[compare][fits]") {
  const std::vector<double> x{1, 2, 3, 4};
  CHECK_THROWS_AS(fit_logistic(x, {true, true, true, true}), ConvergenceError);
  CHECK_THROWS_WITH(fit_logistic(x, {true, true, true, true}),
                    "fit_logistic: 4 successes and 0 failures, wanted both");
  CHECK_THROWS_WITH(fit_logistic(x, {false, false, false, false}),
                    "fit_logistic: 0 successes and 4 failures, wanted both");
  CHECK_THROWS_WITH(fit_logistic(std::vector<double>{2, 2, 2}, {false, true, true}),
                    "fit_logistic: one value of x, wanted two or more");
  const std::string falls = "fit_logistic: P does not rise with x, wanted a rising curve";
  CHECK_THROWS_WITH(fit_logistic(x, {true, true, false, false}), falls);  // separated
  CHECK_THROWS_WITH(fit_logistic(x, {true, false, true, false}), falls);  // overlapping
  CHECK_THROWS_WITH(fit_logistic(x, {true, false, false, true}), falls);  // slope 0
  CHECK_THROWS_WITH(
      fit_logistic(std::vector<double>{0.3, 0.5, 0.1, 0.7}, {true, true, false, false}),
      falls);  // equal means, but 0.3 + 0.5 > 0.1 + 0.7 in floating point
  CHECK_NOTHROW(fit_logistic(x, {false, true, false, true}));
  CHECK_THROWS_WITH(fit_logistic({}, {}), "fit_logistic: pairs = 0, allowed 1 or more");
  CHECK_THROWS_WITH(fit_logistic(x, {true}),
                    "fit_logistic: lengths = 4 and 1, allowed equal lengths");
  CHECK_THROWS_WITH(fit_logistic(std::vector<double>{1, std::nan("")}, {true, false}),
                    "fit_logistic: x = nan, allowed a finite number");
}

TEST_CASE("critical_point: a plain bootstrap gives the same interval", "[compare][fits]") {
  RandomStream draws(53, "fits");
  const Trials t = draw(draws, 25, 24.0, 4.0);  // small: some resamples are separated
  const std::uint64_t seed = 9;
  const std::int64_t resamples = 400;
  RandomStream random(seed, "bootstrap");
  std::vector<double> lows, highs;
  int separated = 0;
  for (std::int64_t b = 0; b < resamples; ++b) {
    Trials r;
    double last_failure = -1e9, first_success = 1e9;
    for (std::size_t k = 0; k < t.x.size(); ++k) {
      const auto drawn = static_cast<std::size_t>(random.below(25));
      r.x.push_back(t.x[drawn]);
      r.success.push_back(t.success[drawn]);
      double& end = t.success[drawn] ? first_success : last_failure;
      end = t.success[drawn] ? std::min(end, r.x.back()) : std::max(end, r.x.back());
    }
    const LogisticFit fit = fit_logistic(r.x, r.success);
    separated += fit.width == 0 ? 1 : 0;
    lows.push_back(fit.width == 0 ? last_failure : fit.critical);
    highs.push_back(fit.width == 0 ? first_success : fit.critical);
  }
  const BootstrapInterval c =
      critical_point(t.x, t.success, each_alone(t.x.size()), resamples, seed);
  CHECK(separated > 10);
  CHECK(separated < 390);
  CHECK(c.estimate.value == fit_logistic(t.x, t.success).critical);
  const double tail = expanded_tail(c.groups);
  CHECK(c.estimate.low == Approx(quantile(lows, tail)).epsilon(1e-12));
  CHECK(c.estimate.high == Approx(quantile(highs, 1 - tail)).epsilon(1e-12));
  CHECK(c.count == 25);
  CHECK(c.resamples == resamples);
  CHECK(critical_point(t.x, t.success, each_alone(t.x.size()), resamples, seed).estimate.low ==
        c.estimate.low);
  CHECK(critical_point(t.x, t.success, each_alone(t.x.size()), resamples, seed + 1).estimate.low !=
        c.estimate.low);
}

TEST_CASE("critical_point: separated data leave the whole gap open", "[compare][fits]") {
  std::vector<double> x;
  std::vector<bool> success;
  for (int k = 0; k < 40; ++k) {
    x.push_back(k < 20 ? 20 : 26);
    success.push_back(k >= 20);
  }
  const Estimate e = critical_point(x, success, each_alone(40), 100, 3).estimate;
  CHECK(e.value == 23.0);
  CHECK(e.low == 20.0);
  CHECK(e.high == 26.0);
}

TEST_CASE("critical_point: coverage with runs of one seed alike", "[compare][fits]") {
  // 300 experiments of 25 seeds with 8 sizes each; a seed shifts its own critical size by N(0, 4).
  // Success is symmetric about 22.5, and so are the sizes: the fit is not biased.
  // Percentile intervals of 25 groups cover 91-95%; binomial spread 1.5%: [0.87, 0.985] fails a
  // right program in fewer than 1 of 100 seeds. Drawn run by run it covers some 70%.
  RandomStream random(62, "coverage");
  int covered = 0, alone = 0;
  for (std::uint64_t experiment = 0; experiment < 300; ++experiment) {
    Trials t;
    std::vector<std::int64_t> seeds;
    for (int seed = 0; seed < 25; ++seed) {
      const double own = 22.5 + 4 * random.normal();
      for (const double x : {15.0, 17.0, 19.0, 21.0, 24.0, 26.0, 28.0, 30.0}) {
        t.x.push_back(x);
        t.success.push_back(x + random.normal() > own);
        seeds.push_back(seed);
      }
    }
    const auto covers = [&](Groups groups) {
      const Estimate e = critical_point(t.x, t.success, groups, 200, experiment).estimate;
      return e.low <= 22.5 && 22.5 <= e.high ? 1 : 0;
    };
    covered += covers(seeds);
    alone += covers(each_alone(t.x.size()));
  }
  CAPTURE(covered, alone);
  CHECK(covered >= 261);
  CHECK(covered <= 295);
  CHECK(alone < 240);
}

TEST_CASE("critical_point: coverage", "[compare][fits]") {
  // 300 experiments of 150 runs. Percentile intervals of this size cover 92-95%; binomial spread
  // 1.4%: [0.885, 0.985] fails a right program in fewer than 1 of 100 seeds.
  RandomStream random(61, "coverage");
  int covered = 0;
  double width = 0;
  for (int experiment = 0; experiment < 300; ++experiment) {
    const Trials t = draw(random, 150, 22.5, 3.0);
    const Estimate e = critical_point(t.x, t.success, each_alone(t.x.size()), 200,
                                      static_cast<std::uint64_t>(experiment))
                           .estimate;
    covered += e.low <= 22.5 && 22.5 <= e.high ? 1 : 0;
    width += (e.high - e.low) / 300;
  }
  CHECK(covered >= 266);
  CHECK(covered <= 295);
  CHECK(width > 1);  // Fisher information: about 2 * 1.96 * 0.75 = 2.9
  CHECK(width < 5);
}

TEST_CASE("critical_point: resamples that cannot be fitted", "[compare][fits]") {
  // Two failures, two successes, apart: 1/8 of the resamples have one class only.
  const auto few = critical_point(std::vector<double>{1, 2, 3, 4}, {false, false, true, true},
                                  each_alone(4), 2000, 5);
  CHECK(few.resamples == Approx(1750).margin(60));  // 4 standard deviations
  // Barely rising, one success: (4/5)^5 = 33% have none, half of the others fall.
  const std::vector<double> flat{0, 1, 3.1, 5, 6};
  const std::vector<bool> success{false, false, true, false, false};
  CHECK_NOTHROW(fit_logistic(flat, success));
  CHECK_THROWS_AS(critical_point(flat, success, each_alone(5), 500, 5), ConvergenceError);
  CHECK_THROWS_WITH(critical_point(flat, success, each_alone(5), 500, 5),
                    ContainsSubstring("of 500 bootstrap resamples have a value, wanted at least"));
  CHECK_THROWS_WITH(critical_point(flat, success, each_alone(5), 0, 5),
                    "critical_point: resamples = 0, allowed [40, 1000000]");
  CHECK_THROWS_WITH(critical_point(flat, std::vector<bool>(5, true), each_alone(5), 100, 5),
                    "critical_point: 5 successes and 0 failures, wanted both");
}
