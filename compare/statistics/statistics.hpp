// compare/statistics/statistics.hpp: numbers with their uncertainty. Confidence level 0.95 unless
// said.
//   Nothing here is smoothed; a censored value counts as "not before", never as a number.
//   Runs of one seed share the initial network, the labels and nested training sets: they are not
//   independent of each other. What a bootstrap draws is therefore a group (a seed) with all its
//   runs (Davison & Hinkley 1997, section 3.8); few
//   groups cover less than they say (Cameron, Gelbach & Miller 2008, Rev. Econ. Stat. 90, 414).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace grok {

inline constexpr double default_confidence = 0.95;

/// A value with its confidence interval; low/high may be infinite where data say nothing.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// Wilson score interval of a proportion (Wilson 1927). Throws InputError unless
/// 0 <= successes <= trials, trials >= 1, 0 < confidence < 1.
Estimate wilson(std::int64_t successes, std::int64_t trials,
                double confidence = default_confidence);

/// Type-7 quantile (linear interpolation; Hyndman & Fan 1996), q in [0,1], of a non-empty sample
/// without NaN. Infinite values are order statistics like others.
double quantile(std::vector<double> values, double q);

/// Median with a distribution-free interval [x_(k), x_(n+1-k)] of order statistics: k is the
/// largest with P(Bin(n, 1/2) < k) <= (1 - confidence)/2, so it covers at least `confidence`. Ends
/// are infinite where there is no such k (n < 6 for 95%). Values as for `quantile`.
Estimate median_interval(std::vector<double> values, double confidence = default_confidence);

/// One waiting time: reached at `time`, or censored there (not reached by then).
struct Waiting {
  double time = 0;
  bool reached = true;
};

/// Kaplan-Meier estimate of the share not yet there, and its median (Kaplan & Meier 1958). Who is
/// censored at t was still waiting when others reached t.
struct KaplanMeier {
  std::vector<double> times;      // ascending, distinct, where something was reached
  std::vector<double> surviving;  // S just after each time
  /// Log-log transformed Greenwood interval of S. Where S = 0 that formula has no value: low is 0,
  /// high the smaller of the bound before and Wilson's for 0 of those still at risk.
  std::vector<double> low, high;
  std::int64_t count = 0;
  std::int64_t censored = 0;
  /// Smallest time with S <= 1/2; empty if never. Interval: where the bounds of S cross 1/2
  /// (Brookmeyer & Crowley 1982); a missing end means it is not reached.
  std::optional<double> median, median_low, median_high;
};
/// Throws InputError for an empty sample, a time that is negative or not finite.
KaplanMeier kaplan_meier(std::span<const Waiting> waiting, double confidence = default_confidence);

/// Maximum-likelihood logistic curve P(success | x) = 1/(1 + exp(-(x - critical)/width)).
struct LogisticFit {
  double critical = 0;  // x where P = 1/2
  double width = 0;     // > 0 if P rises; 0: a step (successes and failures are separated)
};
/// Separated data give the middle between the last failure and the first success, width 0.
/// Throws ConvergenceError if there are only successes or only failures, one x only, or P does not
/// rise; InputError for an empty sample, unequal lengths or an x that is not finite.
LogisticFit fit_logistic(std::span<const double> x, const std::vector<bool>& success);

/// groups[k]: the group of pair k (its seed). Each pair a group of its own: the plain bootstrap.
using Groups = std::span<const std::int64_t>;

/// Bootstrap over groups: stream (seed, "bootstrap"), 40 <= resamples <= 10^6; the ends are
/// expanded for few groups (compare/statistics/intervals.hpp). A nominal 95% of a mean covers 93%
/// with 5 groups, 94% with 10, 95% with 20; 75% with 3, where no resample reaches far enough.
struct BootstrapInterval {
  Estimate estimate;           // interval of a bootstrap NaN if there is one group only
  std::int64_t count = 0;      // pairs
  std::int64_t groups = 0;     // what is drawn
  std::int64_t resamples = 0;  // that gave a value
};

