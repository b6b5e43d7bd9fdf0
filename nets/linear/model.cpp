#include "nets/linear/model.hpp"

#include <fmt/format.h>

#include <Eigen/QR>
#include <cmath>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "nets/checkpoint.hpp"
#include "nets/model_of.hpp"

namespace grok::linear {
namespace {

/// Numbers of a model whose parameters are few beside its inputs: gradient descent in float64.
Cost cost_of(double samples, double evaluated, double dimension, double outputs) {
  Cost cost;
  cost.flops = 2 * dimension * outputs * (2 * samples + evaluated);
  cost.parameters = dimension * outputs;
  cost.bytes = 8 * ((samples + evaluated) * (dimension + 2 * outputs) + 4 * cost.parameters);
  cost.moved = 8 * (2 * samples + evaluated) * dimension;
  return cost;
}

class TeacherModel final : public ModelOf<LinearTeacherRun, LinearTeacherRecord> {
 public:
  std::string_view name() const override { return "linear-teacher"; }
  Cost cost(const Run& run) const override {
    const auto& spec = run.as<LinearTeacherRun>();
    return cost_of(static_cast<double>(sample_count(spec)), static_cast<double>(spec.held_out),
                   static_cast<double>(spec.dimension), static_cast<double>(spec.teacher.outputs));
  }

 protected:
  LinearTeacherRun checked(LinearTeacherRun spec, const Given&,
                           const PlaceOfKey& place) const override {
    check_fields(spec, place);
    std::int64_t earlier = 0;
    for (const std::int64_t step : spec.at) {
      require_in_range(place("at"), "at", step, earlier, spec.steps);
      earlier = step;
    }
    const double largest = largest_rate(spec.teacher);
    require_in_range(place("rate"), "rate", spec.teacher.rate, 0.0, largest);
    if (spec.teacher.student_size + spec.teacher.teacher_size <= 0) {
      reject(place("teacher_size"), "teacher_size", to_text(spec.teacher.teacher_size),
             "a size above 0 of one of the two");
    }
    const double samples = static_cast<double>(spec.dimension) / spec.teacher.ratio;
    if (samples < 1 || std::abs(samples - std::round(samples)) > 1e-9 * samples) {
      reject(place("ratio"), "ratio", to_text(spec.teacher.ratio),
             fmt::format("one with dimension/ratio a whole number, not {}", to_text(samples)));
    }
    return spec;
  }
  Trained<LinearTeacherRecord> train_one(const LinearTeacherRun& spec,
                                         const OneRun& one) const override {
    Checkpoints checkpoints(one);
    LinearTeacherRecord record = record_of(run_linear_teacher(spec, {}, &checkpoints));
    record.seconds = checkpoints.seconds();
    return {std::move(record)};
  }
};

class DiagonalModel final : public ModelOf<DiagonalSpec, DiagonalRecord> {
 public:
  std::string_view name() const override { return "diagonal"; }
  Cost cost(const Run& run) const override {
    const DiagonalRun& spec = run.as<DiagonalSpec>().run;
    return cost_of(static_cast<double>(spec.samples), 0,
                   static_cast<double>(spec.setting.dimension), 1);
  }

