#include "theory/decoder_curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/errors.hpp"

namespace grok {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

DecoderCurve::DecoderCurve(DecoderNetwork network, double low, double high, double tolerance)
    : network_(std::move(network)), low_(low), high_(high) {
  const char* where = "DecoderCurve";
  require_in_range(where, "inputs", network_.inputs(), Index{1}, Index{1});
  if (network_.activation() != DecoderActivation::tanh) {
    reject(where, "activation", "relu", "tanh");
  }
  require_in_range(where, "tolerance", tolerance, 1e-14, 1e-2);
  constexpr double largest = 1e150;
  require_in_range(where, "low", low, -largest, largest);
  require_in_range(where, "high", high, std::nextafter(low, largest), largest);
  constexpr Index most_nodes = 65'537;
  tabulate(65);
  while (true) {
    const MatrixXd middle = midpoints();
    MatrixXd exact, ours;
    network_.evaluate(middle, exact);
    evaluate(middle, ours);
    const double size = values_.cwiseAbs().maxCoeff();
    error_ = size > 0 ? (ours - exact).cwiseAbs().maxCoeff() / size : 0.0;
    if (error_ <= tolerance) {
      return;
    }
    if (nodes() == most_nodes) {
      throw ConvergenceError(fmt::format("{}: error of the table: {} with {} nodes, wanted {}",
                                         where, to_text(error_), most_nodes, to_text(tolerance)));
    }
    refine(middle, exact);
  }
}

void DecoderCurve::tabulate(Index nodes) {
  step_ = (high_ - low_) / static_cast<double>(nodes - 1);
  const Eigen::RowVectorXd x = Eigen::RowVectorXd::LinSpaced(nodes, low_, high_);
  network_.evaluate(x, values_);
  slopes_ = network_.slopes(x) * step_;
}

Eigen::RowVectorXd DecoderCurve::midpoints() const {
  Eigen::RowVectorXd x(nodes() - 1);
  for (Index k = 0; k < x.size(); ++k) {
    x[k] = low_ + (static_cast<double>(k) + 0.5) * step_;
  }
  return x;
}

/// The midpoints become nodes, between those that are there.
void DecoderCurve::refine(const MatrixXd& middle, const MatrixXd& exact) {
  step_ /= 2;
  const MatrixXd slopes = network_.slopes(middle) * step_;
  const Index n = nodes();
  MatrixXd finer(outputs(), 2 * n - 1), finer_slopes(outputs(), 2 * n - 1);
  for (Index k = 0; k < n; ++k) {
    finer.col(2 * k) = values_.col(k);
    finer_slopes.col(2 * k) = 0.5 * slopes_.col(k);  // in units of the step
    if (k + 1 < n) {
      finer.col(2 * k + 1) = exact.col(k);
      finer_slopes.col(2 * k + 1) = slopes.col(k);
    }
  }
  values_ = std::move(finer);
  slopes_ = std::move(finer_slopes);
}

void DecoderCurve::evaluate(const MatrixXd& x, MatrixXd& out) const {
  require_in_range("DecoderCurve", "x.rows()", x.rows(), Index{1}, Index{1});
  out.resize(outputs(), x.cols());
  MatrixXd exact;
  for (Index k = 0; k < x.cols(); ++k) {
    if (!inside(x(0, k))) {
      network_.evaluate(x.col(k), exact);
      out.col(k) = exact;
      continue;
    }
    const double place = (x(0, k) - low_) / step_;
    const Index n = std::min(static_cast<Index>(place), nodes() - 2);
    const double t = place - static_cast<double>(n), s = 1 - t;
    // Hermite's cubic: weights of f(n), f(n+1), h f'(n), h f'(n+1).
    const double a = s * s * (1 + 2 * t), b = t * t * (1 + 2 * s), c = t * s * s, d = -t * t * s;
    out.col(k) =
        a * values_.col(n) + b * values_.col(n + 1) + c * slopes_.col(n) + d * slopes_.col(n + 1);
  }
}

void DecoderCurve::pull_back(const MatrixXd& x, const MatrixXd& g, MatrixXd& out) const {
  require_in_range("DecoderCurve", "x.rows()", x.rows(), Index{1}, Index{1});
  require_in_range("DecoderCurve", "g.rows()", g.rows(), outputs(), outputs());
  require_in_range("DecoderCurve", "g.cols()", g.cols(), x.cols(), x.cols());
  out.resize(1, x.cols());
  MatrixXd exact;
  for (Index k = 0; k < x.cols(); ++k) {
    if (!inside(x(0, k))) {
      network_.pull_back(x.col(k), g.col(k), exact);
      out(0, k) = exact(0, 0);
      continue;
    }
    const double place = (x(0, k) - low_) / step_;
    const Index n = std::min(static_cast<Index>(place), nodes() - 2);
    const double t = place - static_cast<double>(n), s = 1 - t;
    // The derivatives of the four weights, in units of the step.
    const double a = -6 * t * s, c = s * (1 - 3 * t), d = t * (3 * t - 2);
    const auto gk = g.col(k);
    out(0, k) = (a * (values_.col(n).dot(gk) - values_.col(n + 1).dot(gk)) +
                 c * slopes_.col(n).dot(gk) + d * slopes_.col(n + 1).dot(gk)) /
                step_;
  }
}

}  // namespace grok
