// figures/summary.hpp: statistics over chosen runs, for the bootstrap of compare/intervals.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "compare/intervals.hpp"

namespace grok {

inline constexpr std::int64_t figure_resamples = 1000;
inline constexpr std::uint64_t figure_bootstrap_seed = 0;

/// Pearson's correlation over the runs `chosen`; NaN if a side is constant.
double pearson(std::span<const double> x, std::span<const double> y,
               std::span<const std::size_t> chosen);
double mean_of(std::span<const double> x, std::span<const std::size_t> chosen);

/// "70 runs in 10 seeds".
std::string runs_in_seeds(std::int64_t runs, std::int64_t seeds);

}  // namespace grok
