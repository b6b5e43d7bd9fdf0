// Proportions, quantiles, rank correlation, slopes.
#include "compare/statistics/statistics.hpp"

#include "compare/statistics/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/compare/statistics/groups.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Rank as 1 + those below + half of the others equal to it, and Pearson as it is defined: O(n^2).
double slow_spearman(const std::vector<double>& x, const std::vector<double>& y) {
  const auto ranks = [](const std::vector<double>& values) {
    std::vector<double> r;
    for (const double v : values) {
      double rank = 0.5;
      for (const double other : values) {
        rank += other < v ? 1.0 : other == v ? 0.5 : 0.0;
      }
      r.push_back(rank);
    }
    return r;
  };
  const auto rx = ranks(x), ry = ranks(y);
  const double middle = (static_cast<double>(x.size()) + 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    xy += (rx[k] - middle) * (ry[k] - middle);
    xx += (rx[k] - middle) * (rx[k] - middle);
    yy += (ry[k] - middle) * (ry[k] - middle);
  }
  return xy / std::sqrt(xx) / std::sqrt(yy);
}

struct Columns {
  std::vector<double> x, y;
};

Columns scattered(std::uint64_t seed, std::size_t count, std::int64_t distinct) {
  RandomStream random(seed, "scattered");
  Columns c;
  for (std::size_t k = 0; k < count; ++k) {
    c.x.push_back(static_cast<double>(1 + random.below(distinct)));
    c.y.push_back(std::floor(c.x.back() * random.uniform(0.5, 2.0)) + 1);
  }
  return c;
}

double binomial(int n, int k, double p) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) +
                  k * std::log(p) + (n - k) * std::log1p(-p));
}

}  // namespace

TEST_CASE("wilson: published intervals", "[compare][statistics]") {
  struct Case {
    std::int64_t successes, trials;
    double low, high;
  };
  // Newcombe 1998, Statistics in Medicine 17, 857, Table I, method 3; 5/10 and n/n by hand.
  const auto c =
      GENERATE(Case{81, 263, 0.2553, 0.3662}, Case{15, 148, 0.0624, 0.1605}, Case{0, 20, 0, 0.1611},
               Case{1, 29, 0.0061, 0.1718}, Case{5, 10, 0.2366, 0.7634}, Case{20, 20, 0.8389, 1});
  const Estimate e = wilson(c.successes, c.trials);
  CAPTURE(c.successes, c.trials, e.low, e.high);
  CHECK(e.value == static_cast<double>(c.successes) / static_cast<double>(c.trials));
  CHECK(e.low == Approx(c.low).margin(5.1e-5));
  CHECK(e.high == Approx(c.high).margin(5.1e-5));
}

