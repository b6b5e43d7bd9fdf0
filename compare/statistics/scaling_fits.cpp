#include "compare/statistics/scaling_fits.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::array laws = {ScalingLaw::log, ScalingLaw::log_log, ScalingLaw::power,
                             ScalingLaw::coverage};
constexpr double normal_width = 2 * 1.959963984540054;  // of a 95% interval, in sd

struct Points {
  VectorXd p, n, sd, predicted;
  Points head(Index k) const { return {p.head(k), n.head(k), sd.head(k), predicted.head(k)}; }
};

Points points_of(std::span<const ScalingDatum> data) {
  const auto count = static_cast<Eigen::Index>(data.size());
  Points points{VectorXd(count), VectorXd(count), VectorXd(count), VectorXd(count)};
  for (Eigen::Index k = 0; k < count; ++k) {
    const ScalingPoint& point = data[static_cast<std::size_t>(k)].point;
    points.p[k] = static_cast<double>(point.symbols);
    points.n[k] = point.critical_train.value;
    points.sd[k] = (point.critical_train.high - point.critical_train.low) / normal_width;
    points.predicted[k] = point.predicted;
  }
  return points;
}

VectorXd weighted_solution(const MatrixXd& design, const VectorXd& values, const VectorXd& sd) {
  return sd.cwiseInverse().asDiagonal().operator*(design).eval().colPivHouseholderQr().solve(
      values.cwiseQuotient(sd));
}

// n = e^alpha p^b: from the line through ln n, by Gauss-Newton steps in n.
std::vector<double> fit_power(const Points& points) {
  MatrixXd line(points.p.size(), 2);
  line << VectorXd::Ones(points.p.size()), points.p.array().log().matrix();
  VectorXd x = weighted_solution(line, points.n.array().log(), points.sd.cwiseQuotient(points.n));
  for (int step = 0; step < 200; ++step) {
    const VectorXd model = (line * x).array().exp();
    const VectorXd change =
        weighted_solution(model.asDiagonal() * line, points.n - model, points.sd);
    x += change;
    if (change.norm() <= 1e-12 * (1 + x.norm())) {
      return {std::exp(x[0]), x[1]};
    }
  }
  throw ConvergenceError("power law: no convergence in 200 Gauss-Newton steps");
}

std::vector<double> fit_constants(ScalingLaw law, const Points& points) {
  if (law == ScalingLaw::coverage) {
    return {};
  }
  if (law == ScalingLaw::power) {
    return fit_power(points);
  }
  MatrixXd design(points.p.size(), law == ScalingLaw::log ? 2 : 3);
  design.col(0) = points.p;
  design.col(1) = points.p.array() * points.p.array().log();
  if (law == ScalingLaw::log_log) {
    design.col(2) = points.p.array() * points.p.array().log().log();
  }
  const VectorXd x = weighted_solution(design, points.n, points.sd);
  return {x.data(), x.data() + x.size()};
}

double chi2_of(ScalingLaw law, const std::vector<double>& constants, const Points& points) {
  double sum = 0;
  for (Eigen::Index k = 0; k < points.p.size(); ++k) {
    const double r = points.n[k] - law_value(law, constants, points.p[k], points.predicted[k]);
    sum += r * r / (points.sd[k] * points.sd[k]);
  }
  return sum;
}

void hold_out(LawFit& fit, const Points& points, Eigen::Index known) {
  const auto constants = fit_constants(fit.law, points.head(known));
  fit.held_out_constants = constants;
  fit.held_out = points.p.size() - known;
  double squares = 0;
  for (Eigen::Index k = known; k < points.p.size(); ++k) {
    const double error =
        std::log(points.n[k] / law_value(fit.law, constants, points.p[k], points.predicted[k]));
    squares += error * error;
    fit.held_out_worst =
        std::abs(error) > std::abs(fit.held_out_worst) ? error : fit.held_out_worst;
  }
  fit.held_out_rms =
      fit.held_out > 0 ? std::sqrt(squares / static_cast<double>(fit.held_out)) : not_a_number;
  fit.held_out_worst = fit.held_out > 0 ? fit.held_out_worst : not_a_number;
}

// The constants of every law for as many draws again, each size its own.
void add_intervals(std::vector<LawFit>& fits, std::span<const ScalingDatum> data,
                   std::int64_t resamples, std::uint64_t seed) {
  Points points = points_of(data);
  RandomStream stream(seed, "bootstrap");
  std::vector<std::vector<std::vector<double>>> drawn(fits.size());  // [law][constant][resample]
  for (std::size_t f = 0; f < fits.size(); ++f) {
    drawn[f].resize(fits[f].constants.size());
  }
  std::vector<Index> again;
  for (std::int64_t r = 0; r < resamples; ++r) {
    for (std::size_t k = 0; k < data.size(); ++k) {
      again.clear();
      for (std::size_t t = 0; t < data[k].needed.size(); ++t) {
        again.push_back(
            data[k].needed[static_cast<std::size_t>(stream.below(std::ssize(data[k].needed)))]);
      }
      points.n[static_cast<Eigen::Index>(k)] = critical_size(again, data[k].point.samples).value;
    }
    for (std::size_t f = 0; f < fits.size(); ++f) {
      const auto constants = fit_constants(fits[f].law, points);
      for (std::size_t c = 0; c < constants.size(); ++c) {
        drawn[f][c].push_back(constants[c]);
      }
    }
  }
  for (std::size_t f = 0; f < fits.size(); ++f) {
    for (std::size_t c = 0; c < fits[f].constants.size(); ++c) {
      fits[f].constants[c].low = quantile(drawn[f][c], 0.025);
      fits[f].constants[c].high = quantile(drawn[f][c], 0.975);
    }
  }
}

