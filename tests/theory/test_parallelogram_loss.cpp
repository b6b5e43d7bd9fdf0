// tests/theory/test_parallelogram_loss.cpp: the effective loss against explicit lists, finite
// differences and its symmetries.
#include "theory/parallelogram_loss.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

VectorXd random_vector(Index n, std::uint64_t seed) {
  RandomStream stream(seed, "test/loss");
  VectorXd x(n);
  for (Index k = 0; k < n; ++k) {
    x[k] = stream.normal();
  }
  return x;
}

OutputClasses drawn_classes(const Task& task, Index train, std::uint64_t seed) {
  return group_by_output(task, draw_training_set(task, train, seed));
}

VectorXd gradient_of(const ParallelogramLoss& loss, const VectorXd& x) {
  VectorXd out;
  loss.gradient(x, out);
  return out;
}

VectorXd hessian_times(const ParallelogramLoss& loss, const VectorXd& x, const VectorXd& v) {
  VectorXd out;
  loss.hessian_times(x, v, out);
  return out;
}

}  // namespace

TEST_CASE("the loss is the sum over listed parallelograms divided by Z0", "[theory][reference]") {
  const Task task = GENERATE(Task::addition(10), Task::modular_addition(9));
  const Index d = GENERATE(1, 2, 3);
  const Index p = task.symbols();
  for (const Index train : {Index{5}, Index{20}, task.sample_count()}) {
    const OutputClasses classes = drawn_classes(task, train, 3);
    const auto list = list_parallelograms(classes);
    REQUIRE(!list.empty());
    const VectorXd x = random_vector(p * d, 17);
    double l0 = 0, Z0 = 0;
    for (Index k = 0; k < d; ++k) {
      const auto E = [&](Index i) { return x[k * p + i]; };
      for (const Parallelogram& q : list) {
        l0 += std::pow(E(q.first.i) + E(q.first.j) - E(q.second.i) - E(q.second.j), 2);
      }
      for (Index i = 0; i < p; ++i) {
        Z0 += E(i) * E(i);
      }
    }
    const ParallelogramLoss sum(p, d, classes);
    const ParallelogramLoss mean(p, d, classes, Normalisation::mean);
    CHECK(sum.dimension() == p * d);
    CHECK(sum.l0(x) == Approx(l0).epsilon(1e-12));
    CHECK(sum.value(x) == Approx(l0 / Z0).epsilon(1e-12));
    const auto count = static_cast<double>(list.size());
    CHECK(mean.value(x) == Approx(l0 / Z0 / count).epsilon(1e-12));
    CHECK((count * gradient_of(mean, x) - gradient_of(sum, x)).norm() <
          1e-12 * gradient_of(sum, x).norm());
  }
}

TEST_CASE("p = 3: one parallelogram, by hand", "[theory]") {
  const ParallelogramLoss loss(3, 1, group_by_output(Task::addition(3)));
  const VectorXd x = Eigen::Vector3d(1.0, 4.0, 2.0);  // E0 + E2 - 2 E1 = -5, Z0 = 21
  CHECK(loss.value(x) == Approx(25.0 / 21.0));
  // grad = (2/21) (-5) (1,-2,1) - 2 (25/441) (1,4,2)
  const VectorXd by_hand =
      Eigen::Vector3d(-10.0 / 21 - 50.0 / 441, 20.0 / 21 - 200.0 / 441, -10.0 / 21 - 100.0 / 441);
  CHECK((gradient_of(loss, x) - by_hand).norm() < 1e-14);
}

TEST_CASE("gradient and Hessian: central differences, order 2", "[theory][reference]") {
  const Index d = GENERATE(1, 2);
  const auto normalisation = GENERATE(Normalisation::sum, Normalisation::mean);
  const ParallelogramLoss loss(10, d, drawn_classes(Task::addition(10), 25, 4), normalisation);
  const VectorXd x = random_vector(loss.dimension(), 1), v = random_vector(loss.dimension(), 2);
  const double slope = gradient_of(loss, x).dot(v);
  const VectorXd Hv = hessian_times(loss, x, v);
  REQUIRE(std::abs(slope) > 1e-3);
  const auto value_error = [&](double h) {
    return std::abs((loss.value(x + h * v) - loss.value(x - h * v)) / (2 * h) - slope) /
           std::abs(slope);
  };
  const auto gradient_error = [&](double h) {
    return ((gradient_of(loss, x + h * v) - gradient_of(loss, x - h * v)) / (2 * h) - Hv).norm() /
           Hv.norm();
  };
  CHECK(value_error(1e-5) < 1e-8);
  CHECK(gradient_error(1e-5) < 1e-8);
  // The truncation falls as h^2: a wrong term would leave a constant.
  CHECK(std::log2(value_error(2e-3) / value_error(1e-3)) == Approx(2.0).margin(0.1));
  CHECK(std::log2(gradient_error(2e-3) / gradient_error(1e-3)) == Approx(2.0).margin(0.1));
}

