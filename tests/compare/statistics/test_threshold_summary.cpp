// From counts to probabilities, and where they cross 1/2.
#include "compare/statistics/threshold_summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

ThresholdCounts counts(std::int64_t draws, std::vector<std::int64_t> unique) {
  return {static_cast<Index>(unique.size()) - 1, draws, std::move(unique)};
}

// Crossing of 1/2 found by bisection on the interpolated curve.
double bisected(const std::vector<double>& curve) {
  double low = 0, high = static_cast<double>(curve.size() - 1);
  for (int k = 0; k < 100; ++k) {
    const double middle = (low + high) / 2;
    const double whole = std::min(std::floor(middle), static_cast<double>(curve.size() - 2));
    const auto n = static_cast<std::size_t>(whole);
    const double p = curve[n] + (middle - whole) * (curve[n + 1] - curve[n]);
    (p < 0.5 ? low : high) = middle;
  }
  return high;
}

}  // namespace

TEST_CASE("threshold: points and crossing by hand", "[compare][threshold]") {
  const ThresholdCurve c = summarise_threshold(counts(100, {0, 0, 10, 30, 80, 100}));
  REQUIRE(c.points.size() == 5);
  CHECK(c.points[0].train == 1);
  CHECK(c.points[2].train == 3);
  CHECK(c.points[2].fraction == 0.6);
  CHECK(c.points[2].draws == 100);
  CHECK(c.points[2].unique == 30);
  CHECK(c.points[2].probability.value == 0.3);
  CHECK(c.points[2].probability.low == wilson(30, 100).low);
  CHECK(c.points[2].probability.high == wilson(30, 100).high);
  CHECK(c.critical_train.value == Approx(3.4).epsilon(1e-14));  // (50-30)/(80-30)
  CHECK(c.critical_fraction.value == Approx(0.68).epsilon(1e-14));
  // Wilson bounds: 30/100: [0.2189, 0.3958], 80/100: [0.7112, 0.8666].
  CHECK(c.critical_train.low == Approx(3 + (0.5 - 0.3958) / (0.8666 - 0.3958)).margin(5e-4));
  CHECK(c.critical_train.high == Approx(3 + (0.5 - 0.2189) / (0.7112 - 0.2189)).margin(5e-4));
  CHECK(c.critical_fraction.low == c.critical_train.low / 5);
  CHECK(c.critical_fraction.high == c.critical_train.high / 5);
}

TEST_CASE("threshold: exactly 1/2, plateaus, jumps", "[compare][threshold]") {
  const auto critical = [](std::vector<std::int64_t> unique) {
    return summarise_threshold(counts(10, std::move(unique))).critical_train.value;
  };
  CHECK(critical({0, 0, 5, 10}) == 2.0);
  CHECK(critical({0, 5, 5, 10}) == 1.0);  // the first of a plateau
  CHECK(critical({0, 0, 0, 10}) == 2.5);
  CHECK(critical({0, 4, 4, 10}) == Approx(2 + 1.0 / 6).epsilon(1e-14));
  CHECK(critical({0, 10}) == 0.5);
}

