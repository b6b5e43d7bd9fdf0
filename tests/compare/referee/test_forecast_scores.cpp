#include "compare/referee/forecast_scores.hpp"

#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
using Seeds = std::vector<std::int64_t>;
using Values = std::vector<double>;

double over_all(const SeedStatistic& statistic, std::size_t seeds) {
  std::vector<std::size_t> all;
  for (std::size_t s = 0; s < seeds; ++s) {
    all.push_back(s);
  }
  return statistic(all);
}

TEST_CASE("scores of one forecast", "[referee]") {
  CHECK(log_score(0.25, true) == Approx(std::log(4.0)));
  CHECK(log_score(0.25, false) == Approx(std::log(4.0 / 3)));
  CHECK(brier(0.25, true) == Approx(0.5625));
  CHECK(brier(0.25, false) == Approx(0.0625));
  CHECK_THROWS_WITH(log_score(0, true), "log_score: probability = 0, allowed (0, 1)");
  CHECK_THROWS_AS(log_score(1, true), InputError);
  CHECK_THROWS_AS(log_score(std::nan(""), true), InputError);
  CHECK_THROWS_AS(brier(1.1, true), InputError);
  CHECK(step_factor(100, 150) == Approx(1.5));
  CHECK(step_factor(150, 100) == Approx(1.5));
  CHECK(step_factor(inf, 100) == inf);
  CHECK(step_factor(0, 100) == inf);
  CHECK(step_factor(100, 0) == inf);
  CHECK(step_factor(0, 0) == 1);
  CHECK_THROWS_AS(step_factor(100, inf), InputError);
  CHECK_THROWS_AS(step_factor(-1, 1), InputError);
}

TEST_CASE("means and medians over seeds drawn", "[referee]") {
  const Values values = {1, 2, 6, 10};
  const Seeds seeds = {7, 7, 3, 9};  // in ascending order: 3, 7, 9
  const auto mean = mean_statistic(values, seeds);
  CHECK(over_all(mean, 3) == Approx(19.0 / 4));
  CHECK(mean(std::vector<std::size_t>{0}) == 6);
  CHECK(mean(std::vector<std::size_t>{1, 1, 2}) == Approx(16.0 / 5));
  const auto median = median_statistic(values, seeds);
  CHECK(over_all(median, 3) == 4);
  CHECK(median(std::vector<std::size_t>{1, 1, 2}) == 2);
  const auto infinite = median_statistic(Values{1, inf, inf}, Seeds{1, 2, 3});
  CHECK(over_all(infinite, 3) == inf);
  CHECK(infinite(std::vector<std::size_t>{0, 0, 1}) == 1);
  CHECK_THROWS_AS(mean_statistic(values, Seeds{1}), InputError);
  CHECK_THROWS_AS(mean_statistic(Values{}, Seeds{}), InputError);
  CHECK_THROWS_AS(median_statistic(Values{std::nan("")}, Seeds{1}), InputError);
}

TEST_CASE("ROC area by hand: ties count half", "[referee]") {
  // There: 3, 1, 2; not there: 2, 0. Of 6 pairs: 3>2, 3>0, 1<2, 1>0, 2=2, 2>0: 4.5.
  const Values score = {3, 1, 2, 2, 0};
  const std::vector<bool> there = {true, true, true, false, false};
  CHECK(over_all(roc_statistic(score, there, Seeds{0, 1, 2, 3, 4}), 5) == Approx(4.5 / 6));
  CHECK(over_all(roc_statistic(score, there, Seeds{0, 0, 1, 1, 0}), 2) == Approx(4.5 / 6));
  const Values never = {-inf, inf, -inf};
  CHECK(over_all(roc_statistic(never, {false, true, true}, Seeds{0, 1, 2}), 3) == 0.75);
  CHECK(std::isnan(over_all(roc_statistic(score, std::vector<bool>(5, true), Seeds(5, 0)), 1)));
  CHECK_THROWS_AS(roc_statistic(score, {true}, Seeds(5, 0)), InputError);
}

TEST_CASE("Harrell's concordance by hand, censoring respected", "[referee]") {
  // Measured 10, 20, > 15, > 5. Known: 10 before 20, 10 before > 15. 20 and > 15: unknown, as
  // is all of > 5 but for what came before 5.
  const std::vector<Waiting> measured = {{10, true}, {20, true}, {15, false}, {5, false}};
  const Seeds seeds = {0, 1, 2, 3};
  CHECK(over_all(concordance_statistic(Values{1, 2, 3, 0}, measured, seeds), 4) == 1);
  CHECK(over_all(concordance_statistic(Values{2, 1, 3, 0}, measured, seeds), 4) == 0.5);
  CHECK(over_all(concordance_statistic(Values{2, 2, inf, 0}, measured, seeds), 4) == 0.75);
  CHECK(over_all(concordance_statistic(Values{inf, 1, inf, 0}, measured, seeds), 4) == 0.25);
  // Censored at the very step where another got there: later. The same step: no order.
  const std::vector<Waiting> edge = {{10, true}, {10, false}, {10, true}};
  CHECK(over_all(concordance_statistic(Values{1, 2, 3}, edge, Seeds{0, 1, 2}), 3) == 0.5);
}

