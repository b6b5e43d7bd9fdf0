#include "figures/rates/two_rate.hpp"

#include <cmath>

#include "tests/compare/toy/flow_examples.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

TEST_CASE("two-rate: fits of networks, flow and other seeds; claims", "[figures]") {
  const TwoRateData data = collect_two_rate(toy::flow_examples(), toy::flow_examples(), {});
  CHECK_FALSE(data.descent);
  REQUIRE(data.measured.known);
  CHECK(data.measured.sum.value == Approx(-1).margin(0.01));
  CHECK(data.measured.constant.value == Approx(0.32).epsilon(0.01));
  CHECK(data.flow.constant.value == Approx(0.352).epsilon(0.01));
  const auto claims = claims_of(data);
  REQUIRE(claims.size() == 10);
  CHECK(claims[0].verdict == Verdict::differs);  // 1/eta_E alone
  CHECK(claims[1].verdict == Verdict::differs);  // -0.42, and here it is -1/2
  CHECK(claims[3].verdict == Verdict::differs);  // C = 0.26
  CHECK(claims[5].published == "−1.00");
  CHECK(claims[8].ours == "30 of 30: 1.00 [0.566, 1.00]");
  const auto descent = claims_of(collect_two_rate(toy::flow_examples("sgd"), {}, {}));
  CHECK(descent.size() == 5);
  CHECK(descent[1].verdict == Verdict::open);  // no other seeds
  CHECK(descent[3].remark == "that trial was of Adam");
  CHECK_THROWS_WITH(collect_two_rate(toy::flow_examples(), toy::flow_examples("sgd"), {}),
                    "collect_two_rate: optimiser = 'sgd', allowed that of all others, 'adamw'");
}

TEST_CASE("two-rate: the sum of the exponents is judged with its reason", "[figures]") {
  std::vector<toy::FlowRun> runs = toy::flow_examples();
  for (toy::FlowRun& r : runs) {
    if (r.measured) {  // exponents -0.5 and -0.45
      r.measured = *r.measured * std::pow(r.spec.decoder_rate, 0.05);
    }
  }
  const auto claims = claims_of(collect_two_rate(runs, {}, {}));
  CHECK(claims[5].verdict == Verdict::partly);
  CHECK_THAT(claims[5].remark, ContainsSubstring("the mode flow, with steps as large, has −1"));
  for (toy::FlowRun& r : runs) {
    if (r.measured) {
      r.measured = *r.measured * std::pow(r.spec.decoder_rate, 0.2);
    }
  }
  CHECK(claims_of(collect_two_rate(runs, {}, {}))[5].verdict == Verdict::differs);
}

TEST_CASE("two-rate: pictures are drawn, with and without what may be missing",
          "[figures][gnuplot]") {
  const Scratch scratch("two_rate");
  const auto drawn = [&](const std::string& stem, const Sheet& sheet) {
    write_sheet(stem, sheet, "test", scratch.folder());
    return std::filesystem::file_size(scratch / (stem + ".png"));
  };
  auto data = collect_two_rate(toy::flow_examples(), toy::flow_examples(),
                               {{2, score_flow(toy::flow_examples())}});
  const Sheet sheet = sheet_of(data);
  CHECK(sheet.table("runs").rows.size() == 30);
  CHECK(sheet.table("other_seeds").rows.size() == 30);
  CHECK(sheet.table("numbers").rows.size() == 23);
  CHECK(drawn("two_rate", sheet) > 50'000);
  CHECK_THAT(report_of(data), ContainsSubstring("networks                  C"));
  std::vector<toy::FlowRun> nobody = toy::flow_examples("sgd");
  for (toy::FlowRun& r : nobody) {
    r.measured.reset();
    r.flow.steps.reset();
  }
  data = collect_two_rate(nobody, {}, {});
  CHECK(drawn("nobody", sheet_of(data)) > 20'000);
  CHECK_THAT(report_of(data), ContainsSubstring("no fit (no run is there)"));
}
