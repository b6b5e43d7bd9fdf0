// nets/linear/model.hpp: two networks with closed forms as models: the linear teacher of Levi et
// al. 2023 ("linear-teacher") and the diagonal network of Lyu et al. 2023 ("diagonal").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nets/linear/diagonal_run.hpp"
#include "nets/linear/linear_teacher_run.hpp"
#include "nets/model.hpp"

namespace grok::linear {

const Model& teacher_model();
const Model& diagonal_model();

/// visit as nets/model_of.hpp wants it.
template <class Spec, class Visitor>
requires std::is_same_v<std::remove_const_t<Spec>, LinearTeacherRun>
void for_each_field(Spec& s, Visitor&& visit) {
  using I = std::int64_t;
  const Range<double> positive{1e-12, 1e6};
  visit("ratio", s.teacher.ratio, Range<double>{1e-3, 1e3}, "d/N: dimension over samples");
  visit("dimension", s.dimension, Range<I>{1, 100'000}, "d: numbers per input");
  visit("outputs", s.teacher.outputs, Range<I>{1, 1'000'000}, "k: outputs of teacher and student");
  visit("rate", s.teacher.rate, positive, "learning rate [1/step]");
  visit("decay", s.teacher.decay, Range<double>{0, 1e3}, "weight decay");
  visit("tolerance", s.teacher.tolerance, positive,
        "squared error per output of a right answer: <=");
  visit("student_size", s.teacher.student_size, Range<double>{0, 1e6}, "E|S_0|^2/k");
  visit("teacher_size", s.teacher.teacher_size, Range<double>{0, 1e6}, "E|T|^2/k");
  visit("held_out", s.held_out, Range<I>{1, 100'000'000}, "new inputs, for generalisation");
  visit("seed", s.seed, Range<I>{0, 9'007'199'254'740'992}, "seed of all random streams",
        Mark{Role::seed});
  visit("steps", s.steps, Range<I>{0, 100'000'000}, "budget of steps", Mark{Role::budget});
  visit("thresholds", s.thresholds, Range<double>{1e-12, 1 - 1e-12}, "of accuracy, in (0, 1)");
  visit("at", s.at, Range<I>{0, 100'000'000}, "steps, ascending, whose state is kept");
}

struct LinearTeacherRecord {
  /// By threshold: the first step with that accuracy; NaN: censored at steps_done.
  std::vector<double> steps_to_train, steps_to_generalisation;
  /// At each step of `at` that was made.
  std::vector<double> train_loss_at, generalisation_loss_at, train_accuracy_at;
  std::vector<double> generalisation_accuracy_at;
  std::int64_t steps_done = 0;
  double train_loss = 0, generalisation_loss = 0, train_accuracy = 0, generalisation_accuracy = 0;
  std::string state = "done";
  std::string engine = "cpu";
  double seconds = 0;
};
template <class R, class Visitor>
requires std::is_same_v<std::remove_const_t<R>, LinearTeacherRecord>
void for_each_result(R& r, Visitor&& visit) {
  visit("steps_to_train", r.steps_to_train, "by threshold; nan: censored at steps_done");
  visit("steps_to_generalisation", r.steps_to_generalisation, "by threshold; likewise");
  visit("train_loss_at", r.train_loss_at, "at each step of `at`, as the three below");
  visit("generalisation_loss_at", r.generalisation_loss_at, "|D|^2/k itself");
  visit("train_accuracy_at", r.train_accuracy_at, "counted over the N samples");
  visit("generalisation_accuracy_at", r.generalisation_accuracy_at, "counted over new inputs");
  visit("steps_done", r.steps_done, "steps made", Mark{Role::steps});
  visit("train_loss", r.train_loss, "when the run ended, as the three below");
  visit("generalisation_loss", r.generalisation_loss, "|D|^2/k itself");
  visit("train_accuracy", r.train_accuracy, "counted over the N samples");
  visit("generalisation_accuracy", r.generalisation_accuracy, "counted over new inputs",
        Mark{Role::accuracy});
  visit("state", r.state, "done", Mark{Role::state});
  visit("engine", r.engine, "that trained it", Mark{Role::engine});
  visit("seconds", r.seconds, "wall time", Mark{Role::wall_time});
}
LinearTeacherRecord record_of(const LinearTeacherOutcome& outcome);
/// What the record keeps of an outcome.
LinearTeacherOutcome outcome_of(const LinearTeacherRecord& record);

/// A diagonal run, and when its predictor is looked at: in units of switch_steps, also beyond the
/// budget (a run lasts until then; what comes after the budget is not reached).
struct DiagonalSpec {
  DiagonalRun run;
  std::string loss = "squared";
  std::vector<double> at_switch;
};
template <class Spec, class Visitor>
requires std::is_same_v<std::remove_const_t<Spec>, DiagonalSpec>
void for_each_field(Spec& s, Visitor&& visit) {
  using I = std::int64_t;
  const Range<double> positive{1e-12, 1e9};
  visit("loss", s.loss, Choice{{"squared", "logistic"}}, "of outputs and targets");
  visit("dimension", s.run.setting.dimension, Range<I>{1, 100'000}, "d: numbers per input");
  visit("samples", s.run.samples, Range<I>{1, 100'000}, "n <= d");
  visit("sparsity", s.run.sparsity, Range<I>{1, 100'000}, "k <= d: entries of the teacher");
  visit("init_norm", s.run.setting.init_norm, positive, "alpha: norm of the initial weights");
  visit("rate", s.run.setting.rate, positive, "eta: learning rate [1/step]");
  visit("decay", s.run.setting.decay, positive, "lambda: weight decay");
  visit("cosine", s.run.cosine, Range<double>{1e-6, 1.0}, "of predictor and teacher: switched");
  visit("seed", s.run.seed, Range<I>{0, 9'007'199'254'740'992}, "seed of all random streams",
        Mark{Role::seed});
  visit("steps", s.run.steps, Range<I>{0, 1'000'000'000}, "budget of steps", Mark{Role::budget});
  visit("at_switch", s.at_switch, Range<double>{0, 100},
        "when the predictor is kept, in units of (ln alpha)/(rate decay)");
}

struct DiagonalRecord {
  std::optional<std::int64_t> steps_to_switch;
  /// At each of `at_switch`: cosine with the teacher; with the least-norm interpolator (squared
  /// loss, else empty).
  std::vector<double> teacher_cosine, least_norm_cosine;
  std::int64_t steps_done = 0;
  double loss = 0, cosine = 0;  // then
  std::string state = "done";
  std::string engine = "cpu";
  double seconds = 0;
};
template <class R, class Visitor>
requires std::is_same_v<std::remove_const_t<R>, DiagonalRecord>
void for_each_result(R& r, Visitor&& visit) {
  visit("steps_to_switch", r.steps_to_switch, "to the wanted cosine with the teacher",
        Mark{Role::reached});
  visit("teacher_cosine", r.teacher_cosine, "at each of `at_switch`");
  visit("least_norm_cosine", r.least_norm_cosine, "likewise, with the least-norm interpolator");
  visit("steps_done", r.steps_done, "steps made", Mark{Role::steps});
  visit("final_loss", r.loss, "when the run ended, without the penalty");
  visit("final_cosine", r.cosine, "then, of predictor and teacher");
  visit("state", r.state, "done, diverged", Mark{Role::state});
  visit("engine", r.engine, "that trained it", Mark{Role::engine});
  visit("seconds", r.seconds, "wall time", Mark{Role::wall_time});
}

}  // namespace grok::linear
