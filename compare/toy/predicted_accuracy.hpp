// compare/toy/predicted_accuracy.hpp: the accuracy of networks beside the one that their
// representation predicts.
//   Acc            share of D0 that the trained network gets right
//   predicted Acc  |Dbar(D, P(R))| / |D0|, from D and the trained representation R alone
// Both hold the samples of D themselves, so that |D| alone makes them go together. Over the samples
// that are not in D ("unseen") they are what has to be predicted; Dbar contains D, so that their
// number in Dbar is |Dbar| - |D|.
// Source: Liu et al. 2022, Fig. 3 and App. D (eq. 13).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

struct AccuracyRun {
  Index train = 0;
  std::int64_t seed = 0;
  double fraction = 0, accuracy = 0, predicted = 0, ideal = 0;
  std::optional<double> unseen, unseen_predicted;  // empty: D is all of D0
};

struct AccuracyMean {
  Index train = 0;
  double fraction = 0;
  std::int64_t count = 0;
  Estimate accuracy, predicted;  // mean over networks
  double ideal = 0;              // mean over the same training sets
};

/// Acc against predicted Acc, over some samples of each network. Intervals resample seeds.
struct AccuracyAgreement {
  std::string samples;  // "all", "unseen"
  std::int64_t networks = 0, seeds = 0;
  /// Pearson's: of all networks; of those of one |D| (compare/statistics/within.hpp); and of Acc
  /// with |D|/|D0| alone. NaN where there is none.
  Estimate correlation, correlation_within, correlation_of_size;
  Estimate difference, signed_difference;  // means of |Acc - predicted Acc|, Acc - predicted Acc
  double largest_difference = 0;
  std::int64_t equal = 0, above = 0, below = 0;  // Acc against predicted Acc
  Estimate equal_share;
};

struct AccuracyData {
  std::vector<AccuracyRun> runs;
  std::vector<AccuracyMean> means;
  AccuracyAgreement all, unseen;  // unseen: of no networks if every D is D0
  std::int64_t beyond_ideal = 0;  // predicted Acc > ideal accuracy
  Estimate beyond_ideal_share;
  std::int64_t diverged = 0;  // left out: no final accuracy
};

/// Throws InputError unless there is one record for each spec, and a network that did not diverge.
AccuracyData collect_accuracy(std::span<const RunSpec> specs, std::span<const Record> records);

}  // namespace grok::toy
