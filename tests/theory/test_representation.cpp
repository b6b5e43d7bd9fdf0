// tests/theory/test_representation.cpp: standardised representations, RQI, predicted accuracy.
#include "theory/representation.hpp"

#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "theory/structure.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd random_matrix(Index p, Index d, std::uint64_t seed) {
  RandomStream stream(seed, "test/representation");
  MatrixXd R(p, d);
  for (Index k = 0; k < R.size(); ++k) {
    R.data()[k] = stream.normal();
  }
  return R;
}

/// A line with noise: some parallelograms hold, some do not.
MatrixXd noisy_line(Index p, Index d, double noise, std::uint64_t seed) {
  MatrixXd R = noise * random_matrix(p, d, seed);
  R.colwise() += VectorXd::LinSpaced(p, 0.0, static_cast<double>(p - 1));
  return R;
}

/// The mean squared defect in standardised R, longhand.
double defect(const MatrixXd& R, Sample a, Sample b) {
  double sum = 0;
  for (Index k = 0; k < R.cols(); ++k) {
    double mu = 0, square = 0;
    for (Index i = 0; i < R.rows(); ++i) {
      mu += R(i, k) / static_cast<double>(R.rows());
    }
    for (Index i = 0; i < R.rows(); ++i) {
      square += (R(i, k) - mu) * (R(i, k) - mu) / static_cast<double>(R.rows() - 1);
    }
    const auto e = [&](Index i) { return (R(i, k) - mu) / std::sqrt(square); };
    const double delta = e(a.i) + e(a.j) - e(b.i) - e(b.j);
    sum += delta * delta;
  }
  return sum / static_cast<double>(R.cols());
}

std::vector<Parallelogram> all_parallelograms(const Task& task) {
  return list_parallelograms(group_by_output(task));
}

