#include "theory/spectrum_check.hpp"

#include <fmt/format.h>

#include <Spectra/MatOp/DenseSymShiftSolve.h>
#include <Spectra/SymEigsShiftSolver.h>
#include <Eigen/Cholesky>
#include <algorithm>
#include <limits>

#include "core/errors.hpp"
#include "theory/gram.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;

double mean_eigenvalue(Index symbols, const OutputClasses& classes, const MatrixXd& U) {
  return gram_trace(symbols, classes) / static_cast<double>(symbols - U.cols());
}

// (G + c U U^T) / c.
MatrixXd lifted_gram(const char* where, Index symbols, const OutputClasses& classes,
                     const MatrixXd& U) {
  require_in_range(where, "symbols", symbols, Index{2}, max_dense_symbols);
  require_in_range(where, "null_vectors.rows()", U.rows(), symbols, symbols);
  require_in_range(where, "null_vectors.cols()", U.cols(), Index{0}, symbols - 1);
  MatrixXd M = parallelogram_gram(symbols, classes) / mean_eigenvalue(symbols, classes, U);
  M += U * U.transpose();
  return M;
}

}  // namespace

double shift_invert_lowest(Index symbols, const OutputClasses& classes,
                           const MatrixXd& null_vectors) {
  constexpr Eigen::Index most_restarts = 1000;
  const MatrixXd M = lifted_gram("shift_invert_lowest", symbols, classes, null_vectors);
  Spectra::DenseSymShiftSolve<double> inverse(M);
  const Eigen::Index krylov = std::min<Eigen::Index>(symbols, 30);
  Spectra::SymEigsShiftSolver<Spectra::DenseSymShiftSolve<double>> solver(inverse, 1, krylov, 0.0);
  solver.init();
  solver.compute(Spectra::SortRule::LargestMagn, most_restarts, 1e-13);
  if (solver.info() != Spectra::CompInfo::Successful) {
    throw ConvergenceError(
        fmt::format("shift-invert: not converged to a relative residual of 1e-13 after {} restarts",
                    most_restarts));
  }
  return solver.eigenvalues()[0] * mean_eigenvalue(symbols, classes, null_vectors);
}

bool no_eigenvalue_below(Index symbols, const OutputClasses& classes, const MatrixXd& null_vectors,
                         double bound) {
  const char* where = "no_eigenvalue_below";
  const MatrixXd M = lifted_gram(where, symbols, classes, null_vectors);
  const double mean = mean_eigenvalue(symbols, classes, null_vectors);
  require_in_range(where, "bound", bound, 0.0, std::numeric_limits<double>::max());
  const Eigen::LLT<MatrixXd> factor(M - bound / mean * MatrixXd::Identity(symbols, symbols));
  return factor.info() == Eigen::Success;
}

}  // namespace grok
