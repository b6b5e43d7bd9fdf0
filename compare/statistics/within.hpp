// compare/statistics/within.hpp: what is left of a relation within one stratum (one |D|), where the
// trend between strata is taken away: which of two networks of ONE size is the better, the sooner?
// Intervals by resampling groups (seeds), figure_resamples of them, the strata's means taken anew.
#pragma once

#include <cstdint>
#include <span>

#include "compare/statistics/statistics.hpp"

namespace grok {

using Strata = std::span<const std::int64_t>;

// Of x and y less their means over the stratum: Pearson's correlation, and the slope dy/dx by least
// squares. And Kendall's (concordant - discordant)/(concordant + discordant) of all two of one
// stratum; ties count as neither. O(n^2) in the largest stratum, per resample.
// count 0 where there is none: no two values that differ in x (correlation, Kendall: and in y)
// within a stratum, here or in most resamples. Throw InputError for no pairs, or lengths that
// differ.
BootstrapInterval correlation_within(std::span<const double> x, std::span<const double> y,
                                     Strata strata, Groups groups);
BootstrapInterval slope_within(std::span<const double> x, std::span<const double> y, Strata strata,
                               Groups groups);
BootstrapInterval kendall_within(std::span<const double> x, std::span<const double> y,
                                 Strata strata, Groups groups);

}  // namespace grok
