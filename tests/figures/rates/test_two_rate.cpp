#include "figures/rates/two_rate.hpp"

#include <cmath>

#include "tests/compare/toy/flow_examples.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

TEST_CASE("two-rate: claims follow the runs", "[figures]") {
  const auto claims =
      claims_of(toy::collect_collapse(toy::flow_examples(), toy::flow_examples(), {}));
  REQUIRE(claims.size() == 6);
  CHECK(claims[0].verdict == Verdict::differs);  // 1/eta_E alone
  CHECK_FALSE(claims[0].source.ours);
  CHECK(claims[1].verdict == Verdict::agrees);  // exponent -1 at one ratio
  CHECK(claims[1].source.ours);
  CHECK(claims[2].verdict == Verdict::agrees);   // the flow is 1.1 of the networks
  CHECK(claims[3].verdict == Verdict::differs);  // here F is a constant, as near as C
  CHECK(claims[4].verdict == Verdict::open);     // 30 of 30 in 5 seeds: from 0.57
  CHECK(claims[4].ours == "30 of 30: 1.00 [0.566, 1.00]");
  CHECK_THAT(claims[4].remark, ContainsSubstring("seeds 0 to 5"));
  const auto descent = claims_of(toy::collect_collapse(toy::flow_examples("sgd"), {}, {}));
  CHECK(descent.size() == 5);
  CHECK(descent[1].verdict == Verdict::open);  // no F
  auto late = toy::flow_examples();
  for (toy::FlowRun& run : late) {
    run.spec.seed += 6;
    run.measured = run.measured ? std::optional(2 * *run.measured) : std::nullopt;
  }
  const auto others = claims_of(toy::collect_collapse(late, toy::flow_examples(), {}));
  CHECK(others[2].verdict == Verdict::differs);
  CHECK(others[3].verdict == Verdict::differs);  // all within 1.5 of C, none of F
  CHECK(others[5].verdict == Verdict::differs);
  CHECK_THAT(others[4].remark, !ContainsSubstring("seeds 0 to 5"));
}

TEST_CASE("two-rate: pictures are drawn, with and without what may be missing",
          "[figures][gnuplot]") {
  const Scratch scratch("two_rate");
  const auto drawn = [&](const std::string& stem, const Sheet& sheet) {
    write_sheet(stem, sheet, "test", scratch.folder());
    return std::filesystem::file_size(scratch / (stem + ".png"));
  };
  auto data = toy::collect_collapse(toy::flow_examples(), toy::flow_examples(),
                                    {{2, score_flow(toy::flow_examples())}});
  const Sheet sheet = sheet_of(data);
  CHECK(sheet.table("runs").rows.size() == 30);
  CHECK(sheet.table("other_seeds").rows.size() == 30);
  CHECK(sheet.table("F").rows.size() == 3);
  CHECK(sheet.table("numbers").rows.size() == 15);
  CHECK(drawn("two_rate", sheet) > 50'000);
  CHECK_THAT(report_of(data), ContainsSubstring("law with fitted C"));
  std::vector<toy::FlowRun> nobody = toy::flow_examples("sgd");
  for (toy::FlowRun& r : nobody) {
    r.measured.reset();
    r.flow.steps.reset();
  }
  data = toy::collect_collapse(nobody, {}, {});
  CHECK(drawn("nobody", sheet_of(data)) > 20'000);
  CHECK_THAT(report_of(data), ContainsSubstring("0 networks of 30 runs"));
}
