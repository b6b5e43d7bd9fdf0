#include "theory/parallelogram_loss.hpp"

#include <utility>

#include "core/errors.hpp"

namespace grok {

double parallelogram_weight(const char* where, Index symbols, const OutputClasses& classes,
                            Normalisation normalisation) {
  require_in_range(where, "symbols", symbols, Index{2}, max_symbols);
  for (const Sample s : classes.samples) {
    require_in_range(where, "symbol", Index{s.i}, Index{0}, symbols - 1);
    require_in_range(where, "symbol", Index{s.j}, Index{0}, symbols - 1);
  }
  const std::int64_t count = count_parallelograms(classes);
  return normalisation == Normalisation::mean && count > 0 ? 1.0 / static_cast<double>(count) : 1.0;
}

ParallelogramLoss::ParallelogramLoss(Index symbols, Index dimensions, OutputClasses classes,
                                     Normalisation normalisation)
    : symbols_(symbols),
      dimensions_(dimensions),
      classes_(std::move(classes)),
      weight_(parallelogram_weight("ParallelogramLoss", symbols, classes_, normalisation)) {
  require_in_range("ParallelogramLoss", "dimensions", dimensions, Index{1}, Index{1'000'000});
}

void ParallelogramLoss::check(const char* where, const Eigen::VectorXd& x) const {
  require_in_range(where, "x.size()", x.size(), dimension(), dimension());
}

double ParallelogramLoss::l0(const Eigen::VectorXd& x) const {
  check("ParallelogramLoss::l0", x);
  double total = 0;
  for (Index k = 0; k < dimensions_; ++k) {
    total += gram_form(classes_, x.data() + k * symbols_);
  }
  return weight_ * total;
}

double ParallelogramLoss::value(const Eigen::VectorXd& x) const { return l0(x) / x.squaredNorm(); }

void ParallelogramLoss::apply(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
  out.resize(dimension());
  for (Index k = 0; k < dimensions_; ++k) {
    apply_gram(classes_, x.data() + k * symbols_, out.data() + k * symbols_, symbols_);
  }
  out *= weight_;
}

/// (2/Z0) G x - (2 l0/Z0^2) x
void ParallelogramLoss::gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
  const double Z0 = x.squaredNorm();
  const double l = l0(x) / Z0;
  apply(x, out);
  out = (2.0 / Z0) * (out - l * x);
}

/// The derivative of the gradient along v.
void ParallelogramLoss::hessian_times(const Eigen::VectorXd& x, const Eigen::VectorXd& v,
                                      Eigen::VectorXd& out) const {
  check("ParallelogramLoss::hessian_times", v);
  const double Z0 = x.squaredNorm();
  const double l = l0(x) / Z0;
  const double xv = x.dot(v) / Z0;
  Eigen::VectorXd Gx;
  apply(x, Gx);
  apply(v, out);
  const double vGx = v.dot(Gx) / Z0;
  out = (2.0 / Z0) * (out - l * v - 2.0 * xv * Gx + (4.0 * l * xv - 2.0 * vGx) * x);
}

}  // namespace grok
