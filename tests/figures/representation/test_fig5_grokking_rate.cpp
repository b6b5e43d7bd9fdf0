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
  const GrokkingRateData data = collect_grokking_rate(rates(), 50, rows);
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

TEST_CASE("fig5: labels, normalisation, every network drawn or counted", "[figures][gnuplot]") {
  const auto rows = example();
  const GrokkingRateData data = collect_grokking_rate(rates(), 50, rows);
  const Drawing drawing = draw_grokking_rate(data, "the command");
  const std::string& script = drawing.script;
  CHECK_THAT(script, ContainsSubstring("set ylabel 'grokking rate λ_3  [1/time]'"));
  CHECK_THAT(script, ContainsSubstring("normalisation: sum over"));
  CHECK_THAT(script, ContainsSubstring("measured steps to RQI > 0.95"));
  CHECK_THAT(script, ContainsSubstring("measured/predicted κ = 2.00 [2.00, 2.00]"));
  CHECK_THAT(script, ContainsSubstring("of the 8 that got there:"));
  CHECK_THAT(script, ContainsSubstring("within 2×: 8 of 9, 0.89 [0.67, 1.0], 0 undecided"));
  CHECK_THAT(script, ContainsSubstring("'11 runs in 11 seeds'"));
  for (const char* letter : {"a", "b", "c", "d", "e"}) {
    CHECK_THAT(script, ContainsSubstring(std::string("{/:Bold ") + letter + "}"));
  }
  CHECK_THAT(script, ContainsSubstring("$n_h_sum_up << EOD\n5000 10000\nEOD"));
  CHECK_THAT(script, ContainsSubstring("neither, not drawn (1)"));
  CHECK_THAT(script, ContainsSubstring("no prediction: drawn at the right edge (1)"));
  CHECK_THAT(script, ContainsSubstring("set logscale xy"));
  REQUIRE(drawing.tables.size() == 3);
  CHECK(drawing.tables[0].second.rows.size() == 21);
  CHECK(drawing.tables[1].second.rows.size() == 11);
  CHECK_THAT(report_grokking_rate(data), ContainsSubstring("within a factor 2:    8 of 9, 0.89") &&
                                             ContainsSubstring("of the 8 that got there: kappa") &&
                                             ContainsSubstring("11 runs in 11 seeds") &&
                                             ContainsSubstring("n_h_mean") &&
                                             ContainsSubstring("kappa = measured/predicted 2.00"));
  const Scratch scratch("fig5");
  FigureContext context;
  context.out = scratch.folder();
  CHECK(write_drawing("fig5", drawing, context).size() == 6);
}

TEST_CASE("fig5: a prediction beyond the budget is drawn at its place", "[figures][gnuplot]") {
  auto rows = example();
  rows.push_back(row(23, 60'000.0, 70'000, 80'000, std::nullopt));
  rows.push_back(row(24, 50'000.0, 90'000, 15'000, 9000));
  const GrokkingRateData data = collect_grokking_rate(rates(), 50, rows);
  CHECK(data.predictors[2].agreement.censored == 2);
  CHECK(data.predictors[2].in_budget == 9);  // 400/3 ... 3200/3 and 9000
  CHECK(data.predictors[2].agreement.within[2].undecided == 2);
  const std::string script = draw_grokking_rate(data, "the command").script;
  CHECK_THAT(script, ContainsSubstring("$adam_flow_up << EOD\n9000 10000\n80000 10000\nEOD"));
  CHECK_THAT(script, ContainsSubstring("15000 9000\nEOD"));
  // The right edge, where there is no prediction, stays beyond the largest one.
  CHECK_THAT(script, ContainsSubstring("$adam_flow_right << EOD\n198000"));
  CHECK_THAT(script, ContainsSubstring(":315000]"));
}

TEST_CASE("fig5: budgets must agree; a diverged network is not there", "[figures]") {
  auto rows = example();
  rows[1].record.state = "diverged";
  rows[1].record.steps_to_rqi.reset();
  const GrokkingRateData data = collect_grokking_rate(rates(), 50, rows);
  CHECK(data.diverged == 1);
  CHECK(data.rows.size() == 11);
  CHECK(data.predictors[0].agreement.count == 7);
  CHECK(data.predictors[0].agreement.censored == 2);
  CHECK(data.predictors[0].agreement.within[2].outside == 2);
  CHECK(data.predictors[0].in_budget == 9);
  CHECK(data.predictors[0].reached == 7);
  CHECK_THAT(report_grokking_rate(data), ContainsSubstring("11 networks, 1 diverged"));
  rows[2].spec.steps = 5;
  CHECK_THROWS_AS(collect_grokking_rate(rates(), 50, rows), InputError);
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
      "[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 8\nseed = 0\nsteps = 3\nstop = "
      "\"rqi\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 14]\nseed = [0, 1, 2]\n");
  small.draw(small, context);
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("adam_flow"));
  CHECK(std::filesystem::file_size(scratch / "fig5_grokking_rate.png") > 20'000);
  context.profile = "half";
  CHECK_THROWS_AS(small.draw(small, context), InputError);
}
