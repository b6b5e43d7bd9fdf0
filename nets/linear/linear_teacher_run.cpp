#include "nets/linear/linear_teacher_run.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "nets/checkpoint.hpp"

namespace grok::linear {
namespace {

using Eigen::MatrixXd;

constexpr const char* where = "run_linear_teacher";

MatrixXd normals(std::int64_t seed, std::string_view name, std::int64_t rows, std::int64_t columns,
                 double scale) {
  RandomStream stream(static_cast<std::uint64_t>(seed), name);
  MatrixXd M(rows, columns);
  for (double& entry : M.reshaped()) {
    entry = scale * stream.normal();
  }
  return M;
}

/// Share of rows whose mean square is at most `tolerance`.
double share_right(const MatrixXd& errors, double tolerance) {
  const auto right =
      (errors.rowwise().squaredNorm().array() <= tolerance * static_cast<double>(errors.cols()))
          .count();
  return static_cast<double>(right) / static_cast<double>(errors.rows());
}

/// The problem and where the student stands.
struct Problem {
  MatrixXd inputs, held_out;  // N x d, M x d
  MatrixXd teacher, student;  // d x k
  MatrixXd targets, new_targets;
};

Problem make_problem(const LinearTeacherRun& run) {
  const LinearTeacher& set = run.teacher;
  const auto scale = [&run](double size) {  // E|S_0|^2 = k size over the d k entries
    return std::sqrt(size / static_cast<double>(run.dimension));
  };
  Problem problem;
  problem.inputs =
      normals(run.seed, "linear-teacher/inputs", sample_count(run), run.dimension, 1.0);
  problem.held_out = normals(run.seed, "linear-teacher/held-out", run.held_out, run.dimension, 1.0);
  problem.teacher = normals(run.seed, "linear-teacher/teacher", run.dimension, set.outputs,
                            scale(set.teacher_size));
  problem.student = normals(run.seed, "linear-teacher/student", run.dimension, set.outputs,
                            scale(set.student_size));
  problem.targets = problem.inputs * problem.teacher;
  problem.new_targets = problem.held_out * problem.teacher;
  return problem;
}

void note_step(std::optional<std::int64_t>& reached, bool holds, std::int64_t step) {
  if (!reached && holds) {
    reached = step;
  }
}

bool all_reached(const LinearTeacherRun& run, const LinearTeacherOutcome& outcome) {
  return outcome.states.size() == run.at.size() &&
         std::all_of(outcome.reached.begin(), outcome.reached.end(),
                     [](const LinearSteps& r) { return r.train && r.generalisation; });
}

void require_valid(const LinearTeacherRun& run) {
  constexpr std::int64_t most = 100'000'000;
  require_in_range(where, "held_out", run.held_out, std::int64_t{1}, most);
  require_in_range(where, "steps", run.steps, std::int64_t{0}, most);
  std::int64_t earlier = 0;
  for (const std::int64_t step : run.at) {
    require_in_range(where, "at", step, earlier, run.steps);
    earlier = step;
  }
  for (const double threshold : run.thresholds) {
    require_in_range(where, "threshold", threshold, 1e-12, 1 - 1e-12);
  }
}

// The student at a step, and what was noted up to it.
std::string state_of(const MatrixXd& student, const LinearTeacherOutcome& outcome) {
  StateWriter writer;
  writer.put(student.data(), static_cast<std::size_t>(student.size()));
  writer.put(outcome.states.data(), outcome.states.size());
  for (const LinearSteps& reached : outcome.reached) {
    writer.put(reached.train.value_or(-1));
    writer.put(reached.generalisation.value_or(-1));
  }
  return writer.take();
}

void restore(const std::string& state, MatrixXd& student, LinearTeacherOutcome& outcome) {
  StateReader reader(state);
  reader.get(student.data(), static_cast<std::size_t>(student.size()));
  reader.get(outcome.states);
  const auto step = [&reader]() -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    reader.get(value);
    return value < 0 ? std::nullopt : std::optional(value);
  };
  for (LinearSteps& reached : outcome.reached) {
    reached.train = step();
    reached.generalisation = step();
  }
}

}  // namespace

std::int64_t sample_count(const LinearTeacherRun& run) {
  require_valid(run.teacher);
  require_in_range(where, "dimension", run.dimension, std::int64_t{1}, std::int64_t{100'000});
  const double samples = static_cast<double>(run.dimension) / run.teacher.ratio;
  const double whole = std::round(samples);
  if (whole < 1 || std::abs(samples - whole) > 1e-9 * samples) {
    reject(where, "dimension/ratio", to_text(samples), "a whole number of samples");
  }
  return static_cast<std::int64_t>(whole);
}

LinearTeacherOutcome run_linear_teacher(const LinearTeacherRun& run,
                                        const std::function<bool()>& stop,
                                        Checkpoints* checkpoints) {
  require_valid(run);
  const LinearTeacher& set = run.teacher;
  Problem problem = make_problem(run);
  const auto outputs = static_cast<double>(set.outputs);
  const double scale = 2 / (static_cast<double>(problem.inputs.rows()) * outputs);
  LinearTeacherOutcome outcome;
  outcome.reached.resize(run.thresholds.size());
  MatrixXd gradient(run.dimension, set.outputs);
  std::int64_t first = 0;
  if (const auto found = checkpoints != nullptr ? checkpoints->found() : std::nullopt) {
    restore(found->bytes, problem.student, outcome);
    first = found->step;
  }
  for (std::int64_t step = first;; ++step) {
    const MatrixXd errors = problem.inputs * problem.student - problem.targets;
    const MatrixXd new_errors = problem.held_out * problem.student - problem.new_targets;
    const LinearState state = {errors.squaredNorm() * scale / 2,
                               (problem.student - problem.teacher).squaredNorm() / outputs,
                               share_right(errors, set.tolerance),
                               share_right(new_errors, set.tolerance)};
    while (outcome.states.size() < run.at.size() && run.at[outcome.states.size()] == step) {
      outcome.states.push_back(state);
    }
    for (std::size_t k = 0; k < run.thresholds.size(); ++k) {
      note_step(outcome.reached[k].train, state.train_accuracy >= run.thresholds[k], step);
      note_step(outcome.reached[k].generalisation,
                state.generalisation_accuracy >= run.thresholds[k], step);
    }
    outcome.steps_done = step;
    outcome.last = state;
    if (step == run.steps || all_reached(run, outcome)) {
      return outcome;
    }
    if (stop && stop()) {
      throw Interrupted("run_linear_teacher: stopped as asked");
    }
    if (checkpoints != nullptr) {
      checkpoints->at(step, [&] { return state_of(problem.student, outcome); });
    }
    gradient.noalias() = scale * (problem.inputs.transpose() * errors);
    problem.student -= set.rate * (gradient + set.decay * problem.student);
  }
}

}  // namespace grok::linear
