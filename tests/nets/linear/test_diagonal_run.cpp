#include "nets/linear/diagonal_run.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::linear;
using Eigen::VectorXd;

namespace {

DiagonalRun run_of(DiagonalLoss loss, std::int64_t dimension, std::int64_t samples) {
  DiagonalRun run;
  run.loss = loss;
  run.setting = {dimension, 4, 0.02, 0.01};
  run.samples = samples;
  run.sparsity = 2;
  run.seed = 4;
  return run;
}

}  // namespace

TEST_CASE("diagonal run: gradient descent by plain loops", "[nets]") {
  for (const DiagonalLoss loss : {DiagonalLoss::squared, DiagonalLoss::logistic}) {
    DiagonalRun run = run_of(loss, 6, 4);
    run.at = {0, 5};
    run.steps = 5;
    run.cosine = 1;
    const DiagonalProblem problem = diagonal_problem(run);
    std::vector<double> u(6, 4 / std::sqrt(12.0)), v = u;
    double value = 0;
    for (int step = 0; step <= 5; ++step) {
      value = 0;
      std::vector<double> g(6);
      for (int i = 0; i < 4; ++i) {
        double f = 0;
        for (std::size_t j = 0; j < 6; ++j) {
          f += problem.inputs(i, static_cast<int>(j)) * (u[j] * u[j] - v[j] * v[j]);
        }
        const double y = problem.targets(i);
        const bool squared = loss == DiagonalLoss::squared;
        value += (squared ? (f - y) * (f - y) / 2 : std::log(1 + std::exp(-y * f))) / 4;
        const double df = squared ? f - y : -y / (1 + std::exp(y * f));
        for (std::size_t j = 0; j < 6; ++j) {
          g[j] += df / 4 * problem.inputs(i, static_cast<int>(j));
        }
      }
      for (std::size_t j = 0; j < 6 && step < 5; ++j) {
        u[j] -= 0.01 * (2 * g[j] * u[j] + 0.02 * u[j]);
        v[j] -= 0.01 * (-2 * g[j] * v[j] + 0.02 * v[j]);
      }
    }
    const DiagonalOutcome outcome = run_diagonal(run);
    REQUIRE(outcome.states.size() == 2);
    CHECK(outcome.states[0].weights.norm() == 0);
    CHECK(outcome.states[0].cosine == 0);
    const DiagonalState& end = outcome.states[1];
    CHECK(end.loss == Approx(value).epsilon(1e-12));
    double product = 1, dot = 0, size = 0;
    for (std::size_t j = 0; j < 6; ++j) {
      const double w = u[j] * u[j] - v[j] * v[j];
      CHECK(end.weights(static_cast<int>(j)) == Approx(w).epsilon(1e-11));
      product *= std::pow(u[j] * v[j], 1.0 / 6);
      dot += j < 2 ? w / std::sqrt(2.0) : 0;
      size += w * w;
    }
    CHECK(end.product == Approx(product).epsilon(1e-11));
    CHECK(end.cosine == Approx(dot / std::sqrt(size)).epsilon(1e-11));
    CHECK(end.loss < outcome.states[0].loss);
  }
}

TEST_CASE("diagonal run: large outputs do not overflow the logistic loss", "[nets]") {
  DiagonalRun run = run_of(DiagonalLoss::logistic, 6, 4);
  run.setting = {6, 2000, 1e-9, 1e-4};
  run.at = {0, 1, 2};
  run.steps = 2;
  const DiagonalOutcome outcome = run_diagonal(run);
  CHECK_FALSE(outcome.diverged);
  CHECK(outcome.states[0].loss == Approx(std::log(2.0)));
  CHECK(std::isfinite(outcome.states[2].loss));
}

