// tests/theory/test_linear_decoder.cpp: App. L as an ODE: its gradient, its exact solution for a
// pair, what it conserves, and the order in eta_A/eta_x with which it goes to the effective loss.
#include "theory/linear_decoder.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/loss_twins.hpp"
#include "theory/flow.hpp"
#include "theory/loss_tools.hpp"
#include "theory/parallelogram_loss.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd normal_matrix(Index rows, Index cols, std::uint64_t seed) {
  return normal_vector(rows * cols, seed).reshaped(rows, cols);
}

OutputClasses drawn(Index p, Index train, std::uint64_t seed) {
  const Task task = Task::addition(p);
  return group_by_output(task, draw_training_set(task, train, seed));
}

/// L from its definition, sample by sample.
double loss_by_hand(const LinearDecoderSetting& s, const LinearDecoderState& state) {
  double total = 0;
  for (Index k = 0; k < s.incidence.rows(); ++k) {
    const VectorXd r = (s.incidence.row(k) * state.E).transpose();
    const Index c = s.classes[static_cast<std::size_t>(k)];
    const VectorXd e = state.A * r + state.b.col(c) - s.targets.col(c);
    total += 0.5 * e.squaredNorm() + 0.5 * s.decay * state.A.squaredNorm();
  }
  return total;
}

}  // namespace

TEST_CASE("linear decoder: the loss, its gradient, and the ODE that its flow is",
          "[theory][linear-decoder]") {
  const OutputClasses classes = drawn(5, 11, 2);
  LinearDecoderSetting setting = task_setting(5, classes, normal_matrix(4, 9, 3));
  setting.input_rate = 0.7;
  setting.decoder_rate = 0.02;
  setting.decay = 0.3;
  const Index C = setting.targets.cols();
  const LinearDecoderState state{normal_matrix(5, 2, 4), normal_matrix(4, 2, 5),
                                 normal_matrix(4, C, 6)};
  const LinearDecoderLoss loss(setting, state.A);
  const VectorXd x = loss.pack(state);
  CHECK(loss.value(x) == Approx(loss_by_hand(setting, state)).epsilon(1e-13));
  CHECK(check_gradient(functions_of(loss), x).right(1e-7));
  const LinearDecoderState back = loss.unpack(x);
  CHECK((back.E - state.E).norm() + (back.A - state.A).norm() + (back.b - state.b).norm() < 1e-13);
  // -gradient in the packed units is the right-hand side: dA/dt = -eta_A sum (e r^T + gamma A), ...
  VectorXd slope;
  loss.gradient(x, slope);
  const LinearDecoderState speed = loss.unpack(-slope);
  MatrixXd dE = MatrixXd::Zero(5, 2), dA = MatrixXd::Zero(4, 2), db = MatrixXd::Zero(4, C);
  for (Index k = 0; k < setting.incidence.rows(); ++k) {
    const VectorXd r = (setting.incidence.row(k) * state.E).transpose();
    const Index c = setting.classes[static_cast<std::size_t>(k)];
    const VectorXd e = state.A * r + state.b.col(c) - setting.targets.col(c);
    dE -= 0.7 * setting.incidence.row(k).transpose() * (state.A.transpose() * e).transpose();
    dA -= 0.02 * (e * r.transpose() + 0.3 * state.A);
    db.col(c) -= 0.02 * e;
  }
  CHECK((speed.E - dE).norm() < 1e-12 * dE.norm());
  CHECK((speed.A - dA).norm() < 1e-12 * dA.norm());
  CHECK((speed.b - db).norm() < 1e-12 * db.norm());
}

TEST_CASE("linear decoder: biases at rest and A frozen is the effective loss",
          "[theory][linear-decoder][exact]") {
  const OutputClasses classes = drawn(6, 16, 2);
  LinearDecoderSetting setting = task_setting(6, classes, normal_matrix(3, 11, 3));
  setting.biases_at_rest = true;
  setting.decoder_rate = 0;
  const MatrixXd A = MatrixXd::Identity(3, 2);
  const LinearDecoderLoss loss(setting, A);
  const VectorXd x = normal_vector(12, 4);
  REQUIRE(loss.dimension() == 12);
  // sum over classes of sum over pairs |r - r'|^2 / (2 n_c)
  double pairs = 0;
  for (const auto& [a, b] : list_parallelograms(classes)) {
    const double size = static_cast<double>(classes[Index{a.i} + a.j].size());
    for (Index k = 0; k < 2; ++k) {
      const double defect = x[6 * k + a.i] + x[6 * k + a.j] - x[6 * k + b.i] - x[6 * k + b.j];
      pairs += defect * defect / (2 * size);
    }
  }
  CHECK(loss.value(x) == Approx(pairs).epsilon(1e-12));
  CHECK(check_gradient(functions_of(loss), x).right(1e-7));
  // Where A moves, the biases follow: the gradient is that of the reduced loss.
  setting.decoder_rate = 0.4;
  setting.decay = 0.1;
  const LinearDecoderLoss moving(setting, A);
  CHECK(check_gradient(functions_of(moving), normal_vector(moving.dimension(), 5)).right(1e-7));
}

