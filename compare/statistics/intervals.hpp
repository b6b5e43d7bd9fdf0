// compare/statistics/intervals.hpp: what the intervals of statistics.hpp are made of.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "compare/statistics/statistics.hpp"

namespace grok {

/// z with P(|N(0,1)| <= z) = confidence. Throws InputError unless 0 < confidence < 1.
double normal_half_width(std::string_view where, double confidence);

/// z of Student's t with groups - 1 degrees of freedom, of the default confidence. Throws
/// InputError for fewer than two groups.
double t_half_width(std::int64_t groups);

/// The share of resamples beyond each end of a percentile interval. 2.5 % would be too short for
/// few groups: a resample of n varies by sqrt((n - 1)/n) of what n values do, and a normal quantile
/// forgets that the spread is estimated; so the quantile of normal resamples that reaches t
/// sqrt(n/(n - 1)) ("expanded percentile", Hesterberg 2015, Am. Stat. 69, 371). Errors as above.
double expanded_tail(std::int64_t groups);

/// The values a sample allows for a statistic: one, low = high, or all between two ends.
struct ValueRange {
  double low = 0;
  double high = 0;
};

/// The statistic of a resample, given as the numbers 0..count-1 of the pairs drawn (with
/// repetition); empty if it has none.
using ResampleStatistic = std::function<std::optional<ValueRange>(std::span<const std::size_t>)>;

/// Expanded percentile interval of the default confidence around `value`. What is drawn is a
/// group with all its pairs, as many groups as there are. Throws InputError for no pairs or the
/// number of resamples, ConvergenceError if fewer than half of them have a value.
BootstrapInterval bootstrap(std::string_view where, double value, Groups groups,
                            std::int64_t resamples, std::uint64_t seed,
                            const ResampleStatistic& statistic);

/// The same for a statistic that is a number, with its own value over all pairs; a resample where
/// it is not finite has none.
using NumberStatistic = std::function<double(std::span<const std::size_t>)>;
BootstrapInterval bootstrap_number(std::string_view where, Groups groups, std::int64_t resamples,
                                   std::uint64_t seed, const NumberStatistic& statistic);

/// first - second of independent estimates: the interval that their intervals make (Zou & Donner
/// 2008, Statist. Med. 27, 1693; of Wilson's two it is Newcombe's, 1998). NaN where an end of
/// theirs is.
Estimate difference_of(const Estimate& first, const Estimate& second);
/// first/second, the same of logarithms. Throws InputError unless all numbers are above 0 or NaN.
Estimate ratio_of(const Estimate& first, const Estimate& second);
/// How far a ratio is from 1, on either side: it or its inverse, whichever is above 1.
Estimate factor_of(const Estimate& ratio);

/// Throws InputError if two columns of pairs differ in length.
void require_equal_lengths(std::string_view where, std::size_t first, std::size_t second);

}  // namespace grok
