// tests/theory/test_prediction.cpp: predicted steps against slow scans, scalings and
// edges; the Adam flow behind them.
#include "theory/prediction.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// U(-1/2, 1/2), as the networks start.
MatrixXd embeddings(Index p, Index d, std::uint64_t seed) {
  RandomStream stream(seed, "test/prediction");
  MatrixXd R(p, d);
  for (Index k = 0; k < R.size(); ++k) {
    R.data()[k] = stream.uniform(-0.5, 0.5);
  }
  return R;
}

OutputClasses drawn_classes(Index p, Index train, std::uint64_t seed) {
  const Task task = Task::addition(p);
  return group_by_output(task, draw_training_set(task, train, seed));
}

VectorXd gradient_of(const ParallelogramLoss& loss, const VectorXd& x) {
  VectorXd out;
  loss.gradient(x, out);
  return out;
}

std::vector<Parallelogram> all_parallelograms(const Task& task) {
  return list_parallelograms(group_by_output(task));
}

}  // namespace

TEST_CASE("Adam flow: a scalar reference, step by step", "[theory][reference]") {
  // Kingma & Ba 2015, algorithm 1, written out for one number at a time.
  const OutputClasses classes = drawn_classes(6, 14, 10);
  const ParallelogramLoss loss(6, 1, classes);
  const VectorXd start = embeddings(6, 1, 16).reshaped();
  const AdamConstants constants = GENERATE(AdamConstants{}, AdamConstants{0.5, 0.9, 1e-2});
  AdamFlow flow(functions_of(loss), start, 0.02, constants);
  CHECK(flow.state() == start);
  double m[6] = {}, v[6] = {};
  for (int t = 1; t <= 300; ++t) {
    const VectorXd before = flow.state(), g = gradient_of(loss, before);
    flow.step();
    for (int k = 0; k < 6; ++k) {
      m[k] = constants.beta1 * m[k] + (1 - constants.beta1) * g[k];
      v[k] = constants.beta2 * v[k] + (1 - constants.beta2) * g[k] * g[k];
      const double mean = m[k] / (1 - std::pow(constants.beta1, t));
      const double square = v[k] / (1 - std::pow(constants.beta2, t));
      const double moved = -0.02 * mean / (std::sqrt(square) + constants.epsilon);
      CHECK(flow.state()[k] - before[k] == Approx(moved).epsilon(1e-9).margin(1e-14));
    }
  }
  CHECK((flow.state() - start).norm() > 0.2);
  CHECK(loss.value(flow.state()) < 0.2 * loss.value(start));
}

TEST_CASE("Adam flow: the first step is rate times a sign; a scaled loss moves alike",
          "[theory][symmetry]") {
  const OutputClasses classes = drawn_classes(10, 40, 11);
  const ParallelogramLoss sum(10, 1, classes);
  const ParallelogramLoss mean(10, 1, classes, Normalisation::mean);
  const VectorXd start = embeddings(10, 1, 17).reshaped();
  AdamFlow a(functions_of(sum), start, 1e-3), b(functions_of(mean), start, 1e-3);
  a.step();
  b.step();
  const VectorXd sign = gradient_of(sum, start).cwiseSign();
  CHECK((a.state() - (start - 1e-3 * sign)).cwiseAbs().maxCoeff() < 1e-9);
  for (int t = 1; t < 300; ++t) {
    a.step();
    b.step();
  }
  const double apart = (a.state() - b.state()).cwiseAbs().maxCoeff();
  CHECK(apart < 1e-4);  // through epsilon alone, ...
  CHECK(apart > 0);
  AdamFlow c(functions_of(sum), start, 1e-3, {0.9, 0.999, 0.0});
  AdamFlow d(functions_of(mean), start, 1e-3, {0.9, 0.999, 0.0});
  for (int t = 0; t < 300; ++t) {
    c.step();
    d.step();
  }
  CHECK((c.state() - d.state()).cwiseAbs().maxCoeff() < 1e-10);  // ... as epsilon = 0 shows
  CHECK((a.state() - start).norm() > 0.3);
}

