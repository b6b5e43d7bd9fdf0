// tests/theory/test_abelian.cpp: what the linear theory says of finite Abelian groups: the only
// exact solution is a constant, and the full task prefers no direction (docs/theory.md, 9).
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <numbers>

#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"
#include "theory/null_basis.hpp"
#include "theory/parallelogram_loss.hpp"
#include "theory/prediction.hpp"
#include "theory/representation.hpp"
#include "theory/threshold.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Orders = std::vector<Index>;

namespace {

/// Nullity of A(P) over the rationals, by elimination.
Index rational_nullity(Index p, const std::vector<Parallelogram>& P) {
  using Rational = boost::multiprecision::cpp_rational;
  std::vector<std::vector<Rational>> pivots;
  std::vector<std::size_t> columns;
  const MatrixXd A = brute_force::A(p, P);
  for (Index r = 0; r < A.rows(); ++r) {
    std::vector<Rational> row;
    for (Index c = 0; c < p; ++c) {
      row.emplace_back(static_cast<int>(A(r, c)));
    }
    for (std::size_t k = 0; k < pivots.size(); ++k) {
      const Rational factor = row[columns[k]];
      for (std::size_t c = 0; c < row.size() && factor != 0; ++c) {
        row[c] -= factor * pivots[k][c];
      }
    }
    const auto first = std::find_if(row.begin(), row.end(), [](auto& x) { return x != 0; });
    if (first != row.end()) {
      const auto column = static_cast<std::size_t>(first - row.begin());
      const Rational lead = row[column];
      for (auto& x : row) {
        x /= lead;
      }
      pivots.push_back(row);
      columns.push_back(column);
    }
  }
  return p - std::ssize(pivots);
}

/// sigma^2 of the full task from the characters k of the group, without any matrix, ascending:
///   (n^2 + 3n)/2 + t - t [k trivial on the elements of order 2] + (n/2) [k real],   0 for k = 0.
VectorXd character_spectrum(const Orders& orders) {
  Index n = 1, t = 1;
  for (const Index order : orders) {
    n *= order;
    t *= order % 2 == 0 ? 2 : 1;
  }
  VectorXd squares = VectorXd::Zero(n);
  for (Index k = 1; k < n; ++k) {
    bool real = true, square = true;
    Index rest = k;
    for (const Index order : orders) {
      const Index digit = rest % order;
      rest /= order;
      real = real && 2 * digit % order == 0;
      square = square && (order % 2 != 0 || digit % 2 == 0);
    }
    const auto size = static_cast<double>(n);
    squares[k] =
        size * (size + 3) / 2 + static_cast<double>(square ? 0 : t) + (real ? size / 2 : 0);
  }
  std::sort(squares.begin(), squares.end());
  return squares;
}

MatrixXd circle(Index p) {
  MatrixXd R(p, 2);
  for (Index k = 0; k < p; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(p);
    R.row(k) << std::cos(angle), std::sin(angle);
  }
  return R;
}

const std::vector<Orders> groups = {{2}, {3},    {4},    {2, 2}, {5},       {6},
                                    {7}, {2, 4}, {3, 3}, {10},   {2, 2, 3}, {2, 2, 2}};

}  // namespace

TEST_CASE("finite Abelian groups: only constants satisfy the full task", "[theory][abelian]") {
  for (const Orders& orders : groups) {
    const Task task = Task::abelian(orders);
    const auto P0 = brute_force::parallelograms(task, task.samples());
    CAPTURE(orders);
    CHECK(rational_nullity(task.symbols(), P0) == 1);
    CHECK(full_nullity(task) == 1);
    for (const auto prime : {NullSpace::default_prime, NullSpace::second_prime}) {
      CHECK(null_space(task.symbols(), group_by_output(task), prime).nullity() == 1);
    }
  }
}

