// tests/theory/test_automatic_loss.cpp: derivatives made from a formula alone, the named fallback,
// and the tools that take any loss.
#include "theory/automatic_loss.hpp"

#include <cmath>
#include <tuple>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/loss_twins.hpp"
#include "theory/decayed_loss.hpp"
#include "theory/flow.hpp"
#include "theory/loss_tools.hpp"
#include "theory/parallelogram_loss.hpp"
#include "theory/representation.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

struct Example {
  OutputClasses classes;
  ParallelogramTwin twin;
};

Example example(Index p, Index d, Index train, std::uint64_t seed) {
  const Task task = Task::addition(p);
  const OutputClasses classes = group_by_output(task, draw_training_set(task, train, seed));
  return {classes, {p, d, list_parallelograms(classes)}};
}

VectorXd gradient_of(const LossFunctions& loss, const VectorXd& x) {
  VectorXd out;
  loss.gradient(x, out);
  return out;
}

/// Everything that a formula may call: sqrt, exp, log, sin, cos, tanh, division, comparison.
struct Everything {
  int dimension() const { return 3; }
  template <class T>
  T value(const Vector<T>& x) const {
    using std::cos;
    using std::exp;
    using std::log;
    using std::sin;
    using std::sqrt;
    using std::tanh;
    T total = exp(x[0] * x[1]);
    total += tanh(x[2]) * sin(x[0]) + cos(x[1]) / (T(2) + x[0] * x[0]);
    if (x[1] < x[2]) {
      total -= log(T(3) + x.squaredNorm()) + sqrt(T(1) + x[2] * x[2]);
    }
    return total;
  }
};
static_assert(LossFormula<Everything>);
static_assert(TwiceSmoothLoss<AutomaticLoss<Everything>>);
static_assert(!TwiceSmoothLoss<AutomaticLoss<Everything, Derivatives::first>>);
static_assert(EffectiveLoss<AutomaticLoss<Everything, Derivatives::first>>);

/// Not templated: numbers only.
struct NumbersOnly {
  int dimension() const { return 2; }
  double value(const VectorXd& x) const { return std::exp(x[0]) * x[1]; }
};
static_assert(!LossFormula<NumbersOnly>);
static_assert(PlainFormula<NumbersOnly>);
static_assert(!TwiceSmoothLoss<DifferencedLoss<NumbersOnly>>);

/// abs and pow do not nest: first derivatives only.
struct Rough {
  int dimension() const { return 2; }
  template <class T>
  T value(const Vector<T>& x) const {
    using std::abs;
    using std::pow;
    T total = abs(x[0]);
    total += pow(x[1], 3.0);
    return total;
  }
};

struct WrongGradient {
  int dimension() const { return 2; }
  double value(const VectorXd& x) const { return x[0] * x[0] + 3 * x[1]; }
  void gradient(const VectorXd& x, VectorXd& out) const { out = Eigen::Vector2d(2 * x[0], 2.99); }
};

struct Skew {  // "Hessian" that is not symmetric
  int dimension() const { return 2; }
  double value(const VectorXd&) const { return 0; }
  void gradient(const VectorXd& x, VectorXd& out) const { out = 0 * x; }
  void hessian_times(const VectorXd&, const VectorXd& v, VectorXd& out) const {
    out = Eigen::Vector2d(v[1], -v[1]);
  }
};

}  // namespace

TEST_CASE("automatic: gradient and Hessian are those written by hand, for any n",
          "[theory][automatic]") {
  // n = 3, 8, 9, 10, 16, 34: below, at and above whole chunks of derivatives
  using Size = std::tuple<Index, Index, Index>;
  const auto [p, d, train] = GENERATE(Size{3, 1, 6}, Size{8, 1, 30}, Size{9, 1, 30},
                                      Size{10, 1, 45}, Size{8, 2, 30}, Size{17, 2, 60});
  const Example e = example(p, d, train, 3);
  const ParallelogramLoss hand(p, d, e.classes);
  const AutomaticLoss automatic{e.twin};
  const VectorXd x = normal_vector(p * d, 4), v = normal_vector(p * d, 5);
  CHECK(automatic.dimension() == p * d);
  CHECK(automatic.value(x) == Approx(hand.value(x)).epsilon(1e-12));
  VectorXd ours, theirs;
  automatic.gradient(x, ours);
  hand.gradient(x, theirs);
  REQUIRE(theirs.norm() > 1e-3);
  CHECK((ours - theirs).norm() < 1e-12 * theirs.norm());
  automatic.hessian_times(x, v, ours);
  hand.hessian_times(x, v, theirs);
  REQUIRE(theirs.norm() > 1e-3);
  CHECK((ours - theirs).norm() < 1e-11 * theirs.norm());
  CHECK_THROWS_WITH(automatic.value(normal_vector(p * d + 1, 1)), ContainsSubstring("x.size()"));
  CHECK_THROWS_WITH(automatic.hessian_times(x, normal_vector(2, 1), ours),
                    ContainsSubstring("x.size() = 2"));
}