TEST_CASE("wilson: the ends are where the score test rejects", "[compare][statistics]") {
  // (share - p)^2 = z^2 p (1-p)/n at both ends; z(0.95) = 1.959963984540054.
  for (const std::int64_t n : {1, 7, 100, 100'000}) {
    for (const std::int64_t k : {std::int64_t{0}, n / 3, n / 2, n}) {
      const Estimate e = wilson(k, n);
      const Estimate mirror = wilson(n - k, n);
      CHECK(mirror.high == 1 - e.low);
      CHECK((k == 0) == (e.low == 0.0));
      CHECK((k == n) == (e.high == 1.0));
      for (const double p : {e.low, e.high}) {
        const double z2 = 1.959963984540054 * 1.959963984540054;
        CAPTURE(n, k, p);
        CHECK((e.value - p) * (e.value - p) * static_cast<double>(n) ==
              Approx(z2 * p * (1 - p)).epsilon(1e-9).margin(1e-11));
      }
    }
  }
  CHECK(wilson(0, 10, 0.99).high == Approx(6.6348966 / 16.6348966).epsilon(1e-7));  // z^2/(n+z^2)
}

TEST_CASE("wilson: exact coverage near 95% on average", "[compare][statistics]") {
  const int n = 20;
  double mean = 0, least = 1;
  const int grid = 999;
  for (int g = 1; g <= grid; ++g) {
    const double p = g / (grid + 1.0);
    double covered = 0;
    for (int k = 0; k <= n; ++k) {
      const Estimate e = wilson(k, n);
      covered += e.low <= p && p <= e.high ? binomial(n, k, p) : 0.0;
    }
    mean += covered / grid;
    least = std::min(least, covered);
  }
  CHECK(mean == Approx(0.953).margin(0.004));  // Newcombe 1998 finds 0.952 over many n
  CHECK(least > 0.82);
  CHECK(least < 0.90);  // near 0 and 1, a known weakness
}

TEST_CASE("quantile: type 7", "[compare][statistics]") {
  // R: quantile(c(4, 1, 3, 2), c(0, .25, .5, 1/3, 1))
  CHECK(quantile({4, 1, 3, 2}, 0) == 1);
  CHECK(quantile({4, 1, 3, 2}, 0.25) == 1.75);
  CHECK(quantile({4, 1, 3, 2}, 0.5) == 2.5);
  CHECK(quantile({4, 1, 3, 2}, 1.0 / 3) == 2);
  CHECK(quantile({4, 1, 3, 2}, 1) == 4);
  CHECK(quantile({7}, 0.3) == 7);
  CHECK(quantile({1, infinity, infinity}, 0.75) == infinity);
  CHECK(quantile({1, 2, infinity}, 0.5) == 2);
  CHECK(quantile({-infinity, 2}, 0.5) == -infinity);
  const auto c = scattered(3, 501, 60);
  auto sorted = c.y;
  std::sort(sorted.begin(), sorted.end());
  CHECK(quantile(c.y, 0.5) == sorted[250]);
  CHECK(quantile(c.y, 0.0251) == Approx(0.45 * sorted[12] + 0.55 * sorted[13]).epsilon(1e-12));
}

TEST_CASE("median_interval: order statistics and their coverage", "[compare][statistics]") {
  // Ranks of the 95% interval: 1 and 6 of 6; 2 and 9 of 10; 6 and 15 of 20; 40 and 61 of 100
  // (Conover 1999, Practical Nonparametric Statistics, table A3 gives the same tails).
  struct Case {
    int n, low, high;
  };
  for (const Case& c : {Case{6, 1, 6}, Case{10, 2, 9}, Case{20, 6, 15}, Case{100, 40, 61}}) {
    std::vector<double> values;
    for (int k = c.n; k >= 1; --k) {
      values.push_back(k);
    }
    const Estimate e = median_interval(values);
    CAPTURE(c.n, e.low, e.high);
    CHECK(e.value == (c.n + 1) / 2.0);
    CHECK(e.low == c.low);
    CHECK(e.high == c.high);
    double outside = 0, wider = 0;  // P(Bin < low), and one rank further in
    for (int k = 0; k < c.low; ++k) {
      outside += binomial(c.n, k, 0.5);
    }
    wider = outside + binomial(c.n, c.low, 0.5);
    CHECK(outside <= 0.025);
    CHECK(wider > 0.025);
  }
  CHECK(median_interval({3, 1, 2, 5, 4}).low == -infinity);  // 2^-5 > 0.025
  CHECK(median_interval({3, 1, 2, 5, 4}).high == infinity);
  CHECK(median_interval({3, 1, 2, 5, 4}, 0.9).low == 1);  // 2^-5 < 0.05
  CHECK(median_interval({3, 1, 2, 5, 4}).value == 3);
  CHECK(median_interval({0, 0, 0, 0, 0, 0, 7}).high == 7);
  CHECK_THROWS_WITH(median_interval({1}, 1), "median_interval: confidence = 1, allowed (0, 1)");
  CHECK_THROWS_AS(median_interval({}), InputError);
}

TEST_CASE("spearman: textbook, brute force, symmetries", "[compare][statistics]") {
  // IQ against hours of television, rho = -29/165.
  const std::vector<double> iq{106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
  const std::vector<double> hours{7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
  CHECK(spearman_coefficient(iq, hours) == Approx(-29.0 / 165).epsilon(1e-14));
  for (const std::int64_t distinct : {2, 5, 40}) {
    const auto c = scattered(11, 60, distinct);
    const double rho = spearman_coefficient(c.x, c.y);
    CAPTURE(distinct, rho);
    CHECK(rho == Approx(slow_spearman(c.x, c.y)).epsilon(1e-13));
    CHECK(rho > 0.2);
    CHECK(spearman_coefficient(c.y, c.x) == rho);
    auto up = c.x, down = c.y;
    std::transform(up.begin(), up.end(), up.begin(), [](double v) { return std::exp(v / 7); });
    std::transform(down.begin(), down.end(), down.begin(), [](double v) { return -v * v * v; });
    CHECK(spearman_coefficient(up, c.y) == rho);
    CHECK(spearman_coefficient(c.x, down) == -rho);
    CHECK(spearman_coefficient(c.x, up) == 1.0);
  }
  CHECK(
      std::isnan(spearman_coefficient(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3})));
  CHECK(std::isnan(spearman_coefficient({}, {})));
}

TEST_CASE("bootstrap: a plain one gives the same intervals", "[compare][statistics]") {
  const auto c = scattered(5, 25, 6);
  const std::uint64_t seed = 17;
  const std::int64_t resamples = 300;
  RandomStream random(seed, "bootstrap");
  std::vector<double> ranks, slopes;
  for (std::int64_t b = 0; b < resamples; ++b) {
    Columns r;
    for (std::size_t k = 0; k < c.x.size(); ++k) {
      const auto drawn = static_cast<std::size_t>(random.below(25));
      r.x.push_back(c.x[drawn]);
      r.y.push_back(c.y[drawn]);
    }
    ranks.push_back(slow_spearman(r.x, r.y));
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;  // normal equations
    for (std::size_t k = 0; k < r.x.size(); ++k) {
      const double u = std::log(r.x[k]), v = std::log(r.y[k]);
      n += 1, sx += u, sy += v, sxx += u * u, sxy += u * v;
    }
    slopes.push_back((n * sxy - sx * sy) / (n * sxx - sx * sx));
  }
  const auto rank = spearman(c.x, c.y, each_alone(c.x.size()), resamples, seed);
  const auto slope = log_log_slope(c.x, c.y, each_alone(c.x.size()), resamples, seed);
  CHECK(rank.estimate.value == spearman_coefficient(c.x, c.y));
  const double tail = expanded_tail(rank.groups);
  CHECK(rank.estimate.low == Approx(quantile(ranks, tail)).epsilon(1e-12));
  CHECK(rank.estimate.high == Approx(quantile(ranks, 1 - tail)).epsilon(1e-12));
  CHECK(slope.estimate.low == Approx(quantile(slopes, tail)).epsilon(1e-10));
  CHECK(slope.estimate.high == Approx(quantile(slopes, 1 - tail)).epsilon(1e-10));
  CHECK(slope.estimate.low < slope.estimate.value);
  CHECK(slope.estimate.value < slope.estimate.high);
  CHECK(rank.count == 25);
  CHECK(rank.resamples == resamples);
  const auto again = spearman(c.x, c.y, each_alone(c.x.size()), resamples, seed);
  CHECK(again.estimate.low == rank.estimate.low);
  CHECK(again.estimate.high == rank.estimate.high);
  CHECK(log_log_slope(c.x, c.y, each_alone(c.x.size()), resamples, 18).estimate.low !=
        slope.estimate.low);
}

TEST_CASE("log_log_slope: power laws and scaling", "[compare][statistics]") {
  std::vector<double> x, y;
  for (int k = 1; k <= 12; ++k) {
    x.push_back(k);
    y.push_back(3 * std::pow(k, -1.7));
  }
  const auto exact = log_log_slope(x, y, each_alone(x.size()), 100, 1);
  CHECK(exact.estimate.value == Approx(-1.7).epsilon(1e-13));
  CHECK(exact.estimate.low == Approx(-1.7).epsilon(1e-12));
  CHECK(exact.estimate.high == Approx(-1.7).epsilon(1e-12));
  const auto c = scattered(8, 40, 30);
  auto scaled = c;
  std::transform(c.x.begin(), c.x.end(), scaled.x.begin(), [](double v) { return 1e3 * v; });
  std::transform(c.y.begin(), c.y.end(), scaled.y.begin(), [](double v) { return 2 * v * v; });
  const auto one = log_log_slope(c.x, c.y, each_alone(c.x.size()), 200, 2),
             two = log_log_slope(scaled.x, scaled.y, each_alone(40), 200, 2);
  CHECK(two.estimate.value == Approx(2 * one.estimate.value).epsilon(1e-12));
  CHECK(two.estimate.low == Approx(2 * one.estimate.low).epsilon(1e-11));
  CHECK(one.estimate.high - one.estimate.low > 0.05);
}

TEST_CASE("log_log_slope: coverage", "[compare][statistics]") {
  // 400 experiments of 40 pairs with slope 1/2. A percentile bootstrap of 40 pairs covers 92-95%;
  // binomial spread 1.2%: [0.89, 0.98] fails a right program in fewer than 1 of 100 seeds.
  RandomStream random(21, "coverage");
  int covered = 0;
  for (int experiment = 0; experiment < 400; ++experiment) {
    std::vector<double> x, y;
    for (int k = 0; k < 40; ++k) {
      x.push_back(std::exp(random.uniform(0, 3)));
      y.push_back(5 * std::sqrt(x.back()) * std::exp(0.4 * random.normal()));
    }
    const auto e =
        log_log_slope(x, y, each_alone(x.size()), 300, static_cast<std::uint64_t>(experiment))
            .estimate;
    covered += e.low <= 0.5 && 0.5 <= e.high ? 1 : 0;
  }
  CHECK(covered >= 356);
  CHECK(covered <= 392);
}

TEST_CASE("statistics: resamples without a value are counted", "[compare][statistics]") {
  // One pair stands apart: without it x is constant, (9/10)^10 = 35% of the resamples.
  std::vector<double> x(10, 1.0), y{2, 3, 4, 5, 6, 7, 8, 9, 10, 40};
  x[9] = 10;
  const auto slope = log_log_slope(x, y, each_alone(x.size()), 1000, 4);
  CHECK(slope.count == 10);
  CHECK(slope.resamples == Approx(651).margin(60));  // 4 standard deviations
  // With y constant but for another pair, 1 - (both drawn) = 59%: too many.
  y.assign(10, 2.0);
  y[0] = 3;
  CHECK_THROWS_AS(spearman(x, y, each_alone(x.size()), 1000, 4), ConvergenceError);
  CHECK_THROWS_WITH(spearman(x, y, each_alone(x.size()), 1000, 4),
                    ContainsSubstring("of 1000 bootstrap resamples have a value, wanted at least"));
}

TEST_CASE("statistics: errors", "[compare][statistics]") {
  const std::vector<double> two{1, 2}, three{1, 2, 3}, ones{1, 1, 1};
  CHECK_THROWS_WITH(wilson(0, 0), ContainsSubstring("wilson: trials = 0, allowed [1, "));
  CHECK_THROWS_WITH(wilson(11, 10), "wilson: successes = 11, allowed [0, 10]");
  CHECK_THROWS_WITH(wilson(-1, 10), "wilson: successes = -1, allowed [0, 10]");
  CHECK_THROWS_WITH(wilson(1, 10, 1), "wilson: confidence = 1, allowed (0, 1)");
  CHECK_THROWS_WITH(wilson(1, 10, not_a_number), "wilson: confidence = nan, allowed (0, 1)");
  CHECK_THROWS_WITH(quantile({}, 0.5), "quantile: values = none, allowed 1 or more");
  CHECK_THROWS_WITH(quantile({1}, 1.5), "quantile: q = 1.5, allowed [0, 1]");
  CHECK_THROWS_WITH(quantile({1, not_a_number}, 0.5), "quantile: value = nan, allowed a number");
  CHECK_THROWS_WITH(spearman_coefficient(two, three),
                    "spearman_coefficient: lengths = 2 and 3, allowed equal lengths");
  CHECK_THROWS_WITH(spearman(two, two, each_alone(two.size()), 100, 0),
                    "spearman: pairs = 2, allowed 3 or more");
  CHECK_THROWS_WITH(spearman(three, three, each_alone(three.size()), 39, 0),
                    "spearman: resamples = 39, allowed [40, 1000000]");
  CHECK_THROWS_WITH(spearman(three, ones, each_alone(three.size()), 100, 0),
                    "spearman: one value of y, wanted two or more");
  CHECK_THROWS_AS(spearman(ones, three, each_alone(ones.size()), 100, 0), ConvergenceError);
  CHECK_THROWS_AS(spearman(std::vector<double>{1, not_a_number, 2}, three, each_alone(3), 100, 0),
                  InputError);
  CHECK_THROWS_WITH(log_log_slope(two, three, each_alone(two.size()), 100, 0),
                    "log_log_slope: lengths = 2 and 3, allowed equal lengths");
  CHECK_THROWS_WITH(log_log_slope(two, two, each_alone(two.size()), 100, 0),
                    "log_log_slope: pairs = 2, allowed 3 or more");
  CHECK_THROWS_WITH(log_log_slope(three, std::vector<double>{1, 0, 1}, each_alone(3), 100, 0),
                    "log_log_slope: y = 0, allowed (0, inf)");
  CHECK_THROWS_WITH(
      log_log_slope(std::vector<double>{1, 2, infinity}, three, each_alone(3), 100, 0),
      "log_log_slope: x = inf, allowed (0, inf)");
  CHECK_THROWS_WITH(log_log_slope(ones, three, each_alone(ones.size()), 100, 0),
                    "log_log_slope: one value of x, wanted two or more");
}
