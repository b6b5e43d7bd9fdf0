// theory/spectrum_check.hpp: dense referees of lambda_3 that share nothing with Lanczos on H. With
//   orthonormal null vectors U and c the mean eigenvalue of G, G + c U U^T has no null space, and
//   above that of G the same eigenvalues.
//   shift-invert   the largest eigenvalue of (G + c U U^T)^-1
//   no eigenvalue below a bound b   G + c U U^T - b I has a Cholesky factor (Sylvester's law): a
//              proof, up to rounding of about p eps lambda_max, that nothing was missed
// Memory 2 p^2 numbers, cost O(p^3). Throws InputError above max_dense_symbols.
#pragma once

#include <Eigen/Core>

#include "theory/parallelograms.hpp"

namespace grok {

/// The smallest eigenvalue of G above the null space spanned by `null_vectors` (p x n0). Throws
/// ConvergenceError if Spectra's solver does not converge.
double shift_invert_lowest(Index symbols, const OutputClasses& classes,
                           const Eigen::MatrixXd& null_vectors);

/// Whether all eigenvalues of G above that null space are larger than `bound` >= 0.
bool no_eigenvalue_below(Index symbols, const OutputClasses& classes,
                         const Eigen::MatrixXd& null_vectors, double bound);

}  // namespace grok