TEST_CASE("Abelian training sets: nullity, unique, ideal quantities", "[theory][abelian]") {
  int unique = 0, partial = 0;
  for (const Orders& orders : groups) {
    const Task task = Task::abelian(orders);
    const Index p = task.symbols();
    const auto P0 = brute_force::parallelograms(task, task.samples());
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      const Index n = 1 + static_cast<Index>(seed) * (task.sample_count() - 1) / 11;
      const auto D = draw_training_set(task, n, 300 + seed);
      const auto P = brute_force::parallelograms(task, D);
      const Structure found = analyse_structure(task, D);
      CAPTURE(orders, n);
      REQUIRE(found.nullity == rational_nullity(p, P));
      REQUIRE(found.nullity_all == 1);
      REQUIRE(found.unique == (found.nullity == 1));
      const auto closed = brute_force::closure(task, D);
      REQUIRE(found.implied_parallelograms == std::ssize(closed));
      REQUIRE(found.ideal_accuracy ==
              static_cast<double>(brute_force::augmented(task, D, closed).size()) /
                  static_cast<double>(task.sample_count()));
      // lambda_3: the smallest eigenvalue above the constants, 0 unless unique
      const OutputClasses classes = group_by_output(task, D);
      const Spectrum spectrum = hessian_spectrum(task, classes, found, Normalisation::sum);
      const MatrixXd A = brute_force::A(p, P);
      const Eigen::SelfAdjointEigenSolver<MatrixXd> dense(A.transpose() * A);
      const double expected =
          found.unique ? 2 * dense.eigenvalues()[1] / static_cast<double>(p - 1) : 0;
      REQUIRE(spectrum.lambda3 == Approx(expected).epsilon(1e-9).margin(0));
      REQUIRE((spectrum.lambda3 > 0) == found.unique);
      unique += found.unique;
      partial += !found.unique && found.implied_parallelograms > found.parallelograms;
    }
  }
  CHECK(unique > 30);
  CHECK(partial > 5);
}

TEST_CASE("Abelian groups: the spectrum of the full task from its characters",
          "[theory][abelian]") {
  std::vector<Orders> more = groups;
  more.insert(more.end(), {{37}, {4, 6}, {3, 15}, {2, 2, 8}, {5, 5, 4}});
  for (const Orders& orders : more) {
    const Task task = Task::abelian(orders);
    const VectorXd found = dense_spectrum(task.symbols(), group_by_output(task), 1.0);
    const VectorXd expected = character_spectrum(orders);
    CAPTURE(orders);
    CHECK((found - expected).cwiseAbs().maxCoeff() < 1e-11 * expected.maxCoeff());
  }
}

TEST_CASE("odd order: the loss of the full task is the same in every direction",
          "[theory][abelian]") {
  const Index p = GENERATE(3, 11, 15);
  const Task task = Task::modular_addition(p);
  const ParallelogramLoss loss(p, 2, group_by_output(task));
  const double flat = static_cast<double>(p * (p + 3)) / 2;
  MatrixXd noise(p, 2);
  RandomStream stream(3, "test/abelian");
  for (Index k = 0; k < noise.size(); ++k) {
    noise.data()[k] = stream.normal();
  }
  for (const MatrixXd& R : {circle(p), standardise(noise)}) {
    const VectorXd x = Eigen::Map<const VectorXd>(R.data(), R.size());
    VectorXd gradient;
    loss.gradient(x, gradient);
    CHECK(loss.value(x) == Approx(flat).epsilon(1e-12));
    CHECK(gradient.norm() * x.norm() < 1e-11 * flat);
  }
}

TEST_CASE("modular addition: no parallelogram holds on the circle", "[theory][abelian]") {
  for (Index p = 3; p <= 31; ++p) {
    const Task task = Task::modular_addition(p);
    const auto P0 = list_parallelograms(group_by_output(task));
    const MatrixXd R = circle(p);
    double least = 1e300;
    for (const auto& [s, t] : P0) {
      least = std::min(least, (R.row(s.i) + R.row(s.j) - R.row(t.i) - R.row(t.j)).norm());
    }
    CAPTURE(p);
    CHECK(least > 1e-3);                   // none is exact
    CHECK((p > 12 || rqi(R, P0) == 0.0));  // nor within the tolerance, while p is small
    const auto D = draw_training_set(task, task.sample_count() / 2, 1);
    if (p <= 12) {  // the parallelograms predict nothing beyond D
      CHECK(predicted_accuracy(task, D, R) ==
            static_cast<double>(D.size()) / static_cast<double>(task.sample_count()));
    }
    // yet the sums tell the output: E_a + E_b = 2 cos(pi (a-b)/p) e^{i pi (a+b)/p}
    for (const Sample s : task.samples()) {
      const Eigen::RowVector2d sum = R.row(s.i) + R.row(s.j);
      const double angle =
          std::numbers::pi * static_cast<double>(s.i + s.j) / static_cast<double>(p);
      REQUIRE(std::abs(sum[0] * std::sin(angle) - sum[1] * std::cos(angle)) < 1e-12);
    }
  }
}

