// compare/statistics/scaling.hpp: how many samples make the linear structure unique, against p.
//   n50    smallest |D| at which at least half of the random orders of D0 are unique
//   r_c    n50/|D0|
// beside what theory/coverage.hpp predicts from the task alone.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "theory/threshold.hpp"

namespace grok {

struct ScalingPoint {
  Index symbols = 0;  // p
  Index samples = 0;  // |D0|
  std::int64_t draws = 0;
  Estimate n50;             // [samples], interval of order statistics as median_interval
  Estimate fraction;        // r_c
  Estimate critical_train;  // as `threshold`: linear between whole sizes, Wilson band
  Estimate covered, rows;   // as n50, of the two conditions
  Estimate explained;       // share of draws unique as soon as both hold; Wilson
  double coverage = 0;      // predicted median of `covered`
  double touched = 0;       // the same if one sample with the symbol were enough
  double counting = 0;      // predicted median of `rows`
  double predicted = 0;     // of n50: the larger of coverage and counting
  Estimate ratio;           // critical_train / predicted
};

/// Throws InputError unless there are as many sizes of each kind, at least one, and each in
/// 0..|D0|.
ScalingPoint summarise_scaling(const Task& task, const UniqueSizes& sizes);

/// Where a share of 1/2 of the draws is reached, linear between whole sizes, with the Wilson band:
/// critical_train of summarise_threshold without a list of all sizes. `most`: |D0|.
Estimate critical_size(std::vector<Index> needed, Index most);

/// "addition", "modular-addition", or "abelian": the product of k cyclic groups of order `factor`,
/// p = factor^k. Throws InputError for another name, if p is no such power, or a factor is given
/// where it says nothing.
Task scaling_task(const std::string& where, const std::string& name, Index symbols,
                  std::optional<Index> factor);

/// Sizes of a scan: "6,10,20" or "6:4000:12" (from, to, how many: spaced evenly in ln p, rounded,
/// each once). Ascending. Throws InputError: "where: --symbols = ...", unless 2 <= p <=
/// max_symbols.
std::vector<Index> scan_of_symbols(const std::string& where, const std::string& text);

}  // namespace grok