TEST_CASE("predicted steps: every step scanned the slow way", "[theory][reference]") {
  const Task task = Task::addition(10);
  const Index d = GENERATE(1, 2);
  const auto seed = GENERATE(range(std::uint64_t{0}, std::uint64_t{6}));
  const auto D = draw_training_set(task, 45, seed);
  const auto classes = group_by_output(task, D);
  const auto P0 = all_parallelograms(task);
  const MatrixXd start = embeddings(10, d, seed);
  RqiQuestion question;
  question.budget = 6000;
  const auto prediction = predict_steps(task, D, start, Normalisation::sum, question);

  // The exact solution as a fresh matrix exponential of the dense H, standardised and counted.
  const MatrixXd R0 = standardise(start);
  const MatrixXd H = 2.0 / R0.squaredNorm() * parallelogram_gram(10, classes);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(H);
  std::optional<std::int64_t> by_flow, by_adam;
  for (std::int64_t n = 0; n <= question.budget && !by_flow; ++n) {
    const VectorXd decay = (-static_cast<double>(n) * 1e-3 * eigen.eigenvalues()).array().exp();
    const MatrixXd R =
        eigen.eigenvectors() * decay.asDiagonal() * (eigen.eigenvectors().transpose() * R0);
    if (rqi(R, P0) > 0.95) {
      by_flow = n;
    }
  }
  const ParallelogramLoss loss(10, d, classes);
  AdamFlow adam(functions_of(loss), start.reshaped(), 1e-3);
  for (std::int64_t n = 0; n <= question.budget && !by_adam; ++n) {
    if (rqi(adam.state().reshaped(10, d), P0) > 0.95) {
      by_adam = n;
    }
    adam.step();
  }
  CHECK(prediction.gradient_flow == by_flow);
  CHECK(prediction.adam_flow == by_adam);
  if (d == 1) {
    REQUIRE(by_flow);
    REQUIRE(by_adam);
    CHECK(*by_flow > 50);
    CHECK(*by_adam > 50);
  }
}

TEST_CASE("predicted steps agree with the integrated flow and with the budget",
          "[theory][reference]") {
  const Task task = Task::addition(10);
  const auto D = draw_training_set(task, 40, 3);
  const auto P0 = all_parallelograms(task);
  const MatrixXd start = embeddings(10, 1, 3);
  RqiQuestion question;
  const auto all = predict_steps(task, D, start, Normalisation::sum, question);
  REQUIRE(all.gradient_flow);
  REQUIRE(all.adam_flow);
  REQUIRE(all.n_h);
  const auto n = static_cast<double>(*all.gradient_flow);
  const ParallelogramLoss loss(10, 1, group_by_output(task, D));
  const States states = gradient_flow(functions_of(loss), standardise(start).reshaped(),
                                      {(n - 1) * 1e-3, n * 1e-3}, 1e-12);
  CHECK(rqi(states[0], P0) <= 0.95);
  CHECK(rqi(states[1], P0) > 0.95);
  // Censored one step short of it, found with the exact budget.
  question.budget = *all.gradient_flow;
  CHECK(predict_steps(task, D, start, Normalisation::sum, question).gradient_flow ==
        all.gradient_flow);
  --question.budget;
  CHECK_FALSE(predict_steps(task, D, start, Normalisation::sum, question).gradient_flow);
  question.budget = *all.adam_flow;
  CHECK(predict_steps(task, D, start, Normalisation::sum, question).adam_flow == all.adam_flow);
  --question.budget;
  const auto short_of = predict_steps(task, D, start, Normalisation::sum, question);
  CHECK_FALSE(short_of.adam_flow);
  CHECK(short_of.n_h == all.n_h);
}

