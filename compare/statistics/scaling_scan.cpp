#include "compare/statistics/scaling_scan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace grok {
namespace {

Estimate over(const Estimate& estimate, Index count) {
  const auto by = static_cast<double>(count);
  return {estimate.value / by, estimate.low / by, estimate.high / by};
}

}  // namespace

ScalingScan fit_scan(std::vector<ScalingSeries> series, Index fit_from, Index fit_up_to,
                     std::int64_t resamples, std::uint64_t seed) {
  const std::span<const ScalingDatum> all = series.at(0).data;
  const auto below = std::ranges::count_if(
      all, [&](const ScalingDatum& datum) { return datum.point.symbols < fit_from; });
  ScalingScan scan;
  scan.large = {fit_from, fit_scaling(all.subspan(static_cast<std::size_t>(below)), fit_up_to,
                                      resamples, seed)};
  scan.all = {all.front().point.symbols, fit_scaling(all, fit_up_to, resamples, seed)};
  scan.fit_up_to = fit_up_to;
  scan.series = std::move(series);
  return scan;
}

std::vector<ScalingRatio> ratios_of(const ScalingSeries& series, const std::vector<LawFit>& fits) {
  std::vector<ScalingRatio> ratios;
  for (const auto& [point, needed] : series.data) {
    const auto p = static_cast<double>(point.symbols);
    const auto of_law = [&, &point = point](ScalingLaw law) {
      return point.critical_train.value /
             law_value(law, fit_of(fits, law).held_out_constants, p, point.predicted);
    };
    ratios.push_back({point.symbols, over(point.critical_train, point.samples),
                      over(point.critical_train, point.symbols), point.predicted / p,
                      of_law(ScalingLaw::power), of_law(ScalingLaw::log)});
  }
  return ratios;
}

std::pair<double, double> scaled_fractions(const ScalingSeries& series) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const ScalingDatum& datum : series.data) {
    const auto p = static_cast<double>(datum.point.symbols);
    const double scaled = datum.point.fraction.value * p / std::log(p);
    low = std::min(low, scaled);
    high = std::max(high, scaled);
  }
  return {low, high};
}

PredictionCheck check_prediction(const ScalingSeries& series, Index from, double close) {
  PredictionCheck check;
  for (const ScalingDatum& datum : series.data) {
    if (datum.point.symbols >= from) {
      const Estimate& ratio = datum.point.ratio;
      ++check.sizes;
      check.close += std::abs(ratio.value - 1) <= close ? 1 : 0;
      check.wide += ratio.high - ratio.low > 2 * close ? 1 : 0;
      check.worst =
          std::abs(ratio.value - 1) > std::abs(check.worst.value - 1) ? ratio : check.worst;
    }
  }
  return check;
}

const ScalingPoint* point_at(const ScalingSeries& series, Index symbols) {
  const auto at = std::ranges::find_if(
      series.data, [&](const ScalingDatum& datum) { return datum.point.symbols == symbols; });
  return at == series.data.end() ? nullptr : &at->point;
}

std::optional<std::pair<ScalingPoint, ScalingPoint>> largest_shared(const ScalingSeries& one,
                                                                    const ScalingSeries& other) {
  std::optional<std::pair<ScalingPoint, ScalingPoint>> shared;
  for (const ScalingDatum& datum : other.data) {
    if (const ScalingPoint* same = point_at(one, datum.point.symbols)) {
      shared = {*same, datum.point};
    }
  }
  return shared;
}

}  // namespace grok
