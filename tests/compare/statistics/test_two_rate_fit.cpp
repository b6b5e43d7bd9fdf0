#include "compare/statistics/two_rate_fit.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

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

}  // namespace

TEST_CASE("two-rate: C, its geometric mean and who is near", "[compare][two_rate]") {
  // C: 0.2, 0.2, 0.8 -> mean of logarithms 0.3175; one of three further than 1.5 above
  const std::vector<RatedSteps> points = {
      point(1e-2, 1e-4, 200, 0, 0), point(1e-3, 1e-3, 200, 0, 0), point(1e-4, 1e-4, 8000, 1, 1)};
  CHECK(two_rate_constant(points[0]) == Approx(0.2));
  const TwoRateFit fit = fit_two_rates(points);
  CHECK(fit.constant.value == Approx(std::cbrt(0.2 * 0.2 * 0.8)));
  CHECK(constant_of(points).value == Approx(fit.constant.value));
  CHECK((fit.count == 3 && fit.seeds == 2));
  const TwoRateFit law = fit_two_rates(power_law(-0.5, -0.5, 3));  // levels 1, 1.35, 1.82
  CHECK(law.constant.value == Approx(std::exp(0.3)));
  CHECK(law.within.value == 1);
  CHECK(fit_two_rates(power_law(-0.5, -0.5, 5)).within.value == Approx(0.6));
  CHECK(std::isnan(fit_two_rates({}).constant.value));
  CHECK_THROWS_WITH(fit_two_rates(std::vector<RatedSteps>{point(1e-3, 0, 10, 0, 0)}),
                    ContainsSubstring("steps against rates: run = rates 0.001, 0"));
}

TEST_CASE("two-rate: C over that of a base, seed by seed", "[compare][two_rate]") {
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
  CHECK(std::isnan(constant_ratio(std::span(doubled).first(4), base).low));
  CHECK(std::isfinite(constant_ratio(std::span(doubled).first(5), base).low));
  CHECK(std::isnan(constant_ratio({}, base).value));
  CHECK(std::isnan(constant_of({}).value));
}