TEST_CASE("n_h: 150 steps for all of D0, 10500 with the mean", "[theory][published]") {
  const Task task = Task::addition(10);
  const auto D0 = task.samples();
  RqiQuestion question;
  question.budget = 0;
  const MatrixXd start = embeddings(10, 1, 1);
  const auto sum = predict_steps(task, D0, start, Normalisation::sum, question);
  const auto mean = predict_steps(task, D0, start, Normalisation::mean, question);
  REQUIRE(sum.n_h);
  CHECK(*sum.n_h == Approx(150.0).epsilon(1e-12));
  CHECK(*mean.n_h == Approx(10500.0).epsilon(1e-12));
  // Z0 is shared: two dimensions of unit variance halve the rates.
  const auto two = predict_steps(task, D0, embeddings(10, 2, 1), Normalisation::sum, question);
  CHECK(*two.n_h == Approx(300.0).epsilon(1e-12));
  CHECK_FALSE(sum.gradient_flow);  // budget 0: only the start is looked at
}

TEST_CASE("time scales: 1/eta, |P0(D)| for the flow, neither scale nor normalisation for its shape",
          "[theory][symmetry]") {
  const Task task = Task::addition(10);
  const auto seed = GENERATE(range(std::uint64_t{10}, std::uint64_t{14}));
  const auto D = draw_training_set(task, 45, seed);
  const MatrixXd start = embeddings(10, 1, seed);
  const auto P = static_cast<double>(count_parallelograms(group_by_output(task, D)));
  RqiQuestion question;
  question.budget = 200'000;
  const auto base = predict_steps(task, D, start, Normalisation::sum, question);
  REQUIRE(base.gradient_flow);
  REQUIRE(base.adam_flow);
  REQUIRE(*base.gradient_flow > 20);
  const auto n = static_cast<double>(*base.gradient_flow);

  question.rate = 1e-4;  // the crossing time lies in ((n-1) eta, n eta]
  const auto slow = predict_steps(task, D, start, Normalisation::sum, question);
  CHECK(*slow.gradient_flow <= 10 * *base.gradient_flow);
  CHECK(*slow.gradient_flow > 10 * (*base.gradient_flow - 1));
  CHECK(*slow.n_h == Approx(10 * *base.n_h));

  question.rate = 1e-3;
  const auto mean = predict_steps(task, D, start, Normalisation::mean, question);
  REQUIRE(mean.gradient_flow);
  CHECK(static_cast<double>(*mean.gradient_flow) <= P * n + 1e-6);
  CHECK(static_cast<double>(*mean.gradient_flow) > P * (n - 1));
  CHECK(std::abs(*mean.adam_flow - *base.adam_flow) <= 1);  // Adam sees it through epsilon alone

  // The gradient flow starts standardised: the scale of the embeddings is nothing to it. Adam's
  // steps have a length of their own.
  const auto large = predict_steps(task, D, 10.0 * start, Normalisation::sum, question);
  CHECK(large.gradient_flow == base.gradient_flow);
  REQUIRE(large.adam_flow);
  CHECK(*large.adam_flow > 3 * *base.adam_flow);
  question.rate = 1e-2;  // s x at rate s eta repeats the path s times larger
  const auto alike = predict_steps(task, D, 10.0 * start, Normalisation::sum, question);
  CHECK(std::abs(*alike.adam_flow - *base.adam_flow) <= 1);
}

TEST_CASE("step 0 counts", "[theory]") {
  const Task task = Task::addition(10);
  const auto D = draw_training_set(task, 45, 1);
  const MatrixXd line = VectorXd::LinSpaced(10, 0.4, -0.5);
  RqiQuestion question;
  question.budget = 0;
  const auto at_start = predict_steps(task, D, line, Normalisation::sum, question);
  CHECK(at_start.gradient_flow == 0);
  CHECK(at_start.adam_flow == 0);
  question.threshold = 1.0;  // nothing exceeds 1
  question.budget = 100;
  const auto never = predict_steps(task, D, line, Normalisation::sum, question);
  CHECK_FALSE(never.gradient_flow);
  CHECK_FALSE(never.adam_flow);
}

