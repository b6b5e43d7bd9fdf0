#include "theory/prediction.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "core/errors.hpp"
#include "core/interrupt.hpp"
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
    throw_if_stopped();
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

/// The parts of a standardised start on the null space of D and on its slowest mode, p x d.
struct Parts {
  double lambda3;
  Eigen::MatrixXd line, slow;
};

Parts split_start(const Task& task, const OutputClasses& classes, Index nullity,
                  Normalisation normalisation, const Eigen::MatrixXd& start) {
  require_in_range("slowest_mode", "symbols", task.symbols(), Index{2}, max_dense_symbols);
  const double scale = hessian_scale(task.symbols(), count_parallelograms(classes), normalisation);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> modes(
      scale * parallelogram_gram(task.symbols(), classes));
  const auto on = [&](Index first, Index count) -> Eigen::MatrixXd {
    const auto V = modes.eigenvectors().middleCols(first, count);
    return V * (V.transpose() * start);
  };
  const double lambda3 = modes.eigenvalues()[nullity];
  const double* const end = modes.eigenvalues().data() + task.symbols();
  const double* const first = modes.eigenvalues().data() + nullity;
  const Index slow = std::upper_bound(first, end, lambda3 * (1 + 1e-9)) - first;
  return {lambda3, on(0, nullity), on(nullity, slow)};
}

/// The squared defects of all of P0, mean over dimensions, of `slow` in units of the spread of
/// `line`: those of R, times e^{-2 lambda_3 t}, when nothing else is left.
std::vector<double> squared_defects(const Task& task, const Parts& parts) {
  const Eigen::RowVectorXd weights = static_cast<double>(task.symbols() - 1) /
                                     static_cast<double>(parts.line.cols()) *
                                     parts.line.colwise().squaredNorm().cwiseInverse();
  std::vector<double> defects;
  for (const Parallelogram& q : list_parallelograms(group_by_output(task))) {
    const auto& R = parts.slow;
    const Eigen::RowVectorXd defect =
        R.row(q.first.i) + R.row(q.first.j) - R.row(q.second.i) - R.row(q.second.j);
    defects.push_back(defect.cwiseAbs2().dot(weights));
  }
  return defects;
}

}  // namespace

double SlowestMode::steps() const { return ratio > delta ? n_h * std::log(ratio / delta) : 0; }

std::optional<SlowestMode> slowest_mode(const Task& task, std::span<const Sample> train,
                                        const Eigen::MatrixXd& embeddings,
                                        Normalisation normalisation, const RqiQuestion& question) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  require_combination("slowest_mode", task, Combination::sum);
  check("slowest_mode", task, embeddings, question);
  require_in_range("slowest_mode", "tolerance", question.tolerance, 0.0, 1e6);
  const Structure structure = analyse_structure(task, train);
  const auto allowed = allowed_failures(structure.parallelograms_all, question.threshold);
  const Eigen::MatrixXd R0 = standardise(embeddings);
  if (!structure.unique || !R0.allFinite() || allowed < 0 || question.rate == 0) {
    return std::nullopt;
  }
  if (structure.nullity == task.symbols()) {
    return SlowestMode{0, 0, infinity};
  }
  const Parts parts =
      split_start(task, group_by_output(task, train), structure.nullity, normalisation, R0);
  const double spread = std::sqrt(static_cast<double>(task.symbols() - 1));
  if (question.tolerance == 0 || !(parts.line.colwise().norm().minCoeff() > 1e-12 * spread)) {
    return std::nullopt;
  }
  std::vector<double> defects = squared_defects(task, parts);
  const auto last = defects.begin() + allowed;  // the largest that has to come down
  std::nth_element(defects.begin(), last, defects.end(), std::greater<>());
  const auto d = static_cast<double>(embeddings.cols());
  const double ratio = std::sqrt(
      (parts.slow.colwise().squaredNorm().array() / parts.line.colwise().squaredNorm().array())
          .mean());
  return SlowestMode{d / (parts.lambda3 * question.rate), ratio,
                     ratio * std::sqrt(question.tolerance / *last)};
}

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
    throw_if_stopped();
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