TEST_CASE("automatic: every function of a formula, by differences", "[theory][automatic]") {
  const AutomaticLoss loss{Everything()};
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const VectorXd x = normal_vector(3, seed);
    CHECK(check_gradient(functions_of(loss), x).right(1e-8));
    const MatrixXd H = hessian_at(functions_of(loss), x);
    const MatrixXd reference = hessian_by_differences(functions_of(loss), x);
    REQUIRE(reference.norm() > 1e-2);
    CHECK((H - reference).norm() < 1e-7 * reference.norm());
    CHECK(H == H.transpose());
  }
  const AutomaticLoss<Rough, Derivatives::first> rough{Rough()};
  CHECK(gradient_of(functions_of(rough), Eigen::Vector2d(-1, 2)) == Eigen::Vector2d(-1, 12));
  CHECK_THROWS_WITH(hessian_at(functions_of(rough), Eigen::Vector2d(1, 2)),
                    ContainsSubstring("hessian_at: hessian_times = none, allowed"));
}

TEST_CASE("differences: asked for by name; forward and central have their errors",
          "[theory][automatic]") {
  const Eigen::Vector2d x(0.3, -0.7), exact(-0.7 * std::exp(0.3), std::exp(0.3));
  const DifferencedLoss forward(NumbersOnly(), Differences::forward);
  const DifferencedLoss central(NumbersOnly(), Differences::central);
  CHECK(forward.value(x) == NumbersOnly().value(x));
  const double rough = (gradient_of(functions_of(forward), x) - exact).norm();
  const double fine = (gradient_of(functions_of(central), x) - exact).norm();
  CHECK(rough < 1e-7);
  CHECK(rough > 1e-10);  // one-sided: its error is there
  CHECK(fine < 1e-9);
  // A flow under differences goes where the exact one goes.
  const Example e = example(8, 1, 30, 2);
  const DifferencedLoss differenced(e.twin, Differences::central);
  const AutomaticLoss automatic{e.twin};
  const VectorXd start = standardise(normal_vector(8, 6));
  const auto end = [&](const LossFunctions& loss) {
    return gradient_flow(loss, start, {0.5}, 1e-9).back();
  };
  const VectorXd wanted = end(functions_of(automatic));
  REQUIRE((wanted - start).norm() > 0.1);
  CHECK((end(functions_of(differenced)) - wanted).norm() < 1e-6);
}

TEST_CASE("keep: the loss lives as long as a copy of any of its functions", "[theory][automatic]") {
  LossFunctions functions;
  {
    const Example e = example(6, 1, 20, 1);
    functions = keep(AutomaticLoss{e.twin});
  }
  const auto gradient = functions.gradient;
  functions = {};
  const VectorXd x = normal_vector(6, 1);
  VectorXd out;
  gradient(x, out);
  const ParallelogramLoss hand(6, 1, example(6, 1, 20, 1).classes);
  CHECK((out - gradient_of(functions_of(hand), x)).norm() < 1e-12);
}

TEST_CASE("tools: spectrum at a minimum is the spectrum of the theory", "[theory][automatic]") {
  // At E_k = k, centred, l0 = 0: the Hessian is (2/Z0) G = H.
  const Example e = example(10, 1, 45, 5);
  VectorXd line = VectorXd::LinSpaced(10, -4.5, 4.5);
  line *= std::sqrt(9 / line.squaredNorm());
  const PointSpectrum at = spectrum_at(keep(AutomaticLoss{e.twin}), line);
  const VectorXd expected = dense_spectrum(10, e.classes, hessian_scale(10, 1, Normalisation::sum));
  CHECK(at.gradient_norm < 1e-12);
  CHECK((at.eigenvalues - expected).norm() < 1e-9 * expected.norm());
  CHECK((at.vectors.transpose() * at.vectors - MatrixXd::Identity(10, 10)).norm() < 1e-12);
}

TEST_CASE("tools: what is wrong is found", "[theory][automatic]") {
  const WrongGradient wrong;
  const GradientCheck check = check_gradient(functions_of(wrong), Eigen::Vector2d(1, 1));
  CHECK_FALSE(check.right());
  CHECK(check.entry == 1);
  CHECK(check.error == Approx(0.01 / 2.99).epsilon(1e-6));
  const Skew skew;
  CHECK_THROWS_AS(hessian_at(functions_of(skew), Eigen::Vector2d(1, 1)), ConvergenceError);
  CHECK_THROWS_AS(hessian_at(functions_of(skew), normal_vector(3, 1)), InputError);
  // What is not a number is neither conserved nor free of scale.
  const LossFunctions loss = keep(AutomaticLoss{example(6, 1, 20, 1).twin});
  const Quantity broken{"log", [](const VectorXd& x) { return std::log(x.minCoeff()); }};
  const Drift drift = drift_along_flow(loss, broken, normal_vector(6, 2), 1.0);
  CHECK(drift.moved > 1e-3);
  CHECK_FALSE(drift.conserved());
  LossFunctions small = loss;
  small.value = [&](const VectorXd& x) { return std::sqrt(1 - x.squaredNorm()) * 0 + 1; };
  CHECK_FALSE(check_scale(small, 0.2 * normal_vector(6, 2).normalized()).free());
}

