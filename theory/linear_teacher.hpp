// theory/linear_teacher.hpp: a linear student learns a linear teacher by gradient descent; loss,
// accuracy and the delay between training and generalisation in the limit of large size, exactly.
//   inputs x ~ N(0, 1)^d, N of them; targets T^T x and outputs S^T x, k numbers each; D = S - T
//   training loss   1/(N k) sum |D^T x|^2      over the N inputs
//   generalisation  1/k |D|^2                  its mean over new inputs
//   a sample is right if its own squared error, mean over the k outputs, is at most `tolerance`
//   S <- S - rate * (gradient of the training loss + decay * S)
// An eigenvector of X^T X / N with eigenvalue nu sees a = 2 nu / k, and after t steps
//   S - T = rho^t S_0 - (rho^t a + decay)/(a + decay) T,     rho = 1 - rate (a + decay)
// (no decay: rho^t (S_0 - T)). With independent S_0, T of the given sizes the losses are means of
//   g(nu) = rho^2t student_size + ((rho^t a + decay)/(a + decay))^2 teacher_size
// over the law of nu as d, N -> infinity at d/N = ratio (Marchenko & Pastur 1967):
//   generalisation = <g>,  training = <nu g>.  Errors are Gaussian with that variance, so the
//   accuracy is P(chi^2_k <= k tolerance / loss), for k = 1 erf(sqrt(tolerance / (2 loss))).
// The model is that of Levi, Beck & Bar-Sinai, "Grokking in Linear Estimators" (arXiv:2310.16441);
// formulas are derived in docs/theory.md, not copied, so none carries an equation number. Not done:
// their student with a hidden layer.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/errors.hpp"

namespace grok {

struct LinearTeacher {
  double ratio = 0.9;         // d/N; above 1 the inputs leave directions of D unseen
  double rate = 0.01;         // eta [1/step]; at most 1/(2 nu_max/k + decay): nothing overshoots
  double decay = 0;           // [1], as above
  std::int64_t outputs = 1;   // k
  double tolerance = 1e-3;    // of a sample's squared error
  double student_size = 0.5;  // E|S_0|^2/k
  double teacher_size = 0.5;  // E|T|^2/k

  friend bool operator==(const LinearTeacher&, const LinearTeacher&) = default;
};

/// Throws InputError: ratio outside [1e-3, 1e3], outputs outside [1, 1e6], a rate that is not
/// positive or overshoots, a decay below 0 or above 1e3, a tolerance or size that is not positive
/// (one of the sizes may be 0).
void require_valid(const LinearTeacher& setting);

/// 1/(2 (1 + sqrt ratio)^2/k + decay).
double largest_rate(const LinearTeacher& setting);

/// Mean of f over the Marchenko-Pastur law of ratio d/N: the density
///   sqrt((nu_max - nu)(nu - nu_min))/(2 pi ratio nu) on nu = (1 -+ sqrt ratio)^2,
/// and the mass 1 - 1/ratio at nu = 0 where ratio > 1. By tanh-sinh quadrature, which resolves the
/// layer at nu_min that is left at late times. f is called at some 100 to 2000 points. Throws
/// ConvergenceError above a relative error of 1e-8, or if f is not finite.
double marchenko_pastur_mean(double ratio, const std::function<double(double)>& f);

/// At some step. Without decay all losses fall and all accuracies rise with steps; so they do with
/// decay.
struct LinearState {
  double train_loss = 0, generalisation_loss = 0;
  double train_accuracy = 0, generalisation_accuracy = 0;
};
/// After `steps` >= 0 updates. Cost: two quadratures.
LinearState linear_teacher_state(const LinearTeacher& setting, std::int64_t steps);
/// Where it ends. Generalisation: (1 - 1/ratio)(student_size + teacher_size) if ratio > 1 and there
/// is no decay, 0 below.
LinearState linear_teacher_limit(const LinearTeacher& setting);

/// P(chi^2_k <= k tolerance / loss): the accuracy at a loss, and the loss with an accuracy in
/// (0, 1).
double accuracy_at_loss(double loss, double tolerance, std::int64_t outputs);
double loss_at_accuracy(double accuracy, double tolerance, std::int64_t outputs);

/// Standard deviation of the losses over random S_0, T at a finite d, leading order:
///   Var(generalisation) = 2/(d k) <g^2>,  Var(training) = 2/(d k) <nu^2 g^2>
/// (S - T is Gaussian per direction). Of S_0 and T alone: the means differ from the limit by
/// O(1/d), and the eigenvalues of one X move them by O(1/d).
struct LinearSpread {
  double train_loss = 0, generalisation_loss = 0;
};
LinearSpread linear_teacher_spread(const LinearTeacher& setting, std::int64_t dimension,
                                   std::int64_t steps);

/// The smallest steps with accuracy >= threshold; empty: not within `budget`.
struct LinearSteps {
  std::optional<std::int64_t> train, generalisation;
  /// generalisation - train: the grokking time.
  std::optional<std::int64_t> delay() const;
};
/// What is predicted before training. Cost: some 2 log2(budget) quadratures. Throws InputError for
/// a threshold outside (0, 1) or a negative budget.
LinearSteps linear_teacher_steps(const LinearTeacher& setting, double threshold,
                                 std::int64_t budget);

/// The delay for a threshold or tolerance that is reached late (ratio < 1, no decay): the slowest
/// mode alone is left, training loss = nu_min generalisation loss, so
///   delay -> ln(nu_min)/(2 ln rho_min) [steps], at small rates k ln(1/nu_min)/(4 rate nu_min).
/// Throws InputError for ratio >= 1 or with decay.
double late_delay(const LinearTeacher& setting);

}  // namespace grok
