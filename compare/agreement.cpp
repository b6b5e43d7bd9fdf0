// Predicted against measured steps (declared in statistics.hpp).
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "compare/intervals.hpp"
#include "compare/statistics.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

struct Pairs {
  std::vector<double> predicted, measured;
};

bool has_zero(double predicted, double measured) { return predicted == 0 || measured == 0; }

Pairs without_zeros(const Pairs& pairs) {
  Pairs result;
  for (std::size_t k = 0; k < pairs.predicted.size(); ++k) {
    if (!has_zero(pairs.predicted[k], pairs.measured[k])) {
      result.predicted.push_back(pairs.predicted[k]);
      result.measured.push_back(pairs.measured[k]);
    }
  }
  return result;
}

// The bootstrap works on the mean of the logarithms: swapping the sides inverts all three numbers.
Estimate geometric_mean_ratio(const Pairs& positive, std::int64_t resamples, std::uint64_t seed) {
  std::vector<double> logs;
  for (std::size_t k = 0; k < positive.predicted.size(); ++k) {
    logs.push_back(std::log(positive.measured[k] / positive.predicted[k]));
  }
  const auto n = static_cast<double>(logs.size());
  const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / n;
  if (logs.size() < 2) {  // 0/0 = NaN if there is none
    return {std::exp(mean), 0, std::numeric_limits<double>::infinity()};
  }
  const auto mean_of = [&](std::span<const std::size_t> drawn) -> std::optional<ValueRange> {
    double sum = 0;
    for (const std::size_t k : drawn) {
      sum += logs[k];
    }
    return ValueRange{sum / n, sum / n};
  };
  const Estimate e = bootstrap("agreement", mean, logs.size(), resamples, seed, mean_of).estimate;
  return {std::exp(e.value), std::exp(e.low), std::exp(e.high)};
}

// Share of pairs with max(m/(scale p), scale p/m) <= factor; the edge counts, up to rounding.
Estimate share_within(const Pairs& pairs, double factor, double scale) {
  std::int64_t inside = 0;
  for (std::size_t k = 0; k < pairs.predicted.size(); ++k) {
    const double p = pairs.predicted[k], m = pairs.measured[k];
    if (has_zero(p, m)) {
      inside += p == m ? 1 : 0;
      continue;
    }
    const double ratio = m / p / scale;
    inside += std::max(ratio, 1 / ratio) <= factor * (1 + 1e-12) ? 1 : 0;
  }
  return wilson(inside, static_cast<std::int64_t>(pairs.predicted.size()));
}

// An interval, or none (count 0) where the statistic does not exist.
using PairStatistic = BootstrapInterval (*)(std::span<const double>, std::span<const double>,
                                            std::int64_t, std::uint64_t);
BootstrapInterval if_any(PairStatistic statistic, const Pairs& pairs, std::int64_t resamples,
                         std::uint64_t seed) {
  if (pairs.predicted.size() < 3) {
    return {};
  }
  try {
    return statistic(pairs.predicted, pairs.measured, resamples, seed);
  } catch (const ConvergenceError&) {
    return {};
  }
}

}  // namespace

Agreement agreement(const std::vector<std::optional<double>>& predicted,
                    const std::vector<std::optional<double>>& measured, std::int64_t resamples,
                    std::uint64_t seed) {
  require_equal_lengths("agreement", predicted.size(), measured.size());
  constexpr double largest = std::numeric_limits<double>::max();
  Agreement result;
  Pairs known;
  for (std::size_t k = 0; k < predicted.size(); ++k) {
    if (predicted[k]) {
      require_in_range("agreement", "predicted", *predicted[k], 0.0, largest);
    }
    if (measured[k]) {
      require_in_range("agreement", "measured", *measured[k], 0.0, largest);
    }
    if (predicted[k] && measured[k]) {
      known.predicted.push_back(*predicted[k]);
      known.measured.push_back(*measured[k]);
      result.zero += has_zero(*predicted[k], *measured[k]) ? 1 : 0;
    }
  }
  result.count = static_cast<std::int64_t>(known.predicted.size());
  result.censored = static_cast<std::int64_t>(predicted.size()) - result.count;
  if (result.count == 0) {
    return result;
  }
  const Pairs positive = without_zeros(known);
  result.kappa = geometric_mean_ratio(positive, resamples, seed);
  const double kappa = result.kappa.value;  // NaN only if no pair has a ratio to scale
  result.within_1_25 = share_within(known, 1.25, 1);
  result.within_1_5 = share_within(known, 1.5, 1);
  result.within_2 = share_within(known, 2, 1);
  result.within_1_25_scaled = share_within(known, 1.25, kappa);
  result.within_1_5_scaled = share_within(known, 1.5, kappa);
  result.within_2_scaled = share_within(known, 2, kappa);
  result.slope = if_any(log_log_slope, positive, resamples, seed);
  result.rank = if_any(spearman, known, resamples, seed);
  return result;
}

}  // namespace grok