TEST_CASE("modular addition: an outlier among collapsed symbols has a high RQI",
          "[theory][abelian]") {
  for (const Index p : {5, 11, 101}) {
    MatrixXd R = MatrixXd::Zero(p, 2);
    R.row(1) << 1.0, -2.0;
    const auto P0 = list_parallelograms(group_by_output(Task::modular_addition(p)));
    CHECK(rqi(R, P0) == Approx(1 - 4 / static_cast<double>(p + 1)).epsilon(1e-12));
  }
}

TEST_CASE("Abelian groups: Lanczos against dense, degenerate or not", "[theory][abelian]") {
  for (const Orders& orders : {Orders{31}, Orders{6, 6}, Orders{2, 2, 2, 2, 2}, Orders{4, 20}}) {
    const Task task = Task::abelian(orders);
    for (const Index n : {task.sample_count(), task.sample_count() / 2}) {
      const auto D = draw_training_set(task, n, 5);
      REQUIRE(analyse_structure(task, D).unique);
      const OutputClasses classes = group_by_output(task, D);
      const double dense = dense_spectrum(task.symbols(), classes, 1.0)[1];
      const Spectrum found =
          deflated_lambda3(task.symbols(), classes, 1.0, null_basis(task, classes).value());
      CHECK(found.lambda3 == Approx(dense).epsilon(1e-9));
    }
  }
}

TEST_CASE("Abelian groups above the dense limit", "[theory][abelian]") {
  // full: closed form; part: the residual that hessian_spectrum checks, and a dense referee
  for (const Orders& orders : {Orders{401}, Orders{20, 21}}) {
    const Task task = Task::abelian(orders);
    const auto all = task.samples();
    const Structure whole = analyse_structure(task, all);
    const Spectrum full = hessian_spectrum(task, group_by_output(task), whole, Normalisation::sum);
    const double Z0 = static_cast<double>(task.symbols() - 1);
    CHECK(full.lambda3 == Approx(2 / Z0 * character_spectrum(orders)[1]).epsilon(1e-9));
    const auto D = draw_training_set(task, task.symbols() * 8, 2);
    const OutputClasses classes = group_by_output(task, D);
    const Structure part = analyse_structure(task, D);
    REQUIRE(part.unique);
    const double found = hessian_spectrum(task, classes, part, Normalisation::sum).lambda3;
    CHECK(found == Approx(dense_spectrum(task.symbols(), classes, 2 / Z0)[1]).epsilon(1e-9));
  }
}

TEST_CASE("Abelian groups: P(unique) against every subset", "[theory][abelian]") {
  const Task task = Task::abelian({2, 2});
  std::vector<double> unique(11, 0), sets(11, 0);
  for (std::uint64_t bits = 0; bits < 1024; ++bits) {
    const auto D = brute_force::subset(task, bits);
    unique[D.size()] += rational_nullity(4, brute_force::parallelograms(task, D)) == 1;
    sets[D.size()] += 1;
  }
  constexpr std::int64_t draws = 20'000;
  const ThresholdCounts counts = count_unique(task, draws, 3, 2);
  int open = 0;
  for (std::size_t n = 0; n < unique.size(); ++n) {
    const double P = unique[n] / sets[n];
    const double found = static_cast<double>(counts.unique[n]) / double{draws};
    CAPTURE(n, P, found);  // 4.5 standard errors: false alarm 11 * 7e-6 for a new seed
    CHECK(std::abs(found - P) <= 4.5 * std::sqrt(P * (1 - P) / double{draws}));
    open += 0 < P && P < 1;
  }
  CHECK(open >= 3);
}
