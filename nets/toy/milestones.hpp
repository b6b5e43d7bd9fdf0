// nets/toy/milestones.hpp: which step reached what. Plain numbers, built for the GPU too: no
// library but <cstdint>.
#pragma once

#include <cstdint>

#include "nets/kernels/host_device.hpp"

namespace grok::toy {

/// The state after t updates, seen from outside.
struct Metrics {
  double train_loss = 0, validation_loss = 0;  // validation: 0 without validation samples
  std::int64_t train_correct = 0, validation_correct = 0;
  double rqi = 0;
};

enum class StopRule : std::int32_t { decided, phase, rqi, budget };

struct RunLimits {
  std::int64_t train_count = 0, validation_count = 0;
  std::int64_t steps = 0;  // the budget
  double accuracy_threshold = 0, rqi_threshold = 0;
  StopRule stop = StopRule::decided;
};

/// Steps at which something was first reached; -1: not yet.
struct Milestones {
  std::int64_t train = -1, validation = -1, rqi = -1;
  std::int64_t done = 0;  // the last step noted
  bool diverged = false;  // a loss was not finite
  bool ended = false;
};

/// Notes the metrics at step t; ended: nothing more is asked for, or the budget is spent, or a loss
/// is not finite (at which step nothing counts as reached).
GROK_HOST_DEVICE inline void note(Milestones& m, const RunLimits& limits, std::int64_t t,
                                  const Metrics& now) {
  m.done = t;
  // x - x is 0 exactly for finite x; std::isfinite is no device function everywhere.
  if (!(now.train_loss - now.train_loss == 0) ||
      !(now.validation_loss - now.validation_loss == 0)) {
    m.diverged = true;
    m.ended = true;
    return;
  }
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  if (m.train < 0 && share(now.train_correct, limits.train_count) >= limits.accuracy_threshold) {
    m.train = t;
  }
  const bool validates = limits.validation_count > 0;
  if (validates && m.validation < 0 &&
      share(now.validation_correct, limits.validation_count) >= limits.accuracy_threshold) {
    m.validation = t;
  }
  if (m.rqi < 0 && now.rqi > limits.rqi_threshold) {
    m.rqi = t;
  }
  const bool accuracies = m.train >= 0 && (m.validation >= 0 || !validates);
  const bool known = (limits.stop == StopRule::rqi && m.rqi >= 0) ||
                     (limits.stop == StopRule::phase && accuracies) ||
                     (limits.stop == StopRule::decided && accuracies && m.rqi >= 0);
  m.ended = known || t >= limits.steps;
}

}  // namespace grok::toy
