#include "theory/elimination.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"
#include "theory/structure.hpp"

using namespace grok;

namespace {

// The plain way, which shares no step with peeling and spreading: a basis that starts as the
// identity, one row after the other.
NullSpace row_by_row(Index p, const OutputClasses& classes, std::uint64_t prime) {
  NullSpace space(p, prime);
  for (Index c = 0; c < classes.count(); ++c) {
    for (std::size_t k = 1; k < classes[c].size(); ++k) {
      space.add(Parallelogram{classes[c][0], classes[c][k]});
    }
  }
  return space;
}

// Gauss-Jordan on the dense matrix of all rows modulo a prime, with its own arithmetic.
Index dense_nullity(Index p, const OutputClasses& classes, std::uint64_t prime) {
  const auto width = static_cast<std::size_t>(p);
  std::vector<std::vector<std::uint64_t>> rows;
  for (Index c = 0; c < classes.count(); ++c) {
    for (std::size_t k = 1; k < classes[c].size(); ++k) {
      rows.emplace_back(width, 0);
      const auto put = [&](std::int32_t s, std::uint64_t x) {
        auto& cell = rows.back()[static_cast<std::size_t>(s)];
        cell = (cell + x) % prime;
      };
      put(classes[c][0].i, 1);
      put(classes[c][0].j, 1);
      put(classes[c][k].i, prime - 1);
      put(classes[c][k].j, prime - 1);
    }
  }
  std::size_t rank = 0;
  for (std::size_t column = 0; column < width && rank < rows.size(); ++column) {
    const auto pivot = std::find_if(rows.begin() + static_cast<std::ptrdiff_t>(rank), rows.end(),
                                    [&](const auto& row) { return row[column] != 0; });
    if (pivot == rows.end()) {
      continue;
    }
    std::swap(*pivot, rows[rank]);
    std::uint64_t inverse = 1, base = rows[rank][column];
    for (std::uint64_t power = prime - 2; power > 0; power /= 2) {
      inverse = power % 2 == 1 ? inverse * base % prime : inverse;
      base = base * base % prime;
    }
    for (std::size_t r = rank + 1; r < rows.size(); ++r) {
      const std::uint64_t factor = rows[r][column] * inverse % prime;
      for (std::size_t k = column; factor != 0 && k < width; ++k) {
        rows[r][k] = (rows[r][k] + (prime - factor) * rows[rank][k]) % prime;
      }
    }
    ++rank;
  }
  return p - static_cast<Index>(rank);
}

OutputClasses drawn(const Task& task, Index n, std::uint64_t seed) {
  return group_by_output(task, draw_training_set(task, n, seed));
}

// `space` is a null space of that dimension: independent columns, on which every row vanishes.
void check_basis(const NullSpace& space, const OutputClasses& classes, Index nullity) {
  REQUIRE(space.nullity() == nullity);
  for (Index c = 0; c < classes.count(); ++c) {
    for (std::size_t k = 1; k < classes[c].size(); ++k) {
      REQUIRE(space.implies({classes[c][0], classes[c][k]}));
    }
  }
  // As many unit rows as columns can be added, each raising the rank: the columns are independent.
  NullSpace rest = space;
  std::vector<std::uint32_t> unit(static_cast<std::size_t>(space.symbols()), 0);
  Index raised = 0;
  for (auto& x : unit) {
    x = 1;
    raised += rest.add(std::span<const std::uint32_t>(unit)) ? 1 : 0;
    x = 0;
  }
  REQUIRE(raised == nullity);
  REQUIRE(rest.nullity() == 0);
}

}  // namespace

TEST_CASE("elimination: every D of the smallest tasks, by eigenvalues", "[theory][elimination]") {
  // Loops (i, i), classes of one, symbols in no sample, (i, j) beside (j, i).
  const std::vector<Task> tasks = {Task::addition(4), Task::modular_addition(4),
                                   Task::abelian({2, 2}),
                                   brute_force::random_table(3, 2, false, 5)};
  std::int64_t sets = 0;
  for (const Task& task : tasks) {
    const Index p = task.symbols();
    for (std::uint64_t bits = 0; bits < std::uint64_t{1} << task.sample_count(); ++bits) {
      const auto D = brute_force::subset(task, bits);
      const auto classes = group_by_output(task, D);
      const Index n0 = brute_force::nullity(p, brute_force::parallelograms(task, D));
      REQUIRE(exact_nullity(p, classes) == n0);
      check_basis(null_space(p, classes), classes, n0);
      ++sets;
    }
  }
  CHECK(sets == 3 * 1024 + 512);
}