TEST_CASE("threshold: the published p = 10 table crosses at 22.48", "[compare][threshold]") {
  // Probabilities 0.2863, 0.4270, 0.5795, 0.8027 at 21, 22, 23, 25 of 55 (10 000 draws).
  std::vector<std::int64_t> unique(56, 10'000);
  std::fill(unique.begin(), unique.begin() + 21, 0);
  unique[21] = 2863, unique[22] = 4270, unique[23] = 5795, unique[24] = 6900, unique[25] = 8027;
  const ThresholdCurve c = summarise_threshold(counts(10'000, unique));
  CHECK(c.critical_train.value == Approx(22 + 730.0 / 1525).epsilon(1e-13));
  CHECK(c.critical_fraction.value == Approx(0.409).margin(5e-4));
  // The band is +-0.98% wide, the curve rises by 15% per sample.
  CHECK(c.critical_train.value - c.critical_train.low == Approx(0.0098 / 0.1525).epsilon(0.02));
  CHECK(c.critical_train.high - c.critical_train.value == Approx(0.0098 / 0.1525).epsilon(0.02));
  std::vector<double> value, low, high;
  for (const std::int64_t k : unique) {
    value.push_back(wilson(k, 10'000).value);
    low.push_back(wilson(k, 10'000).low);
    high.push_back(wilson(k, 10'000).high);
  }
  CHECK(c.critical_train.value == Approx(bisected(value)).epsilon(1e-13));
  CHECK(c.critical_train.low == Approx(bisected(high)).epsilon(1e-13));
  CHECK(c.critical_train.high == Approx(bisected(low)).epsilon(1e-13));
}

TEST_CASE("threshold: more draws, narrower interval", "[compare][threshold]") {
  double width = 1e9;
  for (const std::int64_t scale : {1, 10, 100}) {
    const auto c =
        summarise_threshold(counts(20 * scale, {0, 2 * scale, 8 * scale, 15 * scale, 20 * scale}));
    CHECK(c.critical_train.value == Approx(2 + 2.0 / 7).epsilon(1e-13));
    CHECK(c.critical_train.low < c.critical_train.value);
    CHECK(c.critical_train.value < c.critical_train.high);
    CHECK(c.critical_train.high - c.critical_train.low < width / 2);
    width = c.critical_train.high - c.critical_train.low;
  }
}

TEST_CASE("threshold: unique from the start, and too few draws", "[compare][threshold]") {
  // p = 2 has no parallelogram at all: unique at every size, 0 included.
  const ThresholdCurve trivial = summarise_threshold(counts(50, {50, 50, 50, 50}));
  CHECK(trivial.critical_train.value == 0.0);
  CHECK(trivial.critical_train.low == 0.0);
  CHECK(trivial.critical_train.high == 0.0);
  CHECK(trivial.points.front().probability.value == 1.0);
  // Three draws: even 3 of 3 have a lower bound of 0.4385 < 1/2; the interval ends at |D0|.
  const ThresholdCurve three = summarise_threshold(counts(3, {0, 0, 1, 3, 3}));
  CHECK(three.critical_train.value == 2.25);
  CHECK(three.critical_train.low == 0.0);  // the upper bound of 0 of 3 is 0.5615
  CHECK(three.critical_train.high == 4.0);
  CHECK(three.critical_fraction.high == 1.0);
  // Four: 0.5101, so it ends before.
  const ThresholdCurve four = summarise_threshold(counts(4, {0, 0, 1, 4, 4}));
  CHECK(four.critical_train.low > 0);
  CHECK(four.critical_train.high > 2);
  CHECK(four.critical_train.high < 3);
}

TEST_CASE("threshold: sizes that are left out change nothing else", "[compare][threshold]") {
  for (const auto& unique : std::vector<std::vector<std::int64_t>>{
           {0, 0, 0, 3, 8, 8, 10, 10}, {0, 10, 10}, {0, 1, 10}, {10, 10, 10}, {4, 9, 10}}) {
    const ThresholdCurve all = summarise_threshold(counts(10, unique)),
                         some = summarise_threshold(counts(10, unique), CurveSizes::undecided);
    CHECK(all.never + all.always + std::ssize(some.points) == std::ssize(all.points));
    CHECK((some.never == all.never && some.always == all.always));
    CHECK(some.from_start == (unique[0] == 10));
    CHECK(some.critical_train.value == all.critical_train.value);
    CHECK(some.critical_train.low == all.critical_train.low);
    CHECK(some.critical_train.high == all.critical_train.high);
    for (const ThresholdPoint& point : some.points) {
      CHECK((point.unique > 0 && point.unique < 10));
      CHECK(point.unique == all.points[static_cast<std::size_t>(point.train - 1)].unique);
    }
  }
}

TEST_CASE("threshold: errors", "[compare][threshold]") {
  CHECK_THROWS_WITH(summarise_threshold({3, 10, {0, 5, 10}}),
                    "summarise_threshold: sizes = 3, allowed [4, 4]");
  CHECK_THROWS_WITH(summarise_threshold({2, 0, {0, 0, 0}}),
                    ContainsSubstring("summarise_threshold: draws = 0, allowed [1, "));
  CHECK_THROWS_WITH(summarise_threshold({0, 1, {1}}),
                    ContainsSubstring("summarise_threshold: samples = 0, allowed [1, "));
  CHECK_THROWS_WITH(summarise_threshold(counts(10, {0, 5, 4, 10})),
                    "summarise_threshold: unique[2] = 4, allowed [5, 10]");
  CHECK_THROWS_WITH(summarise_threshold(counts(10, {0, 5, 11, 10})),
                    "summarise_threshold: unique[2] = 11, allowed [5, 10]");
  CHECK_THROWS_WITH(summarise_threshold(counts(10, {0, 5, 9})),
                    "summarise_threshold: unique[2] = 9, allowed [10, 10]");
}

TEST_CASE("rates: median, quartiles, share of zeros", "[compare][threshold]") {
  const RateDraws draws{5, {{0, 0, 0, 0, 0}, {4, 0, 1, 2, 3}, {1.5, 1.5, 1.5, 1.5, 8}}};
  const auto points = summarise_rates(draws, 3);
  REQUIRE(points.size() == 3);
  CHECK(points[0].train == 1);
  CHECK(points[0].median.value == 0.0);
  CHECK(points[0].zero.value == 1.0);
  CHECK(points[0].zero.low == wilson(5, 5).low);
  CHECK(points[1].train == 2);
  CHECK(points[1].fraction == 2.0 / 3);
  CHECK(points[1].draws == 5);
  CHECK(points[1].median.value == 2.0);
  CHECK(points[1].lower_quartile == 1.0);
  CHECK(points[1].upper_quartile == 3.0);
  CHECK(points[1].zero.value == 0.2);
  CHECK(points[2].upper_quartile == 1.5);
  CHECK(points[2].median.high == std::numeric_limits<double>::infinity());  // five tell too little
  const auto six = summarise_rates({6, {{5, 0, 1, 2, 3, 4}}}, 1);
  CHECK(six[0].median.value == 2.5);
  CHECK(six[0].median.low == 0.0);
  CHECK(six[0].median.high == 5.0);
  CHECK(points[2].zero.value == 0.0);
  CHECK(points[2].zero.high == wilson(0, 5).high);
  CHECK_THROWS_WITH(summarise_rates(draws, 4), "summarise_rates: sizes = 3, allowed [4, 4]");
  CHECK_THROWS_WITH(summarise_rates({2, {{1, 2, 3}}}, 1),
                    "summarise_rates: rates = 3, allowed [2, 2]");
  CHECK_THROWS_WITH(summarise_rates({2, {{1, -2}}}, 1),
                    ContainsSubstring("summarise_rates: lambda3 = -2, allowed [0, "));
}

TEST_CASE("ideal draws: means, and their standard errors over independent draws",
          "[compare][threshold]") {
  IdealDraws draws{3, 20, 4, std::vector<IdealDraws::Size>(3)};
  for (const std::int64_t value : {2, 4, 4, 10}) {
    draws.sizes[1].implied.add(value);
    draws.sizes[1].reached.add(3);  // no spread
  }
  draws.sizes[1].complete = 1;
  const auto points = summarise_ideal(draws);
  REQUIRE(points.size() == 3);
  const IdealPoint& at = points[1];
  CHECK((at.train == 2 && at.draws == 4 && at.complete == 1));
  CHECK(at.fraction == Approx(2.0 / 3));
  CHECK(at.rqi.value == Approx(5.0 / 20));
  CHECK(at.rqi_error == Approx(std::sqrt(36.0 / 3 / 4) / 20));  // squares about 5: 9 + 1 + 1 + 25
  CHECK(at.rqi.high - at.rqi.value == Approx(1.959964 * at.rqi_error));
  CHECK(at.rqi.value - at.rqi.low == Approx(1.959964 * at.rqi_error));
  CHECK((at.accuracy.value == 1 && at.accuracy_error == 0 && at.accuracy.low == 1));
  CHECK(at.complete_share.high == wilson(1, 4).high);
  draws.sizes.pop_back();
  CHECK_THROWS_AS(summarise_ideal(draws), InputError);
}

TEST_CASE("implied shares: mean, standard error and quartiles over draws", "[compare][threshold]") {
  Eigen::MatrixXd shares(2, 4);
  shares << 0, 0.5, 0.25, 0.25, 1, 1, 1, 1;
  const auto found = summarise_implied(shares);
  REQUIRE(found.size() == 2);
  CHECK(found[0].train == 1);
  CHECK(found[0].fraction == 0.5);
  CHECK(found[0].draws == 4);
  CHECK(found[0].mean.value == Approx(0.25));
  const double error = std::sqrt(2 * 0.25 * 0.25 / 3 / 4);
  CHECK(found[0].mean.high - 0.25 == Approx(1.959964 * error).epsilon(1e-6));
  CHECK(0.25 - found[0].mean.low == Approx(1.959964 * error).epsilon(1e-6));
  CHECK(found[0].lower_quartile == quantile({0, 0.5, 0.25, 0.25}, 0.25));
  CHECK(found[0].upper_quartile == quantile({0, 0.5, 0.25, 0.25}, 0.75));
  CHECK(found[1].mean.low == 1);
  CHECK(found[1].mean.high == 1);
  CHECK_THROWS_WITH(summarise_implied(shares.leftCols(1)), ContainsSubstring("draws = 1"));
}
