// figures/representation/fig16_deduction.hpp: parallelograms of matrices that follow from others,
// in S3 (compare/toy/deduction.hpp).
//   a  eight permutations a..h: E_a E_d = E_b E_c, E_f E_c = E_e E_d and E_e E_h = E_f E_g imply
//      E_a E_h = E_b E_g for invertible matrices (the paper's rule, `chain`)
//   b  one training set D, and in which round each other product is joined to it
//   c  share of P0 that random D imply, with the paper's rule alone and with both
// Theory only. What deduction finds is a lower bound of what is implied.
// Source: Liu et al. 2022, App. H.1; b and c are ours.
#pragma once

#include <string>
#include <vector>

#include "compare/toy/deduction.hpp"
#include "figures/figure.hpp"

namespace grok {

Sheet sheet_of(const toy::DeductionData& data);
std::string report_of(const toy::DeductionData& data);
std::vector<Claim> claims_of(const toy::DeductionData& data);

Figure fig16_deduction(std::string_view toml);

}  // namespace grok
