#include "theory/rich_switch.hpp"

#include <Eigen/QR>
#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Eigen::VectorXd;

namespace {

DiagonalProblem problem_of(DiagonalLoss loss, Eigen::Index d, Eigen::Index n) {
  DiagonalProblem problem;
  problem.loss = loss;
  problem.inputs.resize(n, d);
  RandomStream stream(3, "test/inputs");
  for (double& entry : problem.inputs.reshaped()) {
    entry = stream.normal();
  }
  problem.targets = problem.inputs.leftCols(2).rowwise().sum() / std::sqrt(2.0);
  if (loss == DiagonalLoss::logistic) {
    problem.targets = problem.targets.array().sign();
  }
  return problem;
}

VectorXd direction_of(Eigen::Index d) {
  VectorXd direction = VectorXd::Zero(d);
  direction.head(2).setConstant(3);  // its length is of no account
  return direction;
}

struct Parameters {
  VectorXd u, v;
};

/// Minus the gradient of loss + (decay/2)|(u, v)|^2, sample by sample.
Parameters slope(const DiagonalProblem& problem, double decay, const Parameters& at) {
  const VectorXd w = at.u.array().square() - at.v.array().square();
  VectorXd g = VectorXd::Zero(w.size());
  const auto n = static_cast<double>(problem.inputs.rows());
  for (Eigen::Index i = 0; i < problem.inputs.rows(); ++i) {
    const double f = problem.inputs.row(i).dot(w), y = problem.targets(i);
    const double df = problem.loss == DiagonalLoss::squared ? f - y : -y / (1 + std::exp(y * f));
    g += df / n * problem.inputs.row(i).transpose();
  }
  return {-2 * at.u.cwiseProduct(g) - decay * at.u, 2 * at.v.cwiseProduct(g) - decay * at.v};
}

/// The flow of u and v by the classical Runge-Kutta method.
Parameters integrate(const DiagonalProblem& problem, const RichSwitch& set, double time,
                     int steps) {
  const auto d = set.dimension;
  const double start = set.init_norm / std::sqrt(2 * static_cast<double>(d)), h = time / steps;
  Parameters at = {VectorXd::Constant(d, start), VectorXd::Constant(d, start)};
  for (int k = 0; k < steps; ++k) {
    const auto moved = [&at](const Parameters& by, double part) {
      return Parameters{at.u + part * by.u, at.v + part * by.v};
    };
    const Parameters a = slope(problem, set.decay, at);
    const Parameters b = slope(problem, set.decay, moved(a, h / 2));
    const Parameters c = slope(problem, set.decay, moved(b, h / 2));
    const Parameters e = slope(problem, set.decay, moved(c, h));
    at.u += h / 6 * (a.u + 2 * b.u + 2 * c.u + e.u);
    at.v += h / 6 * (a.v + 2 * b.v + 2 * c.v + e.v);
  }
  return at;
}

}  // namespace

TEST_CASE("rich switch: the theorem's time, the product and its inverse", "[theory]") {
  const RichSwitch set{400, 20, 0.01, 0.1};
  CHECK(switch_steps(set) == Approx(std::log(20.0) / 1e-3));
  CHECK(product_after(set, 0) == Approx(0.5));
  CHECK(product_after(set, 1) == Approx(0.5 * 0.999 * 0.999));
  // Where the norm of the parameters alone comes down to 1: the theorem's time, to O(rate decay).
  CHECK(product_after(set, switch_steps(set)) * 2 * 400 == Approx(1).epsilon(0.01));
  for (const double steps : {0.0, 10.0, 1234.5}) {
    CHECK(steps_to_product(set, product_after(set, steps)) == Approx(steps).margin(1e-9));
  }
  CHECK_THROWS_WITH(switch_steps({400, 0.5, 0.01, 0.1}), ContainsSubstring("init_norm = 0.5"));
  CHECK_THROWS_AS(require_valid(RichSwitch{0, 2, 0.01, 0.1}), InputError);
  CHECK_THROWS_AS(require_valid(RichSwitch{4, 2, 0, 0.1}), InputError);
  CHECK_THROWS_WITH(require_valid(RichSwitch{4, 2, 10, 0.1}), ContainsSubstring("rate*decay = 1"));
  CHECK(diagonal_loss_from("x", to_text(DiagonalLoss::logistic)) == DiagonalLoss::logistic);
  CHECK_THROWS_WITH(diagonal_loss_from("x", "hinge"), ContainsSubstring("x: loss = hinge"));
}

