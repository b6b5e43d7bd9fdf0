#include "theory/null_space.hpp"

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"

using namespace grok;

namespace {

std::vector<Task> some_tasks(Index p) {
  return {Task::addition(p), Task::modular_addition(p), brute_force::random_table(p, p, false, 11),
          brute_force::random_table(p, p, true, 12)};
}

// A training set in random order.
std::vector<Sample> shuffled(const Task& task, Index n, std::uint64_t seed) {
  std::vector<Sample> D;
  for (const Index k : RandomStream(seed, "test").sample(task.sample_count(), n)) {
    D.push_back(task.sample(k));
  }
  return D;
}

}  // namespace

TEST_CASE("rank of A(P0) is p-2 for addition, p-1 for modular addition", "[theory][null_space]") {
  const auto prime = GENERATE(NullSpace::default_prime, NullSpace::second_prime);
  for (Index p = 3; p <= 20; ++p) {
    const Task task = Task::addition(p);
    const NullSpace space = null_space(p, group_by_output(task), prime);
    CHECK(space.nullity() == 2);
    CHECK(brute_force::nullity(p, list_parallelograms(group_by_output(task))) == 2);
    const Task modular = Task::modular_addition(p);
    CHECK(null_space(p, group_by_output(modular), prime).nullity() == 1);
    CHECK(brute_force::nullity(p, list_parallelograms(group_by_output(modular))) == 1);
  }
  CHECK(null_space(300, group_by_output(Task::addition(300)), prime).nullity() == 2);
  CHECK(null_space(299, group_by_output(Task::modular_addition(299)), prime).nullity() == 1);
}

TEST_CASE("nullity of random D: both primes, eigenvalues, any order", "[theory][null_space]") {
  int between = 0;  // neither empty nor full rank
  for (const Index p : {3, 5, 8, 12, 30}) {
    for (const Task& task : some_tasks(p)) {
      const Index full = null_space(p, group_by_output(task)).nullity();
      for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const Index n = 1 + static_cast<Index>(seed) * (task.sample_count() - 1) / 29;
        const auto D = draw_training_set(task, n, seed);
        const auto classes = group_by_output(task, D);
        const Index n0 = null_space(p, classes).nullity();
        REQUIRE(n0 == brute_force::nullity(p, list_parallelograms(classes)));
        REQUIRE(n0 == null_space(p, classes, NullSpace::second_prime).nullity());
        GrowingStructure growing(task);
        for (const Index k : RandomStream(seed, "order").sample(n, n)) {
          growing.add(D[static_cast<std::size_t>(k)]);
        }
        REQUIRE(growing.nullity() == n0);
        between += full < n0 && n0 < p;
      }
    }
  }
  CHECK(between > 100);
}

TEST_CASE("large random D: the two primes agree with a rank by QR", "[theory][null_space]") {
  const Index p = 120;
  const Task task = Task::addition(p);
  for (const Index n : {100, 250, 350, 450}) {
    const auto classes = group_by_output(task, draw_training_set(task, n, 5));
    const auto rows = brute_force::A(p, list_parallelograms(classes));
    const Index rank = Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(rows).rank();
    CHECK(null_space(p, classes).nullity() == p - rank);
    CHECK(null_space(p, classes, NullSpace::second_prime).nullity() == p - rank);
    CHECK(rank > 10);
  }
}

TEST_CASE("growing: the nullity of every front of an order", "[theory][null_space]") {
  for (const Task& task : some_tasks(6)) {
    const auto D = shuffled(task, task.sample_count(), 3);
    GrowingStructure growing(task);
    CHECK(growing.nullity() == 6);
    for (std::size_t n = 1; n <= D.size(); ++n) {
      growing.add(D[n - 1]);
      const std::vector<Sample> front(D.begin(), D.begin() + static_cast<std::ptrdiff_t>(n));
      REQUIRE(growing.nullity() ==
              brute_force::nullity(6, brute_force::parallelograms(task, front)));
    }
    CHECK(growing.nullity() < 6);
  }
}

TEST_CASE("implies: exactly when the row does not raise the rank", "[theory][null_space]") {
  const auto prime = GENERATE(NullSpace::default_prime, NullSpace::second_prime);
  const Index p = 7;
  int implied = 0;
  int free = 0;
  for (const Task& task : some_tasks(p)) {
    const auto P0 = list_parallelograms(group_by_output(task));
    for (const Index n : {8, 12, 16, 20, 24}) {
      const auto classes = group_by_output(task, draw_training_set(task, n, 77));
      auto P = list_parallelograms(classes);
      const NullSpace space = null_space(p, classes, prime);
      const auto print = space.fingerprint();
      const auto sum = [&](Sample s) {
        return (print[static_cast<std::size_t>(s.i)] + print[static_cast<std::size_t>(s.j)]) %
               prime;
      };
      for (const auto& q : P0) {
        P.push_back(q);
        const bool expected = brute_force::nullity(p, P) == space.nullity();
        P.pop_back();
        REQUIRE(space.implies(q) == expected);
        REQUIRE(space.implies({q.second, q.first}) == expected);
        REQUIRE((sum(q.first) == sum(q.second)) == expected);
        NullSpace more = space;
        REQUIRE(more.add(q) == !expected);
        REQUIRE(more.nullity() == space.nullity() - (expected ? 0 : 1));
        REQUIRE(more.implies(q));
        REQUIRE_FALSE(more.add(q));
        (expected ? implied : free) += 1;
      }
    }
  }
  CHECK(implied > 100);
  CHECK(free > 100);
}

TEST_CASE("the full line implies equal sums and nothing else", "[theory][null_space]") {
  const Index p = 10;
  const Task task = Task::addition(p);
  const NullSpace space = null_space(p, group_by_output(task));
  const auto all = task.samples();
  for (const Sample a : all) {
    for (const Sample b : all) {
      REQUIRE(space.implies({a, b}) == (task.output(a) == task.output(b)));
    }
  }
}

TEST_CASE("null space: other primes and sizes are rejected", "[theory][null_space][errors]") {
  CHECK_THROWS_WITH(NullSpace(10, 97), "NullSpace: prime = 97, allowed 2147483647, 2147483629");
  CHECK_THROWS_WITH(NullSpace(0), "NullSpace: symbols = 0, allowed [1, 15000]");
}
