// compare/toy/predicted_accuracy.hpp: the accuracy of networks beside the one that their
// representation predicts.
//   Acc            share of D0 that the trained network gets right
//   predicted Acc  |Dbar(D, P(R))| / |D0|, from D and the trained representation R alone
// Source: Liu et al. 2022, Fig. 3 and App. D (eq. 13).
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

struct AccuracyRun {
  Index train = 0;
  std::int64_t seed = 0;
  double fraction = 0, accuracy = 0, predicted = 0, ideal = 0;
};

struct AccuracyMean {
  Index train = 0;
  double fraction = 0;
  std::int64_t count = 0;
  Estimate accuracy, predicted;  // mean over networks
  double ideal = 0;              // mean over the same training sets
};

struct AccuracyData {
  std::vector<AccuracyRun> runs;
  std::vector<AccuracyMean> means;
  BootstrapInterval correlation, difference, signed_difference;  // of Acc and predicted Acc
  double largest_difference = 0;
  std::int64_t equal = 0, above = 0, below = 0;  // Acc against predicted Acc
  std::int64_t beyond_ideal = 0;                 // predicted Acc > ideal accuracy
  Estimate equal_share, beyond_ideal_share;
  std::int64_t diverged = 0;  // left out: no final accuracy
};

AccuracyData collect_accuracy(std::span<const RunSpec> specs, std::span<const Record> records);

}  // namespace grok::toy
