// compare/statistics/grouped.hpp: means, first successes and lower bounds of values that come in
// groups (seeds); intervals by resampling groups, with figure_resamples and its seed.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

/// The mean; NaN for no values.
Estimate grouped_mean(std::span<const double> values, Groups groups);

/// From which x on somebody gets there: the middle between the first x with a success and the
/// largest below it (0: none). The interval covers both ends. No resample has an earlier success
/// than the first, so resampling moves it later only. Empty without a success.
std::optional<BootstrapInterval> first_success(std::span<const double> x,
                                               const std::vector<bool>& success, Groups groups);

/// Whether values stay above what should bound them.
struct BoundCheck {
  std::int64_t compared = 0, above = 0, equal = 0, below = 0;
  /// A value that is as large as values can be is never below: the others can break the bound.
  std::int64_t binding = 0;
  Estimate below_share;  // below/binding, as grouped_share; NaN if nothing binds
};
/// Differences up to `rounding` are none. Throws InputError for lengths that differ.
BoundCheck check_lower_bound(std::span<const double> values, std::span<const double> bounds,
                             Groups groups, double largest = 1, double rounding = 1e-9);

}  // namespace grok
