#include "compare/referee/forecast_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "compare/statistics/intervals.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
std::vector<std::int64_t> distinct(Groups groups) {
  const std::set<std::int64_t> found(groups.begin(), groups.end());
  return {found.begin(), found.end()};
}

/// The number of each run's seed among the distinct ones.
std::vector<std::size_t> seed_numbers(std::string_view where, std::size_t values, Groups groups) {
  require_equal_lengths(where, values, groups.size());
  if (groups.empty()) {
    reject(where, "runs", "0", "1 or more");
  }
  const auto seeds = distinct(groups);
  std::vector<std::size_t> numbers;
  for (const std::int64_t group : groups) {
    numbers.push_back(
        static_cast<std::size_t>(std::ranges::lower_bound(seeds, group) - seeds.begin()));
  }
  return numbers;
}

std::size_t count_of(const std::vector<std::size_t>& numbers) {
  return 1 + *std::ranges::max_element(numbers);
}

/// Of pairs of runs, by the seeds of the two: how many can be ordered, and how many of them (ties
/// half) are as forecast.
class PairCounts {
 public:
  explicit PairCounts(std::size_t seeds) : seeds_(seeds), known_(seeds * seeds), right_(known_) {}
  void add(std::size_t first, std::size_t second, double right) {
    known_[first * seeds_ + second] += 1;
    right_[first * seeds_ + second] += right;
  }
  /// A seed drawn m times and one drawn n times make m n times the pairs.
  double share(std::span<const std::size_t> drawn) const {
    std::vector<double> times(seeds_);
    for (const std::size_t seed : drawn) {
      times[seed] += 1;
    }
    double known = 0, right = 0;
    for (std::size_t a = 0; a < seeds_; ++a) {
      for (std::size_t b = 0; times[a] > 0 && b < seeds_; ++b) {
        known += times[a] * times[b] * known_[a * seeds_ + b];
        right += times[a] * times[b] * right_[a * seeds_ + b];
      }
    }
    return known > 0 ? right / known : not_a_number;
  }

 private:
  std::size_t seeds_;
  std::vector<double> known_, right_;  // seeds x seeds
};

/// 1 if `low` is below `high`, 1/2 if they tie.
double in_order(double low, double high) { return low < high ? 1.0 : low == high ? 0.5 : 0.0; }

void require_numbers(const char* where, std::span<const double> values) {
  for (const double value : values) {
    require_in_range(where, "value", value, -infinity, infinity);
  }
}

}  // namespace

SeedStatistic mean_statistic(std::span<const double> values, Groups groups) {
  const auto seed = seed_numbers("mean_statistic", values.size(), groups);
  std::vector<double> sums(count_of(seed)), counts(sums);
  for (std::size_t k = 0; k < seed.size(); ++k) {
    sums[seed[k]] += values[k];
    counts[seed[k]] += 1;
  }
  return [sums, counts](std::span<const std::size_t> drawn) {
    double sum = 0, count = 0;
    for (const std::size_t s : drawn) {
      sum += sums[s];
      count += counts[s];
    }
    return sum / count;
  };
}

SeedStatistic median_statistic(std::span<const double> values, Groups groups) {
  const auto seed = seed_numbers("median_statistic", values.size(), groups);
  require_numbers("median_statistic", values);
  std::vector<std::vector<double>> of(count_of(seed));
  for (std::size_t k = 0; k < seed.size(); ++k) {
    of[seed[k]].push_back(values[k]);
  }
  return [of](std::span<const std::size_t> drawn) {
    std::vector<double> all;
    for (const std::size_t s : drawn) {
      all.insert(all.end(), of[s].begin(), of[s].end());
    }
    return quantile(std::move(all), 0.5);
  };
}

SeedStatistic roc_statistic(std::span<const double> score, const std::vector<bool>& happened,
                            Groups groups) {
  const auto seed = seed_numbers("roc_statistic", score.size(), groups);
  require_equal_lengths("roc_statistic", score.size(), happened.size());
  require_numbers("roc_statistic", score);
  PairCounts pairs(count_of(seed));
  for (std::size_t i = 0; i < seed.size(); ++i) {
    for (std::size_t j = 0; happened[i] && j < seed.size(); ++j) {
      if (!happened[j]) {
        pairs.add(seed[i], seed[j], in_order(score[j], score[i]));
      }
    }
  }
  return [pairs](std::span<const std::size_t> drawn) { return pairs.share(drawn); };
}

bool first_for_certain(const Waiting& a, const Waiting& b) {
  return a.reached && (b.reached ? a.time < b.time : a.time <= b.time);
}

