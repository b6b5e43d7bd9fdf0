#include "compare/toy/rate_collapse.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/toy/flow_examples.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("F by |D| and ratio, and what networks make of it", "[compare][two-rate]") {
  const auto flows = flow_examples();
  const auto F = collapse_of(flows);
  REQUIRE(F.size() == 3);  // at 1 everybody is stuck; 10, 100, 1000
  CHECK(F[0].ratio == Approx(10));
  CHECK(F[0].median == Approx(1.1 * 0.32).epsilon(0.01));
  CHECK((F[0].there == 10 && F[0].flows == 10 && F[0].train == 48));
  CHECK(F[0].low < F[0].median);
  CHECK(F[0].median < F[0].high);
  const RateCollapse data = collect_collapse(flows, flows, {});
  CHECK(data.agreement.kappa.value == Approx(1 / 1.1).epsilon(0.01));
  CHECK(data.agreement.count == 25);
  CHECK_FALSE(data.descent);
  CHECK(data.F_over_C.value == 0);  // a constant F, as near as C
  auto late = flows;
  for (FlowRun& run : late) {
    run.measured = run.measured ? std::optional(2 * *run.measured) : std::nullopt;
  }
  CHECK(collect_collapse(late, flows, {}).F_over_C.value == -1);  // C is fitted to them, F is not
  CHECK(collect_collapse(flow_examples("sgd"), {}, {}).descent);
  CHECK(collect_collapse(flows, {}, {}).agreement.count == 0);
  CHECK_THROWS_WITH(collect_collapse(flows, flow_examples("sgd"), {}),
                    "collect_collapse: optimiser = 'sgd', allowed that of all others, 'adamw'");
}

TEST_CASE("local exponents of a known law, by ratio", "[compare][two-rate]") {
  // ln n = -0.3 x - 0.6 y + 0.02 x y (x, y = ln rates): exponents that change with the rates.
  std::vector<RatedSteps> points;
  const double rates[] = {1e-4, 1e-3, 1e-2};
  for (std::int64_t seed = 0; seed < 4; ++seed) {
    for (const double e : rates) {
      for (const double d : rates) {
        const double x = std::log(e), y = std::log(d);
        const double shift = 0.1 * static_cast<double>(seed);  // a factor leaves slopes alone
        points.push_back({e, d, std::exp(-0.3 * x - 0.6 * y + 0.02 * x * y + shift), seed, seed});
      }
    }
  }
  const double middle = std::log(1e-3);
  const auto embeddings = local_slopes(points, RateChange::representation);
  REQUIRE(embeddings.size() == 4);
  CHECK(embeddings[0].ratio == Approx(std::pow(10.0, -1.5)));
  CHECK(embeddings[0].pairs == 4);  // eta_D = 1e-2 with 1e-4 to 1e-3
  CHECK(embeddings[0].slope.value == Approx(-0.3 + 0.02 * std::log(1e-2)));
  CHECK(embeddings[1].pairs == 8);
  CHECK(median_slope(points, RateChange::representation).pairs == 24);
  CHECK(median_slope(points, RateChange::representation).slope.value ==
        Approx(-0.3 + 0.02 * middle));
  CHECK(median_slope(points, RateChange::decoder).slope.value == Approx(-0.6 + 0.02 * middle));
  const auto both = local_slopes(points, RateChange::both);
  REQUIRE(both.size() == 3);
  CHECK(both[0].ratio == Approx(0.1));
  CHECK(both[1].pairs == 8);
  // One step of both from (1e-3, 1e-4): x + h, y + h with h = ln 10.
  CHECK(both[2].slope.value ==
        Approx(-0.9 + 0.02 * (std::log(1e-3) + std::log(1e-4) + std::log(10.0))));
  points.erase(points.begin());  // a corner of seed 0: one pair of each less
  CHECK(median_slope(points, RateChange::both).pairs == 15);
  CHECK(std::isnan(median_slope({}, RateChange::both).slope.value));
  points[0].steps = 0;
  CHECK_THROWS_AS(local_slopes(points, RateChange::both), InputError);
}
