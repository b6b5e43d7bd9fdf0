// tests/theory/test_built_in_losses.cpp: matrix-group, circle and same-class losses: brute-force
// twins, gradients, scale, conserved quantities, ground states.
#include <Eigen/LU>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/loss_twins.hpp"
#include "theory/circle_loss.hpp"
#include "theory/class_loss.hpp"
#include "theory/flow.hpp"
#include "theory/groups.hpp"
#include "theory/loss_tools.hpp"
#include "theory/matrix_group_loss.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// The value is the twin's, the gradient the automatic one of the twin and that of differences.
template <class Loss, class Twin>
void check_against_twin(const Loss& loss, const Twin& twin, const VectorXd& x) {
  const AutomaticLoss<Twin, Derivatives::first> automatic{twin};
  REQUIRE(loss.dimension() == automatic.dimension());
  REQUIRE(loss.value(x) > 1e-3);
  CHECK(loss.value(x) == Approx(automatic.value(x)).epsilon(1e-12));
  VectorXd ours, theirs;
  loss.gradient(x, ours);
  automatic.gradient(x, theirs);
  REQUIRE(theirs.norm() > 1e-3);
  CHECK((ours - theirs).norm() < 1e-11 * theirs.norm());
  CHECK(check_gradient(functions_of(loss), x).right(1e-7));
}

/// Free of scale: the flow conserves Z0 and goes downhill.
template <class Loss>
void check_scale_and_flow(const Loss& loss, const VectorXd& x, double end) {
  CHECK(check_scale(functions_of(loss), x).free(1e-11));
  const Drift Z0 = drift_along_flow(functions_of(loss), squared_size(), x, end);
  CAPTURE(Z0.largest, Z0.moved, Z0.fell);
  CHECK(Z0.conserved(x.squaredNorm()));
  CHECK(Z0.fell > 0.1 * loss.value(x));
}

OutputClasses drawn(const Task& task, Index train, std::uint64_t seed) {
  return group_by_output(task, draw_training_set(task, train, seed));
}

/// Permutation matrices, row a its 9 entries row by row.
MatrixXd permutation_matrices() {
  const auto images = permutations_of(3);
  MatrixXd R = MatrixXd::Zero(6, 9);
  for (Index a = 0; a < 6; ++a) {
    for (Index i = 0; i < 3; ++i) {
      R(a, 3 * i + images[static_cast<std::size_t>(3 * a + i)]) = 1;
    }
  }
  return R;
}

/// c exp(2 pi i m k / p), p x 2 by columns.
VectorXd circle(Index p, Index m, std::complex<double> c) {
  VectorXd x(2 * p);
  for (Index k = 0; k < p; ++k) {
    const auto z = c * std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(m * k) /
                                           static_cast<double>(p));
    x[k] = z.real();
    x[p + k] = z.imag();
  }
  return x;
}

}  // namespace

TEST_CASE("matrix-group: twin, gradient, scale, conservation", "[theory][losses]") {
  const Task task = Task::permutations(3);
  const Index k = GENERATE(2, 3);
  const OutputClasses classes = drawn(task, 20, 3);
  const MatrixGroupLoss loss(6, k * k, classes);
  const VectorXd x = normal_vector(6 * k * k, 4);
  check_against_twin(loss, MatrixTwin{6, k, list_parallelograms(classes)}, x);
  check_scale_and_flow(loss, x, 0.3);
  // Sums of entries are not conserved.
  const Drift sum = drift_along_flow(functions_of(loss), embedding_sum(6, k * k, 0), x, 0.3);
  CHECK_FALSE(sum.conserved(100));
  const MatrixGroupLoss mean(6, k * k, classes, Normalisation::mean);
  const double count = static_cast<double>(count_parallelograms(classes));
  CHECK(mean.value(x) == Approx(loss.value(x) / count));
  CHECK_THROWS_AS(MatrixGroupLoss(6, 5, classes), InputError);
  CHECK_THROWS_AS(MatrixGroupLoss(4, 9, classes), InputError);
  CHECK_THROWS_AS(loss.value(normal_vector(3, 1)), InputError);
}

