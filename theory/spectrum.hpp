// theory/spectrum.hpp: H = (1/Z0) d^2 l0 / dR^2 = (2/Z0) G, its eigenvalues, the grokking rate.
//   G    A^T A of P0(D), p x p (theory/gram.hpp)
//   Z0   p - 1 per dimension (standardised embeddings, unbiased std)
//   normalisation   sum: l0 = sum over P0(D);  mean: divided by |P0(D)| (eq. 5 as printed)
//   lambda_3   the smallest eigenvalue above the null space of the full task [1/time]; exactly 0
//              when the structure is not unique (decided by exact arithmetic, not by a threshold),
//              infinity when nothing is above that null space: nothing to learn (p = 2)
//   t_h = 1/lambda_3,  n_h = 1/(lambda_3 eta)
// Source: Liu et al. 2022, eq. 5, 8, 9; docs/theory.md for the two normalisations.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>

#include "theory/gram.hpp"
#include "theory/lanczos.hpp"
#include "theory/structure.hpp"

namespace grok {

enum class Normalisation { sum, mean };
Normalisation normalisation_from(const std::string& where, const std::string& name);
std::string to_text(Normalisation normalisation);

/// 2/Z0, or 2/(Z0 |P0(D)|): H = this times G. 0 if D holds no parallelogram.
double hessian_scale(Index symbols, std::int64_t parallelograms, Normalisation normalisation);

struct Spectrum {
  Eigen::VectorXd eigenvalues;  // of H, ascending: all p of them, or null space and lambda_3 only
  bool complete = false;        // all p
  double lambda3 = 0;           // [1/time]
  std::optional<double> residual;  // |H v - lambda_3 v| / lambda_3, unit v: of the iterative method
  Index products = 0;              // with H, of the iterative method
};

/// Above this size lambda_3 comes from Lanczos with the null space deflated, and only the null
/// space and lambda_3 are given. Measured: docs/performance.md.
inline constexpr Index dense_spectrum_limit = 400;

struct SpectrumOptions {
  Index dense_up_to = dense_spectrum_limit;  // symbols
  LanczosOptions lanczos;
};

/// `structure` of the same D. Cost O(p^3) and memory O(p^2) up to the dense size, above it that of
/// lowest_eigenpair. Throws ConvergenceError as lowest_eigenpair does. A table whose null space is
/// not found as small fractions (theory/null_basis.hpp) is dense at any size.
Spectrum hessian_spectrum(const Task& task, const OutputClasses& classes,
                          const Structure& structure, Normalisation normalisation,
                          const SpectrumOptions& options = {});

/// The two methods behind it, for cross-checks; theory/spectrum_check.hpp has two more. `dense`
/// returns the whole spectrum as computed.
Eigen::VectorXd dense_spectrum(Index symbols, const OutputClasses& classes, double scale);
/// `null_vectors`: theory/null_basis.hpp. D must be unique: else ConvergenceError, never the next
/// eigenvalue.
Spectrum deflated_lambda3(Index symbols, const OutputClasses& classes, double scale,
                          const Eigen::MatrixXd& null_vectors, const LanczosOptions& options = {});

/// 1/(lambda_3 eta) steps: 0 if nothing is to be learnt; empty if lambda_3 or eta is 0.
std::optional<double> grokking_steps(double lambda3, double rate);

}  // namespace grok