 protected:
  DiagonalSpec checked(DiagonalSpec spec, const Given&, const PlaceOfKey& place) const override {
    check_fields(spec, place);
    const RichSwitch& setting = spec.run.setting;
    require_in_range(place("samples"), "samples", spec.run.samples, std::int64_t{1},
                     setting.dimension);
    require_in_range(place("sparsity"), "sparsity", spec.run.sparsity, std::int64_t{1},
                     setting.dimension);
    require_in_range(place("decay"), "decay", setting.decay, 0.0, 0.999999 / setting.rate);
    spec.run.loss = diagonal_loss_from(place("loss"), spec.loss);
    spec.run.at.clear();
    double earlier = 0;
    for (const double time : spec.at_switch) {
      require_in_range(place("at_switch"), "at_switch", time, earlier, 100.0);
      require_in_range(place("init_norm"), "init_norm", setting.init_norm, 1.000001, 1e9);
      spec.run.at.push_back(std::lround(time * switch_steps(setting)));
      earlier = time;
    }
    return spec;
  }
  Trained<DiagonalRecord> train_one(const DiagonalSpec& spec, const OneRun& one) const override;
};

double cosine(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return a.dot(b) / (a.norm() * b.norm());
}

Trained<DiagonalRecord> DiagonalModel::train_one(const DiagonalSpec& spec,
                                                 const OneRun& one) const {
  DiagonalRun run = spec.run;
  if (!run.at.empty()) {
    run.steps = std::max(run.steps, run.at.back());
  }
  Checkpoints checkpoints(one);
  const DiagonalOutcome outcome = run_diagonal(run, {}, &checkpoints);
  DiagonalRecord record;
  if (outcome.steps_to_switch && *outcome.steps_to_switch <= spec.run.steps) {
    record.steps_to_switch = outcome.steps_to_switch;
  }
  Eigen::VectorXd least;
  if (run.loss == DiagonalLoss::squared && !outcome.states.empty()) {
    const DiagonalProblem problem = diagonal_problem(run);
    least = problem.inputs.completeOrthogonalDecomposition().solve(problem.targets);
  }
  for (const DiagonalState& state : outcome.states) {
    record.teacher_cosine.push_back(state.cosine);
    if (least.size() > 0) {
      record.least_norm_cosine.push_back(cosine(state.weights, least));
    }
  }
  record.steps_done = outcome.steps_done;
  record.loss = outcome.loss;
  record.cosine = outcome.cosine;
  record.state = outcome.diverged ? "diverged" : "done";
  record.seconds = checkpoints.seconds();
  return {std::move(record)};
}

}  // namespace

const Model& teacher_model() {
  static const TeacherModel model;
  return model;
}
const Model& diagonal_model() {
  static const DiagonalModel model;
  return model;
}

LinearTeacherRecord record_of(const LinearTeacherOutcome& outcome) {
  const auto number = [](const std::optional<std::int64_t>& step) {
    return step ? static_cast<double>(*step) : not_a_number;
  };
  LinearTeacherRecord record;
  for (const LinearSteps& steps : outcome.reached) {
    record.steps_to_train.push_back(number(steps.train));
    record.steps_to_generalisation.push_back(number(steps.generalisation));
  }
  for (const LinearState& state : outcome.states) {
    record.train_loss_at.push_back(state.train_loss);
    record.generalisation_loss_at.push_back(state.generalisation_loss);
    record.train_accuracy_at.push_back(state.train_accuracy);
    record.generalisation_accuracy_at.push_back(state.generalisation_accuracy);
  }
  record.steps_done = outcome.steps_done;
  record.train_loss = outcome.last.train_loss;
  record.generalisation_loss = outcome.last.generalisation_loss;
  record.train_accuracy = outcome.last.train_accuracy;
  record.generalisation_accuracy = outcome.last.generalisation_accuracy;
  return record;
}

LinearTeacherOutcome outcome_of(const LinearTeacherRecord& record) {
  const auto step = [](double number) {
    return std::isnan(number) ? std::nullopt : std::optional(static_cast<std::int64_t>(number));
  };
  LinearTeacherOutcome outcome;
  for (std::size_t k = 0; k < record.steps_to_train.size(); ++k) {
    outcome.reached.push_back(
        {step(record.steps_to_train[k]), step(record.steps_to_generalisation[k])});
  }
  for (std::size_t k = 0; k < record.train_loss_at.size(); ++k) {
    outcome.states.push_back({record.train_loss_at[k], record.generalisation_loss_at[k],
                              record.train_accuracy_at[k], record.generalisation_accuracy_at[k]});
  }
  outcome.steps_done = record.steps_done;
  outcome.last = {record.train_loss, record.generalisation_loss, record.train_accuracy,
                  record.generalisation_accuracy};
  return outcome;
}

}  // namespace grok::linear