SeedStatistic concordance_statistic(std::span<const double> forecast,
                                    std::span<const Waiting> measured, Groups groups,
                                    std::span<const std::int64_t> cells) {
  const auto seed = seed_numbers("concordance_statistic", forecast.size(), groups);
  require_equal_lengths("concordance_statistic", forecast.size(), measured.size());
  require_numbers("concordance_statistic", forecast);
  if (!cells.empty()) {
    require_equal_lengths("concordance_statistic", forecast.size(), cells.size());
  }
  PairCounts pairs(count_of(seed));
  for (std::size_t i = 0; i < seed.size(); ++i) {
    for (std::size_t j = 0; j < seed.size(); ++j) {
      if ((cells.empty() || cells[i] == cells[j]) && first_for_certain(measured[i], measured[j])) {
        pairs.add(seed[i], seed[j], in_order(forecast[i], forecast[j]));
      }
    }
  }
  return [pairs](std::span<const std::size_t> drawn) { return pairs.share(drawn); };
}

SeedStatistic difference(SeedStatistic first, SeedStatistic second) {
  return [first = std::move(first), second = std::move(second)](
             std::span<const std::size_t> drawn) { return first(drawn) - second(drawn); };
}

Estimate with_seeds(const SeedStatistic& statistic, Groups groups) {
  const auto seeds = distinct(groups);
  std::vector<std::size_t> all;
  for (std::size_t s = 0; s < seeds.size(); ++s) {
    all.push_back(s);
  }
  const double value = all.empty() ? not_a_number : statistic(all);
  if (std::isnan(value)) {
    return {not_a_number, not_a_number, not_a_number};
  }
  try {
    return bootstrap("with_seeds", value, seeds, score_resamples, score_seed,
                     [&](std::span<const std::size_t> drawn) -> std::optional<ValueRange> {
                       const double v = statistic(drawn);
                       return std::isnan(v) ? std::nullopt : std::optional(ValueRange{v, v});
                     })
        .estimate;
  } catch (const ConvergenceError&) {
    return {value, not_a_number, not_a_number};
  }
}

double log_score(double probability, bool happened) {
  if (!(0 < probability && probability < 1)) {
    reject("log_score", "probability", to_text(probability), "(0, 1)");
  }
  return -std::log(happened ? probability : 1 - probability);
}

double brier(double probability, bool happened) {
  require_in_range("brier", "probability", probability, 0.0, 1.0);
  const double error = probability - (happened ? 1 : 0);
  return error * error;
}

double step_factor(double forecast, double measured) {
  require_in_range("step_factor", "forecast", forecast, 0.0, infinity);
  require_in_range("step_factor", "measured", measured, 0.0, std::numeric_limits<double>::max());
  if (forecast == measured) {  // two zeros agree
    return 1;
  }
  return std::max(forecast, measured) / std::min(forecast, measured);
}

std::vector<CalibrationBin> calibration(std::span<const double> probability,
                                        const std::vector<bool>& happened, Groups groups,
                                        std::int64_t bins) {
  require_in_range<std::int64_t>("calibration", "bins", bins, 1, 1000);
  require_equal_lengths("calibration", probability.size(), happened.size());
  require_equal_lengths("calibration", probability.size(), groups.size());
  std::vector<std::vector<std::size_t>> members(static_cast<std::size_t>(bins));
  const auto number = static_cast<double>(bins);
  for (std::size_t k = 0; k < probability.size(); ++k) {
    require_in_range("calibration", "probability", probability[k], 0.0, 1.0);
    const auto bin = std::min(bins - 1, static_cast<std::int64_t>(probability[k] * number));
    members[static_cast<std::size_t>(bin)].push_back(k);
  }
  std::vector<CalibrationBin> result;
  for (std::size_t b = 0; b < members.size(); ++b) {
    if (members[b].empty()) {
      continue;
    }
    const auto at = static_cast<double>(b);
    CalibrationBin bin{at / number, (at + 1) / number, 0, {}, std::ssize(members[b]), 0};
    std::vector<bool> successes;
    std::vector<std::int64_t> seeds;
    for (const std::size_t k : members[b]) {
      bin.forecast += probability[k] / static_cast<double>(bin.count);
      bin.successes += happened[k] ? 1 : 0;
      successes.push_back(happened[k]);
      seeds.push_back(groups[k]);
    }
    bin.happened = grouped_share(successes, seeds).estimate;
    result.push_back(bin);
  }
  return result;
}

}  // namespace grok
