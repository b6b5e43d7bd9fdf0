#include "figures/representation/representation.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/toy/accuracy_runs.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

TEST_CASE("fig3: tables, report and claims", "[figures]") {
  AccuracyRuns runs = accuracy_example();
  runs.add(44, 2, 3, 3, 55);
  runs.records.back().state = "diverged";
  const toy::AccuracyData data = toy::collect_accuracy(runs.specs, runs.records);
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 3);
  REQUIRE(sheet.table("ab").rows.size() == 2);
  CHECK(sheet.table("ab").rows[0][0] == "11");
  REQUIRE(sheet.table("c").rows.size() == 4);
  CHECK(sheet.table("c").rows[3] ==
        std::vector<std::string>{"44", "1", "0.8", to_text(50.0 / 55), to_text(54.0 / 55),
                                 to_text(52.0 / 55), to_text(6.0 / 11), to_text(10.0 / 11)});
  const CsvTable& numbers = sheet.table("numbers");
  CHECK(rows_of(numbers, {"networks", "equal", "above"}) == Rows{{4, 2, 1}, {4, 2, 1}});
  CHECK_THAT(sheet.report(), ContainsSubstring("predicted accuracy above the ideal one: 1 of 4") &&
                                 ContainsSubstring("1 diverged (left out)"));
  const auto claims = claims_of(data);
  REQUIRE(claims.size() == 5);
  CHECK_THAT(claims[3].ours, ContainsSubstring("2 of 4, 0.50"));
}

TEST_CASE("fig3: one seed has no interval, and is drawn", "[figures][gnuplot]") {
  AccuracyRuns runs;
  runs.add(11, 4, 11, 12, 13);
  runs.add(44, 4, 50, 49, 52);
  const toy::AccuracyData data = toy::collect_accuracy(runs.specs, runs.records);
  CHECK(std::isnan(data.all.difference.low));
  CHECK_THAT(sheet_of(data).report(), ContainsSubstring("2 runs in 1 seed, 0 diverged"));
  const Scratch scratch("fig3-one");
  CHECK(write_sheet("fig3", sheet_of(data), "the command", scratch.folder()).size() == 7);
  CHECK(claims_of(data)[0].verdict == Verdict::open);
}

TEST_CASE("fig3 from networks to pictures, on a small study", "[figures][gnuplot]") {
  DrawingPlace place("fig3-all");
  auto& [scratch, store, report, context] = place;
  const Figure small = with_toml(
      "fig3",
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 5\nseed = 0\nsteps = 30\nstop = "
      "\"budget\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 8]\nseed = [0, 1, "
      "2]\n");
  small.draw(small, context);
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("6 runs in 3 seeds, 0 diverged (left out)"));
  CHECK(std::filesystem::file_size(scratch / "fig3_accuracy.png") > 20'000);
  context.store = nullptr;
  CHECK_THROWS_WITH(small.draw(small, context),
                    ContainsSubstring("fig3_accuracy: store = none, allowed"));
}
