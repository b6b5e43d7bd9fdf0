// theory/lanczos.hpp: the smallest eigenvalue of G above a known null space, matrix-free.
//   operator   P (I - G/c) P, P = I - U U^T, c = 2 trace(G)/(p - n0): the wanted eigenvalue, at
//   most
//              c/2, becomes the largest, in [1/2, 1); the null space goes to 0
//   method     Lanczos with implicit restarts (Spectra), from two random vectors
// What is guaranteed:
//   1. G has an eigenvalue within residual * value of `value` (Weinstein's bound), up to the
//      rounding of one product; the call fails unless residual <= tolerance.
//   2. `value` is a Rayleigh quotient on the complement of U: it is never too small.
//   3. That no smaller eigenvalue was missed is not proved. A run misses one only if its random
//      start is orthogonal to the eigenvector, to the digits that convergence leaves; two
//      independent starts have to agree. For a proof at moderate p: theory/spectrum_check.hpp.
#pragma once

#include <Eigen/Core>

#include "theory/parallelograms.hpp"

namespace grok {

struct LanczosOptions {
  double tolerance = 1e-9;      // of the residual, relative to the eigenvalue
  Index max_products = 50'000;  // with G, over all starts
};

struct LowestEigenpair {
  double value = 0;
  Eigen::VectorXd vector;  // unit, orthogonal to U
  double residual = 0;     // |G v - value v| / value
  Index products = 0;      // with G, over all starts
};

/// `null_vectors` U: p x n0, orthonormal, G U = 0 and all of the null space of G. Cost O(|D| + p
/// n0) and O(40 p) per product, about a hundred products per start; memory 40 p numbers. Throws
/// ConvergenceError if the tolerance is not reached (as where U is not the whole null space), if
/// the budget is used up, or if the starts do not agree; InputError unless n0 < p and p n0 numbers
/// are given.
LowestEigenpair lowest_eigenpair(Index symbols, const OutputClasses& classes,
                                 const Eigen::MatrixXd& null_vectors,
                                 const LanczosOptions& options = {});

}  // namespace grok
