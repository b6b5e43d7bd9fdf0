// theory/loss_tools.hpp: what can be asked of any effective loss: its Hessian and spectrum at a
// point, whether its gradient is right, what its flow conserves, whether scale matters.
//   All take LossFunctions: functions_of(loss), or keep(loss).
#pragma once

#include <Eigen/Core>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "theory/effective_loss.hpp"

namespace grok {

/// d^2 l / dx^2 at x, n x n, made symmetric. Throws InputError if the loss has no hessian_times,
/// ConvergenceError if what it gives is asymmetric by more than 1e-8 of its largest entry or is not
/// finite. Cost: n products with a vector.
Eigen::MatrixXd hessian_at(const LossFunctions& loss, const Eigen::VectorXd& x);

/// The same by central differences of the gradient, for a loss without hessian_times: error about
/// 1e-9. Asked for by name, never silently.
Eigen::MatrixXd hessian_by_differences(const LossFunctions& loss, const Eigen::VectorXd& x);

/// Curvatures of the loss at x. At a minimum an eigenvalue is the rate [1/time] at which its
/// direction decays; away from one (gradient_norm > 0) it need not be.
struct PointSpectrum {
  Eigen::VectorXd eigenvalues;  // n, ascending
  Eigen::MatrixXd vectors;      // n x n, columns
  double gradient_norm = 0;     // |dl/dx|
};
PointSpectrum spectrum_at(const LossFunctions& loss, const Eigen::VectorXd& x);

/// The gradient beside central differences of the value.
struct GradientCheck {
  double error = 0;        // largest |difference| over the entries, relative to `scale`
  double scale = 0;        // largest |entry| of the gradient
  Eigen::Index entry = 0;  // the worst
  bool right(double tolerance = 1e-6) const { return scale > 0 && error <= tolerance; }
};
GradientCheck check_gradient(const LossFunctions& loss, const Eigen::VectorXd& x);

/// A number made of the representation, such as what a flow might conserve.
struct Quantity {
  std::string name;
  std::function<double(const Eigen::VectorXd&)> of;
};
/// "Z0" = sum of all squares.
Quantity squared_size();
/// "C" (or "C_k" if d > 1) = sum over symbols of dimension k, x being symbols x d by columns.
Quantity embedding_sum(Eigen::Index symbols, Eigen::Index dimensions, Eigen::Index k);
/// Z0 and every C_k.
std::vector<Quantity> standard_quantities(Eigen::Index symbols, Eigen::Index dimensions);

/// How far a quantity moved along the gradient flow from x to time `end`.
struct Drift {
  double start = 0;      // q(x)
  double largest = 0;    // |q - q(x)| over 50 times
  double moved = 0;      // |x(end) - x| / |x|: 0 says nothing about conservation
  double fell = 0;       // l(x) - l(x(end))
  double tolerance = 0;  // of the integration
  /// Within what the integration leaves open; never said of a flow that did not move.
  bool conserved(double scale = 1.0) const {
    return moved > 1e-3 && largest <= 100 * tolerance * scale;
  }
};
/// Throws InputError unless `end` is finite and > 0 and 1e-14 <= tolerance <= 0.1; ConvergenceError
/// as gradient_flow does.
Drift drift_along_flow(const LossFunctions& loss, const Quantity& quantity,
                       const Eigen::VectorXd& x, double end, double tolerance = 1e-11);

/// Whether l(c x) = l(x): then x . grad l = 0, and the gradient flow conserves Z0.
struct ScaleCheck {
  double change = 0;  // largest |l(c x) - l(x)| / |l(x)|, c = 1/8, 1/3, 3, 8
  double radial = 0;  // |x . grad l| / (|x| |grad l|)
  bool free(double tolerance = 1e-9) const { return change <= tolerance && radial <= tolerance; }
};
ScaleCheck check_scale(const LossFunctions& loss, const Eigen::VectorXd& x);

}  // namespace grok
