#include "theory/spectrum.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <limits>

#include "core/errors.hpp"
#include "theory/null_basis.hpp"

namespace grok {

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
}

using Eigen::MatrixXd;
using Eigen::VectorXd;

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

Spectrum deflated_lambda3(Index symbols, const OutputClasses& classes, double scale,
                          const MatrixXd& null_vectors, const LanczosOptions& options) {
  const LowestEigenpair lowest = lowest_eigenpair(symbols, classes, null_vectors, options);
  Spectrum spectrum;
  spectrum.lambda3 = scale * lowest.value;
  spectrum.residual = lowest.residual;
  spectrum.products = lowest.products;
  spectrum.eigenvalues = VectorXd::Zero(null_vectors.cols() + 1);
  spectrum.eigenvalues[null_vectors.cols()] = spectrum.lambda3;
  return spectrum;
}

Spectrum hessian_spectrum(const Task& task, const OutputClasses& classes,
                          const Structure& structure, Normalisation normalisation,
                          const SpectrumOptions& options) {
  require_combination("hessian_spectrum", task, Combination::sum);
  require_in_range("hessian_spectrum", "dense_up_to", options.dense_up_to, Index{0},
                   max_dense_symbols);
  const Index p = task.symbols();
  const double scale = hessian_scale(p, count_parallelograms(classes), normalisation);
  const Index n0 = structure.nullity;
  Spectrum spectrum;
  if (p > options.dense_up_to) {
    if (!structure.unique || n0 == p) {
      spectrum.eigenvalues = VectorXd::Zero(n0);
      spectrum.lambda3 = structure.unique ? infinity : 0;
      return spectrum;
    }
    if (const auto null_vectors = null_basis(task, classes)) {
      return deflated_lambda3(p, classes, scale, *null_vectors, options.lanczos);
    }
  }
  spectrum.eigenvalues = dense_spectrum(p, classes, scale);
  spectrum.eigenvalues.head(n0).setZero();  // exact arithmetic knows them to be 0
  spectrum.complete = true;
  if (structure.unique) {
    spectrum.lambda3 = n0 < p ? spectrum.eigenvalues[n0] : infinity;
  }
  return spectrum;
}

std::optional<double> grokking_steps(double lambda3, double rate) {
  require_in_range("grokking_steps", "lambda3", lambda3, 0.0, infinity);
  require_in_range("grokking_steps", "rate", rate, 0.0, infinity);
  if (lambda3 == 0 || rate == 0) {
    return std::nullopt;
  }
  return 1 / (lambda3 * rate);
}

}  // namespace grok
