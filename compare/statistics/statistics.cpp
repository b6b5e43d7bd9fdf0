#include "compare/statistics/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "compare/statistics/intervals.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

// Each value's place among the distinct values, ascending from 0. Ranks of any resample follow from
// these by counting.
struct Levels {
  std::vector<std::size_t> of;
  std::size_t count = 0;
};

Levels levels(std::string_view where, std::string_view name, std::span<const double> values) {
  for (const double v : values) {
    if (std::isnan(v)) {
      reject(where, name, "nan", "a number");
    }
  }
  std::vector<double> distinct(values.begin(), values.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Levels result{{}, distinct.size()};
  for (const double v : values) {
    const auto place = std::lower_bound(distinct.begin(), distinct.end(), v);
    result.of.push_back(static_cast<std::size_t>(place - distinct.begin()));
  }
  return result;
}

// Mid-ranks, less their mean (n+1)/2, of the values drawn: multiples of 1/2, hence exact.
std::vector<double> centred_ranks(const Levels& levels, std::span<const std::size_t> drawn) {
  std::vector<double> rank(levels.count, 0.0);  // first the count of each level, then its rank
  for (const std::size_t k : drawn) {
    rank[levels.of[k]] += 1;
  }
  double below = 0;
  for (double& r : rank) {
    const double here = r;
    r = below + (here - static_cast<double>(drawn.size())) / 2;
    below += here;
  }
  std::vector<double> result;
  result.reserve(drawn.size());
  for (const std::size_t k : drawn) {
    result.push_back(rank[levels.of[k]]);
  }
  return result;
}

// Pearson's coefficient of the ranks; NaN if a side is constant.
double rank_correlation(const Levels& x, const Levels& y, std::span<const std::size_t> drawn) {
  const auto rx = centred_ranks(x, drawn), ry = centred_ranks(y, drawn);
  const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  return dot(rx, ry) / std::sqrt(dot(rx, rx) * dot(ry, ry));
}

// sum (x - mean x)(y - mean y) / sum (x - mean x)^2; NaN if x is constant.
double least_squares_slope(std::span<const double> x, std::span<const double> y,
                           std::span<const std::size_t> drawn) {
  const auto n = static_cast<double>(drawn.size());
  double mean_x = 0, mean_y = 0, sxx = 0, sxy = 0;
  bool constant = true;
  for (const std::size_t k : drawn) {
    mean_x += x[k] / n;
    mean_y += y[k] / n;
    constant = constant && x[k] == x[drawn[0]];
  }
  if (constant) {  // the means may be off by rounding
    return not_a_number;
  }
  for (const std::size_t k : drawn) {
    sxx += (x[k] - mean_x) * (x[k] - mean_x);
    sxy += (x[k] - mean_x) * (y[k] - mean_y);
  }
  return sxy / sxx;
}

std::vector<std::size_t> all_pairs(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

std::vector<double> logarithms(std::string_view name, std::span<const double> values) {
  std::vector<double> result;
  for (const double v : values) {
    if (!(v > 0 && std::isfinite(v))) {
      reject("log_log_slope", name, to_text(v), "(0, inf)");
    }
    result.push_back(std::log(v));
  }
  return result;
}

void require_pairs(std::string_view where, std::size_t x, std::size_t y, Groups groups) {
  require_equal_lengths(where, x, y);
  require_equal_lengths(where, x, groups.size());
  if (x < 3) {
    reject(where, "pairs", std::to_string(x), "3 or more");
  }
}

// Bounds are the roots p of (1+a) p^2 - (2s+a) p + s^2 = 0, s = share; the smaller one through the
// product of the roots, and the larger one by symmetry, so that 0 and 1 come out exactly.
Estimate wilson_of(double share, double other_share, double trials, double z) {
  const double a = z * z / trials;
  const auto lower = [a](double s) {
    const double larger = (2 * s + a + std::sqrt(a * (a + 4 * s * (1 - s)))) / (2 * (1 + a));
    return s * s / ((1 + a) * larger);
  };
  return {share, lower(share), 1 - lower(other_share)};
}

struct GroupCounts {
  double successes = 0, pairs = 0;
};

std::vector<GroupCounts> counts_by_group(const std::vector<bool>& success, Groups groups) {
  std::map<std::int64_t, GroupCounts> found;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    found[groups[k]].successes += success[k] ? 1 : 0;
    found[groups[k]].pairs += 1;
  }
  std::vector<GroupCounts> counts;
  for (const auto& [group, count] : found) {
    counts.push_back(count);
  }
  return counts;
}

/// Equal shares: nothing varies between groups. All or none in each, groups of one size: they are
/// independent trials.
bool wilson_applies(const std::vector<GroupCounts>& counts) {
  const auto is_trial = [&first = counts.front()](const GroupCounts& group) {
    return group.pairs == first.pairs && (group.successes == 0 || group.successes == group.pairs);
  };
  if (std::ranges::all_of(counts, is_trial)) {
    return true;
  }
  return std::ranges::all_of(counts, [&first = counts.front()](const GroupCounts& group) {
    return group.successes * first.pairs == first.successes * group.pairs;
  });
}

// share = sum of successes / sum of pairs, linearised: group g moves it by (s_g - share p_g) / sum
// p.
Estimate logit_interval(const std::vector<GroupCounts>& counts, double share, double pairs) {
  double squares = 0;
  for (const GroupCounts& group : counts) {
    const double move = (group.successes - share * group.pairs) / pairs;
    squares += move * move;
  }
  const auto n = static_cast<double>(counts.size());
  const double half =
      t_half_width(std::ssize(counts)) * std::sqrt(n / (n - 1) * squares) / (share * (1 - share));
  const double odds = std::log(share / (1 - share));
  const auto back = [](double logit) { return 1 / (1 + std::exp(-logit)); };
  return {share, back(odds - half), back(odds + half)};
}

}  // namespace

