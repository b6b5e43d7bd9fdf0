#include "theory/lattice.hpp"

#include <Eigen/LU>
#include <bit>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

Eigen::VectorXd start4() { return Eigen::Vector4d(0, 0.5, 2, 3.2); }

Lattice lattice4() { return build_lattice(Task::addition(4), start4()); }

Eigen::MatrixXd dense_rows(const Lattice& lattice, EquationSet equations) {
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(3, 4);
  for (Eigen::Index k = 0; k < 3; ++k) {
    if ((equations >> k & 1U) != 0) {
      const Parallelogram& q = lattice.equations[static_cast<std::size_t>(k)];
      A(k, q.first.i) += 1;
      A(k, q.first.j) += 1;
      A(k, q.second.i) -= 1;
      A(k, q.second.j) -= 1;
    }
  }
  return A;
}

Eigen::Index rank(const Eigen::MatrixXd& A) { return A.fullPivLu().rank(); }

std::int64_t choose(std::int64_t n, std::int64_t k) {
  if (k < 0 || n < k) {
    return 0;
  }
  std::int64_t value = 1;
  for (std::int64_t j = 1; j <= k; ++j) {
    value = value * (n - k + j) / j;
  }
  return value;
}

}  // namespace

TEST_CASE("lattice: the three equations of p = 4 and their nullities, as published",
          "[theory][lattice]") {
  const Lattice lattice = lattice4();
  REQUIRE(lattice.equations.size() == 3);
  CHECK(lattice.equations[0] == Parallelogram{{0, 2}, {1, 1}});
  CHECK(lattice.equations[1] == Parallelogram{{0, 3}, {1, 2}});
  CHECK(lattice.equations[2] == Parallelogram{{1, 3}, {2, 2}});
  REQUIRE(lattice.nodes.size() == 8);
  const std::vector<Index> nullities = {4, 3, 3, 2, 3, 2, 2, 2};  // by bits
  int closed = 0;
  for (EquationSet set = 0; set < 8; ++set) {
    CHECK(lattice.nodes[set].equations == set);
    CHECK(lattice.nodes[set].nullity == nullities[set]);
    CHECK(lattice.nodes[set].closure == (std::popcount(set) >= 2 ? 7U : set));
    closed += lattice.nodes[set].closed ? 1 : 0;
  }
  CHECK(closed == 5);
  std::vector<EquationSet> order;
  for (const LatticeNode& node : by_size(lattice)) {
    order.push_back(node.equations);
  }
  CHECK(order == std::vector<EquationSet>{0, 1, 2, 4, 3, 5, 6, 7});
  CHECK(samples_of(lattice) == std::vector<Sample>{{0, 2}, {0, 3}, {1, 1}, {1, 2}, {1, 3}, {2, 2}});
}

TEST_CASE("lattice: nullity and closure are those of dense ranks", "[theory][lattice]") {
  const Lattice lattice = lattice4();
  for (const LatticeNode& node : lattice.nodes) {
    const auto own = rank(dense_rows(lattice, node.equations));
    CHECK(node.nullity == 4 - own);
    for (const EquationSet bit : {1U, 2U, 4U}) {
      const bool implied = rank(dense_rows(lattice, node.equations | bit)) == own;
      CHECK(implied == ((node.closure & bit) != 0));
    }
  }
  const Lattice small = build_lattice(Task::addition(3), Eigen::Vector3d(0, 1, 3));
  REQUIRE(small.nodes.size() == 2);
  CHECK((small.nodes[0].nullity == 3 && small.nodes[1].nullity == 2));
}

TEST_CASE("lattice: an example satisfies what its node implies, nothing else, and is the nearest",
          "[theory][lattice]") {
  const Lattice lattice = lattice4();
  CHECK((lattice.nodes[0].example - start4()).norm() == 0);
  for (const LatticeNode& node : lattice.nodes) {
    CAPTURE(node.equations);
    const auto holds = holding(node.example, lattice.equations);
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(holds[k] == ((node.closure >> k & 1U) != 0));
    }
    const Eigen::MatrixXd A = dense_rows(lattice, node.equations);
    CHECK((A * node.example).norm() < 1e-12);
    Eigen::MatrixXd with_step(4, 4);  // start - example is a combination of the rows
    with_step << A, (start4() - node.example).transpose();
    Eigen::FullPivLU<Eigen::MatrixXd> lu(with_step);
    lu.setThreshold(1e-9);
    CHECK(lu.rank() == rank(A));
  }
}

TEST_CASE("lattice: training sets are counted as the inclusion-exclusion of disjoint pairs says",
          "[theory][lattice]") {
  // A_1, A_2, A_3 need two samples each, all different; the other four samples are free.
  const auto counts = count_training_sets(Task::addition(4), lattice4());
  REQUIRE(counts.size() == 10);
  for (const LatticeCounts& at : counts) {
    CAPTURE(at.train);
    CHECK(at.sets == choose(10, at.train));
    std::int64_t full = 0;
    for (EquationSet set = 0; set < 8; ++set) {
      const int k = std::popcount(set);
      std::int64_t wanted = 0;
      for (int j = 0; j <= 3 - k; ++j) {
        wanted += (j % 2 == 0 ? 1 : -1) * choose(3 - k, j) *
                  choose(10 - 2 * (k + j), at.train - 2 * (k + j));
      }
      CHECK(at.direct[set] == wanted);
      full += k >= 2 ? wanted : 0;
      CHECK(at.implied[set] == (k < 2 ? wanted : set == 7 ? full : 0));
    }
  }
}

TEST_CASE("lattice: what it does not take is refused", "[theory][lattice]") {
  CHECK_THROWS_WITH(build_lattice(Task::addition(5), Eigen::VectorXd::Zero(5)),
                    ContainsSubstring("|P0| = 7, allowed"));
  CHECK_THROWS_WITH(build_lattice(Task::addition(2), Eigen::VectorXd::Zero(2)),
                    ContainsSubstring("|P0| = 0, allowed"));
  CHECK_THROWS_WITH(build_lattice(Task::modular_addition(3), Eigen::VectorXd::Zero(3)),
                    ContainsSubstring("task = modular-addition, allowed addition"));
  CHECK_THROWS_WITH(build_lattice(Task::addition(4), Eigen::VectorXd::Zero(3)),
                    ContainsSubstring("size of start = 3, allowed"));
  CHECK_THROWS_AS(count_training_sets(Task::addition(6), lattice4()), InputError);
}

TEST_CASE("lattice: equations hold within a tolerance, so the set may not be closed",
          "[theory][lattice]") {
  const Lattice lattice = lattice4();
  CHECK(equations_in(lattice, Eigen::Vector4d(0, 1, 2, 3)) == 7);
  CHECK(equations_in(lattice, Eigen::Vector4d(0, 1, 2, 7)) == 1);
  CHECK(equations_in(lattice, Eigen::Vector4d(9, 7, 3, 1)) == 2);
  CHECK(equations_in(lattice, Eigen::Vector4d(-4, 1, 2, 3)) == 4);
  CHECK(equations_in(lattice, Eigen::Vector4d(0, 5, 1, 2)) == 0);
  // defects -0.08, 0.08 and their difference 0.16
  const Eigen::Vector4d two(0, 0.7746, 2 * 0.7746 - 0.08, 3 * 0.7746);
  CHECK(equations_in(lattice, two) == 3);
  CHECK(equations_in(lattice, two, 0.1) == 7);
  CHECK(equations_in(lattice, two, 1e-4) == 0);
}
