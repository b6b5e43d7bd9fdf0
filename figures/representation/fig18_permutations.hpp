// figures/representation/fig18_permutations.hpp: S3 with matrix embeddings against the training
// fraction (compare/toy/permutation_runs.hpp).
//   a  final RQI                      b  steps to RQI > 0.95; not within the budget: censored
//   c  Acc, share of D0 that is right d  predicted Acc (theory/matrix_representation.hpp)
//   e  Acc against predicted Acc: is it a lower bound?
//   f  share of networks that get to RQI > 0.95, beside how often D implies all of P0 (deduction,
//      a lower bound)
// Source: Liu et al. 2022, App. H.2 and Fig. 18; f is ours.
#pragma once

#include <string>
#include <vector>

#include "compare/statistics/threshold_summary.hpp"
#include "compare/toy/permutation_runs.hpp"
#include "figures/figure.hpp"

namespace grok {

struct PermutationData {
  toy::PermutationRuns networks;
  ThresholdCurve both, chain;  // P(all of P0 implied), by deduction
};
Sheet sheet_of(const PermutationData& data);
std::string report_of(const PermutationData& data);
std::vector<Claim> claims_of(const PermutationData& data);

Figure fig18_permutations(std::string_view toml);

}  // namespace grok