/// Quadruples i < j <= m < n with i + n = j + m: how the official code lists P0 of addition.
std::vector<Parallelogram> quadruples(std::int32_t p) {
  std::vector<Parallelogram> list;
  for (std::int32_t i = 0; i < p; ++i) {
    for (std::int32_t j = i + 1; j < p; ++j) {
      for (std::int32_t m = j; m < p; ++m) {
        if (const std::int32_t n = j + m - i; n < p) {
          list.push_back({{i, n}, {j, m}});
        }
      }
    }
  }
  return list;
}

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("standardise: mean 0, unbiased std 1, blind to affine maps", "[theory]") {
  const Index p = GENERATE(2, 3, 10, 57);
  const MatrixXd R = 40.0 * random_matrix(p, 3, 11).array() + 7.0;
  const MatrixXd E = standardise(R);
  for (Index k = 0; k < 3; ++k) {
    CHECK(std::abs(E.col(k).sum()) < 1e-12);
    CHECK(E.col(k).squaredNorm() == Approx(static_cast<double>(p - 1)).epsilon(1e-13));
    // The same shape: E is R up to a shift and a positive factor.
    const double slope = (R(1, k) - R(0, k)) / (E(1, k) - E(0, k));
    CHECK(slope > 0);
    CHECK((slope * E.col(k).array() + R.col(k).mean() - R.col(k).array()).abs().maxCoeff() < 1e-11);
  }
  CHECK((standardise(-2.5 * R.array() + 1e3) + E).cwiseAbs().maxCoeff() < 1e-10);
  CHECK((standardise(E) - E).cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("standardise: a dimension without spread is NaN, the others are not", "[theory]") {
  bool inexact_mean = false;
  for (const Index p : {7, 10, 13, 23}) {
    for (const double value : {0.0, 0.1, 0.3, 1e8 / 3}) {
      MatrixXd R = random_matrix(p, 2, 5);
      const MatrixXd before = standardise(R);
      R.col(0).setConstant(value);
      inexact_mean |= R.col(0).mean() != value;  // so that rounding looks like a spread
      const MatrixXd E = standardise(R);
      CHECK(E.col(0).array().isNaN().all());
      CHECK(E.col(1) == before.col(1));
      const auto P0 = all_parallelograms(Task::addition(p));
      CHECK(rqi(before, P0, 1e6) == 1.0);
      CHECK(rqi(R, P0, 1e6) == 0.0);
    }
  }
  REQUIRE(inexact_mean);
  CHECK_THROWS_AS(standardise(MatrixXd(1, 1)), InputError);
  CHECK_THROWS_AS(standardise(MatrixXd(5, 0)), InputError);
}

TEST_CASE("RQI by brute force over the quadruples of the official code", "[theory][reference]") {
  const std::int32_t p = GENERATE(4, 10);
  const Index d = GENERATE(1, 2, 5);
  const auto P0 = all_parallelograms(Task::addition(p));
  const auto reference = quadruples(p);
  REQUIRE(reference.size() == P0.size());
  std::set<std::size_t> counts;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const MatrixXd R = noisy_line(p, d, 0.02 * static_cast<double>(seed), seed);
    std::size_t held = 0;
    for (const Parallelogram& q : reference) {
      held += defect(R, q.first, q.second) < 0.01 ? 1 : 0;
    }
    counts.insert(held);
    CHECK(rqi(R, P0) == static_cast<double>(held) / static_cast<double>(P0.size()));
    const auto which = holding(R, P0);
    REQUIRE(which.size() == P0.size());
    for (std::size_t k = 0; k < P0.size(); ++k) {
      CHECK(which[k] == (defect(R, P0[k].first, P0[k].second) < 0.01));
    }
  }
  CHECK(counts.size() >= (p == 4 ? 3u : 10u));  // not always all or nothing
}

TEST_CASE("the tolerance is strict, squared and a mean over dimensions", "[theory]") {
  // R = (3,-1,-1,-1) has mean 0 and variance 4; standardised squared defects 4, 4 and 0, exactly.
  MatrixXd R(4, 1);
  R << 3, -1, -1, -1;
  const auto P0 = all_parallelograms(Task::addition(4));
  REQUIRE(P0.size() == 3);
  CHECK(rqi(R, P0, 0.0) == 0.0);
  CHECK(rqi(R, P0, 4.0) == Approx(1.0 / 3.0));
  CHECK(rqi(R, P0, std::nextafter(4.0, 5.0)) == 1.0);
  MatrixXd two(4, 2);  // beside a perfect line: the mean is 2
  two << 3, 0, -1, 1, -1, 2, -1, 3;
  CHECK(rqi(two, P0, 1.99) == Approx(1.0 / 3.0));
  CHECK(rqi(two, P0, 2.01) == 1.0);
  CHECK(rqi(R, {}, 0.01) == 1.0);  // no parallelogram fails
}

TEST_CASE("RQI is 1 on any line, 0 for a collapsed or broken state", "[theory]") {
  const auto P0 = all_parallelograms(Task::addition(10));
  MatrixXd R = noisy_line(10, 1, 0.0, 0);
  CHECK(rqi(R, P0) == 1.0);
  CHECK(rqi(-1e-9 * R.array() + 4.0, P0) == 1.0);
  CHECK(rqi(MatrixXd::Zero(10, 1), P0) == 0.0);
  R(3, 0) = nan_value;
  CHECK(rqi(R, P0) == 0.0);
  R(3, 0) = std::numeric_limits<double>::infinity();
  CHECK(rqi(R, P0) == 0.0);
  CHECK_THROWS_WITH(rqi(MatrixXd::Ones(9, 1), P0), ContainsSubstring("allowed [0, 8]"));
}

TEST_CASE("RqiTest agrees with rqi() > threshold, equality included", "[theory][reference]") {
  const Task task = Task::addition(10);
  const auto P0 = all_parallelograms(task);
  const double threshold = GENERATE(0.0, 3.0 / 70.0, 0.5, 57.0 / 70.0, 0.95, 69.0 / 70.0, 1.0);
  const Index d = GENERATE(1, 2);
  RqiTest test(10, P0, 0.01, threshold);
  int yes = 0, no = 0, equal = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const MatrixXd R = noisy_line(10, d, 0.001 * static_cast<double>(seed), seed);
    const double value = rqi(R, P0);
    CHECK(test.exceeded(R) == (value > threshold));
    (value > threshold ? yes : no) += 1;
    equal += value == threshold ? 1 : 0;
  }
  CHECK((yes > 0 || threshold == 1.0));
  CHECK((no > 0 || threshold < 0.1));
  CHECK((equal > 0 || (threshold != 1.0 && threshold != 69.0 / 70.0)));
  CHECK_FALSE(test.exceeded(MatrixXd::Constant(10, d, nan_value)));
  CHECK_THROWS_AS(test.exceeded(MatrixXd::Zero(9, d)), InputError);
  CHECK_THROWS_AS(RqiTest(9, P0, 0.01, 0.5), InputError);
  CHECK_THROWS_AS(RqiTest(10, P0, 0.01, nan_value), InputError);
}

