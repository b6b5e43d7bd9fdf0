#include "compare/toy/predicted_accuracy.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/toy/accuracy_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("accuracy: means, differences and who is above", "[compare]") {
  const AccuracyRuns runs = accuracy_example();
  const toy::AccuracyData data = toy::collect_accuracy(runs.specs, runs.records);
  REQUIRE(data.runs.size() == 4);
  CHECK((data.all.samples == "all" && data.all.networks == 4 && data.all.seeds == 2));
  CHECK((data.all.equal == 2 && data.all.above == 1 && data.all.below == 1));
  CHECK(data.all.equal_share.value == 0.5);
  CHECK(data.beyond_ideal == 1);
  CHECK(data.beyond_ideal_share.value == 0.25);
  CHECK(data.all.difference.value == Approx(6.0 / 4 / 55));
  CHECK(data.all.signed_difference.value == Approx(-2.0 / 4 / 55));
  CHECK(data.all.largest_difference == Approx(4.0 / 55));
  REQUIRE(data.means.size() == 2);
  CHECK(data.means[0].train == 11);
  CHECK(data.means[0].fraction == Approx(0.2));
  CHECK(data.means[0].accuracy.value == Approx(12.0 / 55));
  CHECK(data.means[0].accuracy.low == Approx(11.0 / 55));  // two networks: from one to the other
  CHECK(data.means[0].accuracy.high == Approx(13.0 / 55));
  CHECK(data.means[1].predicted.value == Approx(54.5 / 55));
  CHECK(data.means[1].ideal == Approx(53.5 / 55));
}

TEST_CASE("accuracy: over samples that are not in D, and at one |D|", "[compare]") {
  AccuracyRuns runs = accuracy_example();
  runs.add(55, 0, 55, 55, 55);  // nothing unseen
  runs.add(11, 2, 12, 12, 12);
  runs.add(44, 2, 52, 52, 55);
  const toy::AccuracyData data = toy::collect_accuracy(runs.specs, runs.records);
  CHECK(data.runs[1].unseen == Approx(2.0 / 44));
  CHECK(data.runs[1].unseen_predicted == 0.0);
  CHECK(data.runs[3].unseen == Approx(6.0 / 11));
  CHECK(data.runs[3].unseen_predicted == Approx(10.0 / 11));
  CHECK_FALSE(data.runs[4].unseen);
  CHECK_FALSE(data.runs[4].unseen_predicted);
  CHECK((data.all.networks == 7 && data.unseen.networks == 6));
  CHECK((data.unseen.equal == 4 && data.unseen.above == 1 && data.unseen.below == 1));
  CHECK(data.unseen.largest_difference == Approx(4.0 / 11));
  CHECK(data.unseen.signed_difference.value == Approx((2.0 / 44 - 4.0 / 11) / 6));
  // Deviations of Acc: -1, 1, 0 of 44 and 8, -7, -1 of 33; of predicted Acc: -1, -1, 2 of 132 and
  // 4, 1, -5 of 33.
  const double x = 2.0 / 44 / 44 + 114.0 / 33 / 33, y = 6.0 / 132 / 132 + 42.0 / 33 / 33;
  CHECK(data.unseen.correlation_within.value == Approx(30.0 / 33 / 33 / std::sqrt(x * y)));
  CHECK(data.unseen.correlation.value > 0.9);
  CHECK(data.unseen.correlation_of_size.value > 0.8);
  // Accuracy is what |D| makes it, and nothing else: a correlation, and none at one |D|.
  AccuracyRuns none;
  none.add(11, 0, 11, 12, 12);
  none.add(11, 1, 11, 11, 12);
  none.add(44, 0, 55, 55, 55);
  none.add(44, 1, 55, 54, 55);
  const toy::AccuracyData trend = toy::collect_accuracy(none.specs, none.records);
  CHECK(trend.unseen.correlation.value > 0.9);
  CHECK(trend.unseen.correlation_of_size.value == Approx(1));
  CHECK(std::isnan(trend.unseen.correlation_within.value));
}

TEST_CASE("accuracy: a network that diverged is counted and left out; a lost record is an error",
          "[compare]") {
  AccuracyRuns runs = accuracy_example();
  runs.add(44, 2, 3, 3, 55);
  runs.records.back().state = "diverged";
  const toy::AccuracyData data = toy::collect_accuracy(runs.specs, runs.records);
  CHECK((data.diverged == 1 && data.runs.size() == 4));
  runs.records.pop_back();
  CHECK_THROWS_AS(toy::collect_accuracy(runs.specs, runs.records), InputError);
}
