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

struct Exponents {
  double representation = unknown, decoder = unknown;
};

struct Row {
  double x = 0, y = 0, z = 0;  // ln eta_E, ln eta_D, ln steps
};

Row row_of(const RatedSteps& p) {
  return {std::log(p.representation_rate), std::log(p.decoder_rate), std::log(p.steps)};
}

/// Least squares of what is left of each block after its mean. NaN where the rates do not vary
/// both, and not only together.
Exponents regress(std::span<const RatedSteps> points, Chosen chosen) {
  struct Sums {
    Row sum;
    double count = 0;
  };
  std::map<std::int64_t, Sums> blocks;
  for (const std::size_t k : chosen) {
    const Row row = row_of(points[k]);
    Sums& block = blocks[points[k].block];
    block.sum = {block.sum.x + row.x, block.sum.y + row.y, block.sum.z + row.z};
    ++block.count;
  }
  double xx = 0, xy = 0, yy = 0, xz = 0, yz = 0;
  for (const std::size_t k : chosen) {
    const Row row = row_of(points[k]);
    const Sums& block = blocks.at(points[k].block);
    const double x = row.x - block.sum.x / block.count, y = row.y - block.sum.y / block.count,
                 z = row.z - block.sum.z / block.count;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xz += x * z;
    yz += y * z;
  }
  const double determinant = xx * yy - xy * xy;
  if (!(determinant > 1e-9 * xx * yy)) {
    return {};
  }
  return {(xz * yy - yz * xy) / determinant, (yz * xx - xz * xy) / determinant};
}

double mean_log_constant(std::span<const RatedSteps> points, Chosen chosen) {
  double sum = 0;
  for (const std::size_t k : chosen) {
    sum += std::log(two_rate_constant(points[k]));
  }
  return sum / static_cast<double>(chosen.size());
}

double share_within(std::span<const RatedSteps> points, Chosen chosen) {
  const double centre = mean_log_constant(points, chosen), factor = std::log(1.5);
  std::int64_t inside = 0;
  for (const std::size_t k : chosen) {
    inside += std::abs(std::log(two_rate_constant(points[k])) - centre) <= factor ? 1 : 0;
  }
  return static_cast<double>(inside) / static_cast<double>(chosen.size());
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
      reject("fit_two_rates", "run",
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
  check_rated(points);
  TwoRateFit fit;
  const std::vector<std::int64_t> seeds = seeds_of(points);
  std::set<std::int64_t> blocks;
  for (const RatedSteps& p : points) {
    blocks.insert(p.block);
  }
  fit.count = std::ssize(points);
  fit.blocks = std::ssize(blocks);
  fit.seeds = distinct(seeds);
  if (points.empty()) {
    fit.none = "no run is there";
    return fit;
  }
  const auto interval = [&](const NumberStatistic& statistic) {
    return bootstrap_number("fit_two_rates", seeds, figure_resamples, figure_bootstrap_seed,
                            statistic)
        .estimate;
  };
  try {
    fit.constant =
        exponential(interval([&](Chosen chosen) { return mean_log_constant(points, chosen); }));
    fit.within = interval([&](Chosen chosen) { return share_within(points, chosen); });
    fit.representation =
        interval([&](Chosen chosen) { return regress(points, chosen).representation; });
    fit.decoder = interval([&](Chosen chosen) { return regress(points, chosen).decoder; });
    fit.sum = interval([&](Chosen chosen) {
      const Exponents e = regress(points, chosen);
      return e.representation + e.decoder;
    });
  } catch (const ConvergenceError& failure) {
    fit.none = failure.what();
    return fit;
  }
  fit.known = std::isfinite(fit.sum.value);
  fit.none = fit.known ? "" : "the rates do not vary both within a block";
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
  if (distinct(seeds_of(points)) < 2 || distinct(seeds_of(base)) < 2) {
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
