// compare/threshold_summary.hpp: counts of theory/threshold.hpp as probabilities with intervals.
#pragma once

#include <vector>

#include "compare/statistics.hpp"
#include "theory/threshold.hpp"

namespace grok {

struct ThresholdPoint {
  Index train = 0;      // |D|
  double fraction = 0;  // |D| / |D0|
  std::int64_t draws = 0;
  std::int64_t unique = 0;
  Estimate probability;  // Wilson
};

struct ThresholdCurve {
  std::vector<ThresholdPoint> points;  // |D| = 1..|D0|
  /// Where the probability crosses 1/2, linear between sizes; its interval is where the bounds of
  /// the Wilson band cross 1/2.
  Estimate critical_train;     // [samples]
  Estimate critical_fraction;  // the same over |D0|
};

ThresholdCurve summarise_threshold(const ThresholdCounts& counts);

struct RatePoint {
  Index train = 0;
  double fraction = 0;
  std::int64_t draws = 0;
  double median = 0, lower_quartile = 0, upper_quartile = 0, mean = 0;  // of lambda_3 [1/time]
  Estimate zero;  // share of draws with lambda_3 = 0, Wilson
};
std::vector<RatePoint> summarise_rates(const RateDraws& draws, Index samples);

}  // namespace grok
