#include "theory/task.hpp"

#include <set>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("D0: numbering is lexicographic and inverts", "[theory][task]") {
  const Index p = GENERATE(2, 3, 10, 57);
  const std::vector<std::int32_t> square(static_cast<std::size_t>(p * p), 0);
  for (const Task& task : {Task::addition(p), Task::modular_addition(p), Task::abelian({2, p}),
                           Task::permutations(3), Task::table(p, false, square)}) {
    const auto all = task.samples();
    REQUIRE(std::ssize(all) == task.sample_count());
    const Index n = task.symbols();
    REQUIRE(task.sample_count() == (task.commutative() ? n * (n + 1) / 2 : n * n));
    CHECK(std::is_sorted(all.begin(), all.end()));
    CHECK(std::set<Sample>(all.begin(), all.end()).size() == all.size());
    for (Index k = 0; k < std::ssize(all); ++k) {
      const Sample s = all[static_cast<std::size_t>(k)];
      REQUIRE(task.sample(k) == s);
      REQUIRE(task.index(s) == k);
      REQUIRE((!task.commutative() || s.i <= s.j));
    }
  }
}

TEST_CASE("D0: numbering is exact for the largest task", "[theory][task]") {
  const Task task = Task::addition(max_symbols);
  const auto p = static_cast<std::int32_t>(max_symbols);
  Index k = 0;  // of (i, i), the start of row i
  for (std::int32_t i = 0; i < p; ++i) {
    for (const std::int32_t j : {i, (i + p - 1) / 2, p - 1}) {
      REQUIRE(task.index({i, j}) == k + j - i);
      REQUIRE(task.sample(k + j - i) == Sample{i, j});
    }
    k += p - i;
  }
  CHECK(k == task.sample_count());
}

TEST_CASE("rules: outputs and how often each comes", "[theory][task]") {
  for (Index p = 2; p <= 20; ++p) {
    const Task addition = Task::addition(p);
    const Task modular = Task::modular_addition(p);
    CHECK(addition.outputs() == 2 * p - 1);
    CHECK(modular.outputs() == p);
    std::vector<Index> count(static_cast<std::size_t>(2 * p - 1), 0);
    for (const Sample s : addition.samples()) {
      REQUIRE(addition.output(s) == s.i + s.j);
      REQUIRE(modular.output(s) == (s.i + s.j) % p);
      ++count[static_cast<std::size_t>(addition.output(s))];
    }
    for (Index s = 0; s <= 2 * p - 2; ++s) {  // c_s = floor(min(s, 2p-2-s)/2) + 1
      CHECK(count[static_cast<std::size_t>(s)] == std::min(s, 2 * p - 2 - s) / 2 + 1);
    }
  }
}

TEST_CASE("table: outputs as given, order of a pair kept or not", "[theory][task]") {
  const Task ordered = Task::table(2, false, {0, 1, 2, 7});
  CHECK(ordered.name() == "table");
  CHECK(ordered.outputs() == 8);
  CHECK(ordered.output({0, 1}) == 1);
  CHECK(ordered.output({1, 0}) == 2);
  CHECK(ordered.canonical({1, 0}) == Sample{1, 0});
  const Task unordered = Task::table(2, true, {4, 5, 6});
  CHECK(unordered.output({1, 1}) == 6);
  CHECK(unordered.canonical({1, 0}) == Sample{0, 1});
  CHECK(unordered.table_outputs().size() == 3);
  CHECK(Task::addition(2).table_outputs().empty());
}

TEST_CASE("make_task: by name", "[theory][task]") {
  CHECK(make_task("addition", 7).outputs() == 13);
  CHECK(make_task("modular-addition", 7).outputs() == 7);
  CHECK_THROWS_WITH(
      make_task("subtraction", 7),
      "task: name = subtraction, allowed addition, modular-addition, abelian, permutations "
      "(table: from a file)");
  CHECK_THROWS_AS(make_task("table", 7), InputError);
}

TEST_CASE("tasks of impossible size are rejected, with the value", "[theory][task][errors]") {
  CHECK_THROWS_WITH(Task::addition(0), "addition: symbols = 0, allowed [2, 100000]");
  CHECK_THROWS_WITH(Task::addition(1), "addition: symbols = 1, allowed [2, 100000]");
  CHECK_THROWS_WITH(Task::addition(1'000'000'000),
                    "addition: symbols = 1000000000, allowed [2, 100000]");
  CHECK_THROWS_WITH(Task::modular_addition(-3),
                    "modular-addition: symbols = -3, allowed [2, 100000]");
  CHECK_THROWS_WITH(Task::table(1, true, {0}), "table: symbols = 1, allowed [2, 4000]");
  CHECK_THROWS_WITH(Task::table(2, true, {0, 1}), "table: entries = 2, allowed [3, 3]");
  CHECK_THROWS_WITH(Task::table(2, true, {0, -1, 1}), "table: output = -1, allowed [0, 9999999]");
  CHECK_THROWS_WITH(Task::table(2, true, {0, 10'000'000, 1}),
                    "table: output = 10000000, allowed [0, 9999999]");
  CHECK_THROWS_WITH(Task::table(4'001, true, {}), "table: symbols = 4001, allowed [2, 4000]");
  CHECK_THROWS_WITH(Task::addition(7'000).samples(),
                    "all samples: |D0| = 24503500, allowed [1, 20000000]");
  CHECK_NOTHROW(Task::addition(2));
  CHECK_NOTHROW(Task::addition(4'000));
}