TEST_CASE("linear decoder: bias and pair by their exact solutions",
          "[theory][linear-decoder][exact]") {
  // r' = -r: b(t) = (1 - e^{-2 eta_A t}) y; once b = y, |r|^2 follows pair_distance.
  const double eta_x = 0.8, eta_A = GENERATE(0.01, 0.3, 0.4, 2.0), s0 = 1.0;
  LinearDecoderSetting setting = pair_setting(VectorXd::Constant(1, 1.5));
  setting.input_rate = eta_x;
  setting.decoder_rate = eta_A;
  LinearDecoderState state{MatrixXd(2, 1), MatrixXd::Ones(1, 1), MatrixXd::Constant(1, 1, 1.5)};
  state.E << 1, -1;
  const LinearDecoderLoss loss(setting, state.A);
  for (const double t : {0.4, 1.5, 4.0}) {
    const auto end =
        loss.unpack(gradient_flow(functions_of(loss), loss.pack(state), {t / eta_x}, 1e-12).back());
    CAPTURE(eta_A, t);
    CHECK(std::pow(end.E(0, 0), 2) ==
          Approx(pair_distance(s0, 2 * eta_A / eta_x, t)).epsilon(1e-8));
    CHECK(end.E(1, 0) == Approx(-end.E(0, 0)));
  }
  // With r = r' = 0 the bias is alone.
  state.E.setZero();
  state.b.setZero();
  state.A.setZero();
  const auto end =
      loss.unpack(gradient_flow(functions_of(loss), loss.pack(state), {1.1}, 1e-12).back());
  CHECK(end.b(0, 0) == Approx(1.5 * (1 - std::exp(-2 * eta_A * 1.1))).epsilon(1e-9));
}

TEST_CASE("linear decoder: the adiabatic limit of a pair is one at fixed time, its error grows",
          "[theory][linear-decoder][exact]") {
  const double eta_x = 0.8, kappa = 0.5, s0 = 0.8, t = 2;  // kappa s0 = 0.4; t in 1/eta_x
  LinearDecoderSetting setting = pair_setting(VectorXd::Constant(1, 1.5));
  setting.input_rate = eta_x;
  setting.decoder_rate = kappa * eta_x / 2;
  LinearDecoderState state{MatrixXd(2, 1), MatrixXd::Ones(1, 1), MatrixXd::Constant(1, 1, 1.5)};
  state.E << std::sqrt(s0), -std::sqrt(s0);
  const LinearDecoderLoss loss(setting, state.A);
  const auto end =
      loss.unpack(gradient_flow(functions_of(loss), loss.pack(state), {t / eta_x}, 1e-12).back());
  const double s = std::pow(end.E(0, 0), 2);
  CHECK(s == Approx(0.0452).margin(5e-5));
  CHECK(pair_distance(s0, 0, t) == Approx(0.0147).margin(5e-5));
  CHECK(s / pair_distance(s0, 0, t) == Approx(3.08).margin(0.01));
  for (const double late : {10.0, 20.0}) {
    CHECK(pair_distance(s0, kappa, late) / pair_distance(s0, 0, late) ==
          Approx((1 - kappa * s0) * std::exp(2 * kappa * s0 * late)).epsilon(1e-5));
  }
  // At fixed time it is of first order in kappa s0.
  const auto error = [&](double k) {
    return pair_distance(s0, k, t) / pair_distance(s0, 0, t) - 1;
  };
  CHECK(error(2e-5) / error(1e-5) == Approx(2).epsilon(1e-3));
}

TEST_CASE("linear decoder: a pair meets only if kappa s0 <= 1", "[theory][linear-decoder][exact]") {
  CHECK(pair_distance(2.0, 0.0, 0.7) == Approx(2 * std::exp(-1.4)));
  CHECK(pair_distance(1.0, 1.0, 3.0) == Approx(1.0 / 7));  // 1/(1 + 2t)
  CHECK(pair_distance(1.0, 1.0 - 1e-9, 3.0) == Approx(1.0 / 7).epsilon(1e-6));
  CHECK(pair_distance(1.0, 0.5, 1e3) == 0.0);
  CHECK(pair_distance(1.0, 4.0, 1e3) == Approx(0.75));  // s0 - 1/kappa
  CHECK_THROWS_AS(pair_distance(1.0, -1.0, 1.0), InputError);
}

