#include "compare/statistics/scaling.hpp"

#include <algorithm>
#include <cmath>

#include "compare/statistics/threshold_summary.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "theory/coverage.hpp"

using namespace grok;

TEST_CASE("critical size: as the summary of all sizes", "[compare][scaling]") {
  for (const Task& task : {Task::addition(8), Task::addition(10), Task::modular_addition(9)}) {
    for (const std::int64_t draws : {1, 3, 7, 50, 401}) {
      const UniqueSizes sizes = draw_unique_sizes(task, draws, 5, 1);
      const Estimate expected = summarise_threshold(count_unique(task, draws, 5, 1)).critical_train;
      const Estimate found = critical_size(sizes.unique, sizes.samples);
      CAPTURE(task.name(), draws);
      CHECK(found.value == Approx(expected.value).epsilon(1e-12));
      CHECK(found.low == Approx(expected.low).epsilon(1e-12));
      CHECK(found.high == Approx(expected.high).epsilon(1e-12));
    }
  }
  CHECK(critical_size({0, 0, 0}, 3).value == 0);  // p = 2: nothing to learn
  CHECK(critical_size({2, 2, 2, 2, 2, 2, 2, 2}, 9).value == 1.5);
}

TEST_CASE("a point of the scan, by hand", "[compare][scaling]") {
  const Task task = Task::addition(10);
  UniqueSizes sizes;
  sizes.samples = 55;
  sizes.unique = {20, 24, 22, 30, 26, 23, 21, 25};
  sizes.covered = {20, 20, 22, 29, 26, 23, 21, 11};
  sizes.rows = {19, 24, 20, 20, 20, 20, 20, 20};
  const ScalingPoint point = summarise_scaling(task, sizes);
  CHECK(point.symbols == 10);
  CHECK(point.draws == 8);
  CHECK(point.n50.value == 23);  // 4 of 8 need no more
  CHECK(point.n50.low == 20);    // order statistics 1 and 8
  CHECK(point.n50.high == 30);
  CHECK(point.fraction.value == Approx(23.0 / 55));
  CHECK(point.fraction.high == Approx(30.0 / 55));
  CHECK(point.critical_train.value == 23);
  CHECK(point.covered.value == 21);
  CHECK(point.rows.value == 20);
  CHECK(point.explained.value == Approx(6.0 / 8));  // not the fourth and the last
  const CoverageTheory theory(task);
  CHECK(point.coverage == theory.median_covered());
  CHECK(point.counting == theory.median_rows(2));
  CHECK(point.touched == theory.median_touched());
  CHECK(point.predicted == std::max(point.coverage, point.counting));
  CHECK(point.ratio.value == Approx(point.critical_train.value / point.predicted));
  CHECK(point.ratio.high == Approx(point.critical_train.high / point.predicted));
}

TEST_CASE("scaling: coverage and rows predict n50 without a constant", "[compare][scaling]") {
  // Within 2% and the interval of 1000 draws, from p = 80 on, for each rule.
  for (const Task& task : {Task::addition(80), Task::addition(160), Task::modular_addition(100),
                           Task::abelian({2, 2, 2, 2, 2, 2, 2}), Task::abelian({3, 3, 3, 3})}) {
    const ScalingPoint point = summarise_scaling(task, draw_unique_sizes(task, 1000, 3, 2));
    CAPTURE(task.name(), task.symbols(), point.ratio.low, point.ratio.high);
    CHECK(point.ratio.low < 1.02);
    CHECK(point.ratio.high > 0.98);
    CHECK(point.ratio.high - point.ratio.low < 0.06);
    CHECK(point.explained.low > 0.8);
    CHECK(point.touched < 0.97 * point.critical_train.value);  // samples alone do not explain it
  }
  // Where the argument fails: small tasks need more.
  const Task small = Task::addition(10);
  const ScalingPoint point = summarise_scaling(small, draw_unique_sizes(small, 1000, 3, 2));
  CHECK(point.ratio.low > 1.04);
  CHECK(point.explained.high < 0.7);
}

TEST_CASE("scaling: tasks by name", "[compare][scaling]") {
  CHECK(scaling_task("scaling", "addition", 7, {}).outputs() == 13);
  CHECK(scaling_task("scaling", "modular-addition", 7, {}).outputs() == 7);
  const Task group = scaling_task("scaling", "abelian", 27, 3);
  CHECK(std::vector<Index>(group.orders().begin(), group.orders().end()) ==
        std::vector<Index>{3, 3, 3});
  CHECK_THROWS_WITH(scaling_task("scaling", "abelian", 24, 2),
                    "scaling: --symbols = 24, allowed powers of the factor 2");
  CHECK_THROWS_WITH(
      scaling_task("scaling", "abelian", 8, {}),
      "scaling: --factor = nothing, allowed the order of each cyclic group (--task abelian)");
  CHECK_THROWS_WITH(scaling_task("scaling", "addition", 8, 2),
                    "scaling: --factor = 2, allowed nothing (--task addition)");
  CHECK_THROWS_WITH(scaling_task("scaling", "permutations", 6, {}),
                    "scaling: --task = permutations, allowed addition, modular-addition, abelian");
}

TEST_CASE("scaling: lists and ranges of sizes", "[compare][scaling]") {
  const auto scan = [](const std::string& text) { return scan_of_symbols("scaling", text); };
  CHECK(scan("40,6,10,6") == std::vector<Index>{6, 10, 40});
  CHECK(scan("10:1000:3") == std::vector<Index>{10, 100, 1000});
  CHECK(scan("3:6:7") == std::vector<Index>{3, 4, 5, 6});  // rounded, each once
  for (const std::string bad : {"", "6,,7", "6;7", "1,6", "6,100001", "6:10", "10:6:3", "6:10:1",
                                "6:10:2:3", "a:b:c", "6.5"}) {
    CAPTURE(bad);
    CHECK_THROWS_WITH(scan(bad),
                      "scaling: --symbols = " + bad +
                          ", allowed sizes a,b,c or from:to:count, each size in [2, 100000]");
  }
}

TEST_CASE("scaling: sizes that cannot be are refused", "[compare][scaling][errors]") {
  UniqueSizes sizes;
  sizes.samples = 55;
  CHECK_THROWS_WITH(summarise_scaling(Task::addition(10), sizes),
                    ContainsSubstring("summarise_scaling: draws = 0, allowed [1, "));
  sizes.unique = {20, 56};
  sizes.covered = sizes.rows = {10, 11};
  CHECK_THROWS_WITH(summarise_scaling(Task::addition(10), sizes),
                    "summarise_scaling: unique = 56, allowed [0, 55]");
  sizes.unique = {20, 21};
  sizes.rows = {10};
  CHECK_THROWS_WITH(summarise_scaling(Task::addition(10), sizes),
                    "summarise_scaling: rows = 1, allowed [2, 2]");
}
