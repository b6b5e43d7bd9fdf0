#include "compare/toy/flow_runs.hpp"

#include "tests/compare/toy/flow_examples.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("two-rate: the flow scored against networks", "[compare][two_rate]") {
  std::vector<FlowRun> runs = flow_examples();
  FlowScore score = score_flow(runs);
  CHECK(score.count == 30);
  CHECK(score.seeds == 5);
  CHECK(score.there == 25);
  CHECK(score.outcomes_right == 30);
  CHECK(score.ratios == 25);
  CHECK(score.ratio.value == Approx(1 / 1.1).epsilon(0.01));
  CHECK(score.within_1_25.inside == 25);
  CHECK(score.within_1_25.outside == 0);
  runs[0].flow.steps = 12'000;  // beyond the budget: told to be stuck, and it was not
  runs[1].flow.steps.reset();   // in no share of factors
  runs[2].flow.steps = 700;     // told to get there, and it was stuck
  score = score_flow(runs);
  CHECK(score.outcomes_right == 27);
  CHECK(score.there_of_both == 23);
  CHECK(score.within_1_25.inside == 23);
  CHECK(score.within_1_25.outside == 2);
  CHECK(flow_steps(runs, false).size() == 24);
  CHECK(flow_steps(runs, true).size() == 23);
  CHECK(measured_steps(runs).size() == 25);
  CHECK(measured_steps(runs)[0].block == measured_steps(runs)[1].block);
  CHECK(score_flow({}).count == 0);
}

TEST_CASE("two-rate: other seeds and the first seeds", "[compare][two_rate]") {
  std::vector<RunSpec> runs;
  for (const FlowRun& r : flow_examples()) {
    runs.push_back(r.spec);
  }
  runs[0].label_seed = 7;
  const auto others = other_seeds(runs, 1000);
  REQUIRE(others.size() == runs.size());
  CHECK(others[0].seed == 1000);
  CHECK(others[0].label_seed == 1007);
  CHECK(others[1].label_seed.value_or(1000) == 1000);
  CHECK(others[29].seed == 1004);
  CHECK(others[29].decoder_rate == runs[29].decoder_rate);
  const auto first = of_first_seeds(runs, 2);
  CHECK(first.size() == 12);
  CHECK(runs[first.back()].seed == 1);
  CHECK(of_first_seeds(runs, 9).size() == 30);
}
