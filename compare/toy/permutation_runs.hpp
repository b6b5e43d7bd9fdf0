// compare/toy/permutation_runs.hpp: networks with matrix embeddings of S3 against the size of the
// training set: when they find the representation, how accurate they are, and whether the accuracy
// that the matrices predict is a lower bound.
//   "Best": the best network of a size, as the lines of the published figure.
// Source: Liu et al. 2022, App. H.2 and Fig. 18.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/grouped.hpp"
#include "compare/statistics/summary.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

struct PermutationRun {
  Index train = 0;
  std::int64_t seed = 0;
  double fraction = 0;
  std::optional<std::int64_t> steps;  // to RQI > 0.95; empty: censored at the budget
  bool complete = false;              // deduction from D reaches all of P0
  bool diverged = false;
  double rqi = 0, accuracy = 0, predicted = 0;  // at the last step; diverged: NaN
  double ideal_rqi = 0, ideal_accuracy = 0;     // what D implies, at least
};

/// Means and bests are of the `finished` networks, which did not diverge; NaN if there are none.
struct PermutationSize {
  Index train = 0;
  double fraction = 0;
  KaplanMeier waiting;                     // of all networks
  std::optional<std::int64_t> best_steps;  // smallest; empty: no network gets there
  std::int64_t finished = 0;
  double best_rqi = 0, best_accuracy = 0;
  Estimate rqi, accuracy, predicted;  // means, intervals over seeds
  double ideal_rqi = 0, ideal_accuracy = 0;
  Estimate reached;  // share of all networks, Wilson
};

/// Of some networks, those that get to RQI > 0.95.
struct Reached {
  std::int64_t networks = 0, reached = 0;
};

struct PermutationRuns {
  std::vector<PermutationRun> runs;
  std::vector<PermutationSize> sizes;  // ascending
  std::int64_t budget = 0, diverged = 0, seeds = 0;
  Reached complete, incomplete;                    // by PermutationRun::complete
  std::optional<BootstrapInterval> best_critical;  // fraction from which the best one gets there
  CriticalFraction critical;                       // where half of the networks get there
  BoundCheck bound;  // Acc against predicted Acc, of those that did not diverge
};

/// Throws InputError unless every run is of `permutations` and of one budget.
PermutationRuns collect_permutations(std::span<const RunSpec> specs,
                                     std::span<const Record> records);

}  // namespace grok::toy
