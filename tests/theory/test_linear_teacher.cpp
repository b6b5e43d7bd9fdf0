#include "theory/linear_teacher.hpp"

#include <Eigen/Eigenvalues>
#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

constexpr double pi = boost::math::constants::pi<double>();

LinearTeacher teacher_of(double ratio) {
  LinearTeacher setting;
  setting.ratio = ratio;
  setting.rate = 0.5 * largest_rate(setting);
  return setting;
}

/// <weight(nu) E(S - T)^2> after some steps: the midpoint rule in the angle, each mode by the
/// recursion of gradient descent for S_0 and T apart.
double slow_loss(const LinearTeacher& set, int steps, bool train) {
  const int points = 4000;
  const double root = std::sqrt(set.ratio), k = static_cast<double>(set.outputs);
  const auto mode = [&](double nu) {
    double own = 1, taught = -1;  // of S - T, per S_0 and per T
    for (int t = 0; t < steps; ++t) {
      own -= set.rate * (2 * nu / k * own + set.decay * own);
      taught -= set.rate * (2 * nu / k * taught + set.decay * (taught + 1));
    }
    return (own * own * set.student_size + taught * taught * set.teacher_size) * (train ? nu : 1);
  };
  double sum = 0;
  for (int j = 0; j < points; ++j) {
    const double angle = pi * (j + 0.5) / points;
    const double nu = 1 + set.ratio + 2 * root * std::cos(angle);
    sum += 2 / pi * std::sin(angle) * std::sin(angle) / nu * mode(nu) * pi / points;
  }
  return sum + (set.ratio > 1 ? (1 - 1 / set.ratio) * mode(0) : 0);
}

/// Eigenvalues of X^T X / N for one random X (N x d).
Eigen::VectorXd sampled_eigenvalues(Eigen::Index d, Eigen::Index n, std::uint64_t seed) {
  RandomStream stream(seed, "test/inputs");
  Eigen::MatrixXd X(n, d);
  for (double& entry : X.reshaped()) {
    entry = stream.normal();
  }
  const Eigen::MatrixXd S = X.transpose() * X / static_cast<double>(n);
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(S, Eigen::EigenvaluesOnly).eigenvalues();
}

}  // namespace

TEST_CASE("Marchenko-Pastur: the first moments are polynomials of the ratio", "[theory]") {
  for (const double r : {1e-3, 0.1, 0.5, 0.9, 1.0, 1.0001, 1.5, 4.0, 1e3}) {
    CAPTURE(r);
    const auto moment = [r](int n) {
      return marchenko_pastur_mean(r, [n](double nu) { return std::pow(nu, n); });
    };
    CHECK(moment(0) == Approx(1).epsilon(1e-9));
    CHECK(moment(1) == Approx(1).epsilon(1e-9));
    CHECK(moment(2) == Approx(1 + r).epsilon(1e-9));
    CHECK(moment(3) == Approx(1 + 3 * r + r * r).epsilon(1e-9));
  }
}

TEST_CASE("Marchenko-Pastur: ratio 1 against Bessel functions, into the layer at 0", "[theory]") {
  const auto mean = [](double c) {
    return marchenko_pastur_mean(1, [c](double nu) { return std::exp(-c * nu); });
  };
  for (const double c : {0.1, 1.0, 10.0, 100.0}) {
    const double exact = std::exp(-2 * c) * (boost::math::cyl_bessel_i(0, 2 * c) +
                                             boost::math::cyl_bessel_i(1, 2 * c));
    CHECK(mean(c) == Approx(exact).epsilon(1e-8));
  }
  for (const double c : {1e6, 1e10}) {  // nothing is left but a layer of width 1/c
    CHECK(mean(c) == Approx((2 - 1 / (8 * c)) / std::sqrt(4 * pi * c)).epsilon(1e-8));
  }
}

TEST_CASE("Marchenko-Pastur: sums over sampled eigenvalues come near like 1/d", "[theory]") {
  const auto f = [](double nu) { return nu * std::exp(-3 * nu); };
  for (const double ratio : {0.5, 1.0, 2.0}) {
    CAPTURE(ratio);
    const double exact = marchenko_pastur_mean(ratio, f);
    const auto error = [&](Eigen::Index d) {
      double square = 0;
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto n = static_cast<Eigen::Index>(std::lround(static_cast<double>(d) / ratio));
        const double gap = sampled_eigenvalues(d, n, seed).unaryExpr(f).mean() - exact;
        square += gap * gap / 20;
      }
      return std::sqrt(square);
    };
    const double small = error(20), large = error(120);
    CHECK(small < 0.2 * exact);
    CHECK(std::log(small / large) / std::log(6.0) == Approx(1).margin(0.35));
  }
}