TEST_CASE("the Hessian is symmetric and maps x to minus the gradient", "[theory][symmetry]") {
  const Index d = GENERATE(1, 2);
  const ParallelogramLoss loss(8, d, drawn_classes(Task::addition(8), 20, 5));
  const Index n = loss.dimension();
  const VectorXd x = random_vector(n, 8);
  MatrixXd H(n, n);
  for (Index k = 0; k < n; ++k) {
    H.col(k) = hessian_times(loss, x, VectorXd::Unit(n, k));
  }
  REQUIRE(H.norm() > 0.1);
  CHECK((H - H.transpose()).norm() < 1e-13 * H.norm());
  CHECK((H * x + gradient_of(loss, x)).norm() < 1e-13 * H.norm() * x.norm());  // grad l ~ |x|^-1
}

TEST_CASE("homogeneous of degree 0: R . grad l = 0, l(cR) = l(R)", "[theory][symmetry]") {
  const Index d = GENERATE(1, 2);
  const ParallelogramLoss loss(10, d, drawn_classes(Task::addition(10), 30, 6));
  const VectorXd x = random_vector(loss.dimension(), 9);
  const VectorXd g = gradient_of(loss, x);
  CHECK(std::abs(x.dot(g)) < 1e-13 * x.norm() * g.norm());
  for (const double c : {-1.0, 1e-3, 7.0}) {
    CHECK(loss.value(c * x) == Approx(loss.value(x)).epsilon(1e-13));
    CHECK((gradient_of(loss, c * x) - g / c).norm() < 1e-12 * g.norm() / std::abs(c));
  }
}

TEST_CASE("translation, tilt, reversal and rotation", "[theory][symmetry]") {
  const Index p = 10, d = 2;
  const ParallelogramLoss part(p, d, drawn_classes(Task::addition(p), 30, 7));
  const VectorXd x = random_vector(p * d, 10);
  const MatrixXd R = Eigen::Map<const MatrixXd>(x.data(), p, d);
  MatrixXd moved = R;  // E_k -> E_k + a + b k per dimension: l0 stays, only Z0 changes
  moved.col(0) += VectorXd::LinSpaced(p, 3.0, -6.0);
  moved.col(1) += VectorXd::LinSpaced(p, -1.0, 17.0);
  const VectorXd y = moved.reshaped();
  CHECK(part.l0(y) == Approx(part.l0(x)).epsilon(1e-12));
  CHECK(part.value(y) == Approx(part.l0(x) / y.squaredNorm()).epsilon(1e-12));
  // The numbers are summed within a dimension only, and isotropically.
  const double angle = 0.7;
  MatrixXd rotation(2, 2);
  rotation << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
  CHECK(part.value((R * rotation).reshaped()) == Approx(part.value(x)).epsilon(1e-13));
  // i -> p-1-i maps all of D0 to itself, and this D to another.
  const ParallelogramLoss full(p, d, group_by_output(Task::addition(p)));
  const VectorXd reversed = R.colwise().reverse().reshaped();
  CHECK(full.value(reversed) == Approx(full.value(x)).epsilon(1e-13));
  CHECK(std::abs(part.value(reversed) / part.value(x) - 1) > 1e-3);
}

TEST_CASE("l0 = R^T G R, and G's null vectors cost nothing", "[theory][reference]") {
  const OutputClasses classes = drawn_classes(Task::addition(10), 35, 8);
  const MatrixXd G = parallelogram_gram(10, classes);
  const ParallelogramLoss loss(10, 1, classes);
  const VectorXd x = random_vector(10, 12);
  CHECK(loss.l0(x) == Approx(x.dot(G * x)).epsilon(1e-13));
  const VectorXd line = VectorXd::LinSpaced(10, -0.3, 0.7);
  CHECK(loss.l0(line) < 1e-28);
  CHECK(gradient_of(loss, line).norm() < 1e-13);
  CHECK(loss.value(line + 0.01 * x) > 1e-5);
}

TEST_CASE("loss: edges", "[theory][errors]") {
  const Task task = Task::addition(4);
  const ParallelogramLoss none(4, 1, group_by_output(task, std::vector<Sample>{{0, 0}, {1, 2}}),
                               GENERATE(Normalisation::sum, Normalisation::mean));
  const VectorXd x = random_vector(4, 13);
  CHECK(none.value(x) == 0.0);
  CHECK(gradient_of(none, x).norm() == 0.0);
  const ParallelogramLoss loss(4, 1, group_by_output(task));
  CHECK(std::isnan(loss.value(VectorXd::Zero(4))));
  CHECK_THROWS_WITH(loss.value(VectorXd::Ones(5)),
                    ContainsSubstring("x.size() = 5, allowed [4, 4]"));
  CHECK_THROWS_WITH(hessian_times(loss, x, VectorXd::Ones(3)), ContainsSubstring("x.size() = 3"));
  CHECK_THROWS_WITH(ParallelogramLoss(1, 1, {{}, {0}}), ContainsSubstring("symbols = 1, allowed"));
  CHECK_THROWS_WITH(ParallelogramLoss(4, 0, {{}, {0}}), ContainsSubstring("dimensions = 0"));
  CHECK_THROWS_WITH(ParallelogramLoss(3, 1, group_by_output(task)),
                    ContainsSubstring("symbol = 3, allowed [0, 2]"));
}