TEST_CASE("linear decoder: eta_x A^T A - eta_A E^T E is conserved",
          "[theory][linear-decoder][conservation]") {
  const bool at_rest = GENERATE(false, true);
  LinearDecoderSetting setting = task_setting(5, drawn(5, 11, 2), normal_matrix(4, 9, 3));
  setting.input_rate = 0.7;
  setting.decoder_rate = 0.4;
  setting.biases_at_rest = at_rest;
  LinearDecoderState state{normal_matrix(5, 2, 4), normal_matrix(4, 2, 5),
                           normal_matrix(4, setting.targets.cols(), 6)};
  const auto invariant = [](const LinearDecoderState& s) -> MatrixXd {
    return 0.7 * s.A.transpose() * s.A - 0.4 * s.E.transpose() * s.E;
  };
  const auto drift = [&] {
    const LinearDecoderLoss loss(setting, state.A);
    const auto end =
        loss.unpack(gradient_flow(functions_of(loss), loss.pack(state), {2.0}, 1e-11).back());
    REQUIRE((end.A - state.A).norm() > 0.1);
    REQUIRE((end.E - state.E).norm() > 0.1);
    return (invariant(end) - invariant(state)).norm();
  };
  CHECK(drift() < 1e-8);
  setting.decay = 0.2;  // not with weight decay
  CHECK(drift() > 1e-2);
}

TEST_CASE("linear decoder: the error of the adiabatic limit is of first order in eta_A/eta_x",
          "[theory][linear-decoder][order]") {
  const OutputClasses classes = drawn(6, 16, 2);
  const MatrixXd E = 0.3 * normal_matrix(6, 2, 4), y = normal_matrix(5, 11, 7);
  AdiabaticQuestion question;
  question.time = 0.5;
  question.tolerance = 1e-12;
  const auto rows = adiabatic_errors({1e-3, 2e-3, 4e-3, 10.0}, E, classes, y, question);
  REQUIRE(rows.size() == 4);
  for (std::size_t k = 0; k < 2; ++k) {
    REQUIRE(rows[k].task_error > 1e-6);
    CHECK(std::log2(rows[k + 1].task_error / rows[k].task_error) == Approx(1.0).margin(0.02));
    CHECK(std::log2(rows[k + 1].pair_error / rows[k].pair_error) == Approx(1.0).margin(0.02));
  }
  for (const AdiabaticError& row : rows) {
    CHECK(row.pair_full == Approx(pair_distance(1.0, 2 * row.ratio, 0.5)).epsilon(1e-8));
    CHECK(row.pair_limit == Approx(std::exp(-1.0)));
    CHECK(row.limit_spread == rows[0].limit_spread);
  }
  // The external force does not go with eta_A: the same class biases at b = 0 stay away.
  CHECK(rows[0].task_error_b > 10 * rows[0].task_error);
  CHECK(rows[3].task_error > 0.1);  // a fast decoder: no effective loss
  CHECK(rows[3].pair_full > 0.9);   // kappa s0 = 20: the decoder dies, the points stay
  CHECK(rows[0].task_spread == Approx(rows[0].limit_spread).epsilon(1e-2));
  CHECK(rows[0].limit_spread < 0.5);
  CHECK_THROWS_AS(adiabatic_errors({0.0}, E, classes, y, question), InputError);
  CHECK_THROWS_AS(adiabatic_errors({1.0}, E, classes, normal_matrix(1, 11, 7), question),
                  InputError);
  CHECK_THROWS_AS(adiabatic_errors({1.0}, E, classes, normal_matrix(5, 4, 7), question),
                  InputError);
}

TEST_CASE("linear decoder: what does not fit is refused", "[theory][linear-decoder]") {
  LinearDecoderSetting setting = pair_setting(VectorXd::Ones(2));
  const MatrixXd A = MatrixXd::Ones(2, 3);
  CHECK(LinearDecoderLoss(setting, A).dimension() == 2 * 3 + 6 + 2);
  setting.decoder_rate = 0;
  CHECK_THROWS_WITH(LinearDecoderLoss(setting, A), ContainsSubstring("0 with moving biases"));
  setting.biases_at_rest = true;
  CHECK(LinearDecoderLoss(setting, A).dimension() == 6);
  setting.classes = {0, 1};
  CHECK_THROWS_AS(LinearDecoderLoss(setting, A), InputError);
  setting.targets = MatrixXd::Ones(2, 3);
  CHECK_THROWS_WITH(LinearDecoderLoss(setting, A), ContainsSubstring("samples of a class = 0"));
  setting = pair_setting(VectorXd::Ones(2));
  CHECK_THROWS_AS(LinearDecoderLoss(setting, MatrixXd::Ones(3, 3)), InputError);
  setting.decay = -1;
  CHECK_THROWS_AS(LinearDecoderLoss(setting, A), InputError);
}
