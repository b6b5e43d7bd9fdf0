// figures/representation/fig16_deduction.hpp: parallelograms of matrices that follow from others,
// in S3 (theory/deduction_growth.hpp).
//   a  eight permutations a..h: E_a E_d = E_b E_c, E_f E_c = E_e E_d and E_e E_h = E_f E_g imply
//      E_a E_h = E_b E_g for invertible matrices (the paper's rule, `chain`)
//   b  one training set D, and in which round each other product is joined to it
//   c  share of P0 that random D imply, with the paper's rule alone and with both
// Theory only. What deduction finds is a lower bound of what is implied.
// Source: Liu et al. 2022, App. H.1; b and c are ours.
#pragma once

#include <string>
#include <vector>

#include "compare/statistics/threshold_summary.hpp"
#include "figures/figure.hpp"
#include "theory/deduction_growth.hpp"

namespace grok {

struct DeductionData {
  ChainExamples chains;
  ChainNumbers numbers;
  ClosureGrowth growth;
  struct Shares {
    std::vector<ImpliedShare> implied;
    ThresholdCurve complete;  // all of P0 implied
  };
  Shares chain, both;
};

struct DeductionSettings {
  Index train = 14;  // of the closure drawn, and its rounds
  int rounds = 5;
  std::int64_t tried_matrices = 10'000, draws = 1000;
  std::uint64_t seed = 58;  // of random training sets
};
/// Throws InputError as the parts do.
DeductionData collect_deduction(const DeductionSettings& settings, int threads);
Sheet sheet_of(const DeductionData& data);
std::string report_of(const DeductionData& data);
std::vector<Claim> claims_of(const DeductionData& data);

Figure fig16_deduction(std::string_view toml);

}  // namespace grok
