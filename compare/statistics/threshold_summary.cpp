#include "compare/statistics/threshold_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "compare/statistics/intervals.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr std::int64_t any_count = std::numeric_limits<std::int64_t>::max();

void require_size(const char* where, const char* name, std::size_t size, Index wanted) {
  require_in_range(where, name, static_cast<std::int64_t>(size), wanted, wanted);
}

void require_valid(const ThresholdCounts& counts) {
  const char* where = "summarise_threshold";
  require_in_range<std::int64_t>(where, "samples", counts.samples, 1, any_count - 1);
  require_in_range<std::int64_t>(where, "draws", counts.draws, 1, any_count);
  require_size(where, "sizes", counts.unique.size(), counts.samples + 1);
  std::int64_t lowest = 0;
  for (Index n = 0; n <= counts.samples; ++n) {
    const std::int64_t unique = counts.unique[static_cast<std::size_t>(n)];
    const std::int64_t low = n == counts.samples ? counts.draws : lowest;
    require_in_range<std::int64_t>(where, fmt::format("unique[{}]", n), unique, low, counts.draws);
    lowest = unique;
  }
}

// Smallest s >= 0 where the rising curve, linear between sizes, is >= 1/2; |D0| if it stays below.
// `side`: the probability or a bound of it, which rise with the count.
double crossing(double Estimate::*side, const ThresholdCounts& counts) {
  const auto at = [&](std::int64_t unique) { return wilson(unique, counts.draws).*side; };
  const auto reached = std::ranges::partition_point(
      counts.unique, [&](std::int64_t unique) { return at(unique) < 0.5; });
  if (reached == counts.unique.begin()) {
    return 0;
  }
  if (reached == counts.unique.end()) {
    return static_cast<double>(counts.samples);
  }
  const double before = at(*(reached - 1)), here = at(*reached);
  const auto size = static_cast<double>(reached - counts.unique.begin());
  return size - (here - 0.5) / (here - before);
}

/// Mean over n independent draws of x / units, and its standard error.
std::pair<Estimate, double> mean_with_error(const DrawnCount& x, std::int64_t n, double units) {
  // about a whole number near the mean, so that the squares do not swallow the spread
  const std::int64_t whole = x.sum / n, rest = x.sum % n;
  const std::int64_t about_whole = x.squares - 2 * whole * x.sum + n * whole * whole;
  const auto count = static_cast<double>(n);
  const auto part = static_cast<double>(rest);
  const double variance = (static_cast<double>(about_whole) - part * part / count) / (count - 1);
  const double mean = static_cast<double>(x.sum) / count / units;
  const double error = std::sqrt(variance / count) / units;
  const double half = normal_half_width("summarise_ideal", default_confidence) * error;
  return {{mean, mean - half, mean + half}, error};
}

}  // namespace

ThresholdCurve summarise_threshold(const ThresholdCounts& counts, CurveSizes sizes) {
  require_valid(counts);
  const auto samples = static_cast<double>(counts.samples);
  ThresholdCurve curve;
  for (Index n = 1; n <= counts.samples; ++n) {
    const std::int64_t unique = counts.unique[static_cast<std::size_t>(n)];
    const bool never = unique == 0, always = unique == counts.draws;
    curve.never += never ? 1 : 0;
    curve.always += always ? 1 : 0;
    if (sizes == CurveSizes::all || !(never || always)) {
      curve.points.push_back({n, static_cast<double>(n) / samples, counts.draws, unique,
                              wilson(unique, counts.draws)});
    }
  }
  curve.from_start = counts.unique[0] == counts.draws;
  // The upper bound of the probability gets to 1/2 first.
  curve.critical_train = {crossing(&Estimate::value, counts), crossing(&Estimate::high, counts),
                          crossing(&Estimate::low, counts)};
  const Estimate& c = curve.critical_train;
  curve.critical_fraction = {c.value / samples, c.low / samples, c.high / samples};
  return curve;
}

std::vector<RatePoint> summarise_rates(const RateDraws& draws, Index samples) {
  const char* where = "summarise_rates";
  require_in_range<std::int64_t>(where, "samples", samples, 1, any_count);
  require_in_range<std::int64_t>(where, "draws", draws.draws, 1, any_count);
  require_size(where, "sizes", draws.lambda3.size(), samples);
  std::vector<RatePoint> points;
  for (const std::vector<double>& rates : draws.lambda3) {
    require_size(where, "rates", rates.size(), draws.draws);
    std::int64_t zeros = 0;
    for (const double rate : rates) {
      require_in_range(where, "lambda3", rate, 0.0, std::numeric_limits<double>::max());
      zeros += rate == 0 ? 1 : 0;
    }
    RatePoint point;
    point.train = static_cast<Index>(points.size()) + 1;
    point.fraction = static_cast<double>(point.train) / static_cast<double>(samples);
    point.draws = draws.draws;
    point.median = median_interval(rates);
    point.lower_quartile = quantile(rates, 0.25);
    point.upper_quartile = quantile(rates, 0.75);
    point.zero = wilson(zeros, draws.draws);
    points.push_back(point);
  }
  return points;
}

std::vector<IdealPoint> summarise_ideal(const IdealDraws& draws) {
  const char* where = "summarise_ideal";
  require_in_range<std::int64_t>(where, "draws", draws.draws, 2, any_count);
  require_size(where, "sizes", draws.sizes.size(), draws.samples);
  const auto samples = static_cast<double>(draws.samples);
  std::vector<IdealPoint> points;
  for (const IdealDraws::Size& size : draws.sizes) {
    IdealPoint point;
    point.train = static_cast<Index>(points.size()) + 1;
    point.fraction = static_cast<double>(point.train) / samples;
    point.draws = draws.draws;
    std::tie(point.rqi, point.rqi_error) =
        mean_with_error(size.implied, draws.draws, static_cast<double>(draws.parallelograms));
    std::tie(point.accuracy, point.accuracy_error) =
        mean_with_error(size.reached, draws.draws, samples);
    point.complete = size.complete;
    point.complete_share = wilson(size.complete, draws.draws);
    points.push_back(point);
  }
  return points;
}

std::vector<ImpliedShare> summarise_implied(const Eigen::MatrixXd& shares) {
  const char* where = "summarise_implied";
  const Index draws = shares.cols(), all = shares.rows();
  require_in_range(where, "draws", draws, Index{2}, Index{1'000'000});
  std::vector<ImpliedShare> result;
  for (Index n = 0; n < all; ++n) {
    const Eigen::RowVectorXd row = shares.row(n);
    const double mean = row.mean();
    const auto count = static_cast<double>(draws);
    const double error = std::sqrt((row.array() - mean).square().sum() / (count - 1) / count);
    const std::vector<double> values(row.data(), row.data() + draws);
    const double half = normal_half_width(where, default_confidence) * error;
    result.push_back({n + 1,
                      static_cast<double>(n + 1) / static_cast<double>(all),
                      draws,
                      {mean, mean - half, mean + half},
                      quantile(values, 0.25),
                      quantile(values, 0.75)});
  }
  return result;
}

}  // namespace grok
