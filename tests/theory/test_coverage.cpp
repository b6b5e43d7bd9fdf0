#include "theory/coverage.hpp"

#include <bit>
#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"
#include "theory/threshold.hpp"

using namespace grok;

namespace {

// Symbols in a row of A(P0(D)) that is not zero, by looking at all of them.
std::set<Index> covered_symbols(const Task& task, const std::vector<Sample>& D) {
  const Eigen::MatrixXd rows = brute_force::A(task.symbols(), brute_force::parallelograms(task, D));
  std::set<Index> covered;
  for (Index s = 0; s < task.symbols(); ++s) {
    if (rows.rows() > 0 && rows.col(s).cwiseAbs().maxCoeff() > 0) {
      covered.insert(s);
    }
  }
  return covered;
}

Index classes_met(const Task& task, const std::vector<Sample>& D) {
  std::set<Index> outputs;
  for (const Sample s : D) {
    outputs.insert(task.output(s));
  }
  return std::ssize(outputs);
}

std::vector<Task> small_tasks() {
  return {Task::addition(2),
          Task::addition(3),
          Task::addition(5),
          Task::modular_addition(2),
          Task::modular_addition(4),
          Task::modular_addition(5),
          Task::abelian({2, 2}),
          brute_force::random_table(3, 3, false, 4),
          brute_force::random_table(4, 3, true, 5)};
}

}  // namespace

TEST_CASE("coverage: expectations over every D of small tasks", "[theory][coverage]") {
  for (const Task& task : small_tasks()) {
    const Index all = task.sample_count();
    const auto whole = covered_symbols(task, task.samples());
    CAPTURE(task.name(), task.symbols());
    REQUIRE(coverable_symbols(task) == std::ssize(whole));
    std::vector<double> uncovered(static_cast<std::size_t>(all) + 1, 0), sets(uncovered),
        untouched(uncovered), rows(uncovered);
    for (std::uint64_t bits = 0; bits < std::uint64_t{1} << all; ++bits) {
      const auto D = brute_force::subset(task, bits);
      const auto n = D.size();
      const auto covered = covered_symbols(task, D);
      ++sets[n];
      uncovered[n] += static_cast<double>(whole.size() - covered.size());
      rows[n] += static_cast<double>(n) - static_cast<double>(classes_met(task, D));
      for (const Index s : whole) {
        untouched[n] +=
            std::none_of(D.begin(), D.end(), [&](Sample x) { return x.i == s || x.j == s; });
      }
    }
    const CoverageTheory theory(task);
    for (std::size_t n = 0; n < sets.size(); ++n) {
      const auto size = static_cast<Index>(n);
      CAPTURE(n);
      CHECK(theory.expected_uncovered(size) ==
            Approx(uncovered[n] / sets[n]).epsilon(1e-9).margin(1e-12));
      CHECK(theory.expected_untouched(size) ==
            Approx(untouched[n] / sets[n]).epsilon(1e-9).margin(1e-12));
      CHECK(theory.expected_rows(size) == Approx(rows[n] / sets[n]).epsilon(1e-9).margin(1e-12));
    }
  }
}

TEST_CASE("coverage: a rule known by name, and the same as a table", "[theory][coverage]") {
  // The built-in rules count their classes by formula and cut the integral; the table is read.
  for (const Index p : {30, 41}) {
    const CoverageTheory theory(Task::addition(p)), table(brute_force::addition_table(p));
    for (const Index n : {p / 2, p, 2 * p, 3 * p, 6 * p}) {
      CAPTURE(p, n);
      CHECK(theory.expected_uncovered(n) == Approx(table.expected_uncovered(n)).epsilon(1e-10));
      CHECK(theory.expected_untouched(n) == Approx(table.expected_untouched(n)).epsilon(1e-10));
      CHECK(theory.expected_rows(n) == Approx(table.expected_rows(n)).epsilon(1e-10));
    }
    CHECK(theory.median_covered() == Approx(table.median_covered()).epsilon(1e-9));
  }
  for (const Task& group :
       {Task::modular_addition(24), Task::abelian({2, 2, 2, 2}), Task::abelian({3, 4, 2})}) {
    std::vector<std::int32_t> outputs;
    for (const Sample s : group.samples()) {
      outputs.push_back(static_cast<std::int32_t>(group.output(s)));
    }
    const CoverageTheory theory(group), table(Task::table(group.symbols(), true, outputs));
    for (const Index n : {10, 30, 60, 90}) {
      CHECK(theory.expected_uncovered(n) == Approx(table.expected_uncovered(n)).epsilon(1e-10));
      CHECK(theory.expected_rows(n) == Approx(table.expected_rows(n)).epsilon(1e-10));
    }
  }
}