TEST_CASE("tools: what the flow conserves, and scale", "[theory][automatic][conservation]") {
  const Example e = example(10, 2, 45, 6);
  const LossFunctions loss = keep(AutomaticLoss{e.twin});
  const VectorXd centred = standardise(normal_vector(20, 7).reshaped(10, 2)).reshaped();
  const auto quantities = standard_quantities(10, 2);
  REQUIRE(quantities.size() == 3);
  CHECK(quantities[0].name == "Z0");
  CHECK(quantities[2].name == "C_1");
  for (const Quantity& quantity : quantities) {
    const Drift drift = drift_along_flow(loss, quantity, centred, 2.0);
    CAPTURE(quantity.name, drift.largest, drift.moved);
    CHECK(drift.conserved(20));
    CHECK(drift.fell > 0.1);
  }
  // C is not, from anywhere else; a flow that does not move proves nothing.
  const VectorXd shifted = centred.array() + 0.4;
  CHECK(drift_along_flow(loss, quantities[0], shifted, 2.0).conserved(20));
  const Drift C = drift_along_flow(loss, quantities[2], shifted, 2.0);
  CHECK(C.start == Approx(4.0));
  CHECK(C.largest > 0.05);
  CHECK_FALSE(C.conserved(20));
  const VectorXd line = VectorXd::LinSpaced(10, -1, 1).replicate(2, 1);
  CHECK_FALSE(drift_along_flow(loss, quantities[0], line, 1.0).conserved());
  CHECK(check_scale(loss, shifted).free());
  const LossFunctions decayed = keep(DecayedLoss(loss, 0.1));
  CHECK_FALSE(check_scale(decayed, shifted).free(1e-3));
  CHECK_THROWS_AS(drift_along_flow(loss, quantities[0], centred, 0.0), InputError);
  CHECK_THROWS_AS(embedding_sum(10, 2, 2), InputError);
}

TEST_CASE("decay: Z0 falls as e^(-2 decay t), the shape is that of a longer time",
          "[theory][exact]") {
  const Example e = example(10, 1, 45, 8);
  const double decay = GENERATE(0.1, 0.7);
  const ParallelogramLoss plain(10, 1, e.classes);
  const DecayedLoss loss(functions_of(plain), decay);
  const MatrixXd start = standardise(normal_vector(10, 9));
  const LinearModes modes(10, e.classes, Normalisation::sum, start);
  for (const double t : {0.3, 1.0}) {
    const VectorXd x = gradient_flow(functions_of(loss), start.reshaped(), {t}, 1e-11).back();
    const double tau = std::expm1(2 * decay * t) / (2 * decay);
    const VectorXd exact = std::exp(-decay * t) * modes.normalised(tau).reshaped();
    CHECK((x - exact).norm() < 1e-8);
    CHECK(x.squaredNorm() == Approx(9 * std::exp(-2 * decay * t)).epsilon(1e-9));
    CHECK((x.normalized() - modes.normalised(t).reshaped().normalized()).norm() > 1e-3);
  }
  const VectorXd x = normal_vector(10, 1);
  CHECK(check_gradient(functions_of(loss), x).right(1e-8));
  const MatrixXd H = hessian_at(functions_of(loss), x);
  CHECK((H - hessian_by_differences(functions_of(loss), x)).norm() < 1e-7 * H.norm());
  CHECK(loss.value(x) == Approx(plain.value(x) + 0.5 * decay * x.squaredNorm()));
  CHECK_THROWS_AS(DecayedLoss(functions_of(plain), -1), InputError);
  const AutomaticLoss<Rough, Derivatives::first> rough{Rough()};
  VectorXd out;
  CHECK_THROWS_AS(DecayedLoss(functions_of(rough), 1).hessian_times(x, x, out), InputError);
}

TEST_CASE("Adam flow: decoupled decay shrinks before the step, as AdamW", "[theory][reference]") {
  const Example e = example(8, 1, 30, 2);
  const ParallelogramLoss loss(8, 1, e.classes);
  const VectorXd start = normal_vector(8, 3);
  AdamFlow with(functions_of(loss), start, 0.01, {0.9, 0.999, 1e-8, 2.0});
  AdamFlow without(functions_of(loss), start, 0.01);
  with.step();
  without.step();
  // The first step moves by rate * sign, the decay takes 0.01 * 2 of x.
  CHECK((with.state() - (without.state() - 0.02 * start)).norm() < 1e-14);
  CHECK_THROWS_AS(AdamFlow(functions_of(loss), start, 0.01, {0.9, 0.999, 1e-8, -1.0}), InputError);
}
