// compare/statistics/scaling_scan.hpp: sizes of several tasks, the laws of the first, and what is
// asked of them: do large tasks follow the prediction without a constant, does a group need less?
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "compare/statistics/scaling_fits.hpp"

namespace grok {

/// Laws fitted to the sizes p >= from, the best AIC first.
struct FittedLaws {
  Index from = 0;
  std::vector<LawFit> fits;
};

struct ScalingScan {
  std::vector<ScalingSeries> series;  // the first is addition
  FittedLaws large, all;              // of the first
  Index fit_up_to = 0;                // of what is held out
};
/// Throws as fit_scaling does.
ScalingScan fit_scan(std::vector<ScalingSeries> series, Index fit_from, Index fit_up_to,
                     std::int64_t resamples, std::uint64_t seed);

/// r_c between whole sizes: critical_train over |D0|.
Estimate interpolated_fraction(const ScalingPoint& point);

/// critical_train of a size over other numbers of it.
struct ScalingRatio {
  Index symbols = 0;
  Estimate of_samples;              // |D0|
  Estimate of_symbols;              // p
  double predicted_of_symbols = 0;  // the prediction over p
  double of_power = 0, of_log = 0;  // laws that were fitted to p <= fit_up_to alone
};
std::vector<ScalingRatio> ratios_of(const ScalingSeries& series, const std::vector<LawFit>& fits);

/// The smallest and the largest r_c p/ln p of the sizes, r_c interpolated. The series is not empty.
std::pair<Estimate, Estimate> scaled_fractions(const ScalingSeries& series);

/// Null if there is no such size.
const ScalingPoint* point_at(const ScalingSeries& series, Index symbols);
/// The largest size that both have, of each.
std::optional<std::pair<ScalingPoint, ScalingPoint>> largest_shared(const ScalingSeries& one,
                                                                    const ScalingSeries& other);

}  // namespace grok