TEST_CASE("coverage: expectations against draws at p = 60", "[theory][coverage]") {
  // Means of 4000 draws within 4.5 standard errors: false alarm 8 * 7e-6 for a new seed.
  for (const Task& task : {Task::addition(60), Task::modular_addition(60)}) {
    const CoverageTheory theory(task);
    for (const Index n : {120, 200}) {
      double uncovered = 0, squares = 0, rows = 0, row_squares = 0;
      constexpr int draws = 4000;
      for (std::uint64_t seed = 0; seed < draws; ++seed) {
        GrowingCoverage coverage(task);
        for (const Index k : RandomStream(seed, "test").sample(task.sample_count(), n)) {
          coverage.add(task.sample(k));
        }
        const auto x = static_cast<double>(task.symbols() - coverage.covered());
        const auto y = static_cast<double>(coverage.rows());
        uncovered += x;
        squares += x * x;
        rows += y;
        row_squares += y * y;
      }
      const auto error = [](double sum, double of_squares) {
        return 4.5 * std::sqrt((of_squares / draws - sum / draws * sum / draws) / draws);
      };
      CAPTURE(task.name(), n);
      CHECK(std::abs(theory.expected_uncovered(n) - uncovered / draws) < error(uncovered, squares));
      CHECK(std::abs(theory.expected_rows(n) - rows / draws) < error(rows, row_squares));
      CHECK(error(uncovered, squares) < 0.6 * theory.expected_uncovered(n));
    }
  }
}

TEST_CASE("growing coverage: every front of an order", "[theory][coverage]") {
  for (const Task& task : small_tasks()) {
    std::vector<Sample> front;
    GrowingCoverage coverage(task);
    for (const Index k : RandomStream(2, "test").sample(task.sample_count(), task.sample_count())) {
      front.push_back(task.sample(k));
      coverage.add(front.back());
      REQUIRE(coverage.covered() == std::ssize(covered_symbols(task, front)));
      REQUIRE(coverage.rows() == std::ssize(front) - classes_met(task, front));
    }
  }
}

TEST_CASE("coverage: medians are where the probability is a half", "[theory][coverage]") {
  const CoverageTheory theory(Task::addition(80));
  const auto n = static_cast<Index>(std::ceil(theory.median_covered()));
  CHECK(std::exp(-theory.expected_uncovered(n)) >= 0.5);
  CHECK(std::exp(-theory.expected_uncovered(n - 1)) < 0.5);
  const auto rows = static_cast<Index>(std::ceil(theory.median_rows(2)));
  CHECK(theory.expected_rows(rows) >= 77.5);
  CHECK(theory.expected_rows(rows - 1) < 77.5);
  CHECK(theory.median_touched() < theory.median_covered());
  CHECK(CoverageTheory(Task::addition(2)).median_covered() == 0);
  CHECK(CoverageTheory(Task::addition(2)).median_rows(2) == 0);
}

TEST_CASE("coverage: the asymptotic formula of docs/theory.md", "[theory][coverage]") {
  // 2 nu = ln p - ln ln 2 + ln(1 + 2 c/nu), c = Ein: sum 2^k/(k k!) = 3.6839, nu = n/p: the ends of
  // the line are harder. For the groups 2 nu (1 - e^-nu) = ln p - ln ln 2.
  double previous = 1;
  for (const Index p : {1'000, 10'000, 100'000}) {
    const double measured =
        CoverageTheory(Task::addition(p)).median_covered() / static_cast<double>(p);
    double nu = measured;
    for (int step = 0; step < 100; ++step) {
      nu = (std::log(static_cast<double>(p)) - std::log(std::log(2.0)) +
            std::log(1 + 2 * 3.6839 / nu)) /
           2;
    }
    CHECK(std::abs(measured / nu - 1) < 0.03);
    CHECK(std::abs(measured / nu - 1) < previous);
    previous = std::abs(measured / nu - 1);
  }
  const double nu = CoverageTheory(Task::modular_addition(10'001)).median_covered() / 10'001;
  CHECK(2 * nu * (1 - std::exp(-nu)) ==
        Approx(std::log(10'001) - std::log(std::log(2.0))).epsilon(2e-3));
}

TEST_CASE("coverage: impossible questions", "[theory][coverage][errors]") {
  const CoverageTheory theory(Task::addition(5));
  CHECK_THROWS_WITH(theory.expected_uncovered(16), "coverage: train = 16, allowed [0, 15]");
  CHECK_THROWS_WITH(theory.expected_rows(-1), "coverage: train = -1, allowed [0, 15]");
  CHECK_THROWS_WITH(CoverageTheory(Task::permutations(3)),
                    ContainsSubstring("coverage: task = permutations"));
}