// How many sizes are no larger than fit_up_to.
Index checked_count(std::span<const ScalingDatum> data, Index fit_up_to, std::int64_t resamples) {
  const char* where = "fit_scaling";
  constexpr auto any = std::numeric_limits<std::int64_t>::max();
  require_in_range(where, "sizes", std::ssize(data), std::int64_t{4}, any);
  require_in_range(where, "resamples", resamples, std::int64_t{40}, std::int64_t{1'000'000});
  Index before = 2, known = 0;
  for (const ScalingDatum& datum : data) {
    require_in_range(where, "symbols", datum.point.symbols, before + 1, max_symbols);
    require_in_range(where, "draws", std::ssize(datum.needed), std::int64_t{10}, any);
    before = datum.point.symbols;
    known += before <= fit_up_to ? 1 : 0;
  }
  require_in_range(where, "sizes up to fit_up_to", known, Index{3}, std::ssize(data));
  return known;
}

}  // namespace

std::string to_text(ScalingLaw law) {
  switch (law) {
    case ScalingLaw::log:
      return "log";
    case ScalingLaw::log_log:
      return "log-log";
    case ScalingLaw::power:
      return "power";
    default:
      return "coverage";
  }
}

std::string formula_of(ScalingLaw law) {
  switch (law) {
    case ScalingLaw::log:
      return "p (a + b ln p)";
    case ScalingLaw::log_log:
      return "p (a + b ln p + c ln ln p)";
    case ScalingLaw::power:
      return "a p^b";
    default:
      return "coverage, no constant";
  }
}

double law_value(ScalingLaw law, const std::vector<double>& constants, double p, double predicted) {
  switch (law) {
    case ScalingLaw::log:
      return p * (constants.at(0) + constants.at(1) * std::log(p));
    case ScalingLaw::log_log:
      return p * (constants.at(0) + constants.at(1) * std::log(p) +
                  constants.at(2) * std::log(std::log(p)));
    case ScalingLaw::power:
      return constants.at(0) * std::pow(p, constants.at(1));
    default:
      return predicted;
  }
}

std::vector<LawFit> fit_scaling(std::span<const ScalingDatum> data, Index fit_up_to,
                                std::int64_t resamples, std::uint64_t seed) {
  const Index known = checked_count(data, fit_up_to, resamples);
  const Points points = points_of(data);
  std::vector<LawFit> fits;
  for (const ScalingLaw law : laws) {
    LawFit fit;
    fit.law = law;
    const auto constants = fit_constants(law, points);
    for (const double value : constants) {
      fit.constants.push_back({value, value, value});
    }
    fit.points = points.p.size();
    fit.chi2 = chi2_of(law, constants, points);
    const auto m = static_cast<double>(constants.size());
    fit.aic = fit.chi2 + 2 * m;
    fit.bic = fit.chi2 + m * std::log(static_cast<double>(fit.points));
    hold_out(fit, points, known);
    fits.push_back(std::move(fit));
  }
  std::stable_sort(fits.begin(), fits.end(),
                   [](const LawFit& a, const LawFit& b) { return a.aic < b.aic; });
  double total = 0;
  for (const LawFit& fit : fits) {
    total += std::exp((fits.front().aic - fit.aic) / 2);
  }
  for (LawFit& fit : fits) {
    fit.aic_weight = std::exp((fits.front().aic - fit.aic) / 2) / total;
  }
  add_intervals(fits, data, resamples, seed);
  return fits;
}

const LawFit& fit_of(const std::vector<LawFit>& fits, ScalingLaw law) {
  const auto found = std::ranges::find(fits, law, &LawFit::law);
  if (found == fits.end()) {
    throw std::out_of_range("fit_of: no fit of the law " + to_text(law));
  }
  return *found;
}

ScalingSeries draw_scaling_series(const std::string& where, const std::string& task,
                                  std::optional<Index> factor, const std::vector<Index>& symbols,
                                  const SeriesDraws& how) {
  ScalingSeries series;
  series.name = factor ? "products of Z_" + std::to_string(*factor) : task;
  std::ranges::replace(series.name, '-', ' ');
  for (const Index p : symbols) {
    const Task rule = scaling_task(where, task, p, factor);
    UniqueSizes sizes = draw_unique_sizes(rule, p <= how.small ? how.draws_small : how.draws,
                                          how.seed, how.threads);
    const ScalingPoint point = summarise_scaling(rule, sizes);
    series.data.push_back({point, std::move(sizes.unique)});
  }
  return series;
}

}  // namespace grok