TEST_CASE("RqiTest without parallelograms: RQI is 1", "[theory]") {
  CHECK(RqiTest(2, {}, 0.01, 0.95).exceeded(MatrixXd::Zero(2, 1)));
  CHECK_FALSE(RqiTest(2, {}, 0.01, 1.0).exceeded(MatrixXd::Zero(2, 1)));
}

TEST_CASE("predicted accuracy by brute force", "[theory][reference]") {
  const Task task = GENERATE(Task::addition(8), Task::modular_addition(7));
  const auto P0 = all_parallelograms(task);
  const auto D0 = task.samples();
  std::set<double> seen;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto n = static_cast<Index>(1 + seed % 20);
    const auto D = draw_training_set(task, n, seed);
    const MatrixXd R = noisy_line(task.symbols(), 1, 0.02 * static_cast<double>(seed), seed);
    Index reached = 0;
    for (const Sample s : D0) {
      bool found = false;
      for (const Sample t : D) {
        found |= s == t || (task.output(s) == task.output(t) && defect(R, s, t) < 0.01);
      }
      reached += found ? 1 : 0;
    }
    const double expected = static_cast<double>(reached) / static_cast<double>(D0.size());
    CHECK(predicted_accuracy(task, D, R) == expected);
    std::vector<Parallelogram> held;
    const auto which = holding(R, P0);
    for (std::size_t k = 0; k < P0.size(); ++k) {
      if (which[k]) {
        held.push_back(P0[k]);
      }
    }
    CHECK(augmented_share(task, D, held) == expected);
    CHECK(predicted_accuracy(task, D, MatrixXd::Zero(task.symbols(), 1)) ==
          static_cast<double>(n) / static_cast<double>(D0.size()));
    seen.insert(expected);
  }
  CHECK(seen.size() > 10);
  CHECK(predicted_accuracy(task, D0, random_matrix(task.symbols(), 1, 1)) == 1.0);
}

TEST_CASE("the augmented set is one hop wide", "[theory]") {
  const Task task = Task::addition(10);
  const std::vector<Sample> D = {{0, 8}};
  const std::vector<Parallelogram> chain = {{{0, 8}, {1, 7}}, {{1, 7}, {2, 6}}};
  CHECK(augmented_share(task, D, {}) == 1.0 / 55.0);
  CHECK(augmented_share(task, D, chain) == 2.0 / 55.0);
  const std::vector<Parallelogram> reversed = {{{2, 6}, {1, 7}}, {{1, 7}, {0, 8}}};
  CHECK(augmented_share(task, D, reversed) == 2.0 / 55.0);
}

TEST_CASE("Acc-hat(D, P(D)) = Acc-bar, RQI = RQI-bar for a random null vector of A(P0(D))",
          "[theory][reference]") {
  // The null space here is from the SVD of the listed rows; structure.cpp works modulo a prime.
  const Index p = GENERATE(6, 10);
  const Task task = Task::addition(p);
  const auto P0 = all_parallelograms(task);
  std::set<Index> nullities;
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const auto n = std::min<Index>(task.sample_count(), 4 + static_cast<Index>(seed) * p / 8);
    const auto D = draw_training_set(task, n, seed);
    const auto listed = list_parallelograms(group_by_output(task, D));
    MatrixXd A = MatrixXd::Zero(std::max<Index>(std::ssize(listed), 1), p);
    for (Index row = 0; row < std::ssize(listed); ++row) {
      const auto& q = listed[static_cast<std::size_t>(row)];
      A(row, q.first.i) += 1;
      A(row, q.first.j) += 1;
      A(row, q.second.i) -= 1;
      A(row, q.second.j) -= 1;
    }
    Eigen::JacobiSVD<MatrixXd> svd(A, Eigen::ComputeFullV);
    svd.setThreshold(1e-10);
    const Index nullity = p - svd.rank();
    const VectorXd R = svd.matrixV().rightCols(nullity) * random_matrix(nullity, 1, seed);
    const Structure structure = analyse_structure(task, D);
    CHECK(structure.nullity == nullity);
    CHECK(rqi(R, P0, 1e-20) == structure.ideal_rqi);
    CHECK(predicted_accuracy(task, D, R, 1e-20) == structure.ideal_accuracy);
    nullities.insert(nullity);
  }
  CHECK(nullities.size() >= 3);
  CHECK(nullities.count(2) == 1);
}
