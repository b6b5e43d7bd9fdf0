#include "figures/representation/representation.hpp"

#include <cmath>
#include <tuple>

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
  CHECK(values("of all decided within 2")[0] == 9);
  CHECK(values("of all decided within 2")[3] == 0);
  CHECK(values("kappa of those there")[1] == Approx(2));
  CHECK_THAT(sheet.report(), ContainsSubstring("n_h_mean") &&
                                 ContainsSubstring("11 runs in 11 seeds") &&
                                 ContainsSubstring("0.889 [0.565, 0.980]"));
  CHECK(values("kendall at one |D| of those there")[1] == 1);
  CHECK(rows_where(sheet.table("numbers"), "prediction", "train").rows.empty());  // one size
  const auto claims = claims_of(data);
  REQUIRE(claims.size() == 4);
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK(claims[1].verdict == Verdict::agrees);
  CHECK_THAT(claims[2].ours, ContainsSubstring("2.00 [2.00, 2.00], 8 networks that got there, 1"));
  CHECK(claims[2].verdict == Verdict::agrees);
  CHECK(claims[3].verdict == Verdict::differs);  // three times the Adam flow
  const Scratch scratch("fig5");
  CHECK(write_sheet("fig5", sheet, "the command", scratch.folder()).size() == 7);
}

TEST_CASE("fig5: verdicts on both sides of their bands", "[figures]") {
  toy::RatePredictions data = toy::collect_predictions(example_rates(), paired_example());
  const auto verdict = [&data](std::size_t k) { return claims_of(data).at(k).verdict; };
  for (const auto& [low, high, expected] :
       {std::tuple{0.1, 0.9, Verdict::agrees}, std::tuple{-0.1, 0.9, Verdict::open},
        std::tuple{-0.9, -0.1, Verdict::differs}}) {
    data.predictors[0].agreement.rank.estimate = {(low + high) / 2, low, high};
    data.predictors[0].kendall_within.estimate = {(low + high) / 2, low, high};
    CHECK(verdict(0) == expected);
    CHECK(verdict(1) == expected);
  }
  for (const auto& [low, high, gap, same] :
       {std::tuple{1.3, 2.0, Verdict::agrees, Verdict::differs},
        std::tuple{0.5, 0.7, Verdict::agrees, Verdict::differs},
        std::tuple{0.9, 1.2, Verdict::differs, Verdict::agrees},
        std::tuple{0.85, 0.95, Verdict::differs, Verdict::agrees},
        std::tuple{0.9, 1.3, Verdict::open, Verdict::open}}) {
    const Estimate kappa{std::sqrt(low * high), low, high};
    data.predictors[0].agreement.kappa = data.predictors[2].agreement.kappa = kappa;
    CHECK(verdict(2) == gap);
    CHECK(verdict(3) == same);
  }
  data.predictors[0].kendall_within.count = 0;
  CHECK_THAT(claims_of(data)[1].ours, ContainsSubstring("no interval, "));
  data.size_rank = {{0.8, 0.6, 0.9}, 8, 8, 1000};
  CHECK_THAT(claims_of(data)[0].remark, ContainsSubstring("which alone has 0.800"));
  CHECK(rows_where(sheet_of(data).table("numbers"), "prediction", "train").rows.size() == 1);
}

TEST_CASE("fig5: a diverged network is counted", "[figures]") {
  auto rows = paired_example();
  rows[1].record.state = "diverged";
  const toy::RatePredictions data = toy::collect_predictions(example_rates(), rows);
  CHECK_THAT(sheet_of(data).report(), ContainsSubstring("11 runs in 11 seeds, 1 diverged"));
}

TEST_CASE("fig5 from networks to pictures, where no network gets there", "[figures][gnuplot]") {
  DrawingPlace place("fig5-all");
  auto& [scratch, store, report, context] = place;
  const Figure small = with_toml(
      "fig5",
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