TEST_CASE("linear teacher: the first steps are polynomials", "[theory]") {
  for (const double r : {0.3, 1.0, 2.5}) {
    LinearTeacher set = teacher_of(r);
    set.student_size = 0.2;
    set.teacher_size = 1.3;
    const double size = 1.5, e = 2 * set.rate;
    const LinearState start = linear_teacher_state(set, 0), one = linear_teacher_state(set, 1);
    CHECK(start.train_loss == Approx(size).epsilon(1e-9));
    CHECK(start.generalisation_loss == Approx(size).epsilon(1e-9));
    CHECK(one.generalisation_loss == Approx(size * (1 - 2 * e + e * e * (1 + r))).epsilon(1e-9));
    CHECK(one.train_loss ==
          Approx(size * (1 - 2 * e * (1 + r) + e * e * (1 + 3 * r + r * r))).epsilon(1e-9));
  }
}

TEST_CASE("linear teacher: every mode follows gradient descent, decay and outputs included",
          "[theory]") {
  for (const double ratio : {0.4, 0.95, 3.0}) {
    for (const double decay : {0.0, 0.02}) {
      for (const std::int64_t outputs : {std::int64_t{1}, std::int64_t{4}}) {
        CAPTURE(ratio, decay, outputs);
        LinearTeacher set{ratio, 0, decay, outputs, 1e-2, 0.7, 0.4};
        set.rate = 0.9 * largest_rate(set);
        for (const int steps : {3, 40}) {
          const LinearState state = linear_teacher_state(set, steps);
          CHECK(state.train_loss == Approx(slow_loss(set, steps, true)).epsilon(1e-6));
          CHECK(state.generalisation_loss == Approx(slow_loss(set, steps, false)).epsilon(1e-6));
        }
      }
    }
  }
}

