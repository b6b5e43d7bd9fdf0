// compare/toy/trajectories.hpp: the embeddings of one run as they are trained, beside the gradient
// flow (F1) of the effective loss from where they start (normalisation `sum`, exact solution), at
// steps n = t/eta. Both standardised at every step.
// Source: Liu et al. 2022, Fig. 4(c, d), eq. 5-9.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "nets/toy/run_spec.hpp"
#include "nets/toy/train.hpp"

namespace grok::toy {

struct Trajectories {
  Index train = 0;
  std::int64_t seed = 0;
  std::optional<double> n_h;  // steps
  /// Steps to RQI > 0.95: gradient flow of all modes, Adam flow, network.
  std::optional<std::int64_t> predicted_rqi, adam_rqi, trained_rqi;
  std::vector<std::int64_t> steps;
  Eigen::MatrixXd flow, trained;  // one row per step, one column per symbol
};

/// The flow beside the run of a resolved spec, at the points of its trajectory.
Trajectories collect_trajectories(const RunSpec& spec, const TracedRun& run);

}  // namespace grok::toy