TEST_CASE("elimination: random D of every density against the row-by-row basis",
          "[theory][elimination]") {
  const auto prime = GENERATE(NullSpace::default_prime, NullSpace::second_prime);
  const std::vector<Task> tasks = {Task::addition(30),
                                   Task::modular_addition(29),
                                   Task::abelian({4, 6}),
                                   Task::abelian({2, 2, 2, 2, 2}),
                                   brute_force::random_table(20, 15, false, 3),
                                   brute_force::random_table(24, 40, true, 4)};
  Index most_parameters = 0, most_isolated = 0;
  for (const Task& task : tasks) {
    const Index p = task.symbols();
    const auto P0 = list_parallelograms(group_by_output(task));
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      const Index n = 1 + static_cast<Index>(seed) * (5 * p) / 40;
      const auto classes = drawn(task, n, seed);
      const NullSpace expected = row_by_row(p, classes, prime);
      REQUIRE(exact_nullity(p, classes, 0, prime) == expected.nullity());
      const NullSpace space = null_space(p, classes, prime);
      check_basis(space, classes, expected.nullity());
      for (std::size_t k = 0; k < P0.size(); k += 1 + P0.size() / 300) {
        REQUIRE(space.implies(P0[k]) == expected.implies(P0[k]));
      }
      Elimination elimination(p, classes, prime);
      most_parameters = std::max(most_parameters, elimination.parameters());
      most_isolated = std::max(most_isolated, elimination.isolated());
    }
  }
  CHECK(most_parameters >= 4);  // both ways were used
  CHECK(most_isolated >= 15);
}

TEST_CASE("elimination: dense elimination and the second prime at larger p",
          "[theory][elimination]") {
  // Around the threshold, where elimination has most to do.
  const Index p = 300;
  const std::vector<Task> tasks = {Task::addition(p), Task::modular_addition(p),
                                   Task::abelian({2, 5, 5, 6}),
                                   brute_force::random_table(p, 2 * p, true, 9)};
  std::int64_t unique = 0, open = 0;
  for (const Task& task : tasks) {
    for (const Index n : {Index{500}, Index{800}, Index{1050}, Index{1300}}) {
      const auto classes = drawn(task, n, 17);
      const Index n0 = dense_nullity(p, classes, NullSpace::default_prime);
      CAPTURE(task.name(), n);
      REQUIRE(exact_nullity(p, classes) == n0);
      REQUIRE(exact_nullity(p, classes, 0, NullSpace::second_prime) == n0);
      REQUIRE(dense_nullity(p, classes, NullSpace::second_prime) == n0);
      REQUIRE(null_space(p, classes).nullity() == n0);
      (n0 == full_nullity(task) ? unique : open) += 1;
    }
  }
  CHECK(unique >= 2);
  CHECK(open >= 6);
}

TEST_CASE("elimination: many samples leave few parameters", "[theory][elimination]") {
  const Index p = 3'000;
  const Task task = Task::addition(p);
  const auto many = drawn(task, 200'000, 3);
  CHECK(Elimination(p, many, NullSpace::default_prime).parameters() <= 6);
  CHECK(exact_nullity(p, many) == 2);
  const auto few = drawn(task, 13'500, 3);  // at the threshold
  CHECK(Elimination(p, few, NullSpace::default_prime).parameters() < p / 20);
}

TEST_CASE("at_least: stops at the bound, never below what is true", "[theory][elimination]") {
  const Task task = Task::addition(60);
  for (const Index n : {60, 120, 170, 300}) {
    const auto classes = drawn(task, n, 8);
    const Index n0 = exact_nullity(60, classes);
    CHECK(exact_nullity(60, classes, 2) == n0);
    CHECK(exact_nullity(60, classes, n0) == n0);
  }
  CHECK(exact_nullity(60, drawn(task, 0 + 1, 8), 2) == 60);
}

TEST_CASE("growing from a front: as from the first sample on", "[theory][elimination]") {
  for (const Task& task :
       {Task::addition(20), Task::abelian({3, 6}), brute_force::random_table(12, 20, false, 1)}) {
    std::vector<Sample> order;
    for (const Index k : RandomStream(4, "test").sample(task.sample_count(), 70)) {
      order.push_back(task.sample(k));
    }
    for (const std::size_t cut : {0, 10, 30, 50}) {
      GrowingStructure whole(task), later(task, std::span(order).first(cut));
      for (std::size_t n = 0; n < order.size(); ++n) {
        whole.add(order[n]);
        if (n >= cut) {
          later.add(order[n]);
          REQUIRE(later.nullity() == whole.nullity());
        }
      }
    }
  }
}

TEST_CASE("elimination: what it cannot hold is refused", "[theory][elimination][errors]") {
  CHECK_THROWS_WITH(NullSpace(15'001), "NullSpace: symbols = 15001, allowed [1, 15000]");
  CHECK_THROWS_WITH(NullSpace(3, 2, std::vector<std::uint32_t>(5), NullSpace::default_prime),
                    "NullSpace: basis = 5, allowed [6, 6]");
  const Task task = Task::addition(20'000);  // nothing is known: p^2 numbers
  CHECK_THROWS_WITH(null_space(20'000, drawn(task, 10, 1)),
                    "null_space: numbers to keep = 400000000, allowed [0, 250000000]");
  CHECK(exact_nullity(20'000, drawn(task, 10, 1)) == 20'000);  // but this is cheap
  CHECK_THROWS_WITH(exact_nullity(5, drawn(Task::addition(5), 3, 1), 0, 97),
                    "NullSpace: prime = 97, allowed 2147483647, 2147483629");
}
