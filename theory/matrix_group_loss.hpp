// theory/matrix_group_loss.hpp: the effective loss of groups whose embeddings are matrices.
//   l(R) = p k^2 l0(R) / Z0(R)^2,   Z0 = sum_a |E_a|_F^2,
//   l0 = sum over P0(D) of |E_a E_b - E_c E_d|_F^2  (`sum`),  divided by |P0(D)|  (`mean`)
//   l0 is of degree 4, so it is divided by Z0^2; the factor makes l = l0/Z0 where the root mean
//   square of the p k^2 entries is 1, the scale at which RQI is measured. So l is homogeneous of
//   degree 0 and its gradient flow conserves Z0; it does not conserve sums of entries.
//   l = 0 of the full table: of invertible E_a exactly where E_a = X rho(a), rho a representation
//   of the group and X commuting with it (docs/theory.md 9.6), all E_a equal included; singular
//   ones are more: E_a = c_a N with N^2 = 0 and any numbers c_a is one, and has no representation
//   in it. R is p x k^2, row a the matrix E_a row by row, flattened column by column.
// Source: generalised parallelograms of Liu et al. 2022, App. H; normalisation ours [def].
// Limits: undefined at R = 0. Cost of each member: O(|D| k^3).
#pragma once

#include <Eigen/Core>

#include "theory/effective_loss.hpp"
#include "theory/parallelograms.hpp"
#include "theory/spectrum.hpp"

namespace grok {

class MatrixGroupLoss {
 public:
  /// Throws InputError unless 2 <= symbols <= max_symbols, `entries` = k^2 is a square and every
  /// sample is one of the symbols.
  MatrixGroupLoss(Index symbols, Index entries, OutputClasses classes,
                  Normalisation normalisation = Normalisation::sum);

  Index dimension() const { return symbols_ * size_ * size_; }
  double value(const Eigen::VectorXd& x) const;
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;
  double l0(const Eigen::VectorXd& x) const;

 private:
  double l0_and_slope(const Eigen::VectorXd& x, Eigen::VectorXd* slope) const;
  Index symbols_;
  Index size_;  // k
  OutputClasses classes_;
  double weight_;  // 1, or 1/|P0(D)|
};
static_assert(EffectiveLoss<MatrixGroupLoss>);

}  // namespace grok
