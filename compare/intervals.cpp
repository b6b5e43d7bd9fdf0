#include "compare/intervals.hpp"

#include <fmt/format.h>

#include <boost/math/distributions/normal.hpp>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "core/random.hpp"

namespace grok {

double normal_half_width(std::string_view where, double confidence) {
  if (!(0 < confidence && confidence < 1)) {
    reject(where, "confidence", to_text(confidence), "(0, 1)");
  }
  return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
}

BootstrapInterval bootstrap(std::string_view where, double value, std::size_t count,
                            std::int64_t resamples, std::uint64_t seed,
                            const ResampleStatistic& statistic) {
  // 40 = 1/0.025: fewer have no 2.5% quantile of their own.
  require_in_range<std::int64_t>(where, "resamples", resamples, 40, 1'000'000);
  RandomStream random(seed, "bootstrap");
  std::vector<std::size_t> pairs(count);
  std::vector<double> lows, highs;
  for (std::int64_t b = 0; b < resamples; ++b) {
    for (std::size_t& pair : pairs) {
      pair = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(count)));
    }
    if (const auto range = statistic(pairs)) {
      lows.push_back(range->low);
      highs.push_back(range->high);
    }
  }
  const auto found = static_cast<std::int64_t>(lows.size());
  if (2 * found < resamples) {
    throw ConvergenceError(
        fmt::format("{}: {} of {} bootstrap resamples have a value, wanted at least half", where,
                    found, resamples));
  }
  const double tail = (1 - default_confidence) / 2;
  return {{value, quantile(std::move(lows), tail), quantile(std::move(highs), 1 - tail)},
          static_cast<std::int64_t>(count),
          found};
}

void require_equal_lengths(std::string_view where, std::size_t first, std::size_t second) {
  if (first != second) {
    reject(where, "lengths", fmt::format("{} and {}", first, second), "equal lengths");
  }
}

}  // namespace grok
