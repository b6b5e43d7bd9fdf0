#include "compare/statistics/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/errors.hpp"

namespace grok {

CriticalFraction critical_fraction(std::span<const double> fractions,
                                   const std::vector<bool>& reached, Groups seeds) {
  require_equal_lengths("critical_fraction", fractions.size(), reached.size());
  std::map<double, std::pair<std::int64_t, std::int64_t>> sizes;  // there, all
  for (std::size_t k = 0; k < reached.size(); ++k) {
    auto& [there, all] = sizes[fractions[k]];
    there += reached[k] ? 1 : 0;
    ++all;
  }
  const bool half = std::any_of(sizes.begin(), sizes.end(), [](const auto& size) {
    return 2 * size.second.first >= size.second.second;
  });
  if (!half) {
    return {std::nullopt, "not reached: no size has half of its networks there"};
  }
  try {
    return {critical_point(fractions, reached, seeds, figure_resamples, figure_bootstrap_seed), ""};
  } catch (const ConvergenceError& failure) {
    return {std::nullopt, failure.what()};
  }
}

std::vector<WaitingGroup> waiting_by(std::span<const double> x, std::span<const Waiting> waiting) {
  require_equal_lengths("waiting_by", x.size(), waiting.size());
  std::map<double, std::vector<Waiting>> groups;
  for (std::size_t k = 0; k < x.size(); ++k) {
    groups[x[k]].push_back(waiting[k]);
  }
  std::vector<WaitingGroup> curves;
  for (const auto& [at, group] : groups) {
    curves.push_back({at, kaplan_meier(group)});
  }
  return curves;
}

double mean_of(std::span<const double> x, std::span<const std::size_t> chosen) {
  double sum = 0;
  for (const std::size_t k : chosen) {
    sum += x[k];
  }
  return sum / static_cast<double>(chosen.size());
}

Line fit_line(std::span<const double> x, std::span<const double> y,
              std::span<const std::size_t> chosen) {
  const double mean_x = mean_of(x, chosen), mean_y = mean_of(y, chosen);
  double xx = 0, xy = 0;
  for (const std::size_t k : chosen) {
    xx += (x[k] - mean_x) * (x[k] - mean_x);
    xy += (x[k] - mean_x) * (y[k] - mean_y);
  }
  const double slope = xx > 0 ? xy / xx : std::numeric_limits<double>::quiet_NaN();
  return {slope, mean_y - slope * mean_x};
}

Estimate median_factor(std::span<const StepPair> pairs) {
  std::vector<double> factors;
  std::vector<std::int64_t> groups;
  for (const StepPair& pair : pairs) {
    if (pair.predicted && pair.measured && *pair.predicted > 0 && *pair.measured > 0) {
      const double ratio = *pair.measured / *pair.predicted;
      factors.push_back(std::max(ratio, 1 / ratio));
      groups.push_back(pair.group);
    }
  }
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (factors.empty()) {
    return {none, none, none};
  }
  const auto median = [&factors](std::span<const std::size_t> chosen) {
    std::vector<double> drawn;
    for (const std::size_t k : chosen) {
      drawn.push_back(factors[k]);
    }
    return quantile(drawn, 0.5);
  };
  return bootstrap_number("median_factor", groups, figure_resamples, figure_bootstrap_seed, median)
      .estimate;
}

double pearson(std::span<const double> x, std::span<const double> y,
               std::span<const std::size_t> chosen) {
  const double mean_x = mean_of(x, chosen), mean_y = mean_of(y, chosen);
  double xx = 0, yy = 0, xy = 0;
  for (const std::size_t k : chosen) {
    xx += (x[k] - mean_x) * (x[k] - mean_x);
    yy += (y[k] - mean_y) * (y[k] - mean_y);
    xy += (x[k] - mean_x) * (y[k] - mean_y);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace grok
