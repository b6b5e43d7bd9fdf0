#include "theory/loss_tools.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "theory/flow.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

void require_size(const char* where, const LossFunctions& loss, const VectorXd& x) {
  require_in_range(where, "x.size()", std::int64_t{x.size()}, loss.dimension, loss.dimension);
}

/// The larger; not a number if one of them is not, which std::max would drop.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }

/// Symmetric up to rounding, or it is no Hessian.
MatrixXd symmetrised(const char* where, const MatrixXd& H, double allowed) {
  const double scale = H.cwiseAbs().maxCoeff();
  const double skew = (H - H.transpose()).cwiseAbs().maxCoeff();
  if (!(skew <= allowed * scale)) {  // also not finite
    throw ConvergenceError(fmt::format("{}: asymmetry of the Hessian: {} of {}, wanted at most {}",
                                       where, to_text(skew), to_text(scale), allowed));
  }
  return 0.5 * (H + H.transpose());
}

}  // namespace

MatrixXd hessian_at(const LossFunctions& loss, const VectorXd& x) {
  require_size("hessian_at", loss, x);
  if (!loss.hessian_times) {
    reject("hessian_at", "hessian_times", "none",
           "a loss that has one (AutomaticLoss), or hessian_by_differences");
  }
  MatrixXd H(x.size(), x.size());
  VectorXd column;
  for (Eigen::Index k = 0; k < x.size(); ++k) {
    loss.hessian_times(x, VectorXd::Unit(x.size(), k), column);
    H.col(k) = column;
  }
  return symmetrised("hessian_at", H, 1e-8);
}

MatrixXd hessian_by_differences(const LossFunctions& loss, const VectorXd& x) {
  require_size("hessian_by_differences", loss, x);
  const double relative = std::cbrt(std::numeric_limits<double>::epsilon());
  MatrixXd H(x.size(), x.size());
  VectorXd y = x, above, below;
  for (Eigen::Index k = 0; k < x.size(); ++k) {
    y[k] = x[k] + relative * std::max(1.0, std::abs(x[k]));
    const double step = y[k] - x[k];
    loss.gradient(y, above);
    y[k] = x[k] - step;
    loss.gradient(y, below);
    y[k] = x[k];
    H.col(k) = (above - below) / (2 * step);
  }
  return symmetrised("hessian_by_differences", H, 1e-5);
}

PointSpectrum spectrum_at(const LossFunctions& loss, const VectorXd& x) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(hessian_at(loss, x));
  if (solver.info() != Eigen::Success) {
    throw ConvergenceError("spectrum_at: eigenvalues of the Hessian: not converged, wanted all");
  }
  VectorXd gradient;
  loss.gradient(x, gradient);
  return {solver.eigenvalues(), solver.eigenvectors(), gradient.norm()};
}

GradientCheck check_gradient(const LossFunctions& loss, const VectorXd& x) {
  require_size("check_gradient", loss, x);
  VectorXd gradient;
  loss.gradient(x, gradient);
  require_in_range("check_gradient", "gradient.size()", gradient.size(), x.size(), x.size());
  GradientCheck check;
  check.scale = gradient.cwiseAbs().maxCoeff();
  const double relative = std::cbrt(std::numeric_limits<double>::epsilon());
  VectorXd y = x;
  for (Eigen::Index k = 0; k < x.size(); ++k) {
    y[k] = x[k] + relative * std::max(1.0, std::abs(x[k]));
    const double step = y[k] - x[k];
    const double above = loss.value(y);
    y[k] = x[k] - step;
    const double slope = (above - loss.value(y)) / (2 * step);
    y[k] = x[k];
    const double error = std::abs(slope - gradient[k]) / check.scale;
    if (!(error <= check.error)) {  // the first that is not a number stays
      check.error = error;
      check.entry = k;
    }
    if (!std::isfinite(error)) {
      break;
    }
  }
  return check;
}

Quantity squared_size() {
  return {"Z0", [](const VectorXd& x) { return x.squaredNorm(); }};
}

Quantity embedding_sum(Eigen::Index symbols, Eigen::Index dimensions, Eigen::Index k) {
  require_in_range("embedding_sum", "symbols", symbols, Eigen::Index{1}, Eigen::Index{1} << 40);
  require_in_range("embedding_sum", "dimension", k, Eigen::Index{0}, dimensions - 1);
  return {dimensions == 1 ? "C" : fmt::format("C_{}", k),
          [=](const VectorXd& x) { return x.segment(k * symbols, symbols).sum(); }};
}

std::vector<Quantity> standard_quantities(Eigen::Index symbols, Eigen::Index dimensions) {
  std::vector<Quantity> quantities = {squared_size()};
  for (Eigen::Index k = 0; k < dimensions; ++k) {
    quantities.push_back(embedding_sum(symbols, dimensions, k));
  }
  return quantities;
}

Drift drift_along_flow(const LossFunctions& loss, const Quantity& quantity, const VectorXd& x,
                       double end, double tolerance) {
  require_size("drift_along_flow", loss, x);
  if (!(end > 0 && std::isfinite(end))) {
    reject("drift_along_flow", "end", to_text(end), "(0, inf)");
  }
  std::vector<double> times;
  constexpr int count = 50;
  for (int k = 1; k <= count; ++k) {
    times.push_back(end * k / count);
  }
  const States states = gradient_flow(loss, x, times, tolerance);
  Drift drift;
  drift.start = quantity.of(x);
  drift.tolerance = tolerance;
  for (const VectorXd& state : states) {
    drift.largest = larger(drift.largest, std::abs(quantity.of(state) - drift.start));
  }
  drift.moved = (states.back() - x).norm() / x.norm();
  drift.fell = loss.value(x) - loss.value(states.back());
  return drift;
}

ScaleCheck check_scale(const LossFunctions& loss, const VectorXd& x) {
  require_size("check_scale", loss, x);
  ScaleCheck check;
  const double here = loss.value(x);
  for (const double factor : {1.0 / 8, 1.0 / 3, 3.0, 8.0}) {
    check.change = larger(check.change, std::abs(loss.value(factor * x) - here) / std::abs(here));
  }
  VectorXd gradient;
  loss.gradient(x, gradient);
  check.radial = std::abs(x.dot(gradient)) / (x.norm() * gradient.norm());
  return check;
}

}  // namespace grok
