#include "theory/telling.hpp"

#include "tests/support/catch.hpp"

using namespace grok;
using Eigen::MatrixXd;

namespace {

/// The line E_k = (1, 2) + k (3, -1).
MatrixXd line(Index p) {
  MatrixXd E(p, 2);
  for (Index k = 0; k < p; ++k) {
    E.row(k) << 1 + 3 * static_cast<double>(k), 2 - static_cast<double>(k);
  }
  return E;
}

}  // namespace

TEST_CASE("the telling parallelogram is the one that fails most of those that hold", "[theory]") {
  const Task task = Task::addition(6);
  const MatrixXd good = line(6);
  MatrixXd poor = line(6);
  poor.row(5) += Eigen::RowVector2d(2, 7);
  poor.row(1) += Eigen::RowVector2d(0, -1);
  const auto marked = telling_parallelogram(task, good, poor, 0.01);
  REQUIRE(marked);
  const MatrixXd R = standardise(poor);
  double largest = 0;
  int candidates = 0;
  for (const Parallelogram& q : list_parallelograms(group_by_output(task))) {
    if (q.first.i == q.first.j || q.second.i == q.second.j) {
      continue;
    }
    ++candidates;
    largest = std::max(
        largest,
        (R.row(q.first.i) + R.row(q.first.j) - R.row(q.second.i) - R.row(q.second.j)).norm());
  }
  CHECK(candidates > 5);
  const auto [a, b] = *marked;
  CHECK(a.i != a.j);
  CHECK(b.i != b.j);
  CHECK(a.i + a.j == b.i + b.j);
  CHECK((R.row(a.i) + R.row(a.j) - R.row(b.i) - R.row(b.j)).norm() == Approx(largest));
  poor = line(6);
  poor.row(3) += Eigen::RowVector2d(0, 5);  // {(3,3), (2,4)} would fail most
  const auto other = telling_parallelogram(task, good, poor, 0.01);
  REQUIRE(other);
  CHECK(other->first.i != other->first.j);
  CHECK(other->second.i != other->second.j);
  CHECK_FALSE(telling_parallelogram(task, good, 3 * good, 0.01));  // none fails
  CHECK_FALSE(telling_parallelogram(task, poor, poor, 0.01));
}
