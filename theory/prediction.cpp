#include "theory/prediction.hpp"

#include <utility>

#include "core/errors.hpp"

namespace grok {
namespace {

/// The embeddings flattened column by column, and back.
Eigen::VectorXd flatten(const Eigen::MatrixXd& R) {
  return Eigen::Map<const Eigen::VectorXd>(R.data(), R.size());
}

/// Smallest n in 0..budget at which RQI of the exact solution at t = n eta exceeds the threshold.
/// Every n is tried: RQI need not grow monotonically.
std::optional<std::int64_t> scan_gradient_flow(const LinearModes& modes, RqiTest& rqi_test,
                                               const RqiQuestion& question) {
  Eigen::MatrixXd R;
  for (std::int64_t n = 0; n <= question.budget; ++n) {
    modes.normalised(static_cast<double>(n) * question.rate, R);
    if (rqi_test.exceeded(R)) {
      return n;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> scan_adam_flow(AdamFlow flow, RqiTest& rqi_test,
                                           const Eigen::MatrixXd& embeddings,
                                           const RqiQuestion& question) {
  Eigen::MatrixXd R = embeddings;
  for (std::int64_t n = 0; n <= question.budget; ++n) {
    if (n > 0) {
      flow.step();
      R = Eigen::Map<const Eigen::MatrixXd>(flow.state().data(), R.rows(), R.cols());
    }
    if (rqi_test.exceeded(R)) {
      return n;
    }
    if (!R.allFinite()) {
      break;  // and never will be again
    }
  }
  return std::nullopt;
}

void check(const Task& task, const Eigen::MatrixXd& embeddings, const RqiQuestion& question) {
  const char* where = "predict_steps";
  require_combination(where, task, Combination::sum);
  require_in_range(where, "rate", question.rate, 0.0, 10.0);
  require_in_range(where, "budget", question.budget, std::int64_t{0}, std::int64_t{10'000'000'000});
  require_in_range(where, "embeddings.rows()", embeddings.rows(), task.symbols(), task.symbols());
  require_in_range(where, "embeddings.cols()", embeddings.cols(), Index{1}, Index{1'000'000});
  for (Index k = 0; k < embeddings.size(); ++k) {
    require_in_range(where, "embedding", embeddings.data()[k], -1e150, 1e150);
  }
}

}  // namespace

StepPrediction predict_steps(const Task& task, std::span<const Sample> train,
                             const Eigen::MatrixXd& embeddings, Normalisation normalisation,
                             const RqiQuestion& question) {
  check(task, embeddings, question);
  const OutputClasses classes = group_by_output(task, train);
  RqiTest rqi_test(task.symbols(), list_parallelograms(group_by_output(task)), question.tolerance,
                   question.threshold);
  StepPrediction prediction;
  const Spectrum spectrum =
      hessian_spectrum(task, classes, analyse_structure(task, train), normalisation);
  prediction.n_h = grokking_steps(spectrum.lambda3, question.rate);
  if (prediction.n_h) {  // Z0 = (p - 1) d is shared by the d dimensions; the spectrum's is p - 1
    *prediction.n_h *= static_cast<double>(embeddings.cols());
  }
  const Eigen::MatrixXd R0 = standardise(embeddings);
  if (R0.allFinite()) {  // a collapsed dimension has no direction to grow from
    const LinearModes modes(task.symbols(), classes, normalisation, R0);
    prediction.gradient_flow = scan_gradient_flow(modes, rqi_test, question);
  }
  if (question.adam_flow) {
    const ParallelogramLoss loss(task.symbols(), embeddings.cols(), classes, normalisation);
    AdamFlow flow(functions_of(loss), flatten(embeddings), question.rate);
    prediction.adam_flow = scan_adam_flow(std::move(flow), rqi_test, embeddings, question);
  }
  return prediction;
}

}  // namespace grok
