// theory/circle_loss.hpp: modular addition on the circle.
//   Symbol k is a point of the plane, read as a complex number z_k; a sample (i, j) is the product
//   z_i z_j: angles add, as in a decoder that sees cos and sin of them.
//   l(z) = p l0(z) / Z0(z)^2,   Z0 = sum_k |z_k|^2,
//   l0 = sum over P0(D) of |z_i z_j - z_m z_n|^2  (`sum`),  divided by |P0(D)|  (`mean`)
//   With all of D0 of modular addition, l = 0 exactly at z_k = c exp(2 pi i m k / p), m = 0..p-1,
//   c any complex number but 0 (docs/theory.md proves it). m = 0 is the collapsed one.
//   l is homogeneous of degree 0 and does not change when all z turn: the gradient flow conserves
//   Z0 and is free of rotation; it does not conserve sum z.
//   z is p x 2 (real parts, imaginary parts), flattened column by column.
// Source: ours [def]. Sums of vectors do not make the circle (docs/theory.md 9.3); Liu et al. 2022
// find circles for modular addition (Fig. 2) and give no effective loss for them.
// Limits: undefined at z = 0. Cost of each member: O(|D|).
#pragma once

#include <Eigen/Core>

#include "theory/effective_loss.hpp"
#include "theory/parallelograms.hpp"
#include "theory/spectrum.hpp"

namespace grok {

class CircleLoss {
 public:
  /// Throws InputError unless 2 <= symbols <= max_symbols and every sample is one of the symbols.
  CircleLoss(Index symbols, OutputClasses classes,
             Normalisation normalisation = Normalisation::sum);

  Index dimension() const { return 2 * symbols_; }
  double value(const Eigen::VectorXd& x) const;
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;
  double l0(const Eigen::VectorXd& x) const;

 private:
  double l0_and_slope(const Eigen::VectorXd& x, Eigen::VectorXd* slope) const;
  Index symbols_;
  OutputClasses classes_;
  double weight_;  // 1, or 1/|P0(D)|
};
static_assert(EffectiveLoss<CircleLoss>);

/// How much of z (p x 2) is the circle of frequency m: |sum_k z_k e^{-2 pi i m k/p}|^2 / (p Z0),
/// m = 0..p-1; they add up to 1. NaN throughout where z = 0.
Eigen::VectorXd circle_shares(const Eigen::MatrixXd& z);

}  // namespace grok
