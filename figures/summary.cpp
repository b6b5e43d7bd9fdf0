#include "figures/summary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "core/errors.hpp"
#include "core/random.hpp"

namespace grok {

GroupedEstimate bootstrap_groups(std::span<const std::int64_t> groups, const Statistic& statistic,
                                 std::int64_t resamples) {
  require_in_range<std::int64_t>("bootstrap_groups", "runs", std::ssize(groups), 1, 1'000'000'000);
  std::map<std::int64_t, std::vector<std::size_t>> members;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    members[groups[k]].push_back(k);
  }
  std::vector<std::vector<std::size_t>> list;
  for (auto& [group, runs] : members) {
    list.push_back(std::move(runs));
  }
  std::vector<std::size_t> chosen(groups.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  GroupedEstimate result;
  result.count = std::ssize(groups);
  result.groups = std::ssize(list);
  result.estimate.value = statistic(chosen);
  if (list.size() < 2) {
    result.estimate.low = result.estimate.high = std::numeric_limits<double>::quiet_NaN();
    return result;
  }
  RandomStream stream(0, "figures/bootstrap");
  std::vector<double> values;
  for (std::int64_t k = 0; k < resamples; ++k) {
    chosen.clear();
    for (std::size_t g = 0; g < list.size(); ++g) {
      const auto& runs = list[static_cast<std::size_t>(stream.below(std::ssize(list)))];
      chosen.insert(chosen.end(), runs.begin(), runs.end());
    }
    if (const double value = statistic(chosen); std::isfinite(value)) {
      values.push_back(value);
    }
  }
  result.resamples = std::ssize(values);
  if (2 * result.resamples < resamples) {
    throw ConvergenceError(
        fmt::format("bootstrap_groups: resamples with a value = {} of {}, wanted at least half",
                    result.resamples, resamples));
  }
  result.estimate.low = quantile(values, 0.5 * (1 - default_confidence));
  result.estimate.high = quantile(std::move(values), 0.5 * (1 + default_confidence));
  return result;
}

double mean_of(std::span<const double> x, std::span<const std::size_t> chosen) {
  double sum = 0;
  for (const std::size_t k : chosen) {
    sum += x[k];
  }
  return sum / static_cast<double>(chosen.size());
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
