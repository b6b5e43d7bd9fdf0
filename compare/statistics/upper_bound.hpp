// compare/statistics/upper_bound.hpp: how often values exceed a bound of their own, each.
#pragma once

#include <span>

#include "compare/statistics/statistics.hpp"

namespace grok {

/// Where a bound is the largest value there is, nothing can break it: what it says is shown by the
/// others, the binding ones, alone.
struct UpperBound {
  std::int64_t count = 0;     // values
  std::int64_t binding = 0;   // of them, with a bound below the largest value
  std::int64_t broken = 0;    // above their bound
  Estimate share;             // broken / binding, as grouped_share; NaN: none can bind
  double largest_excess = 0;  // of value - bound; 0 if never broken
  double mean_excess = 0;     // of those that break it; 0 if none does
};

/// By how much a value must exceed its bound: values and bounds are multiples of far more.
inline constexpr double bound_rounding = 1e-9;

/// Throws InputError for lengths that differ.
UpperBound count_exceeded(std::span<const double> values, std::span<const double> bounds,
                          Groups seeds, double largest_value = 1);

}  // namespace grok
