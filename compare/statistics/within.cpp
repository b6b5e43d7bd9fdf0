#include "compare/statistics/within.hpp"

#include <cmath>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

using Values = std::span<const double>;
using Chosen = std::span<const std::size_t>;

/// Values less the mean of their stratum. Sums start at its first value, so that equal values leave
/// exactly nothing.
std::vector<double> deviations(Values values, Strata strata, Chosen chosen) {
  struct Sum {
    double first = 0, rest = 0, count = 0;
  };
  std::map<std::int64_t, Sum> sums;
  for (const std::size_t k : chosen) {
    Sum& sum = sums.try_emplace(strata[k], Sum{values[k], 0, 0}).first->second;
    sum.rest += values[k] - sum.first;
    ++sum.count;
  }
  std::vector<double> result;
  for (const std::size_t k : chosen) {
    const Sum& sum = sums.at(strata[k]);
    result.push_back(values[k] - sum.first - sum.rest / sum.count);
  }
  return result;
}

double kendall(Values x, Values y, Strata strata, Chosen chosen) {
  std::map<std::int64_t, std::vector<std::size_t>> members;
  for (const std::size_t k : chosen) {
    members[strata[k]].push_back(k);
  }
  double difference = 0, decided = 0;
  for (const auto& [stratum, pairs] : members) {
    for (std::size_t a = 0; a < pairs.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        const double product = (x[pairs[a]] - x[pairs[b]]) * (y[pairs[a]] - y[pairs[b]]);
        difference += product > 0 ? 1 : product < 0 ? -1 : 0;
        decided += product != 0 ? 1 : 0;
      }
    }
  }
  return decided > 0 ? difference / decided : not_a_number;
}

template <class Statistic>
BootstrapInterval interval_of(const char* where, Values x, Values y, Strata strata, Groups groups,
                              const Statistic& statistic) {
  require_equal_lengths(where, x.size(), y.size());
  require_equal_lengths(where, x.size(), strata.size());
  require_equal_lengths(where, x.size(), groups.size());
  try {
    const BootstrapInterval found =
        bootstrap_number(where, groups, figure_resamples, figure_bootstrap_seed, statistic);
    return std::isfinite(found.estimate.value) ? found : BootstrapInterval{};
  } catch (const ConvergenceError&) {
    return {};
  }
}

/// A statistic of two columns of numbers, of the deviations of those chosen.
template <class Statistic>
auto of_deviations(Values x, Values y, Strata strata, const Statistic& statistic) {
  return [=](Chosen chosen) {
    std::vector<std::size_t> all(chosen.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return statistic(deviations(x, strata, chosen), deviations(y, strata, chosen), all);
  };
}

}  // namespace

BootstrapInterval correlation_within(Values x, Values y, Strata strata, Groups groups) {
  return interval_of("correlation_within", x, y, strata, groups,
                     of_deviations(x, y, strata, pearson));
}

BootstrapInterval slope_within(Values x, Values y, Strata strata, Groups groups) {
  const auto slope = [](Values dx, Values dy, Chosen all) { return fit_line(dx, dy, all).slope; };
  return interval_of("slope_within", x, y, strata, groups, of_deviations(x, y, strata, slope));
}

BootstrapInterval kendall_within(Values x, Values y, Strata strata, Groups groups) {
  return interval_of("kendall_within", x, y, strata, groups,
                     [=](Chosen chosen) { return kendall(x, y, strata, chosen); });
}

}  // namespace grok