TEST_CASE("rich switch: interpolators go from the least L2 to the least L1 norm", "[theory]") {
  const DiagonalProblem problem = problem_of(DiagonalLoss::squared, 40, 14);
  const VectorXd least = problem.inputs.completeOrthogonalDecomposition().solve(problem.targets);
  VectorXd a = VectorXd::Zero(14);
  double l1 = std::numeric_limits<double>::infinity(), l2 = 0;
  for (double product = 100; product > 1e-5; product /= 3) {
    const VectorXd w = interpolator(problem, product, a);
    CHECK((problem.inputs * w - problem.targets).norm() < 1e-8);
    const VectorXd z = (w.array() / (2 * product)).asinh();
    const VectorXd fitted = problem.inputs.transpose().completeOrthogonalDecomposition().solve(z);
    CHECK((problem.inputs.transpose() * fitted - z).norm() < 1e-6 * z.norm());
    CHECK(w.lpNorm<1>() < l1 * (1 + 1e-9));
    CHECK(w.norm() > l2 * (1 - 1e-9));
    l1 = w.lpNorm<1>();
    l2 = w.norm();
  }
  // The teacher, two entries of 1/sqrt(2), has the least; it is neared like 1/ln(1/q).
  CHECK((l1 < 1.01 * std::sqrt(2.0) && l1 > std::sqrt(2.0)));
  const auto gap = [&](double product) {
    VectorXd start = VectorXd::Zero(14);
    return (interpolator(problem, product, start) - least).norm() / least.norm();
  };
  CHECK(std::log2(gap(5) / gap(10)) == Approx(2).margin(0.05));  // sinh z - z is of third order
  VectorXd wrong = VectorXd::Zero(3);
  CHECK_THROWS_AS(interpolator(problem, 1, wrong), InputError);
  CHECK_THROWS_AS(interpolator(problem_of(DiagonalLoss::logistic, 40, 14), 1, a), InputError);
}

TEST_CASE("rich switch: n equations do what the 2d of the flow do", "[theory]") {
  for (const DiagonalLoss loss : {DiagonalLoss::squared, DiagonalLoss::logistic}) {
    CAPTURE(to_text(loss));
    const DiagonalProblem problem = problem_of(loss, 12, 6);
    const RichSwitch set{12, 4, 0.05, 1e-7};  // steps of this rate are the flow
    const double time = 25;
    const Parameters exact = integrate(problem, set, time, 20'000);
    const VectorXd w = exact.u.array().square() - exact.v.array().square();
    const VectorXd products = exact.u.cwiseProduct(exact.v);
    const double product = product_after(set, time / set.rate);
    CHECK((products.array() / product - 1).abs().maxCoeff() < 1e-5);
    const auto error = [&](double step) {
      return (flow_predictor(set, problem, time / set.rate, step) - w).norm() / w.norm();
    };
    const double coarse = error(0.004), fine = error(0.002);
    CHECK(fine < 0.01);
    CHECK(coarse / fine == Approx(2).margin(0.2));  // implicit Euler is of first order
    CHECK(flow_predictor(set, problem, 0).norm() == 0);
  }
}

TEST_CASE("rich switch: the time of the switch", "[theory]") {
  const DiagonalProblem problem = problem_of(DiagonalLoss::squared, 60, 16);
  const auto decay_time = [&](double init_norm, double decay) {
    const RichSwitch set{60, init_norm, decay, 1e-6};
    const auto steps = flow_switch_steps(set, problem, direction_of(60));
    REQUIRE(steps);
    return *steps * set.rate * decay;
  };
  // As decay -> 0 the path knows the scale alone: a factor of the start is a shift by its
  // logarithm.
  const double slow = decay_time(20, 1e-5);
  CHECK(decay_time(40, 1e-5) - slow == Approx(std::log(2.0)).epsilon(1e-3));
  CHECK(decay_time(20, 1e-6) == Approx(slow).epsilon(1e-3));
  CHECK(std::abs(decay_time(20, 0.1) - slow) > 1e-3);
  // And it is where the interpolator turns.
  VectorXd a = VectorXd::Zero(16);
  const VectorXd w = interpolator(problem, product_after({60, 20, 1e-5, 1e-6}, slow / 1e-11), a);
  CHECK(w.dot(direction_of(60)) / w.norm() / direction_of(60).norm() ==
        Approx(SwitchQuestion{}.cosine).epsilon(0.01));
  // At the step it names the flow has the wanted cosine.
  const RichSwitch set{60, 20, 0.02, 1e-3};
  const double steps = *flow_switch_steps(set, problem, direction_of(60), {0.8, 0.01, 1e-12});
  const VectorXd there = flow_predictor(set, problem, steps, 0.01);
  CHECK(there.dot(direction_of(60)) / there.norm() / direction_of(60).norm() ==
        Approx(0.8).epsilon(1e-3));
  CHECK_FALSE(flow_switch_steps(set, problem, -direction_of(60), {0.8, 0.5, 1e-3}));
}

TEST_CASE("rich switch: shapes and ranges are checked", "[theory]") {
  const DiagonalProblem problem = problem_of(DiagonalLoss::squared, 20, 6);
  const RichSwitch set{20, 4, 0.02, 0.01};
  CHECK_THROWS_AS(flow_switch_steps({21, 4, 0.02, 0.01}, problem, direction_of(21)), InputError);
  CHECK_THROWS_AS(flow_switch_steps(set, problem, direction_of(19)), InputError);
  CHECK_THROWS_AS(flow_switch_steps(set, problem, direction_of(20), {2, 0.05, 1e-9}), InputError);
  CHECK_THROWS_AS(flow_switch_steps(set, problem, direction_of(20), {0.7, 0, 1e-9}), InputError);
  CHECK_THROWS_AS(flow_predictor(set, problem, -1), InputError);
  DiagonalProblem bad = problem;
  bad.loss = DiagonalLoss::logistic;
  CHECK_THROWS_WITH(flow_predictor(set, bad, 10), ContainsSubstring("targets = other numbers"));
  bad = problem;
  bad.targets.resize(2);
  CHECK_THROWS_AS(flow_predictor(set, bad, 10), InputError);
  bad = problem;
  bad.inputs(0, 0) = std::nan("");
  CHECK_THROWS_WITH(flow_predictor(set, bad, 10), ContainsSubstring("not finite"));
}
