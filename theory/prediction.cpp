#include "theory/prediction.hpp"

#include <utility>

#include "core/errors.hpp"
#include "theory/matrix_representation.hpp"

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

void check_question(const char* where, const Eigen::MatrixXd& embeddings,
                    const RqiQuestion& question) {
  require_in_range(where, "rate", question.rate, 0.0, 10.0);
  require_in_range(where, "budget", question.budget, std::int64_t{0}, std::int64_t{10'000'000'000});
  require_in_range(where, "embeddings.cols()", embeddings.cols(), Index{1}, Index{1'000'000});
  for (Index k = 0; k < embeddings.size(); ++k) {
    require_in_range(where, "embedding", embeddings.data()[k], -1e150, 1e150);
  }
}

void check(const char* where, const Task& task, const Eigen::MatrixXd& embeddings,
           const RqiQuestion& question) {
  require_in_range(where, "embeddings.rows()", embeddings.rows(), task.symbols(), task.symbols());
  check_question(where, embeddings, question);
}

void require_dimension(const char* where, const LossFunctions& loss, const Eigen::MatrixXd& R) {
  require_in_range(where, "embeddings.size()", std::int64_t{R.size()}, loss.dimension,
                   loss.dimension);
}

}  // namespace

StepPrediction predict_steps(const Task& task, std::span<const Sample> train,
                             const Eigen::MatrixXd& embeddings, Normalisation normalisation,
                             const RqiQuestion& question) {
  require_combination("predict_steps", task, Combination::sum);
  check("predict_steps", task, embeddings, question);
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
    prediction.adam_flow =
        steps_under_adam(functions_of(loss), embeddings, question,
                         [&rqi_test](const Eigen::MatrixXd& R) { return rqi_test.exceeded(R); });
  }
  return prediction;
}

Reached rqi_exceeds(const Task& task, double tolerance, double threshold) {
  auto list = list_parallelograms(group_by_output(task));
  // The tests keep room to work in, so each copy of the function has its own.
  if (task.combination() == Combination::matrix_product) {
    return [test = ProductRqiTest(task.symbols(), list, tolerance, threshold)](
               const Eigen::MatrixXd& R) mutable { return test.exceeded(R); };
  }
  return [test = RqiTest(task.symbols(), std::move(list), tolerance, threshold)](
             const Eigen::MatrixXd& R) mutable { return test.exceeded(R); };
}

std::optional<std::int64_t> steps_under_adam(const LossFunctions& loss,
                                             const Eigen::MatrixXd& embeddings,
                                             const RqiQuestion& question, const Reached& reached,
                                             const AdamConstants& adam) {
  check_question("steps_under_adam", embeddings, question);
  require_dimension("steps_under_adam", loss, embeddings);
  AdamFlow flow(loss, flatten(embeddings), question.rate, adam);
  Eigen::MatrixXd R = embeddings;
  for (std::int64_t n = 0; n <= question.budget; ++n) {
    if (n > 0) {
      flow.step();
      R = Eigen::Map<const Eigen::MatrixXd>(flow.state().data(), R.rows(), R.cols());
    }
    if (reached(R)) {
      return n;
    }
    if (!R.allFinite()) {
      break;  // and never will be again
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> rqi_steps_under_adam(const LossFunctions& loss, const Task& task,
                                                 const Eigen::MatrixXd& embeddings,
                                                 const RqiQuestion& question,
                                                 const AdamConstants& adam) {
  check("rqi_steps_under_adam", task, embeddings, question);
  return steps_under_adam(loss, embeddings, question,
                          rqi_exceeds(task, question.tolerance, question.threshold), adam);
}

std::optional<std::int64_t> steps_under_flow(const LossFunctions& loss,
                                             const Eigen::MatrixXd& start,
                                             const RqiQuestion& question, const Reached& reached,
                                             double tolerance) {
  check_question("steps_under_flow", start, question);
  require_dimension("steps_under_flow", loss, start);
  // A batch of steps at a time: the flow does not know when it began, and memory stays small.
  constexpr std::int64_t batch = 1024;
  Eigen::VectorXd x = flatten(start);
  for (std::int64_t first = 0; first <= question.budget; first += batch) {
    std::vector<double> times;
    for (std::int64_t n = 0; n <= batch && first + n <= question.budget; ++n) {
      times.push_back(static_cast<double>(n) * question.rate);
    }
    const States states = gradient_flow(loss, x, times, tolerance);
    for (std::size_t n = 0; n < states.size(); ++n) {
      if (reached(
              Eigen::Map<const Eigen::MatrixXd>(states[n].data(), start.rows(), start.cols()))) {
        return first + static_cast<std::int64_t>(n);
      }
    }
    x = states.back();
  }
  return std::nullopt;
}

std::optional<std::int64_t> rqi_steps_under_flow(const LossFunctions& loss, const Task& task,
                                                 const Eigen::MatrixXd& start,
                                                 const RqiQuestion& question, double tolerance) {
  check("rqi_steps_under_flow", task, start, question);
  return steps_under_flow(loss, start, question,
                          rqi_exceeds(task, question.tolerance, question.threshold), tolerance);
}

std::optional<std::int64_t> decoder_metric_steps(const Task& task, std::span<const Sample> train,
                                                 const Eigen::MatrixXd& embeddings,
                                                 const DecoderNetwork& decoder,
                                                 const DecoderMetricSetting& setting,
                                                 const RqiQuestion& question) {
  require_combination("decoder_metric_steps", task, Combination::sum);
  check("decoder_metric_steps", task, embeddings, question);
  const LossFunctions loss =
      decoder_metric_loss(group_by_output(task, train), embeddings, decoder, setting);
  return rqi_steps_under_adam(loss, task, embeddings, question);
}

}  // namespace grok