TEST_CASE("collapsed embeddings and small D: nothing is reached, nothing hangs", "[theory]") {
  const Task task = Task::addition(10);
  const auto D = draw_training_set(task, 45, 2);
  const RqiQuestion question;
  const MatrixXd flat = MatrixXd::Constant(10, 1, GENERATE(0.0, 0.1));
  const auto collapsed = predict_steps(task, D, flat, Normalisation::sum, question);
  CHECK(collapsed.n_h);
  CHECK_FALSE(collapsed.gradient_flow);
  const auto few = predict_steps(task, draw_training_set(task, 1, 2), embeddings(10, 1, 2),
                                 GENERATE(Normalisation::sum, Normalisation::mean), question);
  CHECK_FALSE(few.n_h);  // lambda_3 = 0
  CHECK_FALSE(few.gradient_flow);
  CHECK_FALSE(few.adam_flow);
  RqiQuestion still;
  still.rate = 0.0;
  still.budget = 1000;
  const auto frozen = predict_steps(task, D, embeddings(10, 1, 2), Normalisation::sum, still);
  CHECK_FALSE(frozen.n_h);
  CHECK_FALSE(frozen.gradient_flow);
  CHECK_FALSE(frozen.adam_flow);
}

TEST_CASE("slowest mode: exact where only the line and that mode are there",
          "[theory][reference]") {
  const Task task = Task::addition(10);
  const auto D = draw_training_set(task, 45, 8);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> modes(
      parallelogram_gram(10, group_by_output(task, D)));
  const VectorXd line = VectorXd::LinSpaced(10, -4.5, 4.5) / std::sqrt(82.5);
  const Index d = GENERATE(1, 2);
  MatrixXd start(10, d);  // shifts and scales are nothing to it; dimensions have their own shares
  start.col(0) = 0.3 * line + 0.7 * modes.eigenvectors().col(2) + VectorXd::Constant(10, 5);
  start.col(d - 1) += (d - 1) * (line - 40.0 * modes.eigenvectors().col(2));
  RqiQuestion question;
  question.rate = 1e-5;
  question.threshold = GENERATE(0.5, 0.95);
  question.tolerance = 1e-4;  // a small ratio, so that its square does not count
  question.budget = 10'000'000;
  question.adam_flow = false;
  const auto slow = slowest_mode(task, D, start, Normalisation::sum, question);
  REQUIRE(slow);
  if (d == 1) {
    CHECK(slow->ratio == Approx(7.0 / 3).epsilon(1e-9));
  }
  CHECK(slow->delta < 0.01);
  const auto exact = predict_steps(task, D, start, Normalisation::sum, question);
  REQUIRE(exact.gradient_flow);
  CHECK(*exact.n_h == Approx(slow->n_h).epsilon(1e-10));
  CHECK(static_cast<double>(*exact.gradient_flow) == Approx(slow->steps()).epsilon(2e-4));
}

