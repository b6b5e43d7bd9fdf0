#include "figures/rates/two_rate.hpp"

#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "figures/rates/two_rate_limits.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

RatedSteps point(double representation_rate, double decoder_rate, double steps, std::int64_t block,
                 std::int64_t seed) {
  return {representation_rate, decoder_rate, steps, block, seed};
}

/// steps = level eta_E^a eta_D^b on 3 x 3 rates, a block and a level for each seed.
std::vector<RatedSteps> power_law(double a, double b, std::int64_t seeds) {
  std::vector<RatedSteps> points;
  for (std::int64_t seed = 0; seed < seeds; ++seed) {
    const double level = std::exp(0.3 * static_cast<double>(seed));
    for (const double e : {1e-4, 1e-3, 1e-2}) {
      for (const double d : {1e-5, 1e-4, 1e-3}) {
        points.push_back(point(e, d, level * std::pow(e, a) * std::pow(d, b), seed, seed));
      }
    }
  }
  return points;
}

FlowRun run(double representation_rate, double decoder_rate, std::int64_t seed,
            std::optional<double> measured, std::optional<std::int64_t> flow,
            const char* optimiser = "adamw") {
  FlowRun result;
  result.spec.representation_rate = representation_rate;
  result.spec.decoder_rate = decoder_rate;
  result.spec.seed = seed;
  result.spec.train = 48;
  result.spec.steps = 10'000;
  result.spec.optimiser = optimiser;
  result.spec = resolve(result.spec, "test");
  result.trained = true;
  result.measured = measured;
  result.flow.steps = flow;
  result.flow.followed = flow.value_or(15'000);
  return result;
}

/// C = 0.3, the flow 10 % late; a slow cell is stuck for both.
std::vector<FlowRun> example(const char* optimiser = "adamw") {
  std::vector<FlowRun> runs;
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    for (const double e : {1e-3, 1e-2}) {
      for (const double d : {1e-5, 1e-4, 1e-3}) {
        const double steps =
            std::round((0.3 + 0.01 * static_cast<double>(seed)) / std::sqrt(e * d));
        const bool stuck = d >= e;
        runs.push_back(run(e, d, seed, stuck ? std::nullopt : std::optional(steps),
                           stuck ? std::nullopt : std::optional(std::lround(1.1 * steps)),
                           optimiser));
      }
    }
  }
  return runs;
}

}  // namespace

TEST_CASE("two-rate: a power law is found within blocks", "[figures]") {
  const TwoRateFit fit = fit_two_rates(power_law(-0.4, -0.55, 4));
  REQUIRE(fit.known);
  CHECK(fit.representation.value == Approx(-0.4));
  CHECK(fit.representation.low == Approx(-0.4));
  CHECK(fit.decoder.value == Approx(-0.55));
  CHECK(fit.sum.value == Approx(-0.95));
  CHECK(fit.count == 36);
  CHECK(fit.blocks == 4);
  CHECK(fit.seeds == 4);
  // A level that goes with the rates, but is of the block, does not bend them
  std::vector<RatedSteps> points;
  for (const RatedSteps& p : power_law(-0.4, -0.55, 3)) {
    if (p.block != 2 || p.representation_rate > 5e-4) {
      points.push_back(p);
    }
  }
  CHECK(fit_two_rates(points).representation.value == Approx(-0.4));
}

TEST_CASE("two-rate: C, its geometric mean and who is near", "[figures]") {
  // C: 0.2, 0.2, 0.8 -> mean of logarithms 0.3175; one of three further than 1.5 above
  const std::vector<RatedSteps> points = {
      point(1e-2, 1e-4, 200, 0, 0), point(1e-3, 1e-3, 200, 0, 0), point(1e-4, 1e-4, 8000, 1, 1)};
  CHECK(two_rate_constant(points[0]) == Approx(0.2));
  const TwoRateFit fit = fit_two_rates(points);
  CHECK(fit.constant.value == Approx(std::cbrt(0.2 * 0.2 * 0.8)));
  CHECK(constant_of(points).value == Approx(fit.constant.value));
  CHECK_FALSE(fit.known);  // block 0 has the same product throughout
  const TwoRateFit law = fit_two_rates(power_law(-0.5, -0.5, 3));  // levels 1, 1.35, 1.82
  CHECK(law.constant.value == Approx(std::exp(0.3)));
  CHECK(law.within.value == 1);
  CHECK(fit_two_rates(power_law(-0.5, -0.5, 5)).within.value == Approx(0.6));
  CHECK_FALSE(fit_two_rates({}).known);
  CHECK_THROWS_WITH(fit_two_rates(std::vector<RatedSteps>{point(1e-3, 0, 10, 0, 0)}),
                    ContainsSubstring("fit_two_rates: run = rates 0.001, 0"));
}

