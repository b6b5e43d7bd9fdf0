#include "compare/toy/trajectories.hpp"

#include "theory/flow.hpp"
#include "theory/prediction.hpp"
#include "theory/representation.hpp"
#include "theory/structure.hpp"

namespace grok::toy {

Trajectories collect_trajectories(const RunSpec& spec, const TracedRun& run) {
  const Task task = task_of(spec);
  const auto train = training_set_of(spec);
  const OutputClasses classes = group_by_output(task, train);
  const Eigen::MatrixXd start = run.trajectory.front().embeddings;
  RqiQuestion question;
  question.rate = spec.representation_rate;
  question.threshold = spec.rqi_threshold;
  question.tolerance = *spec.rqi_tolerance;
  question.budget = spec.steps;
  const StepPrediction predicted = predict_steps(task, train, start, Normalisation::sum, question);
  const auto rows = static_cast<Eigen::Index>(run.trajectory.size());
  Trajectories result{.train = spec.train,
                      .seed = spec.seed,
                      .n_h = predicted.n_h,
                      .predicted_rqi = predicted.gradient_flow,
                      .adam_rqi = predicted.adam_flow,
                      .trained_rqi = run.record.steps_to_rqi,
                      .steps = {},
                      .flow = Eigen::MatrixXd(rows, task.symbols()),
                      .trained = Eigen::MatrixXd(rows, task.symbols())};
  const LinearModes modes(task.symbols(), classes, Normalisation::sum, standardise(start));
  for (Eigen::Index k = 0; k < rows; ++k) {
    const TrajectoryPoint& point = run.trajectory[static_cast<std::size_t>(k)];
    const double t = static_cast<double>(point.step) * spec.representation_rate;
    result.steps.push_back(point.step);
    result.flow.row(k) = modes.normalised(t).col(0).transpose();
    result.trained.row(k) = standardise(point.embeddings).col(0).transpose();
  }
  return result;
}

}  // namespace grok::toy
