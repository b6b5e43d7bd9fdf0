// compare/toy/rate_predictions.hpp: predicted steps to a linear structure beside measured ones, for
// each of five predictions: n_h = 1/(lambda_3 eta) and the gradient flow, both normalisations, and
// the Adam flow. Source: Liu et al. 2022, Fig. 5, eq. 8-9; the flows are ours (docs/theory.md).
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compare/referee/within_cells.hpp"
#include "compare/statistics/agreement_numbers.hpp"
#include "compare/statistics/threshold_summary.hpp"
#include "compare/toy/paired.hpp"

namespace grok::toy {

struct Predictor {
  std::string key;  // "n_h_sum", its column of the paired table
  std::int64_t networks = 0;
  Agreement agreement;         // groups: seeds
  std::int64_t in_budget = 0;  // networks predicted to get there within the budget
  std::int64_t reached = 0;    // of those, networks that did
  Estimate reached_share;      // NaN if in_budget = 0
  /// Of those with both above 0, at one |D| (compare/statistics/within.hpp): slope of ln measured
  /// on ln predicted, and Kendall's; count 0 where there is none.
  BootstrapInterval slope_within, kendall_within;
  /// Of all networks, who is not there by its budget included: of pairs of one |D| of which is
  /// known who was first, the share that is predicted so; NaN without such a pair. And pairs by
  /// kind, a cell being one |D|.
  Estimate concordance_within;
  PairKinds pairs;
};

struct RatePredictions {
  std::vector<RatePoint> rates;
  std::vector<PairedRow> rows;
  std::vector<Predictor> predictors;
  /// Spearman of measured steps with -|D|: what the size alone tells. count 0: none.
  BootstrapInterval size_rank;
  std::int64_t budget = 0;    // steps
  std::int64_t diverged = 0;  // of `rows`; not there before: not reached within the budget
};

/// The numbers of every prediction as rows, with the share of those predicted within the budget.
/// Shares within a factor are of all predicted whose case is decided; the league's
/// (compare/referee/league.hpp) are of those that got there.
std::vector<AgreementNumber> numbers_of(const Predictor& predictor);

/// Those of all predictions, by key, then what |D| alone tells, as "train".
std::vector<std::pair<std::string, AgreementNumber>> numbers_of(const RatePredictions& data);

/// From paired rows: what is predicted, what was measured, how they agree.
RatePredictions collect_predictions(std::vector<RatePoint> rates, std::span<const PairedRow> rows);

}  // namespace grok::toy