TEST_CASE("two-rate: C over that of a base, seed by seed", "[figures]") {
  std::vector<RatedSteps> base, doubled;
  for (std::int64_t seed = 0; seed < 6; ++seed) {
    const double level = 100 * std::exp(static_cast<double>(seed));  // seeds differ more than that
    base.push_back(point(1e-3, 1e-4, level, seed, seed));
    doubled.push_back(point(1e-3, 1e-4, 2 * level, seed, seed));
  }
  const Estimate ratio = constant_ratio(doubled, base);
  CHECK(ratio.value == Approx(2));
  CHECK(ratio.low == Approx(2));  // drawn together
  CHECK(ratio.high == Approx(2));
  const Estimate alone = constant_ratio(std::span(doubled).first(1), base);
  CHECK(alone.value == Approx(2 / std::exp(2.5)));
  CHECK(std::isnan(alone.low));  // one seed says nothing of others
  CHECK(std::isnan(constant_ratio({}, base).value));
  CHECK(std::isnan(constant_of({}).value));
}

TEST_CASE("two-rate: the flow scored against networks", "[figures]") {
  std::vector<FlowRun> runs = example();
  FlowScore score = score_flow(runs);
  CHECK(score.count == 30);
  CHECK(score.seeds == 5);
  CHECK(score.there == 25);
  CHECK(score.outcomes_right == 30);
  CHECK(score.ratios == 25);
  CHECK(score.ratio.value == Approx(1 / 1.1).epsilon(0.01));
  CHECK(score.within_1_25.inside == 25);
  CHECK(score.within_1_25.outside == 0);
  runs[0].flow.steps = 12'000;  // beyond the budget: told to be stuck, and it was not
  runs[1].flow.steps.reset();   // in no share of factors
  runs[2].flow.steps = 700;     // told to get there, and it was stuck
  score = score_flow(runs);
  CHECK(score.outcomes_right == 27);
  CHECK(score.there_of_both == 23);
  CHECK(score.within_1_25.inside == 23);
  CHECK(score.within_1_25.outside == 2);
  CHECK(flow_steps(runs, false).size() == 24);
  CHECK(flow_steps(runs, true).size() == 23);
  CHECK(measured_steps(runs).size() == 25);
  CHECK(measured_steps(runs)[0].block == measured_steps(runs)[1].block);
  CHECK(score_flow({}).count == 0);
}

TEST_CASE("two-rate: other seeds and the first seeds", "[figures]") {
  std::vector<toy::RunSpec> runs;
  for (const FlowRun& r : example()) {
    runs.push_back(r.spec);
  }
  runs[0].label_seed = 7;
  const auto others = other_seeds(runs, 1000);
  REQUIRE(others.size() == runs.size());
  CHECK(others[0].seed == 1000);
  CHECK(others[0].label_seed == 1007);
  CHECK(others[1].label_seed.value_or(1000) == 1000);
  CHECK(others[29].seed == 1004);
  CHECK(others[29].decoder_rate == runs[29].decoder_rate);
  const auto first = of_first_seeds(runs, 2);
  CHECK(first.size() == 12);
  CHECK(runs[first.back()].seed == 1);
  CHECK(of_first_seeds(runs, 9).size() == 30);
}

TEST_CASE("two-rate: fits of networks, flow and other seeds; claims", "[figures]") {
  const TwoRateData data = collect_two_rate(example(), example(), {});
  CHECK_FALSE(data.descent);
  REQUIRE(data.measured.known);
  CHECK(data.measured.sum.value == Approx(-1).margin(0.01));
  CHECK(data.measured.constant.value == Approx(0.32).epsilon(0.01));
  CHECK(data.flow.constant.value == Approx(0.352).epsilon(0.01));
  const auto claims = claims_of_two_rate(data);
  REQUIRE(claims.size() == 10);
  CHECK(claims[0].verdict == Verdict::differs);  // 1/eta_E alone
  CHECK(claims[1].verdict == Verdict::differs);  // -0.42, and here it is -1/2
  CHECK(claims[3].verdict == Verdict::differs);  // C = 0.26
  CHECK(claims[5].published == "−1.00");
  CHECK(claims[8].ours == "30 of 30: 1.00 [0.566, 1.00]");
  const auto descent = claims_of_two_rate(collect_two_rate(example("sgd"), {}, {}));
  CHECK(descent.size() == 5);
  CHECK(descent[1].verdict == Verdict::open);  // no other seeds
  CHECK(descent[3].remark == "that trial was of Adam");
  CHECK_THROWS_WITH(collect_two_rate(example(), example("sgd"), {}),
                    "collect_two_rate: optimiser = 'sgd', allowed that of all others, 'adamw'");
}

TEST_CASE("two-rate: the sum of the exponents is judged with its reason", "[figures]") {
  std::vector<FlowRun> runs = example();
  for (FlowRun& r : runs) {
    if (r.measured) {  // exponents -0.5 and -0.45
      r.measured = *r.measured * std::pow(r.spec.decoder_rate, 0.05);
    }
  }
  const auto claims = claims_of_two_rate(collect_two_rate(runs, {}, {}));
  CHECK(claims[5].verdict == Verdict::partly);
  CHECK_THAT(claims[5].remark, ContainsSubstring("the mode flow, with steps as large, has −1"));
  for (FlowRun& r : runs) {
    if (r.measured) {
      r.measured = *r.measured * std::pow(r.spec.decoder_rate, 0.2);
    }
  }
  CHECK(claims_of_two_rate(collect_two_rate(runs, {}, {}))[5].verdict == Verdict::differs);
}