TEST_CASE("diagonal run: u v decays as said, whatever the loss, to the order of the rate",
          "[nets]") {
  for (const DiagonalLoss loss : {DiagonalLoss::squared, DiagonalLoss::logistic}) {
    const auto deviation = [loss](double rate) {
      DiagonalRun run = run_of(loss, 30, 10);
      run.setting.rate = rate;
      run.steps = std::lround(20 / rate);
      run.at = {run.steps};
      run.cosine = 1;
      const DiagonalState end = run_diagonal(run).states.at(0);
      CHECK(end.loss < 0.4);  // it has learnt something
      return product_after(run.setting, static_cast<double>(run.steps)) / end.product - 1;
    };
    const double coarse = deviation(0.02), fine = deviation(0.01);
    CHECK((coarse > 0 && coarse < 0.05));
    CHECK(coarse / fine == Approx(2).margin(0.15));
  }
}

TEST_CASE("diagonal run: the switch is where the flow has it", "[nets]") {
  for (const DiagonalLoss loss : {DiagonalLoss::squared, DiagonalLoss::logistic}) {
    for (const double init_norm : {12.0, 24.0}) {
      CAPTURE(to_text(loss), init_norm);
      DiagonalRun run = run_of(loss, 200, 60);
      run.setting.init_norm = init_norm;
      run.setting.decay = loss == DiagonalLoss::squared ? 0.02 : 0.005;
      run.setting.rate = std::min(0.05, 0.5 * diagonal_rate_limit(run));
      const auto predicted =
          flow_switch_steps(run.setting, diagonal_problem(run), diagonal_teacher(run));
      const auto measured = run_diagonal(run).steps_to_switch;
      REQUIRE((predicted && measured));
      CHECK(static_cast<double>(*measured) == Approx(*predicted).epsilon(0.01));
      CHECK(static_cast<double>(*measured) < switch_steps(run.setting));
      CHECK(static_cast<double>(*measured) > 0.2 * switch_steps(run.setting));
    }
  }
}

TEST_CASE("diagonal run: the rate limit is the inverse of the largest curvature", "[nets]") {
  const DiagonalRun squared = run_of(DiagonalLoss::squared, 10, 4);
  const Eigen::MatrixXd X = diagonal_problem(squared).inputs;
  Eigen::MatrixXd J(4, 20);  // of the outputs by (u, v) at the start
  J << 2 * 4 / std::sqrt(20.0) * X, -2 * 4 / std::sqrt(20.0) * X;
  const Eigen::MatrixXd H = J.transpose() * J / 4;
  const double largest = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(H).eigenvalues().maxCoeff();
  CHECK(diagonal_rate_limit(squared) == Approx(1 / largest));
  CHECK(diagonal_rate_limit(run_of(DiagonalLoss::logistic, 10, 4)) == Approx(4 / largest));
  DiagonalRun wild = squared;
  wild.setting.rate = 20 / largest;
  const DiagonalOutcome outcome = run_diagonal(wild);
  CHECK(outcome.diverged);
  CHECK_FALSE(outcome.steps_to_switch);
}

TEST_CASE("diagonal run: problems, ends and errors", "[nets]") {
  const DiagonalRun run = run_of(DiagonalLoss::logistic, 20, 8);
  const DiagonalProblem problem = diagonal_problem(run);
  CHECK((problem.targets.array().abs() == 1).all());
  const VectorXd margins = problem.inputs * diagonal_teacher(run);
  CHECK((problem.targets.array() * margins.array() > 0).all());
  CHECK(diagonal_teacher(run).norm() == Approx(1));
  DiagonalRun other = run;
  other.seed = 5;
  CHECK((diagonal_problem(other).inputs - problem.inputs).norm() > 1);
  other = run;
  other.at = {3, 100'000};
  other.steps = 2;
  CHECK_THROWS_AS(run_diagonal(other), InputError);
  other.at = {};
  CHECK(run_diagonal(other).steps_done == 2);
  CHECK_THROWS_AS(run_diagonal(other, [] { return true; }), Interrupted);
  other.samples = 21;
  CHECK_THROWS_WITH(run_diagonal(other), ContainsSubstring("samples = 21, allowed [1, 20]"));
  other = run;
  other.sparsity = 0;
  CHECK_THROWS_AS(run_diagonal(other), InputError);
}
