// theory/flow.hpp: how a representation moves under an effective loss.
//   (F1) gradient flow    dR/dt = -dl/dR            conserves Z0; C = sum E_k only where C(0) = 0
//   (F2) linear flow      dR/dt = -H R, H = (2/Z0(0)) G frozen   conserves C; Z0 decays
//   exact solution of F1  R(t) = sqrt(Z0) e^{-Ht} R0 / |e^{-Ht} R0|
//   Adam flow             R_{t+1} = Adam step of rate eta on l from the network's raw embeddings
// One unit of time is 1/eta optimiser steps. Source: Liu et al. 2022, eq. 6-9, App. F; where our
// conserved quantities differ from the paper's, docs/theory.md derives them.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "theory/effective_loss.hpp"
#include "theory/parallelogram_loss.hpp"

namespace grok {

using States = std::vector<Eigen::VectorXd>;

/// (F1) at the given times (ascending, first >= 0) from x at time 0: adaptive Dormand-Prince 5(4)
/// (Boost.Odeint) with dense output; `tolerance` is absolute and relative, per step, [1e-14, 0.1].
/// Throws ConvergenceError on a value that is not finite or after 10^6 steps between two times.
States gradient_flow(const LossFunctions& loss, const Eigen::VectorXd& x,
                     const std::vector<double>& times, double tolerance);

enum class FixedStep { euler, rk4 };
/// (F1) after `steps` steps of size dt: order 1 or 4.
Eigen::VectorXd gradient_flow_fixed(const LossFunctions& loss, Eigen::VectorXd x, double dt,
                                    std::int64_t steps, FixedStep method);

/// The linear modes of a parallelogram loss at R0 (p x d), dense, with the Z0 of R0 itself (shared
/// by the d dimensions, as in ParallelogramLoss): H = V diag(lambda) V^T. Throws InputError if R0
/// is not p x d, is 0 or is not finite. A mean of R0 no larger than its rounding counts as 0.
class LinearModes {
 public:
  LinearModes(Index symbols, const OutputClasses& classes, Normalisation normalisation,
              const Eigen::MatrixXd& R0);
  Eigen::MatrixXd linear(double t) const;                 // (F2); t >= 0
  Eigen::MatrixXd normalised(double t) const;             // exact solution of (F1)
  void normalised(double t, Eigen::MatrixXd& out) const;  // the same, allocates only if out grows
  const Eigen::VectorXd& eigenvalues() const { return eigenvalues_; }

 private:
  void decayed(double t, double shift, Eigen::MatrixXd& out) const;
  Eigen::VectorXd eigenvalues_;  // p, ascending
  Eigen::VectorXd rates_;        // p - 1: without the constant vector, whose eigenvalue is 0
  Eigen::MatrixXd vectors_;      // p x (p - 1), each sums to 0
  Eigen::MatrixXd modes_;        // (p - 1) x d: V^T R0
  Eigen::RowVectorXd mean_;      // d: means of the columns of R0
  bool centred_ = true;          // mean_ is 0
  double norm_ = 0;              // |R0|
};

/// Adam's constants as the networks have them (Kingma & Ba 2015, PyTorch's defaults).
struct AdamConstants {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double decay = 0.0;  // decoupled weight decay: x *= 1 - rate decay before each step (AdamW)
};

/// The Adam flow, one optimiser step per call.
class AdamFlow {
 public:
  AdamFlow(LossFunctions loss, Eigen::VectorXd x, double rate, AdamConstants constants = {});
  void step();
  const Eigen::VectorXd& state() const { return x_; }

 private:
  LossFunctions loss_;
  Eigen::VectorXd x_, gradient_, mean_, square_;
  double rate_;
  AdamConstants constants_;
  std::int64_t steps_ = 0;
};

}  // namespace grok