TEST_CASE("two-rate: pictures are drawn, with and without what may be missing", "[figures]") {
  const Scratch folder("two_rate");
  FigureContext context;
  context.out = folder.folder();
  auto data = collect_two_rate(example(), example(), {{2, score_flow(example())}});
  for (const auto& file : write_drawing("two_rate", draw_two_rate(data, "test"), context)) {
    CHECK(std::filesystem::file_size(file) > 0);
  }
  CHECK(draw_two_rate(data, "test").tables[0].second.rows.size() == 30);
  CHECK(draw_two_rate(data, "test").tables[2].second.rows.size() == 23);
  std::vector<FlowRun> nobody = example("sgd");
  for (FlowRun& r : nobody) {
    r.measured.reset();
    r.flow.steps.reset();
  }
  data = collect_two_rate(nobody, {}, {});
  CHECK_NOTHROW(write_drawing("nobody", draw_two_rate(data, "test"), context));
  CHECK_THAT(report_two_rate(data), ContainsSubstring("no fit (no run is there)"));
}

namespace {

/// Base and two variations at one rate; C of the wide ones is twice the base's.
std::vector<FlowRun> varied() {
  std::vector<FlowRun> runs;
  for (std::int64_t seed = 0; seed < 6; ++seed) {
    for (const int what : {0, 1, 2}) {
      const double steps = (what == 1 ? 1600 : 800) + 10.0 * static_cast<double>(seed);
      FlowRun r = run(1e-3, 1e-4, seed, steps, std::lround(what == 2 ? 2 * steps : steps));
      r.spec.decoder_widths =
          what == 1 ? std::vector<std::int64_t>{500, 500} : r.spec.decoder_widths;
      r.spec.symbols = what == 2 ? 20 : 10;
      r.spec.train = what == 2 ? 175 : 48;
      r.spec.output_dimension.reset();
      r.spec = resolve(r.spec, "test");
      runs.push_back(r);
    }
  }
  return runs;
}

}  // namespace

TEST_CASE("two-rate limits: one line a variation, beside the base", "[figures]") {
  const LimitsData data = collect_limits(varied());
  REQUIRE(data.lines.size() == 3);
  CHECK(data.lines[0].key.empty());
  CHECK(data.lines[0].name == "base: p = 10, |D| = 48");
  CHECK(data.lines[1].key == "decoder_widths");
  CHECK(data.lines[2].key == "symbols");
  CHECK_THAT(data.lines[2].name, ContainsSubstring("symbols = 20, train = 175"));
  CHECK(data.lines[1].runs.size() == 6);
  CHECK(data.lines[0].constant.value == Approx(825e-3 * std::sqrt(0.1)).epsilon(0.01));
  CHECK(std::isnan(data.lines[0].ratio.value));
  CHECK(data.lines[1].ratio.value == Approx(1.97).epsilon(0.01));
  CHECK(data.lines[2].ratio.value == Approx(1));
  CHECK(data.lines[2].score.ratio.value == Approx(0.5));
  const auto claims = claims_of_limits(data);
  REQUIRE(claims.size() == 10);
  // Width 200 to 500, C by 1.97: ln 1.97/ln 2.5
  CHECK_THAT(claims[9].ours, ContainsSubstring("0.74"));
  CHECK(claims[9].verdict == Verdict::differs);
  CHECK(claims[1].verdict == Verdict::differs);  // width
  CHECK(claims[4].verdict == Verdict::agrees);   // p
  CHECK(claims[0].verdict == Verdict::open);     // decay: not varied
  CHECK(claims[8].verdict == Verdict::partly);
  CHECK(claims[8].ours == "in 2 of 3 variations, not in 1");
  CHECK_THAT(claims[8].remark, ContainsSubstring("symbols = 20"));
  CHECK_THAT(report_limits(data), ContainsSubstring("(C moves)"));
}

TEST_CASE("two-rate limits: two things at once are refused; the picture is drawn", "[figures]") {
  auto runs = varied();
  runs[4].spec.decoder_decay = 2;
  CHECK_THROWS_WITH(collect_limits(runs), ContainsSubstring("allowed one thing that differs"));
  CHECK_THROWS_AS(collect_limits({}), InputError);
  runs = varied();
  for (FlowRun& r : runs) {  // a variation that nobody learns
    if (r.spec.symbols == 20) {
      r.measured.reset();
    }
  }
  const Scratch folder("two_rate_limits");
  FigureContext context;
  context.out = folder.folder();
  const LimitsData data = collect_limits(runs);
  const Drawing drawing = draw_limits(data, "test");
  CHECK(drawing.tables[0].second.rows.size() == 3);
  CHECK(drawing.tables[1].second.rows.size() == 18);
  CHECK_NOTHROW(write_drawing("limits", drawing, context));
  CHECK(claims_of_limits(data)[4].verdict == Verdict::open);
  CHECK_THAT(claims_of_limits(data)[4].ours, ContainsSubstring("too few got there, 0 of 6 there"));
}