Estimate wilson(std::int64_t successes, std::int64_t trials, double confidence) {
  require_in_range<std::int64_t>("wilson", "trials", trials, 1,
                                 std::numeric_limits<std::int64_t>::max());
  require_in_range<std::int64_t>("wilson", "successes", successes, 0, trials);
  const double z = normal_half_width("wilson", confidence);
  const auto n = static_cast<double>(trials);
  return wilson_of(static_cast<double>(successes) / n, static_cast<double>(trials - successes) / n,
                   n, z);
}

double quantile(std::vector<double> values, double q) {
  require_in_range("quantile", "q", q, 0.0, 1.0);
  if (values.empty()) {
    reject("quantile", "values", "none", "1 or more");
  }
  for (const double v : values) {
    if (std::isnan(v)) {
      reject("quantile", "value", "nan", "a number");
    }
  }
  const double place = q * static_cast<double>(values.size() - 1);
  const double whole = std::floor(place), part = place - whole;
  const auto lower = values.begin() + static_cast<std::ptrdiff_t>(whole);
  std::nth_element(values.begin(), lower, values.end());
  if (part == 0) {
    return *lower;
  }
  const double upper = *std::min_element(lower + 1, values.end());
  return upper == *lower ? upper : (1 - part) * *lower + part * upper;
}

Estimate median_interval(std::vector<double> values, double confidence) {
  normal_half_width("median_interval", confidence);  // checks it
  Estimate result;
  result.value = quantile(values, 0.5);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  result.low = -infinity;
  result.high = infinity;
  const auto n = static_cast<double>(values.size());
  const boost::math::binomial fair(n, 0.5);
  const double tail = (1 - confidence) / 2;
  if (boost::math::cdf(fair, 0) > tail) {
    return result;
  }
  // Rounded outwards: the largest k - 1 with P(Bin <= k - 1) <= tail, which is k from 0.
  const auto k = static_cast<std::size_t>(boost::math::quantile(fair, tail));
  std::sort(values.begin(), values.end());
  result.low = values[k];
  result.high = values[values.size() - 1 - k];
  return result;
}

BootstrapInterval log_log_slope(std::span<const double> x, std::span<const double> y, Groups groups,
                                std::int64_t resamples, std::uint64_t seed) {
  require_pairs("log_log_slope", x.size(), y.size(), groups);
  const auto log_x = logarithms("x", x), log_y = logarithms("y", y);
  const auto slope = [&](std::span<const std::size_t> drawn) {
    return least_squares_slope(log_x, log_y, drawn);
  };
  if (std::isnan(slope(all_pairs(x.size())))) {
    throw ConvergenceError("log_log_slope: one value of x, wanted two or more");
  }
  return bootstrap_number("log_log_slope", groups, resamples, seed, slope);
}

BootstrapInterval spearman(std::span<const double> x, std::span<const double> y, Groups groups,
                           std::int64_t resamples, std::uint64_t seed) {
  require_pairs("spearman", x.size(), y.size(), groups);
  const Levels of_x = levels("spearman", "x", x), of_y = levels("spearman", "y", y);
  if (of_x.count < 2 || of_y.count < 2) {
    throw ConvergenceError(std::string("spearman: one value of ") + (of_x.count < 2 ? "x" : "y") +
                           ", wanted two or more");
  }
  return bootstrap_number(
      "spearman", groups, resamples, seed,
      [&](std::span<const std::size_t> drawn) { return rank_correlation(of_x, of_y, drawn); });
}

BootstrapInterval grouped_share(const std::vector<bool>& success, Groups groups) {
  require_equal_lengths("grouped_share", success.size(), groups.size());
  if (success.empty()) {
    reject("grouped_share", "pairs", "0", "1 or more");
  }
  const std::vector<GroupCounts> counts = counts_by_group(success, groups);
  const auto pairs = static_cast<double>(success.size()), n = static_cast<double>(counts.size());
  const double share = static_cast<double>(std::ranges::count(success, true)) / pairs;
  BootstrapInterval result{
      {share, not_a_number, not_a_number}, std::ssize(success), std::ssize(counts), 0};
  if (wilson_applies(counts)) {
    result.estimate =
        wilson_of(share, 1 - share, n, normal_half_width("grouped_share", default_confidence));
  } else {
    result.estimate = logit_interval(counts, share, pairs);
  }
  return result;
}

double spearman_coefficient(std::span<const double> x, std::span<const double> y) {
  require_equal_lengths("spearman_coefficient", x.size(), y.size());
  return rank_correlation(levels("spearman_coefficient", "x", x),
                          levels("spearman_coefficient", "y", y), all_pairs(x.size()));
}

}  // namespace grok
