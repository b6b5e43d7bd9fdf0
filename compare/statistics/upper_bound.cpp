#include "compare/statistics/upper_bound.hpp"

#include <algorithm>
#include <limits>

#include "compare/statistics/over_seeds.hpp"

namespace grok {

UpperBound count_exceeded(std::span<const double> values, std::span<const double> bounds,
                          Groups seeds, double largest_value) {
  require_equal_lengths("count_exceeded", values.size(), bounds.size());
  require_equal_lengths("count_exceeded", values.size(), seeds.size());
  UpperBound result;
  result.count = std::ssize(values);
  std::vector<bool> broken_binding;
  std::vector<std::int64_t> binding_seeds;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double excess = values[k] - bounds[k];
    const bool broken = excess > bound_rounding;
    if (bounds[k] < largest_value - bound_rounding) {
      broken_binding.push_back(broken);
      binding_seeds.push_back(seeds[k]);
    }
    if (broken) {
      ++result.broken;
      result.mean_excess += excess;
      result.largest_excess = std::max(result.largest_excess, excess);
    }
  }
  result.mean_excess /= static_cast<double>(std::max<std::int64_t>(result.broken, 1));
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  result.binding = std::ssize(broken_binding);
  result.share = broken_binding.empty() ? Estimate{none, none, none}
                                        : grouped_share(broken_binding, binding_seeds).estimate;
  return result;
}

}  // namespace grok
