// theory/parallelogram_loss.hpp: the effective loss of representation learning.
//   l(R) = l0(R) / Z0(R),   Z0 = sum_k |E_k|^2,
//   l0 = sum over P0(D) of |E_i + E_j - E_m - E_n|^2   (`sum`),  divided by |P0(D)| (`mean`)
//   l is homogeneous of degree 0: R . grad l = 0, so its gradient flow conserves Z0.
//   R is p x d, flattened column by column; Z0 is shared by the d dimensions.
// Source: Liu et al. 2022, eq. 5; normalisations and conserved quantities in docs/theory.md.
// Limits: undefined at R = 0. Cost of each member: O(|D| d), through the class sums.
#pragma once

#include <Eigen/Core>

#include "theory/effective_loss.hpp"
#include "theory/parallelograms.hpp"
#include "theory/spectrum.hpp"

namespace grok {

/// 1 (`sum`), or 1/|P0(D)| (`mean`, where there are any). Throws InputError "where: ..." unless
/// 2 <= symbols <= max_symbols and every sample is of these symbols.
double parallelogram_weight(const char* where, Index symbols, const OutputClasses& classes,
                            Normalisation normalisation);

class ParallelogramLoss {
 public:
  /// Throws InputError unless symbols >= 2, dimensions >= 1. A D without parallelograms gives
  /// l = 0.
  ParallelogramLoss(Index symbols, Index dimensions, OutputClasses classes,
                    Normalisation normalisation = Normalisation::sum);

  Index dimension() const { return symbols_ * dimensions_; }
  double value(const Eigen::VectorXd& x) const;
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;
  void hessian_times(const Eigen::VectorXd& x, const Eigen::VectorXd& v,
                     Eigen::VectorXd& out) const;

  double l0(const Eigen::VectorXd& x) const;  // the loss before the division by Z0
  Index symbols() const { return symbols_; }
  Index dimensions() const { return dimensions_; }

 private:
  void apply(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;  // out := G x, weighted
  void check(const char* where, const Eigen::VectorXd& x) const;     // InputError: size of x
  Index symbols_;
  Index dimensions_;
  OutputClasses classes_;
  double weight_;  // 1, or 1/|P0(D)|
};

static_assert(TwiceSmoothLoss<ParallelogramLoss>);

}  // namespace grok
