// compare/toy/flow_runs.hpp: the mode flow of runs (compare/toy/mode_flow_run.hpp), beside the
// networks where there are some, and how well the one tells the other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "compare/statistics/two_rate_fit.hpp"
#include "compare/toy/mode_flow_run.hpp"
#include "nets/toy/record.hpp"

namespace grok::toy {

struct FlowRun {
  RunSpec spec;
  std::optional<double> measured;  // steps to RQI; empty: not within the budget, or no network
  ModeFlowOutcome flow;
};

/// The flow of each run with `modes` modes, on `threads` threads. `label`: of the live line.
std::vector<FlowRun> follow_runs(std::span<const RunSpec> runs, Index modes, int threads,
                                 const std::string& label);
/// The same with what the networks did; one record a run.
std::vector<FlowRun> follow_runs(std::span<const RunSpec> runs, std::span<const Record> records,
                                 Index modes, int threads, const std::string& label);

/// The same runs with other seeds: seed + `shift`, all four streams.
std::vector<RunSpec> other_seeds(std::span<const RunSpec> runs, std::int64_t shift);
/// Those of the `count` smallest seeds.
std::vector<std::size_t> of_first_seeds(std::span<const RunSpec> runs, std::int64_t count);

/// Steps where they are known, as points of the law; block: |D| and seed.
std::vector<RatedSteps> measured_steps(std::span<const FlowRun> runs);
/// Of the flow within the budget; `beside`: only where the network is there, too.
std::vector<RatedSteps> flow_steps(std::span<const FlowRun> runs, bool beside);

/// How well the flow tells the networks. Intervals by resampling seeds.
struct FlowScore {
  std::int64_t count = 0, seeds = 0;
  std::int64_t there = 0;          // networks within their budget
  std::int64_t there_of_both = 0;  // and the flow as well
  std::int64_t outcomes_right = 0;
  Estimate outcome;  // share of runs where both get there within the budget, or neither
  Estimate ratio;    // median of measured/flow over runs where both are known; NaN: none
  std::int64_t ratios = 0;
  FactorShare within_1_25, within_1_5;  // of networks that got there; told stuck: outside
};
FlowScore score_flow(std::span<const FlowRun> runs);

}  // namespace grok::toy
