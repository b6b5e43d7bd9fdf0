// compare/statistics/threshold_summary.hpp: counts of theory/threshold.hpp as probabilities with
// intervals.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "theory/threshold.hpp"

namespace grok {

struct ThresholdPoint {
  Index train = 0;      // |D|
  double fraction = 0;  // |D| / |D0|
  std::int64_t draws = 0;
  std::int64_t unique = 0;
  Estimate probability;  // Wilson
};

/// Sizes of a curve: every |D| = 1..|D0|, or those where the count is neither 0 nor all draws: a
/// few in a hundred at p = 1000.
enum class CurveSizes { all, undecided };

struct ThresholdCurve {
  std::vector<ThresholdPoint> points;  // of the sizes asked for, ascending
  Index never = 0, always = 0;         // sizes of 1..|D0| with no draw, with every draw
  bool from_start = false;             // every draw is unique before the first sample
  /// Smallest size, from 0 on, where the probability is 1/2, linear between whole sizes; 0 if it is
  /// from the start (p = 2). Its interval is where the bounds of the Wilson band get there; |D0| if
  /// the lower bound never does (fewer than 4 draws), since all of D0 is unique by definition.
  Estimate critical_train;     // [samples]
  Estimate critical_fraction;  // the same over |D0|
};

/// Throws InputError unless the counts have |D0|+1 entries that rise to `draws`. Memory that of the
/// points asked for.
ThresholdCurve summarise_threshold(const ThresholdCounts& counts,
                                   CurveSizes sizes = CurveSizes::all);

struct RatePoint {
  Index train = 0;
  double fraction = 0;
  std::int64_t draws = 0;
  Estimate median;                                // of lambda_3 [1/time], as median_interval
  double lower_quartile = 0, upper_quartile = 0;  // of lambda_3 [1/time]
  Estimate zero;                                  // share of draws with lambda_3 = 0, Wilson
};
/// Throws InputError unless there are `samples` rows of `draws` finite values >= 0.
std::vector<RatePoint> summarise_rates(const RateDraws& draws, Index samples);

/// Ideal quantities of random D of one size.
struct IdealPoint {
  Index train = 0;
  double fraction = 0;
  std::int64_t draws = 0;
  Estimate rqi, accuracy;  // means, 95% from their standard errors; draws are independent
  double rqi_error = 0, accuracy_error = 0;  // standard errors
  std::int64_t complete = 0;                 // draws with ideal RQI = 1
  Estimate complete_share;                   // Wilson
};
/// One for each |D| = 1..|D0|.
std::vector<IdealPoint> summarise_ideal(const IdealDraws& draws);

struct ImpliedShare {
  Index train = 0;
  double fraction = 0;
  std::int64_t draws = 0;
  Estimate mean;  // of implied/|P0|; 95% from its standard error, draws are independent
  double lower_quartile = 0, upper_quartile = 0;
};
/// Of implied_draws (theory/deduction_growth.hpp). Throws InputError for fewer than two draws.
std::vector<ImpliedShare> summarise_implied(const Eigen::MatrixXd& shares);

}  // namespace grok
