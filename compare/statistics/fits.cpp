// Logistic curve by maximum likelihood (declared in statistics.hpp).
//   log L = sum_k s_k eta_k - n_k ln(1 + exp eta_k),   eta = alpha + slope (x - pivot)
//   It is concave. A finite maximum exists iff the classes overlap (Albert & Anderson 1984): in one
//   dimension the last failure lies above the first success, and the first failure below the last
//   success. It rises iff successes have the larger mean x (the score at slope 0).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr int max_newton_steps = 200;
constexpr double newton_tolerance = 1e-9;  // distance to the maximum, in standard errors

struct Level {  // all pairs with one x
  double x = 0;
  double successes = 0;
  double failures = 0;
};

struct Curve {
  double alpha = 0;
  double slope = 0;
  double pivot = 0;
};

double log_likelihood(const std::vector<Level>& levels, const Curve& curve) {
  double sum = 0;
  for (const Level& l : levels) {
    const double eta = curve.alpha + curve.slope * (l.x - curve.pivot);
    const double tail = std::log1p(std::exp(-std::abs(eta)));  // ln(1+e^eta) = max(eta, 0) + tail
    sum -= l.successes * (std::max(-eta, 0.0) + tail) + l.failures * (std::max(eta, 0.0) + tail);
  }
  return sum;
}

// The Newton step from `curve`, whose pivot is moved to the mean weight: alpha and slope decouple.
struct NewtonStep {
  double alpha = 0;
  double slope = 0;
  double decrement = 0;  // g . H^-1 g: squared distance to the maximum in standard errors
};

NewtonStep newton_step(const std::vector<Level>& levels, Curve& curve) {
  std::vector<double> residuals, weights;
  double sum_w = 0, sum_wx = 0;
  for (const Level& l : levels) {
    const double eta = curve.alpha + curve.slope * (l.x - curve.pivot);
    const double p = 1 / (1 + std::exp(-eta)), q = 1 / (1 + std::exp(eta));
    residuals.push_back(l.successes * q - l.failures * p);
    weights.push_back((l.successes + l.failures) * p * q);
    sum_w += weights.back();
    sum_wx += weights.back() * (l.x - curve.pivot);
  }
  const double shift = sum_wx / sum_w;
  curve.alpha += curve.slope * shift;
  curve.pivot += shift;
  double score_alpha = 0, score_slope = 0, variance = 0;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const double dx = levels[k].x - curve.pivot;
    score_alpha += residuals[k];
    score_slope += residuals[k] * dx;
    variance += weights[k] * dx * dx;
  }
  return {score_alpha / sum_w, score_slope / variance,
          score_alpha * score_alpha / sum_w + score_slope * score_slope / variance};
}

// Newton's method with halved steps until log L rises enough (Armijo). Empty: not converged.
std::optional<Curve> maximise(const std::vector<Level>& levels, Curve curve) {
  double value = log_likelihood(levels, curve);
  for (int k = 0; k < max_newton_steps; ++k) {
    const NewtonStep step = newton_step(levels, curve);
    if (step.decrement <= newton_tolerance * newton_tolerance) {
      return curve;
    }
    const double rounding = 1e-13 * std::abs(value);
    double scale = 1;
    Curve next;
    double next_value = 0;
    do {
      next = {curve.alpha + scale * step.alpha, curve.slope + scale * step.slope, curve.pivot};
      next_value = log_likelihood(levels, next);
      scale /= 2;
    } while (!(next_value >= value + 1e-4 * scale * step.decrement - rounding) && scale > 1e-12);
    curve = next;
    value = next_value;
  }
  return std::nullopt;
}

struct Outcome {
  std::optional<LogisticFit> fit;
  ValueRange critical;  // of the fit; for separated data all that the data allow
  std::string failure;  // if there is no fit: what was found, what was wanted
};

Outcome fit_overlapping(std::vector<Level> levels, double mean, double spread, double successes,
                        double failures) {
  for (Level& l : levels) {
    l.x = (l.x - mean) / spread;
  }
  const auto curve = maximise(levels, {std::log(successes / failures), 0, 0});
  if (!curve || !(curve->slope > 0)) {
    return {{},
            {},
            fmt::format("no maximum in {} Newton steps, wanted it to {} standard errors",
                        max_newton_steps, newton_tolerance)};
  }
  const double critical = mean + spread * (curve->pivot - curve->alpha / curve->slope);
  return {LogisticFit{critical, spread / curve->slope}, {critical, critical}, {}};
}

