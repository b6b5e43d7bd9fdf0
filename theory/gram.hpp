// theory/gram.hpp: G = A^T A of P0(D), p x p, without listing a parallelogram.
//   per output class of m samples with incidence rows X (m x p) and v = X^T 1:
//   G = sum over classes of  m X^T X - v v^T     (derived in docs/theory.md, section 1)
#pragma once

#include <Eigen/Core>

#include "theory/parallelograms.hpp"

namespace grok {

/// G, dense. Cost O(|D| + p^2 C) at worst, memory O(p^2).
Eigen::MatrixXd parallelogram_gram(Index symbols, const OutputClasses& classes);

/// y = G x through the class sums. Cost O(|D|), no memory; sums in the order of `classes`.
void apply_gram(const OutputClasses& classes, const double* x, double* y, Index symbols);

/// x^T G x = sum over classes of m sum_a (s_a - mean)^2, s_a = x_i + x_j. Cost O(|D|). Never
/// negative, and relatively exact where it is small, as x . (G x) is not.
double gram_form(const OutputClasses& classes, const double* x);

/// The sum of the diagonal, and so of the eigenvalues, of G. Exact (integers), O(|D| + p).
double gram_trace(Index symbols, const OutputClasses& classes);

}  // namespace grok
