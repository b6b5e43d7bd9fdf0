#include "compare/statistics/two_rate_fit.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using Chosen = std::span<const std::size_t>;

double mean_log_constant(std::span<const RatedSteps> points, Chosen chosen) {
  double sum = 0;
  for (const std::size_t k : chosen) {
    sum += std::log(two_rate_constant(points[k]));
  }
  return sum / static_cast<double>(chosen.size());
}

std::vector<std::int64_t> seeds_of(std::span<const RatedSteps> points) {
  std::vector<std::int64_t> seeds;
  for (const RatedSteps& p : points) {
    seeds.push_back(p.seed);
  }
  return seeds;
}

std::int64_t distinct(const std::vector<std::int64_t>& seeds) {
  return std::ssize(std::set<std::int64_t>(seeds.begin(), seeds.end()));
}

Estimate exponential(Estimate e) { return {std::exp(e.value), std::exp(e.low), std::exp(e.high)}; }

}  // namespace

void check_rated(std::span<const RatedSteps> points) {
  for (const RatedSteps& p : points) {
    if (!(p.representation_rate > 0 && p.decoder_rate > 0 && p.steps > 0 &&
          std::isfinite(two_rate_constant(p)))) {
      reject("steps against rates", "run",
             "rates " + to_text(p.representation_rate) + ", " + to_text(p.decoder_rate) +
                 ", steps " + to_text(p.steps),
             "finite numbers above 0");
    }
  }
}

double two_rate_constant(const RatedSteps& p) {
  return p.steps * std::sqrt(p.representation_rate * p.decoder_rate);
}

TwoRateFit fit_two_rates(std::span<const RatedSteps> points) {
  TwoRateFit fit{constant_of(points), {unknown, unknown, unknown}, std::ssize(points), 0};
  if (points.empty()) {
    return fit;
  }
  const std::vector<std::int64_t> seeds = seeds_of(points);
  fit.seeds = distinct(seeds);
  std::vector<bool> inside;
  for (const RatedSteps& p : points) {
    inside.push_back(std::abs(std::log(two_rate_constant(p) / fit.constant.value)) <=
                     std::log(1.5));
  }
  fit.within = grouped_share(inside, seeds).estimate;
  return fit;
}

Estimate constant_of(std::span<const RatedSteps> points) {
  check_rated(points);
  if (points.empty()) {
    return {unknown, unknown, unknown};
  }
  return exponential(
      bootstrap_number("constant_of", seeds_of(points), figure_resamples, figure_bootstrap_seed,
                       [&](Chosen chosen) { return mean_log_constant(points, chosen); })
          .estimate);
}

Estimate constant_ratio(std::span<const RatedSteps> points, std::span<const RatedSteps> base) {
  check_rated(points);
  check_rated(base);
  if (points.empty() || base.empty()) {
    return {unknown, unknown, unknown};
  }
  std::vector<RatedSteps> all(points.begin(), points.end());
  all.insert(all.end(), base.begin(), base.end());
  const auto ratio = [&](Chosen chosen) {
    std::vector<std::size_t> first, second;
    for (const std::size_t k : chosen) {
      (k < points.size() ? first : second).push_back(k);
    }
    return first.empty() || second.empty()
               ? unknown
               : mean_log_constant(all, first) - mean_log_constant(all, second);
  };
  std::vector<std::size_t> each(all.size());
  std::iota(each.begin(), each.end(), std::size_t{0});
  if (distinct(seeds_of(points)) < fewest_seeds || distinct(seeds_of(base)) < fewest_seeds) {
    return {std::exp(ratio(each)), unknown, unknown};
  }
  try {
    return exponential(bootstrap_number("constant_ratio", seeds_of(all), figure_resamples,
                                        figure_bootstrap_seed, ratio)
                           .estimate);
  } catch (const ConvergenceError&) {  // too few resamples have both
    return {std::exp(ratio(each)), unknown, unknown};
  }
}

}  // namespace grok
