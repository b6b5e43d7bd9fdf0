#include "compare/statistics/grouped.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Estimate grouped_mean(std::span<const double> values, Groups groups) {
  require_equal_lengths("grouped_mean", values.size(), groups.size());
  if (values.empty()) {
    return {undefined, undefined, undefined};
  }
  return bootstrap_number("grouped_mean", groups, figure_resamples, figure_bootstrap_seed,
                          [&](auto chosen) { return mean_of(values, chosen); })
      .estimate;
}

std::optional<BootstrapInterval> first_success(std::span<const double> x,
                                               const std::vector<bool>& success, Groups groups) {
  require_equal_lengths("first_success", x.size(), success.size());
  require_equal_lengths("first_success", x.size(), groups.size());
  const auto transition = [&](std::span<const std::size_t> chosen) -> std::optional<ValueRange> {
    double first = std::numeric_limits<double>::infinity(), before = 0;
    for (const std::size_t k : chosen) {
      first = success[k] ? std::min(first, x[k]) : first;
    }
    for (const double other : x) {
      before = other < first ? std::max(before, other) : before;
    }
    return std::isfinite(first) ? std::optional(ValueRange{before, first}) : std::nullopt;
  };
  std::vector<std::size_t> all;
  for (std::size_t k = 0; k < x.size(); ++k) {
    all.push_back(k);
  }
  const auto whole = transition(all);
  return whole ? std::optional(bootstrap("first_success", (whole->low + whole->high) / 2, groups,
                                         figure_resamples, figure_bootstrap_seed, transition))
               : std::nullopt;
}

BoundCheck check_lower_bound(std::span<const double> values, std::span<const double> bounds,
                             Groups groups, double largest, double rounding) {
  const char* where = "check_lower_bound";
  require_equal_lengths(where, values.size(), bounds.size());
  require_equal_lengths(where, values.size(), groups.size());
  BoundCheck check;
  std::vector<bool> below;
  std::vector<std::int64_t> binding_groups;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double gap = values[k] - bounds[k];
    check.above += gap > rounding ? 1 : 0;
    check.equal += std::abs(gap) <= rounding ? 1 : 0;
    if (values[k] < largest - rounding) {
      below.push_back(gap < -rounding);
      binding_groups.push_back(groups[k]);
    }
  }
  check.compared = std::ssize(values);
  check.binding = std::ssize(below);
  check.below = std::ranges::count(below, true);
  check.below_share = below.empty() ? Estimate{undefined, undefined, undefined}
                                    : grouped_share(below, binding_groups).estimate;
  return check;
}

}  // namespace grok
