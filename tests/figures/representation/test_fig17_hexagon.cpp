#include "figures/representation/representation.hpp"

#include "core/errors.hpp"
#include "figures/study_runs.hpp"
#include "nets/toy/train.hpp"
#include "tests/compare/toy/hexagon_examples.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;
using toy::hexagon_example;
using Runs = toy::HexagonExample;

TEST_CASE("fig17: one published network at unknown settings: open, whatever ours are",
          "[figures]") {
  Runs runs = hexagon_example();
  Claim claim = claims_of(runs.collect()).at(0);
  CHECK(claim.verdict == Verdict::open);
  CHECK_THAT(claim.ours, ContainsSubstring("1 of 2 networks with RQI > 0.95: 0.500 ["));
  CHECK_THAT(claim.ours, ContainsSubstring("(seed 13) 0.25 of the squared"));
  Runs all;
  for (int k = 0; k < 6; ++k) {
    all.add(1, toy::hexagon_matrices());
  }
  claim = claims_of(all.collect()).at(0);
  CHECK(claim.verdict == Verdict::open);
  CHECK_THAT(claim.ours, ContainsSubstring("6 of 6 networks"));
}

TEST_CASE("fig17: what is drawn", "[figures][gnuplot]") {
  const Scratch scratch("fig17");
  Runs runs = hexagon_example();
  const Sheet sheet = sheet_of(runs.collect());
  REQUIRE(sheet.tables().size() == 3);
  CHECK(sheet.table("ab").rows.size() == 6);
  CHECK(sheet.table("ab").rows[1][1] == "odd");
  REQUIRE(sheet.table("cd").rows.size() == 4);
  CHECK(sheet.table("cd").rows[2][1] == "1");
  const auto& alternate = sheet.table("cd").rows;
  CHECK((alternate[3][12] == "1" && alternate[3][13] == "1"));  // a hexagon, parities alternate
  CHECK((alternate[2][12] == "0" && alternate[2][13] == "0"));
  CHECK(sheet.table("d").rows.size() == 4);
  CHECK_THAT(sheet.caption(), ContainsSubstring("|D| = 30 of 36, seed 13, RQI 0.96"));
  write_sheet("fig17", sheet, "the command", scratch.folder());
  CHECK(std::filesystem::file_size(scratch / "fig17.png") > 50'000);
  CHECK_THAT(sheet.report(), ContainsSubstring("4 runs in 4 seeds, 1 diverged (left out)") &&
                                 ContainsSubstring("networks, high RQI"));
  for (toy::Record& record : runs.records) {  // no network with high RQI: drawn all the same
    *record.rqi *= 0.5;
  }
  write_sheet("fig17", sheet_of(runs.collect()), "the command", scratch.folder());
  CHECK_THAT(claims_of(runs.collect()).at(0).ours, ContainsSubstring("no network with high RQI"));
}

TEST_CASE("fig17 from networks to pictures, on a small study", "[figures][gnuplot]") {
  DrawingPlace place("fig17-all");
  auto& [scratch, store, report, context] = place;
  context.workers = cpu_workers(2);
  const std::string toml =
      "[figure]\nreference_seed = 0\ndraws = 200\n[run]\ntask = \"permutations\"\nsymbols = "
      "6\ntrain = "
      "30\nrepresentation_dimension = 9\n"
      "steps = 40\nstop = \"budget\"\ndecoder_widths = [8]\n[profiles.quick.axes]\nseed = [0, 1, "
      "2]\n";
  const Figure small = with_toml("fig17", toml);
  CHECK(small.draw(small, context).size() == 1);
  CHECK(store.count() == 3);
  const auto specs = toy::figure_runs(small, "quick");
  const toy::TracedRun again = train_traced(specs[1], 0);  // what is drawn is this very run
  const auto stored = store.find(toy::run_of(specs[1]))->as<toy::Record>();
  CHECK(stored.rqi == again.record.rqi);
  CHECK(stored.train_loss == again.record.train_loss);
  CHECK_THAT(report.str(), ContainsSubstring("3 runs in 3 seeds, 0 diverged"));
  CHECK(std::filesystem::file_size(scratch / "fig17_hexagon.png") > 20'000);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables_in(scratch.folder()));
  const std::string seedless =
      std::string(toml).replace(toml.find("reference_seed"), 9, "seed_of_a");
  const Figure wrong = with_toml("fig17", seedless);
  CHECK_THROWS_WITH(wrong.draw(wrong, context), ContainsSubstring("reference_seed = nothing"));
  context.store = nullptr;
  CHECK_THROWS_AS(small.draw(small, context), InputError);
}
