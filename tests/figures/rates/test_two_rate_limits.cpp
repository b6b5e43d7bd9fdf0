#include "figures/rates/two_rate_limits.hpp"

#include "tests/compare/toy/flow_examples.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

TEST_CASE("two-rate limits: claims of each thing that is varied", "[figures]") {
  const Variations lines = toy::collect_variations(toy::varied_examples());
  const auto claims = claims_of(lines);
  REQUIRE(claims.size() == 10);
  // Width 200 to 500, C by 1.97: ln 1.97/ln 2.5
  CHECK_THAT(claims[9].ours, ContainsSubstring("0.74"));
  CHECK(claims[9].verdict == Verdict::differs);
  CHECK(claims[1].statement == "C does not depend on the decoder's width");
  CHECK(claims[1].verdict == Verdict::differs);
  CHECK(claims[4].verdict == Verdict::agrees);  // p
  CHECK(claims[0].verdict == Verdict::open);    // decay: not varied
  CHECK(claims[8].verdict == Verdict::differs);
  CHECK(claims[8].ours == "shown for 2 of the 3 variations where anybody got there");
  CHECK_THAT(claims[8].remark, ContainsSubstring("not shown for symbols = 20"));
  CHECK_THAT(report_of(lines), ContainsSubstring("C over base"));
}

TEST_CASE("two-rate limits: the picture, with a variation that nobody learns",
          "[figures][gnuplot]") {
  auto runs = toy::varied_examples();
  for (toy::FlowRun& r : runs) {
    if (r.spec.symbols == 20) {
      r.measured.reset();
    }
  }
  const Variations lines = toy::collect_variations(runs);
  const Sheet sheet = sheet_of(lines);
  CHECK(sheet.table("lines").rows.size() == 3);
  CHECK(sheet.table("runs").rows.size() == 18);
  CHECK(sheet.table("runs").rows[17][0] == lines[2].name);
  const Scratch scratch("two_rate_limits");
  write_sheet("limits", sheet, "test", scratch.folder());
  CHECK(std::filesystem::file_size(scratch / "limits.png") > 20'000);
  CHECK(claims_of(lines)[4].verdict == Verdict::open);
  CHECK_THAT(claims_of(lines)[4].ours, ContainsSubstring("too few got there, 0 of 6 there"));
}
