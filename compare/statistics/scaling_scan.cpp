#include "compare/statistics/scaling_scan.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "compare/statistics/over_seeds.hpp"

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
    ratios.push_back({point.symbols, interpolated_fraction(point),
                      over(point.critical_train, point.symbols), point.predicted / p,
                      of_law(ScalingLaw::power), of_law(ScalingLaw::log)});
  }
  return ratios;
}

Estimate interpolated_fraction(const ScalingPoint& point) {
  return over(point.critical_train, point.samples);
}

std::pair<Estimate, Estimate> scaled_fractions(const ScalingSeries& series) {
  const auto scaled = each_of(series.data, [](const ScalingDatum& datum) {
    const auto p = static_cast<double>(datum.point.symbols);
    const Estimate fraction = interpolated_fraction(datum.point);
    const double scale = p / std::log(p);
    return Estimate{scale * fraction.value, scale * fraction.low, scale * fraction.high};
  });
  const auto [least, most] = std::ranges::minmax_element(scaled, {}, &Estimate::value);
  return {*least, *most};
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
