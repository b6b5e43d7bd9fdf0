// compare/toy/deduction.hpp: what deduction finds in S3 (theory/deduction_growth.hpp): the paper's
// rule case by case and on numbers, one closure round by round, and the share of P0 that random
// training sets imply, by the paper's rule alone and by both.
// Source: Liu et al. 2022, App. H.1; rounds and shares are ours.
#pragma once

#include <vector>

#include "compare/statistics/threshold_summary.hpp"
#include "theory/deduction_growth.hpp"

namespace grok::toy {

struct DeductionSettings {
  Index train = 0;  // of the closure drawn, and its rounds
  int rounds = 0;
  std::int64_t tried_matrices = 0, draws = 0;
  std::uint64_t seed = 0;  // of random training sets
};

/// Of random D of every size.
struct DeductionShares {
  std::vector<ImpliedShare> implied;
  ThresholdCurve complete;  // all of P0 implied
};

struct DeductionData {
  ChainExamples chains;
  ChainNumbers numbers;
  ClosureGrowth growth;
  DeductionShares chain, both;
};
/// Throws InputError as the parts do.
DeductionData collect_deduction(const DeductionSettings& settings, int threads);

}  // namespace grok::toy
