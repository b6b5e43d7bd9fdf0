// compare/statistics/two_rate_fit.hpp: steps against both learning rates, and what the two-rate law
// makes of them.
//   the law  steps = C / sqrt(eta_E eta_D); C is the geometric mean of steps sqrt(eta_E eta_D)
//   a block is a D with its embeddings, labels and decoder (|D| and seed), so that only the rates
//   vary inside it
//   Intervals by resampling seeds. Runs that are not there within their budget are left out, and
//   counted by who calls.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

struct RatedSteps {
  double representation_rate = 0, decoder_rate = 0;  // > 0 [1/step]
  double steps = 0;                                  // > 0
  std::int64_t block = 0;
  std::int64_t seed = 0;
};

/// Throws InputError unless rates and steps are finite and above 0.
void check_rated(std::span<const RatedSteps> points);

/// steps sqrt(eta_E eta_D): the C of one run.
double two_rate_constant(const RatedSteps& point);

/// The law with that C; estimates NaN without points.
struct TwoRateFit {
  Estimate constant;  // C
  Estimate within;    // share of runs within a factor 1.5 of the law with that C
  std::int64_t count = 0, seeds = 0;
};
TwoRateFit fit_two_rates(std::span<const RatedSteps> points);

/// What changes between two runs of a block: one rate, or both by the same factor.
enum class RateChange { representation, decoder, both };
struct RateSlope {
  double ratio = 0;  // eta_E/eta_D, geometric mean of the two runs
  Estimate slope;    // d ln steps/d ln rate, median over the pairs; interval by resampling seeds
  std::int64_t pairs = 0;
};
/// Between neighbours of the grid of rates, by ratio, ascending. Pairs of which one run is missing
/// are left out: near the budget the slow ones are. Errors as fit_two_rates.
std::vector<RateSlope> local_slopes(std::span<const RatedSteps> points, RateChange change);
/// Of all such pairs; ratio and slope NaN without one.
RateSlope median_slope(std::span<const RatedSteps> points, RateChange change);

/// C alone, and that of `points` over that of `base`, seeds drawn together; NaN without points, an
/// interval of NaN if either has fewer than `fewest_seeds`: of so few resamples do not reach far
/// enough.
inline constexpr std::int64_t fewest_seeds = 5;
Estimate constant_of(std::span<const RatedSteps> points);
Estimate constant_ratio(std::span<const RatedSteps> points, std::span<const RatedSteps> base);

}  // namespace grok
