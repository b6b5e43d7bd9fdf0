// theory/prediction.hpp: when the theory says that RQI exceeds its threshold, in optimiser steps.
//   n_h          1/(lambda_3 eta): the slowest mode alone
//   all modes    first step n at which RQI of the exact gradient flow at t = n eta exceeds it
//   Adam flow    first step at which RQI of Adam on the effective loss exceeds it; nothing is
//   fitted
// Empty: not reached within the budget (censored), or no such time (lambda_3 = 0).
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>

#include "theory/flow.hpp"
#include "theory/representation.hpp"

namespace grok {

struct RqiQuestion {
  double rate = 1e-3;       // eta of the embeddings [1/step]
  double threshold = 0.95;  // RQI must exceed it (strictly)
  double tolerance = default_rqi_tolerance;
  std::int64_t budget = 10'000;  // steps
  bool adam_flow = true;         // false leaves it out: it does not depend on the normalisation
};

struct StepPrediction {
  std::optional<double> n_h;                  // [steps]
  std::optional<std::int64_t> gradient_flow;  // [steps], from all modes
  std::optional<std::int64_t> adam_flow;      // [steps]
};

/// embeddings: p x d, the network's own initial ones, not standardised (the gradient flow starts
/// from them standardised, as the official code does; Adam from them as they are).
/// n_h is for normalisation `normalisation`; so is the time scale of the gradient flow. Both have
/// the Z0 = d (p - 1) of standardised embeddings: n_h is d times that of the spectrum. Adam's steps
/// do not depend on it (up to epsilon). Throws InputError for a bad question or embeddings of the
/// wrong shape or not finite; collapsed ones (no spread) are simply never there.
StepPrediction predict_steps(const Task& task, std::span<const Sample> train,
                             const Eigen::MatrixXd& embeddings, Normalisation normalisation,
                             const RqiQuestion& question);

}  // namespace grok
