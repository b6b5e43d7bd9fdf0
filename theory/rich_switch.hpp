// theory/rich_switch.hpp: when a diagonal linear network with weight decay leaves the kernel
// regime.
//   f(x) = <w, x>, w = u*u - v*v per input, u = v = init_norm/sqrt(2d) at the start, so that f = 0
//   and |(u, v)| = init_norm; loss L(w) + (decay/2)|(u, v)|^2, gradient descent with `rate`
// Lyu, Jin, Li, Du, Lee & Hu (arXiv:2311.18817), as we recall the statement: for large init_norm
// the network is the kernel's predictor until (1 - c) ln(init_norm)/decay in the time of the flow,
// and at (1 + c) of it its direction is that of the rich regime. For this network: from the least
// L2 norm to the least L1 norm. That time is `switch_steps`; it is asymptotic. What follows is
// derived here (docs/theory.md), for the gradient flow, any loss of the outputs f_i on inputs X (n
// x d):
//   - q := u v per input obeys dq/dt = -2 decay q whatever the loss:
//     q = init_norm^2/(2d) exp(-2 decay t)
//   - z := ln(u/v) obeys dz/dt = -4 dL/dw, so z = X^T a and w = 2 q sinh(X^T a); |w| << 2q: kernel
//   - da_i/dt = -4 dL/df_i: n equations instead of 2d
//   - in s = 2 decay t decay is left in (decay/2) da/ds = -dL/df alone: as decay -> 0 the path is
//     that of the exact interpolators of scale q = q_0 exp(-s), whatever the time
//   - the switch is where 2q comes down to the entries of w, so decay * t = ln(init_norm) - (1/2)
//     ln(d w_typical): the theorem's time less a term O(1/decay)
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>

namespace grok {

enum class DiagonalLoss { squared, logistic };  // (1/2n) sum (f - y)^2; (1/n) sum ln(1 + e^(-y f))
std::string to_text(DiagonalLoss loss);
/// Throws InputError for another name.
DiagonalLoss diagonal_loss_from(const std::string& where, const std::string& name);

struct RichSwitch {
  std::int64_t dimension = 400;  // d
  double init_norm = 16;         // alpha in the paper
  double decay = 0.01;           // lambda in the paper
  double rate = 0.01;            // eta [1/step]
};

/// Throws InputError: dimension < 1, init_norm or decay or rate not positive, rate*decay >= 1.
void require_valid(const RichSwitch& setting);

/// ln(init_norm)/(rate decay) [steps]. Throws InputError unless init_norm > 1.
double switch_steps(const RichSwitch& setting);

/// q after `steps` updates without the loss, init_norm^2/(2d) (1 - rate decay)^(2 steps). The loss
/// takes away a further factor prod(1 - (2 rate dL/dw)^2), none in the limit of small rates.
double product_after(const RichSwitch& setting, double steps);
/// Its inverse: the steps after which q has this value; negative if it is above the first one.
double steps_to_product(const RichSwitch& setting, double product);

/// A problem: inputs n x d, targets n (+-1 for `logistic`).
struct DiagonalProblem {
  DiagonalLoss loss = DiagonalLoss::squared;
  Eigen::MatrixXd inputs;
  Eigen::VectorXd targets;
};

/// w with X w = targets that is 2 product sinh(X^T a): the limit of no decay, at scale `product`.
/// For a large product the least L2 norm, for a small one the least L1 norm. `a` (n): the start of
/// Newton's method and its result; zeros will do for a large product. Cost: O(n^2 d) per iteration.
/// Throws ConvergenceError if the targets are not met to 1e-9 (n > d, or a bad start), InputError
/// for the loss or shapes.
Eigen::VectorXd interpolator(const DiagonalProblem& problem, double product, Eigen::VectorXd& a);

/// How far the predictor is followed.
struct SwitchQuestion {
  double cosine = 0.70710678118654752;  // with `direction`, from which on it has turned
  double step = 0.05;                   // of s = ln(q_0/q), per implicit Euler step
  double smallest_product = 1e-12;      // not followed further
};

/// The steps at which the cosine of w(t) with `direction` (d) first reaches the wanted one, from
/// the flow in a, by implicit Euler steps whose number does not depend on rate or decay; the last
/// step is shortened to the crossing. Empty: not there at the smallest product. The steps of the
/// flow are those of steps_to_product. Error of the scheme: O(step). Cost: O(n^2 d) per Newton
/// iteration, about five a step. Throws ConvergenceError as `interpolator`, InputError for shapes
/// and ranges.
std::optional<double> flow_switch_steps(const RichSwitch& setting, const DiagonalProblem& problem,
                                        const Eigen::VectorXd& direction,
                                        const SwitchQuestion& question = {});

/// The predictor of that flow at some step (d).
Eigen::VectorXd flow_predictor(const RichSwitch& setting, const DiagonalProblem& problem,
                               double steps, double step = 0.05);

}  // namespace grok
