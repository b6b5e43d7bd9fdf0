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

#include "compare/statistics/statistics.hpp"
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
  bool diverged = false;              // then the rest says nothing
  double rqi = 0, ideal_rqi = 0;      // ideal: at least this
  double accuracy = 0, predicted = 0, ideal_accuracy = 0;
};

struct PermutationSize {
  Index train = 0;
  double fraction = 0;
  KaplanMeier waiting;                     // of all networks
  std::optional<std::int64_t> best_steps;  // smallest; empty: no network gets there
  std::int64_t count = 0;                  // networks that did not diverge: the rest is of them
  double best_rqi = 0, best_accuracy = 0;
  Estimate rqi, accuracy, predicted;         // means, intervals over seeds
  double ideal_rqi = 0, ideal_accuracy = 0;  // means over the same D
  Estimate reached;                          // share of all networks, Wilson
};

struct PermutationData {
  Index samples = 0;  // |D0|
  std::vector<PermutationRun> runs;
  std::vector<PermutationSize> sizes;
  std::int64_t budget = 0, diverged = 0, seeds = 0;
  /// Fraction from which on the best network of a size gets there: the middle between the first
  /// such size and the one below. Its interval, over seeds, covers both; no resample has a better
  /// network than the best, so resampling moves it later only, and more seeds may come earlier.
  std::optional<BootstrapInterval> best_critical;
  std::optional<BootstrapInterval> critical;  // where half of the networks get there (summary.hpp)
  std::string no_critical;                    // why there is none
  std::int64_t compared = 0, above = 0, equal = 0, below = 0;  // Acc against predicted Acc
  /// Acc = 1 is never below: the bound can only be broken by the others.
  std::int64_t binding = 0;  // networks with Acc < 1
  Estimate below_share;      // below / binding, as grouped_share over seeds; NaN: no such network
  BootstrapInterval correlation;  // of Acc and predicted Acc; count 0 where one is constant
  ThresholdCurve both, chain;     // P(all of P0 implied), by deduction
  std::int64_t draws = 0;
};

/// All but the two curves of theory. Throws InputError unless every run is of `permutations` and of
/// one budget.
PermutationData collect_permutations(std::span<const toy::RunSpec> specs,
                                     std::span<const toy::Record> records);
std::vector<Claim> claims_of_permutations(const PermutationData& data);
Drawing draw_permutations(const PermutationData& data, const std::string& command);
std::string report_permutations(const PermutationData& data);

Figure fig18_permutations(std::string_view toml);

}  // namespace grok