TEST_CASE("matrix-group: at unit root mean square l = l0/Z0; representations have l = 0",
          "[theory][losses][exact]") {
  const OutputClasses all = group_by_output(Task::permutations(3));
  const MatrixGroupLoss loss(6, 9, all);
  const MatrixXd R = normalise_matrices(normal_vector(54, 5).reshaped(6, 9));
  const VectorXd x = R.reshaped();
  CHECK(x.squaredNorm() == Approx(54.0));
  CHECK(loss.value(x) == Approx(loss.l0(x) / 54));
  // X rho(a) with X = c 1: E_a E_b = c^2 rho(ab)
  const VectorXd exact = (2.5 * permutation_matrices()).reshaped();
  CHECK(loss.value(exact) < 1e-15);
  // A representation in another basis: X = S^-1 c S commutes as well.
  MatrixXd S = normal_vector(9, 6).reshaped(3, 3), turned(6, 9);
  for (Index a = 0; a < 6; ++a) {
    const Eigen::Matrix3d M = permutation_matrices().row(a).reshaped(3, 3).transpose();
    const Eigen::Matrix3d T = S.inverse() * M * S;
    turned.row(a) = T.transpose().reshaped().transpose();
  }
  CHECK(loss.value(turned.reshaped()) < 1e-12);
  VectorXd wrong = exact;
  wrong[3] += 0.5;
  CHECK(loss.value(wrong) > 1e-2);
}

TEST_CASE("matrix-group: a singular ground state is no representation", "[theory][losses][exact]") {
  // E_a = c_a N with N^2 = 0: every product is 0. Between invertible E_a = X rho(a) all ranks are
  // alike; here one matrix is 0 and the others are not, so no X and rho give them.
  const Index k = GENERATE(2, 3);
  const Task task = Task::permutations(3);
  MatrixXd N = MatrixXd::Zero(k, k);
  N.row(0).setOnes();
  N(0, 0) = 0;  // strictly upper, in another basis:
  const MatrixXd S = normal_vector(k * k, 6).reshaped(k, k);
  N = (S.inverse() * N * S).eval();
  REQUIRE((N * N).norm() < 1e-12 * N.squaredNorm());
  MatrixXd R(6, k * k);
  for (Index a = 0; a < 6; ++a) {
    R.row(a) = static_cast<double>(a) * N.transpose().reshaped().transpose();
  }
  const OutputClasses all = group_by_output(task);
  const MatrixGroupLoss loss(6, k * k, all);
  VectorXd slope;
  loss.gradient(R.reshaped(), slope);
  CHECK(loss.value(R.reshaped()) < 1e-24);
  CHECK(slope.norm() < 1e-12);
  CHECK(R.squaredNorm() > 1);  // Z0
  CHECK(R.row(0).norm() == 0);
  CHECK(product_rqi(R, list_parallelograms(all)) == 1.0);
}

TEST_CASE("circle: twin, gradient, scale, rotation", "[theory][losses]") {
  const Index p = GENERATE(5, 8, 11);
  const Task task = Task::modular_addition(p);
  const OutputClasses classes = drawn(task, p * (p + 1) / 2 - 3, 2);
  const CircleLoss loss(p, classes);
  const VectorXd x = normal_vector(2 * p, 7);
  check_against_twin(loss, CircleTwin{p, list_parallelograms(classes)}, x);
  check_scale_and_flow(loss, x, 1.0);
  VectorXd turned(2 * p), slope;
  const double c = std::cos(0.7), s = std::sin(0.7);
  turned << c * x.head(p) - s * x.tail(p), s * x.head(p) + c * x.tail(p);
  CHECK(loss.value(turned) == Approx(loss.value(x)).epsilon(1e-12));
  loss.gradient(x, slope);  // no component along the rotation
  CHECK(std::abs(x.head(p).dot(slope.tail(p)) - x.tail(p).dot(slope.head(p))) <
        1e-12 * x.norm() * slope.norm());
  CHECK_FALSE(drift_along_flow(functions_of(loss), embedding_sum(p, 2, 0), x, 1.0).conserved(10));
  CHECK_THROWS_AS(CircleLoss(p - 1, classes), InputError);
  CHECK_THROWS_AS(loss.value(normal_vector(p, 1)), InputError);
}

