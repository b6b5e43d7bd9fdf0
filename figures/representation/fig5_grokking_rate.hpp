// figures/representation/fig5_grokking_rate.hpp: does lambda_3 tell how long a network takes?
//   a        lambda_3 of random training sets against their size, normalisation `sum`
//   b        share of them where it is 0 (the linear structure is not unique)
//   c, d, e  steps to RQI > 0.95 of trained networks against three predictions for the same D and
//            the same initial embeddings: n_h = 1/(lambda_3 eta); gradient flow, all modes; Adam
//            flow. Predictions may lie beyond the networks' budget.
// Source: Liu et al. 2022, Fig. 5, eq. 8-9; the last two predictions are ours (docs/theory.md).
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/threshold_summary.hpp"
#include "compare/toy/paired.hpp"
#include "figures/figure.hpp"

namespace grok {

struct Predictor {
  std::string key;  // "n_h_sum", its column of the paired table
  std::int64_t networks = 0;
  Agreement agreement;         // groups: seeds
  std::int64_t in_budget = 0;  // networks predicted to get there within the budget
  std::int64_t reached = 0;    // of those, networks that did
  Estimate reached_share;      // NaN if in_budget = 0
};

struct GrokkingRateData {
  std::vector<RatePoint> rates;
  std::vector<toy::PairedRow> rows;
  std::vector<Predictor> predictors;
  std::int64_t budget = 0;    // steps
  std::int64_t diverged = 0;  // of `rows`; not there before: not reached within the budget
};

/// From paired rows: what is predicted, what was measured, how they agree.
GrokkingRateData collect_grokking_rate(std::vector<RatePoint> rates,
                                       std::span<const toy::PairedRow> rows);
Sheet sheet_of(const GrokkingRateData& data);
std::string report_of(const GrokkingRateData& data);
std::vector<Claim> claims_of(const GrokkingRateData& data);

Figure fig5_grokking_rate(std::string_view toml);

}  // namespace grok
