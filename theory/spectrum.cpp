#include "theory/spectrum.hpp"

#include <fmt/format.h>

#include <Spectra/SymEigsSolver.h>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/errors.hpp"
#include "core/random.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// What Spectra asks of an operator: y = H x.
class HessianOperator {
 public:
  using Scalar = double;
  HessianOperator(Index symbols, const OutputClasses& classes, double scale)
      : symbols_(symbols), classes_(classes), scale_(scale) {}
  Eigen::Index rows() const { return symbols_; }
  Eigen::Index cols() const { return symbols_; }
  void perform_op(const double* x, double* y) const {
    apply_gram(classes_, x, y, symbols_);
    Eigen::Map<VectorXd>(y, symbols_) *= scale_;
  }

 private:
  Index symbols_;
  const OutputClasses& classes_;
  double scale_;
};

// y = P (c I - H) P x, P = I - U U^T: the lowest eigenvalue above the null space becomes the
// largest, and the null space stays at 0.
class DeflatedOperator {
 public:
  using Scalar = double;
  DeflatedOperator(const HessianOperator& hessian, const MatrixXd& null_vectors, double shift)
      : hessian_(hessian), U_(null_vectors), shift_(shift) {}
  Eigen::Index rows() const { return hessian_.rows(); }
  Eigen::Index cols() const { return hessian_.cols(); }
  void perform_op(const double* in, double* out) const {
    const VectorXd x = projected(Eigen::Map<const VectorXd>(in, rows()));
    VectorXd Hx(rows());
    hessian_.perform_op(x.data(), Hx.data());
    Eigen::Map<VectorXd>(out, rows()) = projected(shift_ * x - Hx);
  }
  VectorXd projected(const VectorXd& x) const { return x - U_ * (U_.transpose() * x); }

 private:
  const HessianOperator& hessian_;
  const MatrixXd& U_;  // p x n0, orthonormal
  double shift_;
};

struct Eigenpair {
  double value;
  VectorXd vector;
};

/// Largest eigenpair of an operator with so few distinct eigenvalues (a group's full table has two
/// to four) that Lanczos from a random start ends early, in an invariant space that holds them all.
/// Empty if it does not: Spectra, which fails there, is for these.
template <class Operator>
std::optional<Eigenpair> few_eigenvalues(Operator& op) {
  constexpr double closed = 1e-10;  // relative
  const Eigen::Index most = std::min<Eigen::Index>(op.rows(), 20);
  MatrixXd V(op.rows(), most);
  MatrixXd T = MatrixXd::Zero(most, most);
  VectorXd w(op.rows());
  RandomStream start(1, "lanczos");
  for (auto& x : w) {
    x = start.normal();
  }
  double scale = 0;
  for (Eigen::Index m = 0; m < most; ++m) {
    V.col(m) = w.normalized();
    op.perform_op(V.col(m).data(), w.data());
    T(m, m) = V.col(m).dot(w);
    for (int twice = 0; twice < 2; ++twice) {
      w -= V.leftCols(m + 1) * (V.leftCols(m + 1).transpose() * w);
    }
    scale = std::max(scale, std::abs(T(m, m)) + w.norm());
    if (w.norm() <= closed * scale) {
      const Eigen::SelfAdjointEigenSolver<MatrixXd> ritz(T.topLeftCorner(m + 1, m + 1));
      return Eigenpair{ritz.eigenvalues()[m], V.leftCols(m + 1) * ritz.eigenvectors().col(m)};
    }
    if (m + 1 < most) {
      T(m, m + 1) = T(m + 1, m) = w.norm();
    }
  }
  return std::nullopt;
}

template <class Operator>
Eigenpair largest_eigenpair(Operator& op, double tolerance) {
  if (auto pair = few_eigenvalues(op)) {
    return *pair;
  }
  constexpr Eigen::Index max_restarts = 5000;
  const Eigen::Index krylov = std::min<Eigen::Index>(op.rows(), 40);
  Spectra::SymEigsSolver<Operator> solver(op, 1, krylov);
  solver.init();  // a fixed start: reproducible
  solver.compute(Spectra::SortRule::LargestAlge, max_restarts, tolerance);
  if (solver.info() != Spectra::CompInfo::Successful) {
    throw ConvergenceError(fmt::format(
        "Lanczos: not converged to a relative residual of {} after {} restarts of {} vectors",
        tolerance, max_restarts, krylov));
  }
  return {solver.eigenvalues()[0], solver.eigenvectors().col(0)};
}

// Orthonormal null vectors of the full task: 1, and k for addition.
MatrixXd known_null_vectors(const Task& task) {
  const Index p = task.symbols();
  const bool line = task.name() == "addition";
  MatrixXd U(p, line ? 2 : 1);
  U.col(0).setConstant(1 / std::sqrt(static_cast<double>(p)));
  if (line) {
    const auto middle = static_cast<double>(p - 1) / 2;
    U.col(1) = VectorXd::LinSpaced(p, -middle, middle).normalized();
  }
  return U;
}

}  // namespace