// Values of the runs a resample is made of, written out, twin of the sums over pairs of seeds.
TEST_CASE("a resample of seeds is the statistic of the runs it is made of", "[referee]") {
  RandomStream random(3, "test");
  Values score;
  std::vector<bool> there;
  std::vector<Waiting> measured;
  Seeds seeds;
  for (int k = 0; k < 60; ++k) {
    score.push_back(static_cast<double>(random.below(12)));
    there.push_back(random.below(2) == 1);
    measured.push_back({static_cast<double>(random.below(9)), there.back()});
    seeds.push_back(random.below(6));
  }
  const auto roc = roc_statistic(score, there, seeds);
  const auto concordance = concordance_statistic(score, measured, seeds);
  const std::vector<std::size_t> drawn = {4, 1, 1, 5, 1, 0};
  Values score_of_drawn;
  std::vector<bool> there_of_drawn;
  std::vector<Waiting> measured_of_drawn;
  for (const std::size_t s : drawn) {
    for (std::size_t k = 0; k < 60; ++k) {
      if (seeds[k] == static_cast<std::int64_t>(s)) {
        score_of_drawn.push_back(score[k]);
        there_of_drawn.push_back(there[k]);
        measured_of_drawn.push_back(measured[k]);
      }
    }
  }
  const Seeds one(score_of_drawn.size(), 0);
  CHECK(roc(drawn) == Approx(over_all(roc_statistic(score_of_drawn, there_of_drawn, one), 1)));
  CHECK(concordance(drawn) ==
        Approx(over_all(concordance_statistic(score_of_drawn, measured_of_drawn, one), 1)));
}

TEST_CASE("differences are paired: the same draws on both sides", "[referee]") {
  Values first, second;
  Seeds seeds;
  for (int k = 0; k < 40; ++k) {
    seeds.push_back(k % 8);
    first.push_back(static_cast<double>((k * 7) % 11) + (k % 8));
    second.push_back(first.back() - 0.25);
  }
  const auto a = mean_statistic(first, seeds), b = mean_statistic(second, seeds);
  const Estimate apart = with_seeds(a, seeds), together = with_seeds(difference(a, b), seeds);
  CHECK(together.value == Approx(0.25));
  CHECK(together.low == Approx(0.25));
  CHECK(together.high == Approx(0.25));
  CHECK(apart.high - apart.low > 1);
  const Estimate again = with_seeds(a, seeds);
  CHECK(again.low == apart.low);
  CHECK(again.high == apart.high);
}

TEST_CASE("intervals exist where seeds can tell", "[referee]") {
  const Estimate one = with_seeds(mean_statistic(Values{1, 2}, Seeds{5, 5}), Seeds{5, 5});
  CHECK(one.value == 1.5);
  CHECK(std::isnan(one.low));
  CHECK(std::isnan(one.high));
  const SeedStatistic nothing = [](std::span<const std::size_t>) { return std::nan(""); };
  CHECK(std::isnan(with_seeds(nothing, Seeds{1, 2}).value));
  const Seeds seeds = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  const Values many = {1, 1, 1, 1, 1, 1, inf, inf, inf};
  const Estimate far = with_seeds(median_statistic(many, seeds), seeds);
  CHECK(far.value == 1);
  CHECK(far.low == 1);
  CHECK(far.high == inf);  // an infinite resample is a value, not left out
}

TEST_CASE("calibration: bins, means and shares", "[referee]") {
  const Values p = {0.05, 0.15, 0.12, 0.95, 1.0, 0.5};
  const std::vector<bool> there = {false, true, false, true, true, false};
  const Seeds seeds = {0, 1, 2, 3, 4, 5};
  const auto bins = calibration(p, there, seeds, 10);
  REQUIRE(bins.size() == 4);
  CHECK(bins[0].count == 1);
  CHECK(bins[1].low == Approx(0.1));
  CHECK(bins[1].high == Approx(0.2));
  CHECK(bins[1].forecast == Approx(0.135));
  CHECK(bins[1].count == 2);
  CHECK(bins[1].successes == 1);
  CHECK(bins[1].happened.value == 0.5);
  CHECK(bins[2].low == 0.5);
  CHECK(bins[3].count == 2);  // 1 belongs to the last bin
  CHECK(bins[3].happened.value == 1);
  CHECK(bins[3].happened.low == Approx(wilson(2, 2).low));
  CHECK(calibration(Values{}, {}, Seeds{}).empty());
  CHECK_THROWS_AS(calibration(p, there, seeds, 0), InputError);
  CHECK_THROWS_AS(calibration(Values{1.5}, {true}, Seeds{1}), InputError);
}

}  // namespace
}  // namespace grok
