// compare/toy/ideal_bounds.hpp: is what the training set implies an upper bound of what is learnt?
//   RQI <= ideal RQI,  Acc <= ideal Acc,  predicted Acc <= ideal Acc
//   The paper believes in these bounds (its "Alexander principle") and says that luck can break
//   them, so what breaks them is counted.
// Source: Liu et al. 2022, App. E (eq. 13, 16, 17) and Fig. 10.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compare/statistics/upper_bound.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

/// What a bound compares, of one network. predicted: the accuracy its representation predicts.
struct IdealRun {
  Index train = 0;
  std::int64_t seed = 0;
  double fraction = 0;
  double rqi = 0, ideal_rqi = 0;
  double accuracy = 0, predicted = 0, ideal_accuracy = 0;
};

/// Means over the networks of one size, with intervals over seeds.
struct IdealMean {
  Index train = 0;
  double fraction = 0;
  std::int64_t count = 0;
  Estimate rqi, ideal_rqi, accuracy, ideal_accuracy;
};

/// value <= ideal: those with ideal < 1 alone can break it, and the verdict is of those.
struct Bound {
  std::string name;        // "RQI"
  std::int64_t units = 0;  // |P0| or |D0|: value and ideal are multiples of 1/units
  UpperBound networks;
  Index largest_train = 0;  // largest |D| of those that break it
};

struct IdealBounds {
  std::string task;
  Index symbols = 0, samples = 0;
  std::vector<IdealRun> runs;
  std::vector<IdealMean> means;
  std::vector<Bound> bounds;  // RQI, Acc, predicted Acc
  std::int64_t seeds = 0;
  std::int64_t diverged = 0;    // left out: no final accuracy
  BootstrapInterval untrained;  // mean RQI of their initial embeddings: pure luck
};

/// The specs are of one task, whose embeddings combine by `sum`.
IdealBounds collect_ideal(std::span<const RunSpec> specs, std::span<const Record> records);

}  // namespace grok::toy