// levels ascend in x; some may be without pairs.
Outcome fit_levels(std::vector<Level> levels) {
  double successes = 0, failures = 0, sum_success = 0, sum_failure = 0;
  double last_failure = 0, first_success = 0;
  for (const Level& l : levels) {
    if (l.failures > 0) {
      last_failure = l.x;
    }
    if (successes == 0) {
      first_success = l.x;
    }
    successes += l.successes;
    failures += l.failures;
    sum_success += l.successes * l.x;
    sum_failure += l.failures * l.x;
  }
  if (successes == 0 || failures == 0) {
    return {{}, {}, fmt::format("{} successes and {} failures, wanted both", successes, failures)};
  }
  if (levels.size() == 1) {
    return {{}, {}, "one value of x, wanted two or more"};
  }
  const double mean = (sum_success + sum_failure) / (successes + failures);
  double square = 0;
  for (const Level& l : levels) {
    square += (l.successes + l.failures) * (l.x - mean) * (l.x - mean);
  }
  const double spread = std::sqrt(square / (successes + failures));
  const double rise = (sum_success / successes - sum_failure / failures) / spread;
  if (!(rise > 1e-12)) {  // equal means differ by rounding; one x only: 0/0
    return {{}, {}, "P does not rise with x, wanted a rising curve"};
  }
  if (last_failure <= first_success) {
    const double middle = last_failure + (first_success - last_failure) / 2;
    return {LogisticFit{middle, 0}, {last_failure, first_success}, {}};
  }
  return fit_overlapping(std::move(levels), mean, spread, successes, failures);
}

// The distinct x in ascending order, and the level of each pair.
struct Grouped {
  std::vector<Level> levels;
  std::vector<std::size_t> of;
};

Grouped group(std::string_view where, std::span<const double> x, std::size_t successes) {
  require_equal_lengths(where, x.size(), successes);
  if (x.empty()) {
    reject(where, "pairs", "0", "1 or more");
  }
  std::vector<double> distinct;
  for (const double value : x) {
    if (!std::isfinite(value)) {
      reject(where, "x", to_text(value), "a finite number");
    }
    distinct.push_back(value);
  }
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Grouped result;
  for (const double value : distinct) {
    result.levels.push_back({value, 0, 0});
  }
  for (const double value : x) {
    const auto place = std::lower_bound(distinct.begin(), distinct.end(), value);
    result.of.push_back(static_cast<std::size_t>(place - distinct.begin()));
  }
  return result;
}

void add(Level& level, bool success) { ++(success ? level.successes : level.failures); }

Outcome fit_all(std::string_view where, Grouped data, const std::vector<bool>& success) {
  for (std::size_t k = 0; k < data.of.size(); ++k) {
    add(data.levels[data.of[k]], success[k]);
  }
  Outcome outcome = fit_levels(std::move(data.levels));
  if (!outcome.fit) {
    throw ConvergenceError(fmt::format("{}: {}", where, outcome.failure));
  }
  return outcome;
}

}  // namespace

LogisticFit fit_logistic(std::span<const double> x, const std::vector<bool>& success) {
  return *fit_all("fit_logistic", group("fit_logistic", x, success.size()), success).fit;
}

BootstrapInterval critical_point(std::span<const double> x, const std::vector<bool>& success,
                                 Groups groups, std::int64_t resamples, std::uint64_t seed) {
  require_equal_lengths("critical_point", x.size(), groups.size());
  const Grouped empty = group("critical_point", x, success.size());
  const double value = fit_all("critical_point", empty, success).fit->critical;
  return bootstrap("critical_point", value, groups, resamples, seed,
                   [&](std::span<const std::size_t> drawn) -> std::optional<ValueRange> {
                     auto levels = empty.levels;
                     for (const std::size_t k : drawn) {
                       add(levels[empty.of[k]], success[k]);
                     }
                     const Outcome outcome = fit_levels(std::move(levels));
                     return outcome.fit ? std::optional(outcome.critical) : std::nullopt;
                   });
}

}  // namespace grok
