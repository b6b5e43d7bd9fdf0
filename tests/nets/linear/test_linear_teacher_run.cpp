#include "nets/linear/linear_teacher_run.hpp"

#include <cmath>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::linear;

namespace {

LinearTeacherRun run_of(double ratio, std::int64_t dimension, std::uint64_t seed) {
  LinearTeacherRun run;
  run.teacher.ratio = ratio;
  run.teacher.rate = 0.08;
  run.dimension = dimension;
  run.seed = seed;
  return run;
}

std::vector<std::vector<double>> numbers(std::uint64_t seed, const char* name, std::size_t rows,
                                         std::size_t columns, double scale) {
  RandomStream stream(seed, name);
  std::vector<std::vector<double>> table(rows, std::vector<double>(columns));
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t i = 0; i < rows; ++i) {
      table[i][j] = scale * stream.normal();
    }
  }
  return table;
}

}  // namespace

TEST_CASE("linear teacher run: gradient descent by plain loops", "[nets]") {
  constexpr std::size_t d = 4, n = 8, k = 2;
  LinearTeacherRun run = run_of(0.5, d, 5);
  run.teacher.outputs = k;
  run.teacher.decay = 0.3;
  run.teacher.tolerance = 0.3;
  run.teacher.student_size = 2;
  run.held_out = 3;
  run.steps = 3;
  run.at = {3};
  const auto X = numbers(5, "linear-teacher/inputs", n, d, 1);
  const auto T = numbers(5, "linear-teacher/teacher", d, k, std::sqrt(0.5 / d));
  auto S = numbers(5, "linear-teacher/student", d, k, std::sqrt(2.0 / d));
  const auto error = [&](const std::vector<double>& x, std::size_t o) {
    double sum = 0;
    for (std::size_t j = 0; j < d; ++j) {
      sum += x[j] * (S[j][o] - T[j][o]);
    }
    return sum;
  };
  for (int t = 0; t < 3; ++t) {
    auto next = S;
    for (std::size_t o = 0; o < k; ++o) {
      for (std::size_t j = 0; j < d; ++j) {
        double gradient = 0.3 * S[j][o];
        for (const auto& x : X) {
          gradient += 2.0 / (n * k) * error(x, o) * x[j];
        }
        next[j][o] -= 0.08 * gradient;
      }
    }
    S = next;
  }
  const auto share = [&](const std::vector<std::vector<double>>& inputs) {
    double right = 0;
    for (const auto& x : inputs) {
      right += std::pow(error(x, 0), 2) + std::pow(error(x, 1), 2) <= 0.3 * k ? 1 : 0;
    }
    return right / static_cast<double>(inputs.size());
  };
  double train = 0, general = 0;
  for (std::size_t o = 0; o < k; ++o) {
    for (const auto& x : X) {
      train += std::pow(error(x, o), 2) / (n * k);
    }
    for (std::size_t j = 0; j < d; ++j) {
      general += std::pow(S[j][o] - T[j][o], 2) / k;
    }
  }
  const LinearTeacherOutcome outcome = run_linear_teacher(run);
  REQUIRE(outcome.states.size() == 1);
  CHECK(outcome.steps_done == 3);
  CHECK(outcome.states[0].train_loss == Approx(train).epsilon(1e-12));
  CHECK(outcome.states[0].generalisation_loss == Approx(general).epsilon(1e-12));
  CHECK(outcome.states[0].train_accuracy == share(X));
  CHECK(outcome.states[0].generalisation_accuracy ==
        share(numbers(5, "linear-teacher/held-out", 3, d, 1)));
}

