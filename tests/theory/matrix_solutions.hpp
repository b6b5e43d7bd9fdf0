// tests/theory/matrix_solutions.hpp: matrices E_a with E_a E_b = E_c E_d for every parallelogram of
// D, found by solving the equations; a row of E is one matrix, row by row.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/SVD>
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/random.hpp"
#include "theory/groups.hpp"
#include "theory/parallelograms.hpp"

namespace grok::matrices {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::MatrixXd matrix(const Eigen::MatrixXd& E, Index a, Index k) {
  Eigen::MatrixXd M(k, k);
  for (Index r = 0; r < k; ++r) {
    for (Index c = 0; c < k; ++c) {
      M(r, c) = E(a, r * k + c);
    }
  }
  return M;
}

inline void set_matrix(Eigen::MatrixXd& E, Index a, const Eigen::MatrixXd& M) {
  for (Index r = 0; r < M.rows(); ++r) {
    for (Index c = 0; c < M.cols(); ++c) {
      E(a, r * M.cols() + c) = M(r, c);
    }
  }
}

/// (M_a)_{i,a(i)} = 1.
inline Eigen::MatrixXd permutation_matrices(Index n) {
  const auto images = permutations_of(n);
  Eigen::MatrixXd E = Eigen::MatrixXd::Zero(factorial(n), n * n);
  for (Index a = 0; a < E.rows(); ++a) {
    for (Index i = 0; i < n; ++i) {
      E(a, i * n + images[static_cast<std::size_t>(a * n + i)]) = 1;
    }
  }
  return E;
}

inline Eigen::MatrixXd random_matrix(Index rows, Index columns, RandomStream& stream) {
  Eigen::MatrixXd M(rows, columns);
  for (Index k = 0; k < M.size(); ++k) {
    M.data()[k] = stream.normal();
  }
  return M;
}

inline Eigen::MatrixXd defect(const Eigen::MatrixXd& E, const Parallelogram& q, Index k) {
  return matrix(E, q.first.i, k) * matrix(E, q.first.j, k) -
         matrix(E, q.second.i, k) * matrix(E, q.second.j, k);
}

/// The equations of D, one per sample but the first of its class, and their derivative.
inline void linearise(const Eigen::MatrixXd& E, const std::vector<Parallelogram>& premises, Index k,
                      Eigen::VectorXd& residual, Eigen::MatrixXd& J) {
  const Index entries = k * k;
  J.setZero(std::ssize(premises) * entries, E.rows() * entries);
  residual.resize(J.rows());
  const auto add = [&](Index row, Sample s, double sign) {
    const Eigen::MatrixXd A = matrix(E, s.i, k), B = matrix(E, s.j, k);
    for (Index r = 0; r < k; ++r) {
      for (Index c = 0; c < k; ++c) {
        for (Index m = 0; m < k; ++m) {  // (A B)_rc = sum_m A_rm B_mc
          J(row + r * k + c, s.i * entries + r * k + m) += sign * B(m, c);
          J(row + r * k + c, s.j * entries + m * k + c) += sign * A(r, m);
        }
      }
    }
  };
  for (Index n = 0; n < std::ssize(premises); ++n) {
    const Parallelogram& q = premises[static_cast<std::size_t>(n)];
    const RowMatrix error = defect(E, q, k);
    residual.segment(n * entries, entries) =
        Eigen::Map<const Eigen::VectorXd>(error.data(), entries);
    add(n * entries, q.first, 1);
    add(n * entries, q.second, -1);
  }
}

inline std::vector<Parallelogram> spanning(const OutputClasses& classes) {
  std::vector<Parallelogram> premises;
  for (Index c = 0; c < classes.count(); ++c) {
    for (std::size_t n = 1; n < classes[c].size(); ++n) {
      premises.push_back({classes[c][0], classes[c][n]});
    }
  }
  return premises;
}

/// Smallest singular value of any of the matrices.
inline double least_singular_value(const Eigen::MatrixXd& E, Index k) {
  double least = 1e300;
  for (Index a = 0; a < E.rows(); ++a) {
    least =
        std::min(least, Eigen::JacobiSVD<Eigen::MatrixXd>(matrix(E, a, k)).singularValues()(k - 1));
  }
  return least;
}

/// Levenberg-Marquardt from `E`, damped by |residual| (equations repeat one another at a solution);
/// empty if it does not get there, or only to matrices that are nearly singular.
inline std::optional<Eigen::MatrixXd> solve(Eigen::MatrixXd E, const OutputClasses& classes,
                                            Index k) {
  const auto premises = spanning(classes);
  Eigen::VectorXd residual = Eigen::VectorXd::Zero(1);
  Eigen::MatrixXd J;
  for (int step = 0; step < 100 && !premises.empty(); ++step) {
    linearise(E, premises, k, residual, J);
    if (residual.cwiseAbs().maxCoeff() < 1e-13) {
      break;
    }
    Eigen::MatrixXd normal = J.transpose() * J;
    normal.diagonal().array() += residual.norm();
    const Eigen::VectorXd change = normal.ldlt().solve(-J.transpose() * residual);
    E += Eigen::Map<const RowMatrix>(change.data(), E.rows(), E.cols());
  }
  if (!(residual.cwiseAbs().maxCoeff() < 1e-12) || !(least_singular_value(E, k) > 0.05)) {
    return std::nullopt;
  }
  return E;
}

}  // namespace grok::matrices
