#include "compare/statistics/intervals.hpp"

#include <fmt/format.h>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "core/interrupt.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

namespace grok {
namespace {

using Members = std::vector<std::vector<std::size_t>>;  // of each group, groups ascending

Members members_of(std::string_view where, Groups groups) {
  if (groups.empty()) {
    reject(where, "pairs", "0", "1 or more");
  }
  std::map<std::int64_t, std::vector<std::size_t>> found;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    found[groups[k]].push_back(k);
  }
  Members members;
  for (auto& [group, pairs] : found) {
    members.push_back(std::move(pairs));
  }
  return members;
}

}  // namespace

double normal_half_width(std::string_view where, double confidence) {
  if (!(0 < confidence && confidence < 1)) {
    reject(where, "confidence", to_text(confidence), "(0, 1)");
  }
  return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
}

double t_half_width(std::int64_t groups) {
  require_in_range<std::int64_t>("t_half_width", "groups", groups, 2,
                                 std::numeric_limits<std::int64_t>::max());
  const boost::math::students_t t(static_cast<double>(groups - 1));
  return boost::math::quantile(t, 0.5 + default_confidence / 2);
}

double expanded_tail(std::int64_t groups) {
  const auto n = static_cast<double>(groups);
  return boost::math::cdf(boost::math::normal(), -t_half_width(groups) * std::sqrt(n / (n - 1)));
}

BootstrapInterval bootstrap(std::string_view where, double value, Groups groups,
                            std::int64_t resamples, std::uint64_t seed,
                            const ResampleStatistic& statistic) {
  // 40 = 1/0.025: fewer have no 2.5% quantile of their own; with few groups the ends are extremes.
  require_in_range<std::int64_t>(where, "resamples", resamples, 40, 1'000'000);
  const Members members = members_of(where, groups);
  BootstrapInterval result{
      {value, not_a_number, not_a_number}, std::ssize(groups), std::ssize(members), 0};
  if (members.size() == 1) {  // nothing to tell how groups differ
    return result;
  }
  RandomStream random(seed, "bootstrap");
  std::vector<std::size_t> drawn;
  std::vector<double> lows, highs;
  for (std::int64_t b = 0; b < resamples; ++b) {
    throw_if_stopped();
    drawn.clear();
    for (std::size_t k = 0; k < members.size(); ++k) {
      const auto& pairs = members[static_cast<std::size_t>(random.below(result.groups))];
      drawn.insert(drawn.end(), pairs.begin(), pairs.end());
    }
    if (const auto range = statistic(drawn)) {
      lows.push_back(range->low);
      highs.push_back(range->high);
    }
  }
  result.resamples = std::ssize(lows);
  if (2 * result.resamples < resamples) {
    throw ConvergenceError(
        fmt::format("{}: {} of {} bootstrap resamples have a value, wanted at least half", where,
                    result.resamples, resamples));
  }
  const double tail = expanded_tail(result.groups);
  result.estimate.low = quantile(std::move(lows), tail);
  result.estimate.high = quantile(std::move(highs), 1 - tail);
  return result;
}

BootstrapInterval bootstrap_number(std::string_view where, Groups groups, std::int64_t resamples,
                                   std::uint64_t seed, const NumberStatistic& statistic) {
  std::vector<std::size_t> all(groups.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return bootstrap(where, all.empty() ? 0.0 : statistic(all), groups, resamples, seed,
                   [&](std::span<const std::size_t> drawn) -> std::optional<ValueRange> {
                     const double v = statistic(drawn);
                     return std::isfinite(v) ? std::optional(ValueRange{v, v}) : std::nullopt;
                   });
}

Estimate difference_of(const Estimate& first, const Estimate& second) {
  const double value = first.value - second.value;
  return {value, value - std::hypot(first.value - first.low, second.high - second.value),
          value + std::hypot(first.high - first.value, second.value - second.low)};
}

Estimate ratio_of(const Estimate& first, const Estimate& second) {
  const auto log_of = [](const char* name, double number) {
    if (number <= 0) {
      reject("ratio_of", name, to_text(number), "(0, inf)");
    }
    return std::log(number);
  };
  const auto logs = [&](const Estimate& e) {
    return Estimate{log_of("value", e.value), log_of("low", e.low), log_of("high", e.high)};
  };
  const Estimate logarithm = difference_of(logs(first), logs(second));
  return {std::exp(logarithm.value), std::exp(logarithm.low), std::exp(logarithm.high)};
}

Estimate factor_of(const Estimate& ratio) {
  const double low = std::max(ratio.low, 1 / ratio.low),
               high = std::max(ratio.high, 1 / ratio.high);
  const bool around = ratio.low < 1 && ratio.high > 1;
  return {std::max(ratio.value, 1 / ratio.value), around ? 1 : std::min(low, high),
          std::max(low, high)};
}

void require_equal_lengths(std::string_view where, std::size_t first, std::size_t second) {
  if (first != second) {
    reject(where, "lengths", fmt::format("{} and {}", first, second), "equal lengths");
  }
}

}  // namespace grok