TEST_CASE("linear teacher run: losses scatter about the theory as a finite size must", "[nets]") {
  const std::vector<std::int64_t> at = {0, 5, 30};
  for (const double ratio : {0.5, 2.0}) {
    std::vector<double> errors;  // rms, relative, of the last step
    for (const std::int64_t d : {20, 80, 320}) {
      constexpr int seeds = 40;
      std::vector<double> train(at.size()), general(at.size()), mean(at.size());
      for (int seed = 0; seed < seeds; ++seed) {
        LinearTeacherRun run = run_of(ratio, d, static_cast<std::uint64_t>(seed));
        run.held_out = 1;
        run.at = at;
        run.steps = at.back();
        const auto states = run_linear_teacher(run).states;
        for (std::size_t k = 0; k < at.size(); ++k) {
          const LinearState theory = linear_teacher_state(run.teacher, at[k]);
          train[k] += std::pow(states[k].train_loss - theory.train_loss, 2) / seeds;
          general[k] +=
              std::pow(states[k].generalisation_loss - theory.generalisation_loss, 2) / seeds;
          mean[k] += (states[k].generalisation_loss / theory.generalisation_loss - 1) / seeds;
        }
      }
      for (std::size_t k = 0; k < at.size(); ++k) {
        CAPTURE(ratio, d, at[k]);
        const LinearTeacher set = run_of(ratio, d, 0).teacher;
        const LinearSpread spread = linear_teacher_spread(set, d, at[k]);
        const double relative =
            spread.generalisation_loss / linear_teacher_state(set, at[k]).generalisation_loss;
        // chi of 40 degrees: +-11 % (one sigma); the smallest size has terms of higher order, too.
        CHECK(std::sqrt(train[k]) / spread.train_loss == Approx(1).margin(d == 20 ? 0.6 : 0.4));
        CHECK(std::sqrt(general[k]) / spread.generalisation_loss ==
              Approx(1).margin(d == 20 ? 0.6 : 0.4));
        CHECK(std::abs(mean[k]) < 4 * relative / std::sqrt(40.0) + 1.0 / static_cast<double>(d));
      }
      errors.push_back(std::sqrt(general.back()));
    }
    CHECK(std::log(errors[0] / errors[2]) / std::log(16.0) == Approx(0.5).margin(0.15));
  }
}

TEST_CASE("linear teacher run: accuracies and steps are those of the theory", "[nets]") {
  LinearTeacherRun run = run_of(0.5, 320, 0);
  run.teacher.tolerance = 0.01;
  run.held_out = 2000;
  run.thresholds = {0.5, 0.9};
  run.at = {5, 15, 40};
  std::vector<double> train(3), general(3), delay(2);
  constexpr int seeds = 8;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    run.seed = seed;
    const LinearTeacherOutcome outcome = run_linear_teacher(run);
    for (std::size_t k = 0; k < 3; ++k) {
      train[k] += outcome.states[k].train_accuracy / seeds;
      general[k] += outcome.states[k].generalisation_accuracy / seeds;
    }
    for (std::size_t k = 0; k < 2; ++k) {
      REQUIRE(outcome.reached[k].delay());
      delay[k] += static_cast<double>(*outcome.reached[k].delay()) / seeds;
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {
    const LinearState theory = linear_teacher_state(run.teacher, run.at[k]);
    CHECK(train[k] == Approx(theory.train_accuracy).margin(0.03));
    CHECK(general[k] == Approx(theory.generalisation_accuracy).margin(0.03));
  }
  for (std::size_t k = 0; k < 2; ++k) {
    const LinearSteps theory = linear_teacher_steps(run.teacher, run.thresholds[k], run.steps);
    REQUIRE(theory.delay());
    CHECK(delay[k] == Approx(static_cast<double>(*theory.delay())).epsilon(0.1));
  }
}

TEST_CASE("linear teacher run: ends when all is known, or at its budget", "[nets]") {
  LinearTeacherRun run = run_of(2, 20, 1);
  run.thresholds = {0.9};
  run.steps = 50;
  const LinearTeacherOutcome censored = run_linear_teacher(run);
  CHECK(censored.steps_done == 50);
  CHECK_FALSE(censored.reached[0].generalisation);
  run.teacher.tolerance = 100;
  run.at = {0, 0, 7};
  const LinearTeacherOutcome easy = run_linear_teacher(run);
  CHECK(easy.steps_done == 7);
  REQUIRE(easy.states.size() == 3);
  CHECK(easy.states[0].train_loss == easy.states[1].train_loss);
  CHECK(easy.states[2].train_loss < easy.states[1].train_loss);
  CHECK(*easy.reached[0].train == 0);
  CHECK(run_linear_teacher(run).states[2].train_loss == easy.states[2].train_loss);
  CHECK_THROWS_AS(run_linear_teacher(run, [] { return true; }), Interrupted);
}

TEST_CASE("linear teacher run: what it does not take is refused", "[nets]") {
  CHECK(sample_count(run_of(0.9, 180, 0)) == 200);
  CHECK_THROWS_WITH(run_linear_teacher(run_of(0.9, 181, 0)), ContainsSubstring("dimension/ratio"));
  LinearTeacherRun run = run_of(0.5, 10, 0);
  run.steps = 10;
  run.at = {5, 3};
  CHECK_THROWS_WITH(run_linear_teacher(run), ContainsSubstring("at = 3, allowed [5, 10]"));
  run.at = {11};
  CHECK_THROWS_AS(run_linear_teacher(run), InputError);
  run.at = {};
  run.thresholds = {1};
  CHECK_THROWS_AS(run_linear_teacher(run), InputError);
  run.thresholds = {};
  run.held_out = 0;
  CHECK_THROWS_AS(run_linear_teacher(run), InputError);
}
