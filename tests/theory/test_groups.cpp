// tests/theory/test_groups.cpp: S_n against its matrices, products of cyclic groups digit by digit.
#include "theory/groups.hpp"

#include <algorithm>
#include <set>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"
#include "tests/theory/matrix_solutions.hpp"

using namespace grok;

TEST_CASE("S_n: M_a M_b = M_{a o b} for all pairs", "[theory][groups]") {
  const Index n = GENERATE(2, 3, 4);
  const Task task = Task::permutations(n);
  const Eigen::MatrixXd E = matrices::permutation_matrices(n);
  REQUIRE(task.symbols() == factorial(n));
  REQUIRE(task.outputs() == task.symbols());
  REQUIRE(task.sample_count() == task.symbols() * task.symbols());
  CHECK(task.name() == "permutations");
  CHECK(!task.commutative());
  CHECK(task.combination() == Combination::matrix_product);
  CHECK(task.table_outputs().empty());
  for (const Sample s : task.samples()) {
    const Eigen::MatrixXd product = matrices::matrix(E, s.i, n) * matrices::matrix(E, s.j, n);
    REQUIRE(matrices::matrix(E, task.output(s), n) == product);
  }
}

TEST_CASE("S_3: first a, then b, in lexicographic order", "[theory][groups]") {
  CHECK(permutations_of(3) ==
        std::vector<std::int32_t>{0, 1, 2, 0, 2, 1, 1, 0, 2, 1, 2, 0, 2, 0, 1, 2, 1, 0});
  const Task task = Task::permutations(3);
  CHECK(task.output({1, 2}) == 3);  // i -> b[a[i]] with a = 021, b = 102 is 120
  CHECK(task.output({2, 1}) == 4);  // and 201 the other way
  for (std::int32_t a = 0; a < 6; ++a) {
    CHECK(task.output({0, a}) == a);
    CHECK(task.output({a, 0}) == a);
  }
}

TEST_CASE("S_5: a group", "[theory][groups]") {
  const Task task = Task::permutations(5);
  RandomStream stream(1, "test/groups");
  const auto o = [&](Index a, Index b) {
    return task.output({static_cast<std::int32_t>(a), static_cast<std::int32_t>(b)});
  };
  for (Index a = 0; a < 120; ++a) {
    std::set<Index> row, column;
    for (Index b = 0; b < 120; ++b) {
      row.insert(o(a, b));
      column.insert(o(b, a));
      const Index c = stream.below(120);
      REQUIRE(o(o(a, b), c) == o(a, o(b, c)));
    }
    REQUIRE(row.size() == 120);
    REQUIRE(column.size() == 120);
  }
}

TEST_CASE("|P0| of permutations: 90 for S_3, and what is among them",
          "[theory][groups][published]") {
  const auto P0_of = [](Index n) {
    const Task task = Task::permutations(n);
    return brute_force::parallelograms(task, task.samples());
  };
  const auto P0 = P0_of(3);
  CHECK(P0.size() == 90);  // unordered pairs of distinct ordered pairs: 6 C(6,2)
  CHECK(P0_of(2).size() == 2);
  CHECK(count_parallelograms(group_by_output(Task::permutations(4))) == 24 * 276);
  int swaps = 0, squares = 0, shared = 0;
  for (const auto& [s, t] : P0) {
    swaps += s == Sample{t.j, t.i};       // ab = ba
    squares += s.i == s.j || t.i == t.j;  // aa = cd
    shared += s.i == t.i || s.j == t.j;   // ab = ad: impossible in a group
  }
  CHECK(swaps == 6);
  CHECK(squares == 24);
  CHECK(shared == 0);
}

TEST_CASE("abelian: digit by digit, unordered pairs", "[theory][groups]") {
  const Task task = Task::abelian({2, 3, 4});
  CHECK(task.name() == "abelian");
  CHECK(task.symbols() == 24);
  CHECK(task.outputs() == 24);
  CHECK(task.commutative());
  CHECK(task.combination() == Combination::sum);
  CHECK(std::vector<Index>(task.orders().begin(), task.orders().end()) ==
        std::vector<Index>{2, 3, 4});
  const auto number = [](Index x, Index y, Index z) { return (x * 3 + y) * 4 + z; };
  for (const Sample s : task.samples()) {
    const Index x = s.i / 12 + s.j / 12, y = s.i / 4 % 3 + s.j / 4 % 3, z = s.i % 4 + s.j % 4;
    REQUIRE(task.output(s) == number(x % 2, y % 3, z % 4));
  }
}

TEST_CASE("abelian: one factor is modular addition", "[theory][groups]") {
  const Index p = GENERATE(2, 7, 12);
  const Task cyclic = Task::abelian({p});
  const Task modular = Task::modular_addition(p);
  CHECK(modular.orders().empty());
  for (const Sample s : modular.samples()) {
    REQUIRE(cyclic.output(s) == modular.output(s));
  }
}

TEST_CASE("groups by name", "[theory][groups]") {
  const std::vector<Index> orders = {2, 3};
  CHECK(make_task("abelian", 6, orders).output({5, 5}) == Task::abelian({2, 3}).output({5, 5}));
  CHECK(make_task("permutations", 24).output({9, 17}) == Task::permutations(4).output({9, 17}));
  CHECK(make_task("addition", 5, {}).outputs() == 9);
  CHECK_THROWS_WITH(make_task("permutations", 7),
                    "permutations: symbols = 7, allowed n!: 2, 6, 24, 120, 720");
  CHECK_THROWS_WITH(make_task("abelian", 6), "abelian: orders.size() = 0, allowed [1, 11]");
  CHECK_THROWS_WITH(make_task("abelian", 7, orders), "abelian: symbols = 7, allowed [6, 6]");
  CHECK_THROWS_WITH(make_task("addition", 6, orders),
                    "task: orders = 2,3, allowed nothing (task = addition)");
}

TEST_CASE("groups of impossible size are rejected, with the value", "[theory][groups][errors]") {
  CHECK_THROWS_WITH(Task::permutations(1), "permutations: n = 1, allowed [2, 6]");
  CHECK_THROWS_WITH(Task::permutations(7), "permutations: n = 7, allowed [2, 6]");
  CHECK_THROWS_WITH(Task::abelian({3, 1}), "abelian: order = 1, allowed [2, 100000]");
  CHECK_THROWS_WITH(Task::abelian({3, -2}), "abelian: order = -2, allowed [2, 100000]");
  CHECK_THROWS_WITH(Task::abelian({400, 300}), "abelian: symbols = 120000, allowed [2, 100000]");
  CHECK_NOTHROW(Task::abelian({100, 40}));
  CHECK_THROWS_AS(factorial(-1), InputError);
}

TEST_CASE("permutations: their names, and which are even", "[theory][groups]") {
  CHECK(permutation_names(3) == std::vector<std::string>{"012", "021", "102", "120", "201", "210"});
  CHECK(even_permutations(3) == std::vector<bool>{true, false, false, true, true, false});
  const auto even = even_permutations(5);
  CHECK(even.size() == 120);
  CHECK(std::count(even.begin(), even.end(), true) == 60);
}
