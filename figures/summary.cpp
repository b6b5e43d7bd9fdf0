#include "figures/summary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace grok {

std::string runs_in_seeds(std::int64_t runs, std::int64_t seeds) {
  return fmt::format("{} runs in {} seed{}", runs, seeds, seeds == 1 ? "" : "s");
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
