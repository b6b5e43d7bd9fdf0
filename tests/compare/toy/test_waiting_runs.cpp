#include "compare/toy/waiting_runs.hpp"

#include <cmath>

#include "tests/compare/toy/waiting_examples.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("waiting runs: censored runs count as not before", "[compare]") {
  const WaitingExample runs = waiting_example();
  const WaitingRuns data = runs.collect();
  REQUIRE(data.medians.size() == 3);
  CHECK(data.budget == 10'000);
  CHECK(data.medians[0].curve.censored == 6);
  CHECK_FALSE(data.medians[0].curve.median);
  CHECK(data.medians[1].curve.censored == 4);
  CHECK_FALSE(data.medians[1].curve.median);  // two of six are not half
  CHECK(data.medians[2].curve.censored == 0);
  CHECK(data.medians[2].curve.median == Approx(900));  // S <= 1/2 at the third of six
  CHECK((data.unique.networks == 9 && data.unique.reached == 8));
  CHECK((data.not_unique.networks == 9 && data.not_unique.reached == 0));
  REQUIRE(data.critical.critical);
  CHECK(data.critical.critical->count == 18);
  CHECK(data.critical.critical->estimate.value > 11.0 / 55);
  CHECK(data.critical.critical->estimate.value < 44.0 / 55);
}

TEST_CASE("waiting runs: no critical fraction where all or none reach it", "[compare]") {
  WaitingExample none;
  none.add(11, std::nullopt, false);
  none.add(22, std::nullopt, true);
  const WaitingRuns data = none.collect();
  CHECK_FALSE(data.critical.critical);
  CHECK_FALSE(data.critical.none.empty());
}

TEST_CASE("waiting runs: a network that diverged is not there; budgets must agree", "[compare]") {
  WaitingExample runs = waiting_example();
  runs.records[2].state = "diverged";  // |D| = 44, and would have been there at 700
  runs.records[2].steps_to_rqi.reset();
  runs.records[2].steps_done = 300;
  const WaitingRuns data = runs.collect();
  CHECK(data.diverged == 1);
  CHECK(data.runs.size() == 18);
  CHECK(data.runs[2].diverged);
  CHECK(data.medians[2].curve.count == 6);
  CHECK(data.medians[2].curve.censored == 1);
  CHECK(data.medians[2].curve.median == Approx(1000));  // the third of six, the first lost
  REQUIRE(data.critical.critical);
  CHECK(data.critical.critical->count == 18);
  CHECK(data.critical.critical->estimate.value >
        waiting_example().collect().critical.critical->estimate.value);
  runs.specs[3].steps = 9999;
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("steps = 9999, allowed the same budget"));
}

TEST_CASE("waiting runs: seeds are resampled, not runs", "[compare]") {
  WaitingExample runs = waiting_example();
  CHECK(runs.collect().critical.critical->groups == 18);
  for (std::size_t k = 0; k < runs.specs.size(); ++k) {
    runs.specs[k].seed = static_cast<std::int64_t>(k / 3);  // a seed with each size
  }
  const WaitingRuns data = runs.collect();
  CHECK(data.critical.critical->groups == 6);
  for (RunSpec& spec : runs.specs) {  // one seed: r_c without an interval
    spec.seed = 3;
  }
  const WaitingRuns single = runs.collect();
  CHECK(single.critical.critical->groups == 1);
  CHECK(std::isnan(single.critical.critical->estimate.low));
}