TEST_CASE("slowest mode: four n_h, and what the start adds, of random D", "[theory][measured]") {
  const Task task = Task::addition(10);
  RqiQuestion question;
  question.adam_flow = false;
  std::vector<double> over_n_h, over_steps, deltas;
  double xy = 0, xx = 0, yy = 0, x = 0, y = 0;
  int close = 0;
  constexpr int draws = 300;
  for (std::uint64_t seed = 0; seed < draws; ++seed) {
    const auto D = draw_training_set(task, 45, seed);
    const MatrixXd start = embeddings(10, 1, seed);
    const auto slow = slowest_mode(task, D, start, Normalisation::sum, question);
    const auto flow = predict_steps(task, D, start, Normalisation::sum, question).gradient_flow;
    REQUIRE((slow && flow));
    const double n = static_cast<double>(*flow), log_ratio = std::log(slow->ratio / slow->delta);
    deltas.push_back(slow->delta);
    over_n_h.push_back(n / slow->n_h);
    over_steps.push_back(n / slow->steps());  // infinite where the mode hardly matters
    close += std::abs(std::log(over_steps.back())) < std::log(1.25);
    x += log_ratio / draws;
    y += over_n_h.back() / draws;
    xy += log_ratio * over_n_h.back() / draws;
    xx += log_ratio * log_ratio / draws;
    yy += over_n_h.back() * over_n_h.back() / draws;
  }
  const auto quantile = [](std::vector<double>& values, double q) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(q * draws)];
  };
  CHECK(quantile(deltas, 0.25) == Approx(0.0227).margin(2e-4));
  CHECK(quantile(deltas, 0.75) == Approx(0.0246).margin(2e-4));
  CHECK(quantile(over_n_h, 0.25) == Approx(3.05).margin(0.02));
  CHECK(quantile(over_n_h, 0.5) == Approx(3.85).margin(0.02));
  CHECK(quantile(over_n_h, 0.75) == Approx(4.74).margin(0.02));
  CHECK(quantile(over_steps, 0.5) == Approx(1.03).margin(0.01));
  CHECK(close / double{draws} == Approx(0.77).margin(0.01));
  CHECK((xy - x * y) / std::sqrt((xx - x * x) * (yy - y * y)) == Approx(0.86).margin(0.01));
}

TEST_CASE("slowest mode: where there is no such time, or no time at all", "[theory]") {
  const Task task = Task::addition(10);
  const auto D = draw_training_set(task, 45, 2);
  const MatrixXd start = embeddings(10, 1, 2);
  RqiQuestion question;
  const auto of = [&](const Task& any, const std::vector<Sample>& train, const MatrixXd& R) {
    return slowest_mode(any, train, R, Normalisation::sum, question);
  };
  REQUIRE(of(task, D, start));
  CHECK(of(task, D, VectorXd::LinSpaced(10, 0, 1))->steps() == 0);  // there already
  CHECK_FALSE(of(task, draw_training_set(task, 5, 2), start));
  CHECK_FALSE(of(task, D, MatrixXd::Constant(10, 1, 0.1)));
  CHECK_FALSE(of(task, D, VectorXd::LinSpaced(10, -1, 1).cwiseAbs()));  // nothing on the line
  const Task ring = Task::modular_addition(10);
  CHECK_FALSE(of(ring, ring.samples(), start));  // unique and collapsed
  const Task two = Task::addition(2);
  CHECK(of(two, two.samples(), embeddings(2, 1, 2))->steps() == 0);  // nothing to learn
  question.threshold = 1;
  CHECK_FALSE(of(task, D, start));
  question = {};
  question.tolerance = 0;
  CHECK_FALSE(of(task, D, start));
  question = {};
  question.rate = 0;
  CHECK_FALSE(of(task, D, start));
  question.rate = -1;
  CHECK_THROWS_AS(of(task, D, start), InputError);
}

TEST_CASE("prediction: bad input", "[theory][errors]") {
  const Task task = Task::addition(10);
  const auto D = draw_training_set(task, 45, 2);
  MatrixXd start = embeddings(10, 1, 2);
  const auto predict = [&](const RqiQuestion& q) {
    return predict_steps(task, D, start, Normalisation::sum, q);
  };
  RqiQuestion q;
  q.rate = -1e-3;
  CHECK_THROWS_WITH(predict(q), ContainsSubstring("predict_steps: rate = -0.001, allowed [0, 10]"));
  q = {};
  q.budget = -1;
  CHECK_THROWS_AS(predict(q), InputError);
  q = {};
  q.threshold = 1.5;
  CHECK_THROWS_AS(predict(q), InputError);
  q = {};
  start(4, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(predict(q), ContainsSubstring("embedding = nan"));
  start = embeddings(9, 1, 2);
  CHECK_THROWS_WITH(predict(q), ContainsSubstring("embeddings.rows() = 9, allowed [10, 10]"));
}
