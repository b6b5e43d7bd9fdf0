// figures/representation/fig5_grokking_rate.hpp: does lambda_3 tell how long a network takes?
//   a        lambda_3 of random training sets against their size, normalisation `sum`
//   b        share of them where it is 0 (the linear structure is not unique)
//   c, d, e  steps to RQI > 0.95 of trained networks against three predictions for the same D and
//            the same initial embeddings: n_h = 1/(lambda_3 eta); gradient flow, all modes; Adam
//            flow. Predictions may lie beyond the networks' budget.
// Source: Liu et al. 2022, Fig. 5, eq. 8-9; the last two predictions are ours (docs/theory.md).
#pragma once

#include <string>
#include <vector>

#include "compare/toy/rate_predictions.hpp"
#include "figures/figure.hpp"

namespace grok {

Sheet sheet_of(const toy::RatePredictions& data);
std::string report_of(const toy::RatePredictions& data);
std::vector<Claim> claims_of(const toy::RatePredictions& data);

Figure fig5_grokking_rate(std::string_view toml);

}  // namespace grok
