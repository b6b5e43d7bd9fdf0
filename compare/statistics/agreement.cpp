// Predicted against measured steps (declared in statistics.hpp).
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
struct Columns {
  std::vector<double> predicted, measured;
  std::vector<std::int64_t> groups;
};

void require_valid(const StepPair& pair) {
  constexpr double largest = std::numeric_limits<double>::max();
  require_in_range("agreement", "budget", pair.budget, 0.0, largest);
  if (pair.predicted) {
    require_in_range("agreement", "predicted", *pair.predicted, 0.0, largest);
  }
  if (pair.measured) {
    require_in_range("agreement", "measured", *pair.measured, 0.0, pair.budget);
  }
}

bool has_zero(const StepPair& pair) { return *pair.predicted == 0 || *pair.measured == 0; }

Columns columns_of(std::span<const StepPair> known, bool zeros) {
  Columns result;
  for (const StepPair& pair : known) {
    if (zeros || !has_zero(pair)) {
      result.predicted.push_back(*pair.predicted);
      result.measured.push_back(*pair.measured);
      result.groups.push_back(pair.group);
    }
  }
  return result;
}

// The bootstrap works on the mean of the logarithms: swapping the sides inverts all three numbers.
Estimate geometric_mean_ratio(const Columns& positive, std::int64_t resamples, std::uint64_t seed) {
  std::vector<double> logs;
  for (std::size_t k = 0; k < positive.predicted.size(); ++k) {
    logs.push_back(std::log(positive.measured[k] / positive.predicted[k]));
  }
  if (logs.empty()) {
    return {not_a_number, 0, infinity};
  }
  const auto mean_log = [&](std::span<const std::size_t> drawn) {
    const double sum = std::accumulate(drawn.begin(), drawn.end(), 0.0,
                                       [&](double s, std::size_t k) { return s + logs[k]; });
    return sum / static_cast<double>(drawn.size());
  };
  const auto mean = bootstrap_number("agreement", positive.groups, resamples, seed, mean_log);
  const Estimate& e = mean.estimate;
  return mean.groups == 1 ? Estimate{std::exp(e.value), 0, infinity}
                          : Estimate{std::exp(e.value), std::exp(e.low), std::exp(e.high)};
}

// Inside `factor` of scale * predicted? Empty: the budget is too short to tell. The edge counts as
// inside, up to rounding.
std::optional<bool> inside(const StepPair& pair, double factor, double scale) {
  const double p = *pair.predicted;
  if (!pair.measured) {
    return pair.budget >= factor * scale * p ? std::optional(false) : std::nullopt;
  }
  if (has_zero(pair)) {
    return p == *pair.measured;
  }
  const double ratio = *pair.measured / p / scale;
  return std::max(ratio, 1 / ratio) <= factor * (1 + 1e-12);
}

FactorShare share_within(std::span<const StepPair> predicted, double factor, double scale) {
  FactorShare result;
  result.factor = factor;
  std::vector<bool> decided;
  std::vector<std::int64_t> groups;
  for (const StepPair& pair : predicted) {
    if (const auto answer = inside(pair, factor, scale)) {
      decided.push_back(*answer);
      groups.push_back(pair.group);
      ++(*answer ? result.inside : result.outside);
    } else {
      ++result.undecided;
    }
  }
  result.share =
      decided.empty() ? Estimate{not_a_number, 0, 1} : grouped_share(decided, groups).estimate;
  return result;
}

// An interval, or none (count 0) where the statistic does not exist.
using PairStatistic = BootstrapInterval (*)(std::span<const double>, std::span<const double>,
                                            Groups, std::int64_t, std::uint64_t);
BootstrapInterval if_any(PairStatistic statistic, const Columns& columns, std::int64_t resamples,
                         std::uint64_t seed) {
  if (columns.predicted.size() < 3) {
    return {};
  }
  try {
    return statistic(columns.predicted, columns.measured, columns.groups, resamples, seed);
  } catch (const ConvergenceError&) {
    return {};
  }
}

}  // namespace

Agreement agreement(std::span<const StepPair> pairs, std::int64_t resamples, std::uint64_t seed) {
  Agreement result;
  std::vector<StepPair> known, predicted;
  std::set<std::int64_t> groups;
  for (const StepPair& pair : pairs) {
    require_valid(pair);
    groups.insert(pair.group);
    if (!pair.predicted) {
      ++(pair.measured ? result.unpredicted : result.neither);
      continue;
    }
    predicted.push_back(pair);
    if (!pair.measured) {
      ++result.censored;
      continue;
    }
    known.push_back(pair);
    result.zero += has_zero(pair) ? 1 : 0;
  }
  result.count = std::ssize(known);
  result.groups = std::ssize(groups);
  const Columns positive = columns_of(known, false);
  result.kappa = geometric_mean_ratio(positive, resamples, seed);
  for (std::size_t k = 0; k < agreement_factors.size(); ++k) {
    const double factor = agreement_factors[k];
    result.within[k] = share_within(predicted, factor, 1);
    // A kappa that is NaN has no ratio to scale: two zeros agree all the same.
    result.within_scaled[k] = share_within(predicted, factor, result.kappa.value);
  }
  result.slope = if_any(log_log_slope, positive, resamples, seed);
  result.rank = if_any(spearman, columns_of(known, true), resamples, seed);
  return result;
}

}  // namespace grok