TEST_CASE("circle: l = 0 at c exp(2 pi i m k/p) for every m, and there alone",
          "[theory][losses][exact]") {
  const Index p = GENERATE(5, 6, 7);
  const CircleLoss loss(p, group_by_output(Task::modular_addition(p)));
  for (Index m = 0; m < p; ++m) {
    const VectorXd z = circle(p, m, {0.8, -1.7});
    CHECK(loss.value(z) < 1e-28);
    const VectorXd shares = circle_shares(z.reshaped(p, 2));
    CHECK(shares[m] == Approx(1.0));
    CHECK(shares.sum() == Approx(1.0));
  }
  // Not at a frequency that is no integer, at one symbol moved, or at a single point.
  VectorXd half(2 * p);
  for (Index k = 0; k < p; ++k) {
    const auto z = std::polar(1.0, std::numbers::pi * static_cast<double>(k) / double(p));
    half[k] = z.real();
    half[p + k] = z.imag();
  }
  CHECK(loss.value(half) > 0.1);
  VectorXd moved = circle(p, 1, {1, 0});
  moved[1] += 0.1;
  CHECK(loss.value(moved) > 1e-3);
  CHECK(loss.value(VectorXd::Unit(2 * p, 0)) > 0.1);
  // A flow from anywhere comes near some of them: the residual loss goes with the distance.
  int arrived = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const VectorXd start = normal_vector(2 * p, 20 + seed);
    const VectorXd end = gradient_flow(functions_of(loss), start, {400.0}, 1e-8).back();
    if (loss.value(end) < 1e-8) {
      ++arrived;
      CHECK(circle_shares(end.reshaped(p, 2)).maxCoeff() > 0.999);
    }
  }
  CHECK(arrived >= 3);
}

TEST_CASE("same-class: twin, gradient, scale, conservation", "[theory][losses]") {
  const double repulsion = GENERATE(0.0, 1.5);
  const Index d = GENERATE(1, 3);
  const std::vector<std::int64_t> labels = {0, 1, 0, 2, 2, 1, 0, 3, 2, 0, 1};
  const ClassLoss loss(labels, d, repulsion);
  CHECK(loss.classes() == 4);
  const VectorXd x = normal_vector(11 * d, 8);
  check_against_twin(loss, ClassTwin{labels, d, repulsion}, x);
  check_scale_and_flow(loss, x, 2.0);
  const ClassLoss mean(labels, d, repulsion, Normalisation::mean);
  CHECK(mean.l0(x) == Approx(loss.l0(x) / 12));  // 6 + 3 + 3 pairs
  // Labels are names: others give the same loss.
  CHECK(ClassLoss({7, -2, 7, 9, 9, -2, 7, 40, 9, 7, -2}, d, repulsion).value(x) ==
        Approx(loss.value(x)).epsilon(1e-13));
  CHECK_THROWS_AS(ClassLoss({}, 1, 0), InputError);
  CHECK_THROWS_AS(ClassLoss(labels, 1, -1), InputError);
  CHECK_THROWS_AS(loss.value(normal_vector(5, 1)), InputError);
  CHECK(check_gradient(functions_of(mean), x).right(1e-7));
}

TEST_CASE("same-class: without repulsion the sum of points that is 0 stays 0",
          "[theory][losses][conservation]") {
  const std::vector<std::int64_t> labels = {0, 1, 0, 2, 2, 1};
  VectorXd x = normal_vector(12, 3);
  x.head(6).array() -= x.head(6).mean();
  const ClassLoss loss(labels, 2, 0.0);
  CHECK(drift_along_flow(functions_of(loss), embedding_sum(6, 2, 0), x, 1.0).conserved(10));
  CHECK_FALSE(drift_along_flow(functions_of(loss), embedding_sum(6, 2, 1), x, 1.0).conserved(10));
}

TEST_CASE(
    "same-class: repulsion makes a simplex of class means, without it they stay where they "
    "fell",
    "[theory][losses]") {
  std::vector<std::int64_t> labels;
  for (int k = 0; k < 18; ++k) {
    labels.push_back(k % 3);
  }
  const VectorXd start = normal_vector(36, 11);
  const auto ratio = [&](double repulsion) {
    const ClassLoss loss(labels, 2, repulsion);
    const MatrixXd f =
        gradient_flow(functions_of(loss), start, {3000.0}, 1e-8).back().reshaped(18, 2);
    CHECK(within_class_share(f, labels) < 1e-3);  // collapsed
    Eigen::Vector3d sides((f.row(0) - f.row(1)).norm(), (f.row(1) - f.row(2)).norm(),
                          (f.row(2) - f.row(0)).norm());
    return sides.maxCoeff() / sides.minCoeff();
  };
  CHECK(ratio(1.0) == Approx(1.0).margin(0.01));
  CHECK(ratio(0.0) > 1.2);
  CHECK(within_class_share(start.reshaped(18, 2), labels) > 0.5);
}