TEST_CASE("linear teacher: where it ends", "[theory]") {
  const LinearState seen = linear_teacher_limit(teacher_of(0.5));
  CHECK((seen.generalisation_loss == 0 && seen.generalisation_accuracy == 1));
  LinearTeacher wide = teacher_of(4);
  wide.student_size = 3;
  const LinearState unseen = linear_teacher_limit(wide);
  CHECK(unseen.train_loss == 0);
  CHECK(unseen.generalisation_loss == Approx(0.75 * 3.5));
  CHECK(linear_teacher_state(wide, 2000).generalisation_loss == Approx(0.75 * 3.5).epsilon(1e-8));
  CHECK(linear_teacher_steps(wide, 0.9, 1'000'000'000).train.has_value());
  CHECK_FALSE(linear_teacher_steps(wide, 0.9, 1'000'000'000).generalisation.has_value());
  wide.decay = 0.1;  // the student's own part is forgotten, the teacher's is pulled to 0
  const LinearState decayed = linear_teacher_limit(wide);
  const LinearState late = linear_teacher_state(wide, 100'000);
  CHECK(decayed.train_loss == Approx(late.train_loss).epsilon(1e-8));
  CHECK(decayed.generalisation_loss == Approx(late.generalisation_loss).epsilon(1e-8));
  CHECK(decayed.generalisation_loss > 0.75 * wide.teacher_size);
  CHECK(decayed.generalisation_loss < wide.teacher_size);
  // N >> d: what is learnt on few directions is all there is; both curves are one.
  const LinearState plenty = linear_teacher_state(teacher_of(1e-3), 3);
  CHECK(plenty.train_loss == Approx(plenty.generalisation_loss).epsilon(0.02));
}

TEST_CASE("linear teacher: accuracy at a loss and back", "[theory]") {
  for (const double x : {0.01, 1.0, 7.0}) {
    CHECK(accuracy_at_loss(1, x, 1) == Approx(std::erf(std::sqrt(x / 2))));
    CHECK(accuracy_at_loss(1, x, 2) == Approx(1 - std::exp(-x)));
    CHECK(accuracy_at_loss(2, 2 * x, 2) == Approx(1 - std::exp(-x)));
  }
  for (const std::int64_t outputs : {std::int64_t{1}, std::int64_t{7}}) {
    for (const double accuracy : {0.05, 0.5, 0.99}) {
      const double loss = loss_at_accuracy(accuracy, 1e-3, outputs);
      CHECK(accuracy_at_loss(loss, 1e-3, outputs) == Approx(accuracy));
    }
  }
  CHECK(accuracy_at_loss(0, 1e-3, 1) == 1);
  CHECK_THROWS_AS(loss_at_accuracy(1, 1e-3, 1), InputError);
  CHECK_THROWS_AS(accuracy_at_loss(-1, 1e-3, 1), InputError);
}

TEST_CASE("linear teacher: predicted steps are the first ones", "[theory]") {
  const LinearTeacher set = teacher_of(0.8);
  const LinearSteps steps = linear_teacher_steps(set, 0.9, 100'000);
  REQUIRE((steps.train && steps.generalisation));
  REQUIRE(*steps.train > 10);
  CHECK(*steps.delay() == *steps.generalisation - *steps.train);
  CHECK(*steps.delay() > 10);
  CHECK(linear_teacher_state(set, *steps.train).train_accuracy >= 0.9);
  CHECK(linear_teacher_state(set, *steps.train - 1).train_accuracy < 0.9);
  CHECK(linear_teacher_state(set, *steps.generalisation).generalisation_accuracy >= 0.9);
  CHECK(linear_teacher_state(set, *steps.generalisation - 1).generalisation_accuracy < 0.9);
  // A budget that just holds it, and one that does not.
  CHECK(linear_teacher_steps(set, 0.9, *steps.train).train == steps.train);
  CHECK_FALSE(linear_teacher_steps(set, 0.9, *steps.train - 1).train);
  CHECK_FALSE(linear_teacher_steps(set, 0.9, *steps.train).delay());
  LinearTeacher easy = set;
  easy.tolerance = 1e3;
  CHECK(*linear_teacher_steps(easy, 0.9, 0).generalisation == 0);
}

TEST_CASE("linear teacher: the delay of a late threshold is that of the slowest mode", "[theory]") {
  for (const double ratio : {0.2, 0.7}) {
    LinearTeacher set = teacher_of(ratio);
    double before = std::numeric_limits<double>::infinity();
    for (const double tolerance : {1e-4, 1e-20, 1e-80}) {
      set.tolerance = tolerance;
      const LinearSteps steps = linear_teacher_steps(set, 0.9, 1'000'000'000);
      const double gap = std::abs(static_cast<double>(*steps.delay()) / late_delay(set) - 1);
      CHECK(gap < before);
      before = gap;
    }
    CHECK(before < 0.05);
    set.rate *= 1e-4;
    const double lowest = std::pow(1 - std::sqrt(ratio), 2);
    CHECK(late_delay(set) == Approx(-std::log(lowest) / (4 * set.rate * lowest)).epsilon(1e-3));
  }
  CHECK_THROWS_AS(late_delay(teacher_of(1)), InputError);
  LinearTeacher decayed = teacher_of(0.5);
  decayed.decay = 0.1;
  decayed.rate = 0.01;
  CHECK_THROWS_AS(late_delay(decayed), InputError);
}

TEST_CASE("linear teacher: the spread of a finite size", "[theory]") {
  const LinearTeacher set = teacher_of(0.5);
  const LinearSpread start = linear_teacher_spread(set, 50, 0);  // |S_0 - T|^2: chi^2 of 50
  CHECK(start.generalisation_loss == Approx(std::sqrt(2.0 / 50)).epsilon(1e-8));
  CHECK(start.train_loss == Approx(std::sqrt(2.0 / 50 * 1.5)).epsilon(1e-8));
  const LinearSpread later = linear_teacher_spread(set, 200, 30);
  CHECK(later.generalisation_loss > 0);
  CHECK(later.generalisation_loss < start.generalisation_loss / 2);
}

TEST_CASE("linear teacher: what it does not take is refused", "[theory]") {
  const auto with = [](auto&& change) {
    LinearTeacher set = teacher_of(0.5);
    change(set);
    return set;
  };
  CHECK_THROWS_WITH(require_valid(with([](auto& s) { s.rate = 1; })),
                    ContainsSubstring("linear_teacher: rate = 1, allowed"));
  CHECK_THROWS_AS(require_valid(with([](auto& s) { s.ratio = 0; })), InputError);
  CHECK_THROWS_AS(require_valid(with([](auto& s) { s.outputs = 0; })), InputError);
  CHECK_THROWS_AS(require_valid(with([](auto& s) { s.decay = -1; })), InputError);
  CHECK_THROWS_AS(require_valid(with([](auto& s) { s.tolerance = 0; })), InputError);
  CHECK_THROWS_AS(require_valid(with([](auto& s) { s.student_size = s.teacher_size = 0; })),
                  InputError);
  CHECK_NOTHROW(require_valid(with([](auto& s) { s.student_size = 0; })));
  CHECK_THROWS_AS(linear_teacher_state(teacher_of(0.5), -1), InputError);
  CHECK_THROWS_AS(linear_teacher_steps(teacher_of(0.5), 1, 10), InputError);
  CHECK_THROWS_AS(linear_teacher_spread(teacher_of(0.5), 0, 1), InputError);
  CHECK_THROWS_AS(marchenko_pastur_mean(0.5, [](double) { return std::nan(""); }),
                  ConvergenceError);
}
