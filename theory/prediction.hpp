// theory/prediction.hpp: when the theory says that RQI exceeds its threshold, in optimiser steps.
//   n_h          1/(lambda_3 eta): the slowest mode alone, neither start nor threshold
//   slowest mode n_h ln(|a_3|/(delta |a_line|)): the same mode from its start to the threshold
//   all modes    first step n at which RQI of the exact gradient flow at t = n eta exceeds it
//   Adam flow    first step at which RQI of Adam on the effective loss exceeds it; nothing is
//   fitted
// Empty: not reached within the budget (censored), or no such time (lambda_3 = 0).
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <span>

#include "theory/decoder_metric_loss.hpp"
#include "theory/flow.hpp"
#include "theory/representation.hpp"

namespace grok {

/// Flows are followed for so many times a run's own budget: a prediction that the network could
/// not have met is still a prediction.
inline constexpr std::int64_t prediction_budgets = 10;

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

/// Late in the gradient flow R is its part on the line (the null space of A(P0(D)), centred), which
/// stays, and the slowest mode, which goes like e^{-lambda_3 t}; standardisation divides by the
/// line. RQI exceeds its threshold once the ratio of the two is below delta (docs/theory.md, 5.4).
struct SlowestMode {
  double n_h = 0;    // [steps], as above
  double ratio = 0;  // |a_3|/|a_line| of the standardised start, root mean square over dimensions
  double delta = 0;  // where the last parallelogram that RQI needs has a squared defect of
                     // `tolerance`: 0.01 is a defect of 0.1 standard deviations
  double steps() const;  // n_h ln(ratio/delta), or 0 if that is negative
};

/// Arguments as of predict_steps; the budget does not count, and nothing is fitted. Empty where
/// there is no such time: D is not unique, its solution is collapsed (finite groups: no line), a
/// dimension of the start has no spread or nothing on the line, the rate is 0, or no RQI exceeds
/// the threshold. Modes within 1e-9 of lambda_3 count as one. Throws InputError also above
/// max_dense_symbols. Cost O(p^3 + |P0| d).
std::optional<SlowestMode> slowest_mode(const Task& task, std::span<const Sample> train,
                                        const Eigen::MatrixXd& embeddings,
                                        Normalisation normalisation, const RqiQuestion& question);

/// Whether a representation (p x d) is there.
using Reached = std::function<bool(const Eigen::MatrixXd&)>;
/// RQI of P0 of the task above the threshold, as the task combines embeddings. Of matrices the
/// tolerance that counts is theirs: default_product_tolerance.
Reached rqi_exceeds(const Task& task, double tolerance, double threshold);

/// The first step n in 0..question.budget at which the state of Adam on any effective loss, from
/// `embeddings` (p x d, raw), is there; empty: never. A state that is not finite ends the search.
/// `adam` may carry decoupled decay. Throws InputError as predict_steps does.
/// Cost: a gradient and a test of RQI a step.
std::optional<std::int64_t> steps_under_adam(const LossFunctions& loss,
                                             const Eigen::MatrixXd& embeddings,
                                             const RqiQuestion& question, const Reached& reached,
                                             const AdamConstants& adam = {});
std::optional<std::int64_t> rqi_steps_under_adam(const LossFunctions& loss, const Task& task,
                                                 const Eigen::MatrixXd& embeddings,
                                                 const RqiQuestion& question,
                                                 const AdamConstants& adam = {});

/// The first n in 0..question.budget at which the gradient flow from `start` (p x d, as it is) is
/// there at time n eta. `tolerance` is that of the integration.
std::optional<std::int64_t> steps_under_flow(const LossFunctions& loss,
                                             const Eigen::MatrixXd& start,
                                             const RqiQuestion& question, const Reached& reached,
                                             double tolerance = 1e-9);
std::optional<std::int64_t> rqi_steps_under_flow(const LossFunctions& loss, const Task& task,
                                                 const Eigen::MatrixXd& start,
                                                 const RqiQuestion& question,
                                                 double tolerance = 1e-9);

/// Adam on the decoder-metric loss (theory/decoder_metric_loss.hpp) of D, from the network's own
/// embeddings and decoder: no fitted constant. Throws InputError as both do; ConvergenceError where
/// the decoder cannot be tabulated.
std::optional<std::int64_t> decoder_metric_steps(const Task& task, std::span<const Sample> train,
                                                 const Eigen::MatrixXd& embeddings,
                                                 const DecoderNetwork& decoder,
                                                 const DecoderMetricSetting& setting,
                                                 const RqiQuestion& question);

}  // namespace grok