Normalisation normalisation_from(const std::string& where, const std::string& name) {
  if (name == "sum") {
    return Normalisation::sum;
  }
  if (name == "mean") {
    return Normalisation::mean;
  }
  reject(where, "normalisation", name, "sum, mean");
}

std::string to_text(Normalisation normalisation) {
  return normalisation == Normalisation::sum ? "sum" : "mean";
}

Eigen::MatrixXd parallelogram_gram(Index symbols, const OutputClasses& classes) {
  MatrixXd G = MatrixXd::Zero(symbols, symbols);
  VectorXd v = VectorXd::Zero(symbols);
  std::vector<Index> touched;
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    const auto m = static_cast<double>(samples.size());
    touched.clear();
    for (const auto [i, j] : samples) {
      G(i, i) += m;
      G(j, j) += m;
      G(i, j) += m;
      G(j, i) += m;
      v[i] += 1;
      v[j] += 1;
      touched.push_back(i);
      touched.push_back(j);
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const Index a : touched) {
      for (const Index b : touched) {
        G(b, a) -= v[a] * v[b];
      }
    }
    for (const Index a : touched) {
      v[a] = 0;
    }
  }
  return G;
}

// Per class with d = X x and S = sum d:  y += X^T (m d - S).
void apply_gram(const OutputClasses& classes, const double* x, double* y, Index symbols) {
  std::fill_n(y, symbols, 0.0);
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    if (samples.size() < 2) {
      continue;
    }
    const auto m = static_cast<double>(samples.size());
    double S = 0;
    for (const auto [i, j] : samples) {
      S += x[i] + x[j];
    }
    for (const auto [i, j] : samples) {
      const double g = m * (x[i] + x[j]) - S;
      y[i] += g;
      y[j] += g;
    }
  }
}

double hessian_scale(Index symbols, std::int64_t parallelograms, Normalisation normalisation) {
  if (parallelograms == 0) {
    return 0;
  }
  const double scale = 2 / static_cast<double>(symbols - 1);
  return normalisation == Normalisation::sum ? scale : scale / static_cast<double>(parallelograms);
}

Eigen::VectorXd dense_spectrum(Index symbols, const OutputClasses& classes, double scale) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(scale * parallelogram_gram(symbols, classes),
                                                       Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) {
    throw ConvergenceError(fmt::format("dense spectrum: not converged for {} symbols", symbols));
  }
  return solver.eigenvalues();
}

Spectrum deflated_lambda3(const Task& task, const OutputClasses& classes, double scale,
                          Index nullity) {
  require_combination("deflated_lambda3", task, Combination::sum);
  constexpr double wanted = 1e-9;  // relative to lambda_max
  const HessianOperator hessian(task.symbols(), classes, scale);
  const MatrixXd U = known_null_vectors(task);
  HessianOperator top = hessian;
  const double lambda_max = largest_eigenpair(top, 1e-3).value;
  DeflatedOperator deflated(hessian, U, 1.01 * lambda_max);
  const VectorXd v = deflated.projected(largest_eigenpair(deflated, 1e-12).vector).normalized();
  VectorXd Hv(task.symbols());
  hessian.perform_op(v.data(), Hv.data());
  Spectrum spectrum;
  spectrum.lambda3 = v.dot(Hv);  // Rayleigh: c - theta would lose digits where lambda_3 << c
  spectrum.residual = (Hv - spectrum.lambda3 * v).norm() / lambda_max;
  if (!(spectrum.residual <= wanted)) {
    throw ConvergenceError(fmt::format("lambda_3: residual = {:.3g} lambda_max, wanted {:.3g}",
                                       spectrum.residual, wanted));
  }
  spectrum.eigenvalues = VectorXd::Zero(nullity + 1);
  spectrum.eigenvalues[nullity] = spectrum.lambda3;
  return spectrum;
}

Spectrum hessian_spectrum(const Task& task, const OutputClasses& classes,
                          const Structure& structure, Normalisation normalisation) {
  require_combination("hessian_spectrum", task, Combination::sum);
  const Index p = task.symbols();
  const double scale = hessian_scale(p, count_parallelograms(classes), normalisation);
  const Index n0 = structure.nullity;
  Spectrum spectrum;
  if (p <= dense_spectrum_limit || task.name() == "table") {
    spectrum.eigenvalues = dense_spectrum(p, classes, scale);
    spectrum.eigenvalues.head(n0).setZero();  // exact arithmetic knows them to be 0
    spectrum.complete = true;
    spectrum.lambda3 = structure.unique && n0 < p ? spectrum.eigenvalues[n0] : 0;
    return spectrum;
  }
  if (!structure.unique) {
    spectrum.eigenvalues = VectorXd::Zero(n0);
    return spectrum;
  }
  return deflated_lambda3(task, classes, scale, n0);
}

std::optional<double> grokking_steps(double lambda3, double rate) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  require_in_range("grokking_steps", "lambda3", lambda3, 0.0, infinity);
  require_in_range("grokking_steps", "rate", rate, 0.0, infinity);
  if (lambda3 == 0 || rate == 0) {
    return std::nullopt;
  }
  return 1 / (lambda3 * rate);
}

}  // namespace grok
