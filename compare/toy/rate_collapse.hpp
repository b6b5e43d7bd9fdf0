// compare/toy/rate_collapse.hpp: steps of networks and of their mode flow against both learning
// rates. Multiplying both by c divides time by c and changes nothing else (docs/two_rate.md), so
// that
//   steps sqrt(eta_E eta_D) = F(eta_E/eta_D)
// at one |D|. F is the mode flow's, of other seeds, for which no network is trained.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "compare/statistics/two_rate_fit.hpp"
#include "compare/toy/flow_runs.hpp"

namespace grok::toy {

/// F of one |D| at one eta_E/eta_D: median and quartiles over flows, infinite where they are not
/// within the budget.
struct CollapsePoint {
  std::int64_t train = 0;
  double ratio = 0;
  double median = 0, low = 0, high = 0;
  std::int64_t there = 0, flows = 0;  // of them
};
/// By |D|, then ratio, ascending; left out where half of the flows or more are not there.
std::vector<CollapsePoint> collapse_of(std::span<const FlowRun> flows);

struct RateCollapse {
  bool descent = false;         // plain gradient descent
  std::vector<FlowRun> runs;    // networks with their flow
  std::vector<FlowRun> others;  // other seeds: the flow alone
  std::vector<CollapsePoint> F;
  /// Measured steps against F/sqrt(eta_E eta_D), where F is known; scaled: times a constant.
  Agreement agreement;
  TwoRateFit measured;
  /// Share of runs there within 1.5 of F less that within 1.5 of the fitted C, where F is known;
  /// seeds drawn together. NaN without such a run.
  Estimate F_over_C;
  FlowScore score;                                 // the flow of each run, its own network
  std::vector<std::pair<Index, FlowScore>> sweep;  // modes; of some seeds
};
/// What follows from the runs. Throws InputError if optimisers differ.
RateCollapse collect_collapse(std::vector<FlowRun> runs, std::vector<FlowRun> others,
                              std::vector<std::pair<Index, FlowScore>> sweep);

}  // namespace grok::toy
