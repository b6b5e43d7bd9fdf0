#include "figures/representation/fig5_grokking_rate.hpp"

#include "core/errors.hpp"
#include "tests/compare/toy/paired_runs.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

TEST_CASE("fig5: tables, report, claims, and every network drawn", "[figures][gnuplot]") {
  const auto rows = paired_example();
  const toy::RatePredictions data = toy::collect_predictions(example_rates(), rows);
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 3);
  CHECK(sheet.table("ab").rows.size() == 21);
  CHECK(sheet.table("cde").rows.size() == 11);
  const CsvTable n_h = rows_where(sheet.table("numbers"), "prediction", "n_h_sum");
  const auto values = [&n_h](const std::string& quantity) {
    return rows_of(rows_where(n_h, "quantity", quantity), {"pairs", "value"}, {"low", "undecided"})
        .at(0);
  };
  CHECK(values("neither")[1] == 1);
  CHECK(values("there without prediction")[1] == 1);
  CHECK(values("within 2")[0] == 9);
  CHECK(values("within 2")[3] == 0);
  CHECK(values("kappa of those there")[1] == Approx(2));
  CHECK_THAT(report_of(data), ContainsSubstring("n_h_mean") &&
                                  ContainsSubstring("11 runs in 11 seeds") &&
                                  ContainsSubstring("0.889 [0.667, 1]"));
  const auto claims = claims_of(data);
  REQUIRE(claims.size() == 3);
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK_THAT(claims[1].ours, ContainsSubstring("2.00 [2.00, 2.00], 8 networks that got there, 1"));
  CHECK(claims[1].verdict == Verdict::agrees);
  CHECK(claims[2].verdict == Verdict::differs);  // three times the Adam flow
  const Scratch scratch("fig5");
  CHECK(write_sheet("fig5", sheet, "the command", scratch.folder()).size() == 7);
}

TEST_CASE("fig5: a diverged network is counted", "[figures]") {
  auto rows = paired_example();
  rows[1].record.state = "diverged";
  const toy::RatePredictions data = toy::collect_predictions(example_rates(), rows);
  CHECK_THAT(report_of(data), ContainsSubstring("11 runs in 11 seeds, 1 diverged"));
}

TEST_CASE("fig5 from networks to pictures, where no network gets there", "[figures][gnuplot]") {
  DrawingPlace place("fig5-all");
  auto& [scratch, store, report, context] = place;
  const Figure small = fig5_grokking_rate(
      "[figure]\ndraws = 50\nseed = 58\n[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 8\nseed = "
      "0\nsteps = 3\nstop = "
      "\"rqi\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 14]\nseed = [0, 1, 2]\n");
  small.draw(small, context);
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("adam_flow"));
  CHECK(std::filesystem::file_size(scratch / "fig5_grokking_rate.png") > 20'000);
  context.profile = "half";
  CHECK_THROWS_AS(small.draw(small, context), InputError);
}
