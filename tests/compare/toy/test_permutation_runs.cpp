#include "compare/toy/permutation_runs.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/toy/permutation_examples.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("permutation runs: sizes, the best of each, and censored runs", "[compare]") {
  const PermutationRuns data = permutation_example().collect();
  CHECK(data.budget == 1000);
  CHECK(data.seeds == 6);
  REQUIRE(data.sizes.size() == 3);
  CHECK(data.sizes[0].fraction == Approx(0.25));
  CHECK_FALSE(data.sizes[0].best_steps);
  CHECK(data.sizes[0].best_rqi == 0.25);
  CHECK(data.sizes[0].waiting.censored == 6);
  CHECK(data.sizes[1].best_steps == 900);
  CHECK(data.sizes[1].best_rqi == 1);
  CHECK(data.sizes[1].rqi.value == Approx((5 * 0.25 + 1) / 6));
  CHECK_FALSE(data.sizes[1].waiting.median);
  CHECK(data.sizes[2].best_steps == 300);
  CHECK(data.sizes[2].waiting.censored == 1);
  CHECK(data.sizes[2].waiting.median == Approx(330));  // 300, 310, 330 of six
  CHECK(data.sizes[2].reached.value == Approx(5.0 / 6));
  CHECK(data.sizes[2].reached.low == wilson(5, 6).low);
  CHECK(data.sizes[2].accuracy.value == 1);
  CHECK(data.sizes[2].predicted.value == Approx(0.925));
  CHECK(data.sizes[0].ideal_rqi == Approx(0.5));
  CHECK(data.sizes[1].ideal_accuracy == Approx(1));
  CHECK(data.runs[0].complete == false);
  CHECK(data.runs[1].complete == true);
  CHECK((data.complete.reached == 6 && data.complete.networks == 12));
  CHECK((data.incomplete.reached == 0 && data.incomplete.networks == 6));
}

TEST_CASE("permutation runs: where the best network gets there, and where half do", "[compare]") {
  PermutationExample runs = permutation_example();
  const PermutationRuns data = runs.collect();
  REQUIRE(data.best_critical);
  CHECK(data.best_critical->groups == 6);
  CHECK(data.best_critical->estimate.value == Approx(0.375));  // between 9 and 18 of 36
  CHECK(data.best_critical->estimate.low == Approx(0.25));
  CHECK(data.best_critical->estimate.high == Approx(0.75));  // resamples without seed 4
  const auto& critical = data.critical.critical;
  REQUIRE(critical);
  CHECK(critical->count == 18);
  CHECK(critical->estimate.value > 0.5);
  CHECK(critical->estimate.value < 0.75);
  runs.records[3 * 4 + 1].steps_to_rqi.reset();  // seed 4, 18 of 36
  const PermutationRuns later = runs.collect();
  CHECK(later.best_critical->estimate.value == Approx(0.625));
  CHECK(later.best_critical->estimate.low == Approx(0.5));
  for (Record& record : runs.records) {
    record.steps_to_rqi.reset();
  }
  const PermutationRuns never = runs.collect();
  CHECK_FALSE(never.best_critical);
  CHECK_FALSE(never.critical.critical);
  CHECK_FALSE(never.critical.none.empty());
  for (Record& record : runs.records) {
    record.steps_to_rqi = 10;
  }
  CHECK(runs.collect().best_critical->estimate.low == 0);  // no size without one
}

TEST_CASE("permutation runs: predicted accuracy as a lower bound, counted", "[compare]") {
  PermutationExample runs = permutation_example();
  PermutationRuns data = runs.collect();
  CHECK(data.bound.compared == 18);
  CHECK(data.bound.below == 0);
  CHECK(data.bound.equal == 6);
  CHECK(data.bound.above == 12);
  CHECK(data.bound.binding == 12);  // the others have accuracy 1, which nothing is above
  CHECK(data.bound.below_share.high == wilson(0, 6).high);
  runs.records[0].predicted_accuracy = 0.5 + 1.0 / 36;
  runs.records[1].predicted_accuracy = 0.75 + 1e-13;  // rounding is no violation
  data = runs.collect();
  CHECK(data.bound.below == 1);
  CHECK(data.bound.equal == 6);
  CHECK(data.bound.below_share.value == Approx(1.0 / 12));
  for (Record& record : runs.records) {
    record.accuracy = 1;
  }
  data = runs.collect();
  CHECK(data.bound.binding == 0);
}

TEST_CASE("permutation runs: a network that diverged is not there, and in no mean", "[compare]") {
  PermutationExample runs = permutation_example();
  Record& lost = runs.records[2];  // seed 0, 27 of 36
  lost.state = "diverged";
  lost.steps_to_rqi.reset();
  lost.accuracy = std::nan("");
  lost.predicted_accuracy = lost.rqi = lost.accuracy;
  const PermutationRuns data = runs.collect();
  CHECK(data.diverged == 1);
  CHECK(data.bound.compared == 17);
  CHECK(data.sizes[2].finished == 5);
  CHECK(data.sizes[2].waiting.count == 6);
  CHECK(data.sizes[2].waiting.censored == 2);
  CHECK(data.sizes[2].accuracy.value == 1);
  CHECK(data.sizes[2].reached.value == Approx(4.0 / 6));
}

TEST_CASE("permutation runs: runs that cannot be compared are refused", "[compare]") {
  PermutationExample runs = permutation_example();
  runs.specs[3].steps = 999;
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("steps = 999, allowed [1000, 1000]"));
  runs = permutation_example();
  runs.specs[3].task = "addition";
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("task = addition, allowed permutations"));
  runs = permutation_example();
  runs.records.pop_back();
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("records = 17"));
}
