// nets/linear/diagonal_run.hpp: a diagonal linear network trained by plain gradient descent with
// weight decay; no theory enters. See theory/rich_switch.hpp for the model.
//   inputs  N(0, 1)^d; teacher with `sparsity` equal entries, length 1 (the first ones: inputs
//           have no preferred direction); targets <teacher, x>, for `logistic` their sign
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "theory/rich_switch.hpp"

namespace grok {
class Checkpoints;
}

namespace grok::linear {

struct DiagonalRun {
  RichSwitch setting;
  DiagonalLoss loss = DiagonalLoss::squared;
  std::int64_t samples = 80;     // n <= d
  std::int64_t sparsity = 3;     // k
  std::int64_t seed = 0;         // stream diagonal/inputs
  std::int64_t steps = 100'000;  // the budget
  std::vector<std::int64_t> at;  // ascending: the steps whose state is kept
  /// The switch: the first step at which the cosine of w with the teacher reaches this. An angle of
  /// 45 degrees: new inputs are classified right with probability 1 - angle/180 = 3/4, half way
  /// between chance and all.
  double cosine = SwitchQuestion{}.cosine;
};

DiagonalProblem diagonal_problem(const DiagonalRun& run);
Eigen::VectorXd diagonal_teacher(const DiagonalRun& run);

/// 1/(largest curvature of the loss at the start): gradient descent is stable below twice that.
double diagonal_rate_limit(const DiagonalRun& run);

struct DiagonalState {
  std::int64_t step = 0;
  double loss = 0;          // without the penalty
  double cosine = 0;        // of w with the teacher; 0 where w = 0
  double product = 0;       // geometric mean of u v; 0 where one of them is not positive
  Eigen::VectorXd weights;  // w (d)
};

struct DiagonalOutcome {
  std::vector<DiagonalState> states;  // at each step of `at` that was taken
  std::optional<std::int64_t> steps_to_switch;
  std::int64_t steps_done = 0;
  double loss = 0, cosine = 0;  // then
  bool diverged = false;        // w was no longer finite
};

/// Ends when `at` and the switch are reached, or at the budget. Depends on `run` alone. Cost of a
/// step: O(n d). Throws InputError for a bad setting; Interrupted when `stop` says true.
/// `checkpoints`: goes on from what is found there, and leaves others (nets/checkpoint.hpp).
DiagonalOutcome run_diagonal(const DiagonalRun& run, const std::function<bool()>& stop = {},
                             Checkpoints* checkpoints = nullptr);

}  // namespace grok::linear
