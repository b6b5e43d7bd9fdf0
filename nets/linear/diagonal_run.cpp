#include "nets/linear/diagonal_run.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "nets/checkpoint.hpp"

namespace grok::linear {
namespace {

using Eigen::ArrayXd;
using Eigen::VectorXd;

constexpr const char* where = "run_diagonal";

void require_valid(const DiagonalRun& run) {
  require_valid(run.setting);
  require_in_range(where, "samples", run.samples, std::int64_t{1}, run.setting.dimension);
  require_in_range(where, "sparsity", run.sparsity, std::int64_t{1}, run.setting.dimension);
  require_in_range(where, "steps", run.steps, std::int64_t{0}, std::int64_t{1'000'000'000});
  require_in_range(where, "cosine", run.cosine, 1e-6, 1.0);
  std::int64_t earlier = 0;
  for (const std::int64_t step : run.at) {
    require_in_range(where, "at", step, earlier, run.steps);
    earlier = step;
  }
}

/// Loss, and its derivative by each output (n).
double loss_and_slope(DiagonalLoss kind, const VectorXd& outputs, const VectorXd& targets,
                      VectorXd& slope) {
  const auto n = static_cast<double>(outputs.size());
  if (kind == DiagonalLoss::squared) {
    slope = (outputs - targets) / n;
    return n * slope.squaredNorm() / 2;
  }
  const ArrayXd margin = targets.array() * outputs.array();
  const ArrayXd small = (-margin.abs()).exp();  // never overflows
  slope = -targets.array() / n * (margin > 0).select(small, 1.0) / (1 + small);
  return (small.log1p() + (-margin).max(0.0)).sum() / n;
}

double geometric_mean(const ArrayXd& products) {
  return (products > 0).all() ? std::exp(products.log().mean()) : 0;
}

// The weights at a step, and what was noted up to it.
std::string state_of(const ArrayXd& u, const ArrayXd& v, const DiagonalOutcome& outcome) {
  StateWriter writer;
  writer.put(u.data(), static_cast<std::size_t>(u.size()));
  writer.put(v.data(), static_cast<std::size_t>(v.size()));
  writer.put(outcome.steps_to_switch.value_or(-1));
  writer.put(static_cast<std::uint64_t>(outcome.states.size()));
  for (const DiagonalState& state : outcome.states) {
    for (const double number :
         {static_cast<double>(state.step), state.loss, state.cosine, state.product}) {
      writer.put(number);
    }
    writer.put(state.weights.data(), static_cast<std::size_t>(state.weights.size()));
  }
  return writer.take();
}

void restore(const std::string& bytes, ArrayXd& u, ArrayXd& v, DiagonalOutcome& outcome) {
  StateReader reader(bytes);
  reader.get(u.data(), static_cast<std::size_t>(u.size()));
  reader.get(v.data(), static_cast<std::size_t>(v.size()));
  std::int64_t switched = 0;
  std::uint64_t states = 0;
  reader.get(switched);
  reader.get(states);
  outcome.steps_to_switch = switched < 0 ? std::nullopt : std::optional(switched);
  for (std::uint64_t k = 0; k < states; ++k) {
    double numbers[4] = {};
    for (double& number : numbers) {
      reader.get(number);
    }
    DiagonalState state{static_cast<std::int64_t>(numbers[0]), numbers[1], numbers[2], numbers[3],
                        VectorXd(u.size())};
    reader.get(state.weights.data(), static_cast<std::size_t>(u.size()));
    outcome.states.push_back(std::move(state));
  }
}

}  // namespace

DiagonalProblem diagonal_problem(const DiagonalRun& run) {
  require_valid(run);
  RandomStream stream(static_cast<std::uint64_t>(run.seed), "diagonal/inputs");
  DiagonalProblem problem;
  problem.loss = run.loss;
  problem.inputs.resize(run.samples, run.setting.dimension);
  for (double& entry : problem.inputs.reshaped()) {
    entry = stream.normal();
  }
  problem.targets = problem.inputs * diagonal_teacher(run);
  if (run.loss == DiagonalLoss::logistic) {
    problem.targets = (problem.targets.array() > 0).select(ArrayXd::Ones(run.samples), -1.0);
  }
  return problem;
}

VectorXd diagonal_teacher(const DiagonalRun& run) {
  require_valid(run);
  VectorXd teacher = VectorXd::Zero(run.setting.dimension);
  teacher.head(run.sparsity).setConstant(1 / std::sqrt(static_cast<double>(run.sparsity)));
  return teacher;
}

double diagonal_rate_limit(const DiagonalRun& run) {
  const DiagonalProblem problem = diagonal_problem(run);
  const Eigen::MatrixXd gram = problem.inputs * problem.inputs.transpose();
  const double largest =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(gram, Eigen::EigenvaluesOnly)
          .eigenvalues()
          .maxCoeff();
  // d f/d(u, v) = (2u x, -2v x) with u = v = alpha/sqrt(2d): the kernel is 4 alpha^2/d x.x'.
  const double kernel = 4 * run.setting.init_norm * run.setting.init_norm /
                        static_cast<double>(run.setting.dimension);
  const double curvature = run.loss == DiagonalLoss::squared ? 1.0 : 0.25;  // of one sample's loss
  return static_cast<double>(run.samples) / (curvature * kernel * largest);
}

DiagonalOutcome run_diagonal(const DiagonalRun& run, const std::function<bool()>& stop,
                             Checkpoints* checkpoints) {
  const DiagonalProblem problem = diagonal_problem(run);
  const VectorXd teacher = diagonal_teacher(run);
  const double rate = run.setting.rate, kept = 1 - rate * run.setting.decay;
  const auto d = static_cast<double>(run.setting.dimension);
  ArrayXd u = ArrayXd::Constant(run.setting.dimension, run.setting.init_norm / std::sqrt(2 * d));
  ArrayXd v = u;
  VectorXd outputs, slope, w, gradient;
  DiagonalOutcome outcome;
  std::int64_t first = 0;
  if (const auto found = checkpoints != nullptr ? checkpoints->found() : std::nullopt) {
    restore(found->bytes, u, v, outcome);
    first = found->step;
  }
  for (std::int64_t step = first;; ++step) {
    w = (u - v) * (u + v);  // exactly 0 where u = v
    const double size = w.norm();
    const double cosine = size > 0 ? w.dot(teacher) / size : 0;
    outputs.noalias() = problem.inputs * w;
    const double loss = loss_and_slope(run.loss, outputs, problem.targets, slope);
    while (outcome.states.size() < run.at.size() && run.at[outcome.states.size()] == step) {
      outcome.states.push_back({step, loss, cosine, geometric_mean(u * v), w});
    }
    if (!outcome.steps_to_switch && cosine >= run.cosine) {
      outcome.steps_to_switch = step;
    }
    outcome.steps_done = step;
    outcome.loss = loss;
    outcome.cosine = cosine;
    outcome.diverged = !std::isfinite(size);
    const bool all = outcome.states.size() == run.at.size() && outcome.steps_to_switch;
    if (step == run.steps || all || outcome.diverged) {
      return outcome;
    }
    if (stop && stop()) {
      throw Interrupted("run_diagonal: stopped as asked");
    }
    if (checkpoints != nullptr) {
      checkpoints->at(step, [&] { return state_of(u, v, outcome); });
    }
    gradient.noalias() = problem.inputs.transpose() * slope;
    u *= kept - 2 * rate * gradient.array();
    v *= kept + 2 * rate * gradient.array();
  }
}

}  // namespace grok::linear
