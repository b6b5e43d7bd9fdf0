#include "theory/circle_loss.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

#include "core/errors.hpp"
#include "theory/parallelogram_loss.hpp"

namespace grok {

using Complex = std::complex<double>;
using Eigen::VectorXd;

CircleLoss::CircleLoss(Index symbols, OutputClasses classes, Normalisation normalisation)
    : symbols_(symbols),
      classes_(std::move(classes)),
      weight_(parallelogram_weight("CircleLoss", symbols, classes_, normalisation)) {}

/// Per class of m products s = z_i z_j: m sum |s - mean|^2. A change of z_i changes s by z_j of it,
/// so the slope (d/dRe + i d/dIm) with respect to z_i is 2 m (s - mean) conj(z_j).
double CircleLoss::l0_and_slope(const VectorXd& x, VectorXd* slope) const {
  require_in_range("CircleLoss", "x.size()", x.size(), dimension(), dimension());
  const auto z = [&](Index k) { return Complex(x[k], x[symbols_ + k]); };
  if (slope != nullptr) {
    slope->setZero(dimension());
  }
  const auto add = [&](Index k, Complex g) {
    (*slope)[k] += weight_ * g.real();
    (*slope)[symbols_ + k] += weight_ * g.imag();
  };
  double total = 0;
  for (Index c = 0; c < classes_.count(); ++c) {
    const auto samples = classes_[c];
    if (samples.size() < 2) {
      continue;
    }
    const auto m = static_cast<double>(samples.size());
    Complex mean = 0;
    for (const Sample s : samples) {
      mean += z(s.i) * z(s.j) / m;
    }
    for (const Sample s : samples) {
      const Complex deviation = z(s.i) * z(s.j) - mean;
      total += m * std::norm(deviation);  // the square of its size
      if (slope != nullptr) {
        add(s.i, 2 * m * deviation * std::conj(z(s.j)));
        add(s.j, 2 * m * deviation * std::conj(z(s.i)));
      }
    }
  }
  return weight_ * total;
}

double CircleLoss::l0(const VectorXd& x) const { return l0_and_slope(x, nullptr); }

double CircleLoss::value(const VectorXd& x) const {
  const double Z0 = x.squaredNorm();
  return static_cast<double>(symbols_) * l0(x) / (Z0 * Z0);
}

/// p (grad l0 / Z0^2 - 4 l0 x / Z0^3)
void CircleLoss::gradient(const VectorXd& x, VectorXd& out) const {
  const double Z0 = x.squaredNorm();
  const double l = l0_and_slope(x, &out);
  out = (static_cast<double>(symbols_) / (Z0 * Z0)) * (out - (4 * l / Z0) * x);
}

VectorXd circle_shares(const Eigen::MatrixXd& z) {
  require_in_range("circle_shares", "z.cols()", z.cols(), Index{2}, Index{2});
  const Index p = z.rows();
  VectorXd shares(p);
  const double total = static_cast<double>(p) * z.squaredNorm();
  for (Index m = 0; m < p; ++m) {
    Complex sum = 0;
    for (Index k = 0; k < p; ++k) {
      const double angle =
          -2 * std::numbers::pi * static_cast<double>((m * k) % p) / static_cast<double>(p);
      sum += Complex(z(k, 0), z(k, 1)) * std::polar(1.0, angle);
    }
    shares[m] = std::norm(sum) / total;
  }
  return shares;
}

}  // namespace grok
