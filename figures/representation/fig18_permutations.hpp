// figures/representation/fig18_permutations.hpp: S3 with matrix embeddings against the training
// fraction.
//   a  final RQI                      b  steps to RQI > 0.95; not within the budget: censored
//   c  Acc, share of D0 that is right d  predicted Acc (theory/matrix_representation.hpp)
//   e  Acc against predicted Acc: is it a lower bound?
//   f  share of networks that get to RQI > 0.95, beside how often D implies all of P0 (deduction,
//      a lower bound)
//   "Best": the best network of a size, as the lines of the published figure.
// Source: Liu et al. 2022, App. H.2 and Fig. 18; f is ours.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/grouped.hpp"
#include "compare/statistics/summary.hpp"
#include "compare/statistics/threshold_summary.hpp"
#include "figures/figure.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok {

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

struct PermutationData {
  std::vector<PermutationRun> runs;
  std::vector<PermutationSize> sizes;
  std::int64_t budget = 0, diverged = 0, seeds = 0;
  std::optional<BootstrapInterval> best_critical;  // fraction from which the best one gets there
  CriticalFraction critical;                       // where half of the networks get there
  BoundCheck bound;            // Acc against predicted Acc, of those that did not diverge
  ThresholdCurve both, chain;  // P(all of P0 implied), by deduction
  std::int64_t draws = 0;
};

/// All but the two curves of theory. Throws InputError unless every run is of `permutations` and of
/// one budget.
PermutationData collect_permutations(std::span<const toy::RunSpec> specs,
                                     std::span<const toy::Record> records);
Sheet sheet_of(const PermutationData& data);
std::string report_of(const PermutationData& data);
std::vector<Claim> claims_of(const PermutationData& data);

Figure fig18_permutations(std::string_view toml);

}  // namespace grok
