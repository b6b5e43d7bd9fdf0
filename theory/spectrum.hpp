// theory/spectrum.hpp: H = (1/Z0) d^2 l0 / dR^2 = (2/Z0) G, its eigenvalues, the grokking rate.
//   G    A^T A of P0(D), p x p; per output class of m samples with incidence rows X (m x p) and
//        v = X^T 1:  G = sum over classes of  m X^T X - v v^T
//   Z0   p - 1 per dimension (standardised embeddings, unbiased std)
//   normalisation   sum: l0 = sum over P0(D);  mean: divided by |P0(D)| (eq. 5 as printed)
//   lambda_3   the smallest eigenvalue above the null space of the full task [1/time]; exactly 0
//              when the structure is not unique (decided by exact arithmetic, not by a threshold)
//   t_h = 1/lambda_3,  n_h = 1/(lambda_3 eta)
// Source: Liu et al. 2022, eq. 5, 8, 9; docs/theory.md for the two normalisations.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>

#include "theory/structure.hpp"

namespace grok {

enum class Normalisation { sum, mean };
Normalisation normalisation_from(const std::string& where, const std::string& name);
std::string to_text(Normalisation normalisation);

/// G, dense. Cost O(|D| + p^2 C) at worst, memory O(p^2).
Eigen::MatrixXd parallelogram_gram(Index symbols, const OutputClasses& classes);

/// y = G x through the class sums, O(|D|).
void apply_gram(const OutputClasses& classes, const double* x, double* y, Index symbols);

/// 2/Z0, or 2/(Z0 |P0(D)|): H = this times G. 0 if D holds no parallelogram.
double hessian_scale(Index symbols, std::int64_t parallelograms, Normalisation normalisation);

struct Spectrum {
  Eigen::VectorXd eigenvalues;  // of H, ascending: all p of them, or null space and lambda_3 only
  bool complete = false;        // all p
  double lambda3 = 0;           // [1/time]
  double residual = 0;          // |H v - lambda_3 v| / lambda_max for the iterative method, else 0
};

/// Above this size lambda_3 comes from Lanczos (Spectra) on the matrix-free operator with the known
/// null vectors deflated, and only the null space and lambda_3 are given.
inline constexpr Index dense_spectrum_limit = 400;

/// Throws ConvergenceError if Lanczos does not converge. Table tasks are always dense.
Spectrum hessian_spectrum(const Task& task, const OutputClasses& classes,
                          const Structure& structure, Normalisation normalisation);

/// The two methods behind it, for cross-checks. `dense` returns the whole spectrum as computed.
Eigen::VectorXd dense_spectrum(Index symbols, const OutputClasses& classes, double scale);
Spectrum deflated_lambda3(const Task& task, const OutputClasses& classes, double scale,
                          Index nullity);

/// 1/(lambda_3 eta) steps; empty if lambda_3 or eta is 0.
std::optional<double> grokking_steps(double lambda3, double rate);

}  // namespace grok
