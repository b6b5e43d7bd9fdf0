// The claims of figures/representation/scaling.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "figures/panels/text.hpp"
#include "figures/representation/scaling.hpp"

namespace grok {
namespace {

constexpr Index large_enough = 40;  // where the coverage argument is held to its word
constexpr double close_enough = 0.02;
constexpr Index published_symbols = 10;
constexpr double published_fraction = 0.4;

std::string draws_text(std::int64_t draws) { return fmt::format("{} draws", draws); }

const ScalingPoint* point_at(const ScalingSeries& series, Index symbols) {
  for (const ScalingDatum& datum : series.data) {
    if (datum.point.symbols == symbols) {
      return &datum.point;
    }
  }
  return nullptr;
}

Claim published_claim(const ScalingPoint& point) {
  return {"the structure is unique from a fraction of about 0.4 of the samples on (p = 10)",
          "Liu et al. 2022, section 3 and Fig. 4(a)",
          fmt::format("about {}", published_fraction),
          fmt::format("{}, {}", with_interval(point.fraction), draws_text(point.draws)),
          rounded(point.fraction.value, 1) == rounded(published_fraction, 1) ? Verdict::agrees
                                                                             : Verdict::differs,
          "one point of a curve that falls with p"};
}

// The fraction against (ln p)/p: both ends of the range of ratios.
Claim falling_claim(const ScalingSeries& series) {
  const auto scaled = [](const ScalingPoint& point, double fraction) {
    const auto p = static_cast<double>(point.symbols);
    return fraction * p / std::log(p);
  };
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const ScalingDatum& datum : series.data) {
    low = std::min(low, scaled(datum.point, datum.point.fraction.value));
    high = std::max(high, scaled(datum.point, datum.point.fraction.value));
  }
  const ScalingPoint &first = series.data.front().point, &last = series.data.back().point;
  const bool falls = last.fraction.high < first.fraction.low;
  return {"the critical fraction falls roughly as (ln p)/p",
          "ours",
          "r_c p/ln p constant",
          fmt::format("r_c = {} at p = {}, {} at p = {}; r_c p/ln p between {} and {}",
                      with_interval(first.fraction), first.symbols, with_interval(last.fraction),
                      last.symbols, rounded(low), rounded(high)),
          falls && high / low < 2 ? Verdict::agrees
          : falls                 ? Verdict::partly
                                  : Verdict::differs,
          fmt::format("agrees: falls, and the ratio stays within a factor 2 (here {})",
                      rounded(high / low))};
}

Claim laws_claim(const ScalingData& data, const std::vector<LawFit>& fits, Index from) {
  const LawFit &log = fit_of(fits, ScalingLaw::log), &power = fit_of(fits, ScalingLaw::power);
  const bool aic = log.aic < power.aic, ahead = log.held_out_rms < power.held_out_rms;
  return {fmt::format("n50 = p (a + b ln p) describes it better than a power law (p >= {})", from),
          "ours",
          "-",
          fmt::format("a = {}, b = {}; AIC lower by {}; held-out error (p > {}) {} against {}, {} "
                      "sizes",
                      with_interval(log.constants.at(0)), with_interval(log.constants.at(1)),
                      rounded(power.aic - log.aic), data.fit_up_to, rounded(log.held_out_rms),
                      rounded(power.held_out_rms), log.held_out),
          aic && ahead   ? Verdict::agrees
          : aic || ahead ? Verdict::partly
                         : Verdict::differs,
          log.chi2 > 3 * static_cast<double>(log.points)
              ? fmt::format("neither holds within the errors: chi2 {} and {} of {} sizes",
                            rounded(log.chi2), rounded(power.chi2), log.points)
              : ""};
}

// The law without a constant beside the best of the fitted ones.
std::string coverage_text(const std::vector<LawFit>& fits, Index from) {
  const LawFit& coverage = fit_of(fits, ScalingLaw::coverage);
  double best = coverage.aic;
  for (const LawFit& fit : fits) {
    best = std::min(best, fit.aic);
  }
  return fmt::format("; chi2 {} of {} sizes p >= {}, AIC {} above the best law",
                     rounded(coverage.chi2), coverage.points, from, rounded(coverage.aic - best));
}

// Of the sizes p >= large_enough of a series: is the prediction as close as it should be? The
// measured value decides; an interval too wide to tell leaves the claim open. `law`: text behind.
Claim prediction_claim(const ScalingSeries& series, const std::string& law) {
  std::int64_t sizes = 0, close = 0, wide = 0;
  Estimate worst{1, 1, 1};
  for (const ScalingDatum& datum : series.data) {
    if (datum.point.symbols >= large_enough) {
      const Estimate& ratio = datum.point.ratio;
      ++sizes;
      close += std::abs(ratio.value - 1) <= close_enough ? 1 : 0;
      wide += ratio.high - ratio.low > 2 * close_enough ? 1 : 0;
      worst = std::abs(ratio.value - 1) > std::abs(worst.value - 1) ? ratio : worst;
    }
  }
  const ScalingPoint& small = series.data.front().point;
  return {fmt::format("coverage and rows predict n50 without a constant ({}, p >= {})", series.name,
                      large_enough),
          "ours",
          fmt::format("within {}", close_enough),
          sizes == 0 ? "no such size"
                     : fmt::format("{} of {} sizes; worst measured/predicted {}{}", close, sizes,
                                   with_interval(worst, 4), law),
          sizes == 0 || wide > 0 ? Verdict::open
          : close == sizes       ? Verdict::agrees
          : close > 0            ? Verdict::partly
                                 : Verdict::differs,
          wide > 0 ? fmt::format("{} of {} intervals are wider than {}: more draws", wide, sizes,
                                 2 * close_enough)
                   : fmt::format("small tasks need more than the two conditions: {} at p = {}",
                                 with_interval(small.ratio), small.symbols)};
}

// At the largest size that addition and the other series share.
std::optional<Claim> ends_claim(const ScalingSeries& addition, const ScalingSeries& group) {
  const ScalingPoint *line = nullptr, *ring = nullptr;
  for (const ScalingDatum& datum : group.data) {
    if (const ScalingPoint* same = point_at(addition, datum.point.symbols)) {
      line = same;
      ring = &datum.point;
    }
  }
  if (line == nullptr) {
    return std::nullopt;
  }
  const bool less = ring->critical_train.high < line->critical_train.low;
  return Claim{
      fmt::format("a group needs fewer samples than the line, as coverage says ({})", group.name),
      "ours",
      fmt::format("predicted {} of addition", rounded(ring->predicted / line->predicted)),
      fmt::format("{} of addition at p = {}: n50 {} and {}; {}",
                  rounded(ring->critical_train.value / line->critical_train.value), line->symbols,
                  with_interval(ring->n50, 4), with_interval(line->n50, 4),
                  draws_text(std::min(ring->draws, line->draws))),
      less ? Verdict::agrees : Verdict::differs,
      "a group has no ends"};
}

}  // namespace

std::vector<Claim> claims_of(const ScalingData& data) {
  std::vector<Claim> claims;
  const ScalingSeries& addition = data.series.at(0);
  if (const ScalingPoint* ten = point_at(addition, published_symbols)) {
    claims.push_back(published_claim(*ten));
  }
  claims.push_back(falling_claim(addition));
  claims.push_back(laws_claim(data, data.fits, data.fit_from));
  claims.push_back(laws_claim(data, data.fits_all, addition.data.front().point.symbols));
  for (std::size_t k = 0; k < data.series.size(); ++k) {
    claims.push_back(prediction_claim(
        data.series[k], k == 0 ? coverage_text(data.fits, data.fit_from) : std::string()));
    if (k > 0) {
      if (const auto claim = ends_claim(addition, data.series[k])) {
        claims.push_back(*claim);
      }
    }
  }
  return claims;
}

}  // namespace grok
