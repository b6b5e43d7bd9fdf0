#include "figures/representation/fig5_grokking_rate.hpp"

#include <sstream>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

toy::PairedRow row(std::int64_t seed, std::optional<double> n_h, std::optional<std::int64_t> flow,
                   std::optional<std::int64_t> adam, std::optional<std::int64_t> measured) {
  toy::RunSpec spec;
  spec.seed = seed;
  spec.steps = 10'000;
  toy::PairedRow result;
  result.spec = resolve(spec, "test");
  result.record.steps_to_rqi = measured;
  result.sum = {n_h, flow, adam};
  if (n_h) {
    result.mean.n_h = 50 * *n_h;
  }
  return result;
}

// Measured is twice n_h throughout, and three times the Adam flow.
std::vector<toy::PairedRow> example() {
  std::vector<toy::PairedRow> rows;
  for (int k = 1; k <= 8; ++k) {
    rows.push_back(row(k, 200.0 * k, 300 * k, 400 * k / 3, 400 * k));
  }
  rows.push_back(row(20, 5000.0, std::nullopt, 9000, std::nullopt));        // network censored
  rows.push_back(row(21, std::nullopt, std::nullopt, std::nullopt, 7000));  // not predicted
  rows.push_back(row(22, std::nullopt, std::nullopt, std::nullopt, std::nullopt));
  return rows;
}

std::vector<RatePoint> rates() {
  return summarise_rates(draw_rates(Task::addition(6), 50, 1, 1, Normalisation::sum), 21);
}

}  // namespace

TEST_CASE("fig5: the numbers of each prediction, censored pairs counted", "[figures]") {
  const auto rows = example();
  const GrokkingRateData data = collect_grokking_rate(rates(), rows);
  REQUIRE(data.predictors.size() == 5);
  CHECK(data.predictors[0].key == "n_h_sum");
  CHECK(data.predictors[0].agreement.count == 8);
  CHECK(data.predictors[0].agreement.censored == 1);
  CHECK(data.predictors[0].agreement.unpredicted == 1);
  CHECK(data.predictors[0].agreement.neither == 1);
  CHECK(data.predictors[0].agreement.groups == 11);
  CHECK(data.predictors[0].in_budget == 9);  // the ninth network is censored
  CHECK(data.predictors[0].reached == 8);
  CHECK(data.predictors[3].in_budget == 1);  // 50 * 200 is the budget itself
  CHECK(data.predictors[0].agreement.kappa.value == Approx(2));
  CHECK(data.predictors[0].agreement.within[2].share.value == Approx(8.0 / 9));
  CHECK(data.predictors[0].agreement.within[1].share.value == Approx(0));
  CHECK(data.predictors[0].agreement.slope.estimate.value == Approx(1));
  CHECK(data.predictors[1].key == "gradient_flow_sum");
  CHECK(data.predictors[1].agreement.kappa.value == Approx(4.0 / 3));
  CHECK(data.predictors[2].key == "adam_flow");
  CHECK(data.predictors[2].agreement.kappa.value == Approx(3).epsilon(0.01));
  CHECK(data.predictors[3].key == "n_h_mean");
  CHECK(data.predictors[3].agreement.kappa.value == Approx(2.0 / 50));
  CHECK(data.predictors[4].agreement.count == 0);
}

TEST_CASE("fig5: tables, report, claims, and every network drawn", "[figures][gnuplot]") {
  const auto rows = example();
  const GrokkingRateData data = collect_grokking_rate(rates(), rows);
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

TEST_CASE("fig5: predictions beyond the budget, decided or not", "[figures]") {
  auto rows = example();
  rows.push_back(row(23, 60'000.0, 70'000, 80'000, std::nullopt));
  rows.push_back(row(24, 50'000.0, 90'000, 15'000, 9000));
  const GrokkingRateData data = collect_grokking_rate(rates(), rows);
  CHECK(data.predictors[2].agreement.censored == 2);
  CHECK(data.predictors[2].in_budget == 9);  // 400/3 ... 3200/3 and 9000
  CHECK(data.predictors[2].agreement.within[2].undecided == 2);
}

TEST_CASE("fig5: budgets must agree; a diverged network is not there", "[figures]") {
  auto rows = example();
  rows[1].record.state = "diverged";
  rows[1].record.steps_to_rqi.reset();
  const GrokkingRateData data = collect_grokking_rate(rates(), rows);
  CHECK(data.diverged == 1);
  CHECK(data.rows.size() == 11);
  CHECK(data.predictors[0].agreement.count == 7);
  CHECK(data.predictors[0].agreement.censored == 2);
  CHECK(data.predictors[0].agreement.within[2].outside == 2);
  CHECK(data.predictors[0].in_budget == 9);
  CHECK(data.predictors[0].reached == 7);
  CHECK_THAT(report_of(data), ContainsSubstring("11 runs in 11 seeds, 1 diverged"));
  rows[2].spec.steps = 5;
  CHECK_THROWS_AS(collect_grokking_rate(rates(), rows), InputError);
}

TEST_CASE("fig5 from networks to pictures, where no network gets there", "[figures][gnuplot]") {
  const Scratch scratch("fig5-all");
  Store store(scratch / "store.db");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  context.report = &report;
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