/// `critical` with its interval over the pairs (x, success); resamples that cannot be fitted (one
/// class only, P does not rise) are counted, and a ConvergenceError if more than half. A separated
/// resample fixes no point between its last failure and its first success: the interval's lower end
/// is a quantile of the former, the upper one of the latter.
BootstrapInterval critical_point(std::span<const double> x, const std::vector<bool>& success,
                                 Groups groups, std::int64_t resamples, std::uint64_t seed);

/// Slope of ln y on ln x by least squares, and Spearman's rank correlation (mid-ranks for ties).
/// Needs >= 3 pairs; the slope finite x, y > 0. Throws ConvergenceError if x (Spearman: or y) is
/// constant, in the data or in more than half of the resamples.
BootstrapInterval log_log_slope(std::span<const double> x, std::span<const double> y, Groups groups,
                                std::int64_t resamples, std::uint64_t seed);
BootstrapInterval spearman(std::span<const double> x, std::span<const double> y, Groups groups,
                           std::int64_t resamples, std::uint64_t seed);

/// Share of successes among pairs that come in groups, with a t interval on the logit scale: the
/// ratio's linearised variance between groups (n/(n-1) sum of squares), groups - 1 degrees of
/// freedom. Near 0 or 1 resampling misses: with 14 groups around 0.977 it covers 86%, this 94%.
/// Where every group has the same share there is no variance, and where each has all or none of as
/// many pairs they are independent trials: Wilson's interval of that share, a trial per group.
/// Throws InputError for no pairs.
BootstrapInterval grouped_share(const std::vector<bool>& success, Groups groups);

/// Spearman's coefficient itself. NaN if a side is constant or there are no pairs.
double spearman_coefficient(std::span<const double> x, std::span<const double> y);

/// One network and what was predicted for it [steps].
struct StepPair {
  std::optional<double> predicted;  // empty: no prediction
  std::optional<double> measured;   // empty: not there within the budget
  double budget = 0;                // of the measurement
  std::int64_t group = 0;           // the seed
};

/// Pairs with max(m/p, p/m) <= factor. Not there by `budget` means m > budget: certainly outside if
/// budget >= factor * p, else undecided.
struct FactorShare {
  double factor = 0;
  std::int64_t inside = 0, outside = 0, undecided = 0;
  Estimate share;  // inside/(inside + outside), as grouped_share; NaN in [0, 1] if none is decided
};
inline constexpr std::array<double, 3> agreement_factors = {1.25, 1.5, 2};

/// How well predicted steps fit measured ones, pair by pair. Steps may be 0 ("so from the start"),
/// where a ratio says nothing: kappa and slope leave such pairs out; for the shares two zeros agree
/// and one zero is outside every factor; ranks use them as they are.
struct Agreement {
  std::int64_t count = 0;        // both known: what kappa, slope and rank are of
  std::int64_t zero = 0;         // of `count`, those with a 0 on either side
  std::int64_t censored = 0;     // predicted, not there within the budget
  std::int64_t unpredicted = 0;  // measured, no prediction: in no share
  std::int64_t neither = 0;
  std::int64_t groups = 0;  // of all pairs
  /// Geometric mean of measured/predicted. One group alone: interval (0, inf); no ratio: value NaN
  /// as well.
  Estimate kappa;
  /// As predicted, and after dividing by kappa (that of the pairs with both known).
  std::array<FactorShare, 3> within, within_scaled;
  /// Slope of ln measured on ln predicted, and Spearman; count 0 where they do not exist (fewer
  /// than 3 pairs, or constant as above).
  BootstrapInterval slope;
  BootstrapInterval rank;
};
/// Throws InputError for a value that is negative, not finite, or measured beyond its budget.
Agreement agreement(std::span<const StepPair> pairs, std::int64_t resamples, std::uint64_t seed);

}  // namespace grok
