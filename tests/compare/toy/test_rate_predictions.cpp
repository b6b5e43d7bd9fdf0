#include "compare/toy/rate_predictions.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "tests/compare/toy/paired_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("rate predictions: the numbers of each prediction, censored pairs counted", "[compare]") {
  const auto rows = paired_example();
  const toy::RatePredictions data = toy::collect_predictions(example_rates(), rows);
  REQUIRE(data.predictors.size() == 5);
  CHECK(data.predictors[0].key == "n_h_sum");
  CHECK(data.predictors[0].agreement.count == 8);
  CHECK(data.predictors[0].agreement.censored == 1);
  CHECK(data.predictors[0].agreement.unpredicted == 1);
  CHECK(data.predictors[0].agreement.neither == 1);
  CHECK(data.predictors[0].agreement.groups == 11);
  CHECK(data.predictors[0].in_budget == 9);  // the ninth network is censored
  CHECK(data.predictors[0].reached == 8);
  CHECK(data.predictors[3].in_budget == 1);  // 50 * 200 is the budget itself
  CHECK(data.predictors[0].agreement.kappa.value == Approx(2));
  CHECK(data.predictors[0].agreement.within[2].share.value == Approx(8.0 / 9));
  CHECK(data.predictors[0].agreement.within[1].share.value == Approx(0));
  CHECK(data.predictors[0].agreement.slope.estimate.value == Approx(1));
  CHECK(data.predictors[1].key == "gradient_flow_sum");
  CHECK(data.predictors[1].agreement.kappa.value == Approx(4.0 / 3));
  CHECK(data.predictors[2].key == "adam_flow");
  CHECK(data.predictors[2].agreement.kappa.value == Approx(3).epsilon(0.01));
  CHECK(data.predictors[3].key == "n_h_mean");
  CHECK(data.predictors[3].agreement.kappa.value == Approx(2.0 / 50));
  CHECK(data.predictors[4].agreement.count == 0);
  CHECK(data.predictors[0].kendall_within.estimate.value == 1);  // one |D| in all
  CHECK(data.predictors[0].slope_within.estimate.value == Approx(1));
  CHECK(data.predictors[4].kendall_within.count == 0);
  CHECK(data.size_rank.count == 0);
}

TEST_CASE("rate predictions: a trend in |D| alone leaves nothing at one |D|", "[compare]") {
  std::vector<toy::PairedRow> rows;
  for (std::int64_t seed = 0; seed < 4; ++seed) {
    for (const std::int64_t size : {30, 40, 50}) {
      const double trend = 40'000.0 / static_cast<double>(size);
      // Steps rise with the seed, predictions rise and fall.
      rows.push_back(row_of(seed, trend + (seed % 2 == 0 ? 1 : -1), 1, 1,
                            static_cast<std::int64_t>(trend) + seed));
      rows.back().spec.train = size;
    }
  }
  const toy::RatePredictions data = toy::collect_predictions(example_rates(), rows);
  const toy::Predictor& n_h = data.predictors[0];
  CHECK(n_h.agreement.rank.estimate.value > 0.8);
  CHECK(data.size_rank.estimate.value > 0.9);
  CHECK(data.size_rank.count == 12);
  // Of the six pairs of seeds two have one prediction; 1 of 4 goes with the steps, 3 against.
  CHECK(n_h.kendall_within.estimate.value == Approx(-0.5));
  CHECK(n_h.slope_within.estimate.value < 0);
  CHECK(n_h.concordance_within.value == Approx((1 + 2 * 0.5) / 6));
  CHECK((n_h.pairs.both_same_cell == 3 * 6 && n_h.pairs.one_same_cell == 0));
  rows[0].record.steps_to_rqi.reset();  // last of its size, by the budget
  const toy::Predictor late = toy::collect_predictions(example_rates(), rows).predictors[0];
  CHECK((late.pairs.both_same_cell == 15 && late.pairs.one_same_cell == 3));
  const auto numbers = numbers_of(n_h);
  const auto of = [&numbers](const std::string& name) {
    return std::ranges::count(numbers, name, &AgreementNumber::name);
  };
  CHECK(
      (of("slope at one |D| of those there") == 1 && of("kendall at one |D| of those there") == 1));
  const auto all = numbers_of(data);  // of five predictions, then of the size
  CHECK((all.front().first == "n_h_sum" && all.front().second.name == numbers.front().name));
  CHECK((all.back().first == "train" && all.back().second.pairs == 12));
  CHECK(all.back().second.value.value == data.size_rank.estimate.value);
}

TEST_CASE("rate predictions: predictions beyond the budget, decided or not", "[compare]") {
  auto rows = paired_example();
  rows.push_back(row_of(23, 60'000.0, 70'000, 80'000, std::nullopt));
  rows.push_back(row_of(24, 50'000.0, 90'000, 15'000, 9000));
  const toy::RatePredictions data = toy::collect_predictions(example_rates(), rows);
  CHECK(data.predictors[2].agreement.censored == 2);
  CHECK(data.predictors[2].in_budget == 9);  // 400/3 ... 3200/3 and 9000
  CHECK(data.predictors[2].agreement.within[2].undecided == 2);
}

TEST_CASE("rate predictions: budgets must agree; a diverged network is not there", "[compare]") {
  auto rows = paired_example();
  rows[1].record.state = "diverged";
  rows[1].record.steps_to_rqi.reset();
  const toy::RatePredictions data = toy::collect_predictions(example_rates(), rows);
  CHECK(data.diverged == 1);
  CHECK(data.rows.size() == 11);
  CHECK(data.predictors[0].agreement.count == 7);
  CHECK(data.predictors[0].agreement.censored == 2);
  CHECK(data.predictors[0].agreement.within[2].outside == 2);
  CHECK(data.predictors[0].in_budget == 9);
  CHECK(data.predictors[0].reached == 7);
  rows[2].spec.steps = 5;
  CHECK_THROWS_AS(toy::collect_predictions(example_rates(), rows), InputError);
}
