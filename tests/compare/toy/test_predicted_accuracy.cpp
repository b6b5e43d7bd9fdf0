#include "compare/toy/predicted_accuracy.hpp"

#include "core/errors.hpp"
#include "tests/compare/toy/accuracy_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("accuracy: means, differences and who is above", "[compare]") {
  const AccuracyRuns runs = accuracy_example();
  const toy::AccuracyData data = toy::collect_accuracy(runs.specs, runs.records);
  REQUIRE(data.runs.size() == 4);
  CHECK(data.equal == 2);
  CHECK(data.above == 1);
  CHECK(data.below == 1);
  CHECK(data.beyond_ideal == 1);
  CHECK(data.difference.estimate.value == Approx(6.0 / 4 / 55));
  CHECK(data.signed_difference.estimate.value == Approx(-2.0 / 4 / 55));
  CHECK(data.largest_difference == Approx(4.0 / 55));
  CHECK(data.difference.groups == 2);
  REQUIRE(data.means.size() == 2);
  CHECK(data.means[0].train == 11);
  CHECK(data.means[0].fraction == Approx(0.2));
  CHECK(data.means[0].accuracy.value == Approx(12.0 / 55));
  CHECK(data.means[0].accuracy.low == Approx(11.0 / 55));  // two networks: from one to the other
  CHECK(data.means[0].accuracy.high == Approx(13.0 / 55));
  CHECK(data.means[1].predicted.value == Approx(54.5 / 55));
  CHECK(data.means[1].ideal == Approx(53.5 / 55));
}
