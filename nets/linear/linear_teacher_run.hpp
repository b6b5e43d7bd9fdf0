// nets/linear/linear_teacher_run.hpp: the network of theory/linear_teacher.hpp, trained: one random
// problem, full-batch gradient descent in double precision, samples counted. No theory enters.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "theory/linear_teacher.hpp"

namespace grok {
class Checkpoints;
}

namespace grok::linear {

struct LinearTeacherRun {
  LinearTeacher teacher;
  std::int64_t dimension = 180;  // d; d/ratio is the number of inputs, a whole number
  std::int64_t held_out = 1000;  // new inputs, for the generalisation accuracy
  std::int64_t seed = 0;         // streams linear-teacher/inputs, /held-out, /student, /teacher
  std::int64_t steps = 10'000;   // the budget
  std::vector<std::int64_t> at;  // ascending: the steps whose state is kept
  std::vector<double> thresholds = {0.95};  // of accuracy, in (0, 1)
};

/// N. Throws InputError unless dimension/ratio is whole to 1e-9 and settings are valid.
std::int64_t sample_count(const LinearTeacherRun& run);

struct LinearTeacherOutcome {
  /// At each step of `at`: losses and shares of samples; the generalisation loss is |D|^2/k itself,
  /// the accuracies are counted over the N and the held-out inputs.
  std::vector<LinearState> states;
  std::vector<LinearSteps> reached;  // by threshold: the smallest step, empty if censored
  std::int64_t steps_done = 0;
  LinearState last;  // then
};

/// Ends when `at` and the thresholds are all reached, or at the budget. Depends on `run` alone.
/// Cost of a step: O(d k (N + held_out)). Throws InputError for a bad setting; Interrupted when
/// `stop` says true.
/// `checkpoints`: goes on from what is found there, and leaves others (nets/checkpoint.hpp).
LinearTeacherOutcome run_linear_teacher(const LinearTeacherRun& run,
                                        const std::function<bool()>& stop = {},
                                        Checkpoints* checkpoints = nullptr);

}  // namespace grok::linear
