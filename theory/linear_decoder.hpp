// theory/linear_decoder.hpp: where the effective loss comes from: a linear decoder trained together
// with its inputs (App. L), as an ODE.
//   samples k with input r_k = sum_s X_ks E_s, class c_k and target y_c; decoder A r + b_c
//   L = sum_k [ |A r_k + b_c - y_c|^2 / 2 + (gamma/2) |A|_F^2 ]
//   dE/dt = -eta_x dL/dE,  dA/dt = -eta_A dL/dA,  db_c/dt = -eta_A dL/db_c
//   E p x d, A m x d, b and y m x C, X (samples x p) counts the symbols of a sample.
//   Each class has a bias of its own [def]: what a nonlinear decoder can give; App. L looks at one
//   class, where it is the paper's b. Per-sample gamma is the paper's 2 gamma A for two samples.
//   Parts may be held: biases at rest (b_c = y_c - A mean r: they are infinitely fast; the external
//   force of App. L is over) and A frozen (infinitely slow). Both: the effective loss
//     L = sum_c sum_{k in c} |A (r_k - mean_c r)|^2 / 2 = sum_c sum_pairs |A (r - r')|^2 / (2 n_c).
//   The ODE is a gradient flow: each rate goes into the unit of its variable (A = sqrt(eta_A) A~).
//   With gamma = 0, eta_x A^T A - eta_A E^T E is conserved (d x d; E^T E = sum_s E_s E_s^T).
// Source: Liu et al. 2022, App. L; classes, conserved quantity and solution of a pair: ours,
// derived in docs/theory.md, "Effective losses".
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "theory/effective_loss.hpp"
#include "theory/parallelograms.hpp"

namespace grok {

struct LinearDecoderSetting {
  Eigen::MatrixXd incidence;   // X, samples x p
  std::vector<Index> classes;  // of every sample, 0..C-1
  Eigen::MatrixXd targets;     // y, m x C
  double input_rate = 1;       // eta_x [1/time]
  double decoder_rate = 1;     // eta_A; 0: A is frozen
  double decay = 0;            // gamma
  bool biases_at_rest = false;
};

/// E, A, b (empty where biases are at rest).
struct LinearDecoderState {
  Eigen::MatrixXd E, A, b;
};

/// L in the units in which its gradient flow is the ODE above.
class LinearDecoderLoss {
 public:
  /// `frozen`: A, m x d, used where decoder_rate = 0. Throws InputError unless all shapes fit,
  /// every class has a sample, eta_x > 0, eta_A >= 0 (moving biases need > 0) and gamma >= 0.
  LinearDecoderLoss(LinearDecoderSetting setting, Eigen::MatrixXd frozen);

  Index dimension() const;
  double value(const Eigen::VectorXd& x) const;
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;

  Eigen::VectorXd pack(const LinearDecoderState& state) const;
  LinearDecoderState unpack(const Eigen::VectorXd& x) const;

 private:
  double loss_and_slopes(const LinearDecoderState& s, LinearDecoderState* slopes) const;
  bool moving_A() const { return setting_.decoder_rate > 0; }
  LinearDecoderSetting setting_;
  Eigen::MatrixXd frozen_;  // A
  Eigen::VectorXd sizes_;   // samples per class
};
static_assert(EffectiveLoss<LinearDecoderLoss>);

/// Two inputs of one class, free of each other: X = 1.
LinearDecoderSetting pair_setting(const Eigen::VectorXd& target);
/// The samples of D, r = E_i + E_j; targets m x C.
LinearDecoderSetting task_setting(Index symbols, const OutputClasses& classes,
                                  const Eigen::MatrixXd& targets);

/// A pair r' = -r at A^T A = 1, gamma = 0, the external force over: s(t) = |r|^2, with
/// kappa = 2 eta_A/eta_x:  s = (1 - kappa s0) s0 / (e^{2 eta_x (1 - kappa s0) t} - kappa s0).
/// kappa -> 0 at fixed t (the adiabatic limit): s0 e^{-2 eta_x t}; late, s is (1 - kappa s0)
/// e^{2 kappa s0 eta_x t} times that: the rate itself is 1 - kappa s0 of it. kappa s0 > 1: the
/// decoder dies before the points meet, s -> s0 - 1/kappa. `t` in units of 1/eta_x.
double pair_distance(double s0, double kappa, double t);

/// One row of the comparison: everything from the same start, integrated to time t [1/eta_x].
struct AdiabaticError {
  double ratio = 0;         // eta_A / eta_x
  double pair_full = 0;     // s(t)/s(0) of the ODE of a pair, r' = -r
  double pair_limit = 0;    // of the effective loss
  double pair_error = 0;    // |full - limit| / limit
  double task_error = 0;    // |E_full - E_limit| / |E_limit - E(0)|, biases at rest, A moving
  double task_error_b = 0;  // the same with biases moving at eta_A from b = 0 (external force on)
  double task_spread = 0;  // within-class spread of r of the ODE (biases at rest), to that at t = 0
  double limit_spread = 0;  // of the effective loss
};

struct AdiabaticQuestion {
  double time = 1;           // [1/eta_x]
  double tolerance = 1e-10;  // of the integration
  double pair_size = 1;      // s0 = |r|^2 of the pair
};
/// A of the task is m x d with A^T A = 1 (m >= d: orthonormal columns, from a fixed stream);
/// embeddings p x d, targets m x C. Throws InputError for a ratio <= 0 or shapes that do not fit.
std::vector<AdiabaticError> adiabatic_errors(const std::vector<double>& ratios,
                                             const Eigen::MatrixXd& embeddings,
                                             const OutputClasses& classes,
                                             const Eigen::MatrixXd& targets,
                                             const AdiabaticQuestion& question);

}  // namespace grok
