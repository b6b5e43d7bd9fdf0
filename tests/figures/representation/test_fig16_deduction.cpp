#include "figures/representation/representation.hpp"

#include <algorithm>
#include <sstream>

#include "core/errors.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

toy::DeductionData example() {
  return toy::collect_deduction(
      {.train = 14, .rounds = 3, .tried_matrices = 10'000, .draws = 50, .seed = 58}, 1);
}

}  // namespace

TEST_CASE("fig16: the claim's verdict comes from the cases", "[figures]") {
  toy::DeductionData data = example();
  CHECK(claims_of(data).at(0).verdict == Verdict::agrees);
  CHECK_THAT(claims_of(data).at(0).ours,
             ContainsSubstring("in 10000 sets of random invertible 3 x 3 matrices"));
  CHECK_THAT(claims_of(data).at(0).remark,
             ContainsSubstring("by construction") && ContainsSubstring("4392 of 4392 cases"));
  data.numbers.smallest_control = 1e-14;  // the third premise would not matter
  CHECK(claims_of(data).at(0).verdict == Verdict::open);
  data.numbers.smallest_control = 0.1;
  data.numbers.largest_error = 1e-3;
  CHECK(claims_of(data).at(0).verdict == Verdict::differs);
  data.numbers.largest_error = 1e-12;
  CHECK(claims_of(data).at(0).verdict == Verdict::agrees);
  --data.chains.implied;
  CHECK(claims_of(data).at(0).verdict == Verdict::differs);
}

TEST_CASE("fig16: what is drawn", "[figures][gnuplot]") {
  const toy::DeductionData data = example();
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 3);
  CHECK(sheet.table("a").rows.at(0).size() == 8);
  const auto& cells = sheet.table("b").rows;
  REQUIRE(cells.size() == 36);
  CHECK(cells[7] == std::vector<std::string>{"021", "021", "012", cells[7][3]});
  CHECK(std::ranges::count(cells, "0", [](const auto& row) { return row[3]; }) == 14);
  REQUIRE(sheet.table("c").rows.size() == 36);
  CHECK(sheet.table("c").rows[35][3] == "1");  // all of D0 implies all of P0
  CHECK(sheet.table("c").rows[35][8] == "50");
  CHECK_THAT(sheet.caption(), ContainsSubstring("Of all 4392 such cases") &&
                                  ContainsSubstring("first that gets to all of them in 3."));
  const Scratch scratch("fig16");
  write_sheet("fig16", sheet, "the command", scratch.folder());
  CHECK(std::filesystem::file_size(scratch / "fig16.png") > 50'000);
}

TEST_CASE("fig16 from its file to pictures, without a store", "[figures][gnuplot]") {
  const Scratch scratch("fig16-all");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.report = &report;
  const Figure& figure = *find_figures({"fig16"}).at(0);
  CHECK(figure.study.empty());
  const auto claims = figure.draw(figure, context);
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK_THAT(report.str(), ContainsSubstring("first that gets to all of them in 5."));
  CHECK(std::filesystem::exists(scratch / "fig16_deduction.svg"));
  const auto refused = [&context](const std::string& from, const std::string& to) {
    std::string text =
        "[figure]\ntrain = 14\nrounds = 5\ntheory_seed = 58\ntried_matrices = 10\n"
        "draws = 5\n";
    const Figure other = with_toml("fig16", text.replace(text.find(from), from.size(), to));
    other.draw(other, context);
  };
  CHECK_THROWS_WITH(refused("draws = 5\n", "draws = 1\n"),
                    "fig16_deduction.toml:6: draws = 1, allowed a whole number in [2, 1000000]");
  CHECK_THROWS_WITH(refused("draws = 5\n", ""), ContainsSubstring("draws = nothing, allowed"));
  CHECK_THROWS_WITH(refused("draws = 5\n", "draws = 5\ndrawn = 5\n"),
                    ContainsSubstring("fig16_deduction.toml:7: key = 'drawn', allowed"));
}
