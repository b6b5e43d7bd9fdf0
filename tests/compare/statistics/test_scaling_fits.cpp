#include "compare/statistics/scaling_fits.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

const std::vector<Index> sizes = {10, 20, 40, 80, 160, 320, 640, 1280};

// Draws that scatter by `spread` around a law; the points are those of the draws.
std::vector<ScalingDatum> made(const std::function<double(double)>& law, double spread,
                               std::uint64_t seed) {
  RandomStream stream(seed, "test");
  std::vector<ScalingDatum> data;
  for (const Index p : sizes) {
    ScalingDatum datum;
    const double centre = law(static_cast<double>(p));
    for (int k = 0; k < 400; ++k) {
      const double needed = centre * (1 + spread * stream.normal());
      datum.needed.push_back(static_cast<Index>(std::ceil(needed)));  // half of them at `centre`
    }
    datum.point.symbols = p;
    datum.point.samples = p * (p + 1) / 2;
    datum.point.draws = 400;
    datum.point.critical_train = critical_size(datum.needed, datum.point.samples * 100);
    datum.point.samples *= 100;
    datum.point.predicted = centre * 1.1;
    data.push_back(datum);
  }
  return data;
}

}  // namespace

TEST_CASE("fits: the law the data were made with is found, and its constants",
          "[compare][scaling]") {
  int inside = 0, found = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto log_data = made([](double p) { return p * (0.9 + 0.45 * std::log(p)); }, 0.1, seed);
    const auto fits = fit_scaling(log_data, 160, 200, 3);
    REQUIRE(fits.size() == 4);
    const LawFit& log = fit_of(fits, ScalingLaw::log);
    const LawFit& power = fit_of(fits, ScalingLaw::power);
    CHECK(log.constants.at(0).value == Approx(0.9).margin(0.08));
    CHECK(log.constants.at(1).value == Approx(0.45).margin(0.02));
    CHECK(log.aic + 20 < power.aic);
    CHECK(std::abs(log.held_out_worst) < 0.05);
    CHECK(power.held_out_rms > 3 * log.held_out_rms);
    const auto power_data = made([](double p) { return 1.5 * std::pow(p, 1.2); }, 0.1, seed);
    const auto others = fit_scaling(power_data, 160, 200, 3);
    const LawFit& right = fit_of(others, ScalingLaw::power);
    CHECK(right.constants.at(0).value == Approx(1.5).epsilon(0.1));
    CHECK(right.constants.at(1).value == Approx(1.2).epsilon(0.02));
    CHECK(right.aic + 20 < fit_of(others, ScalingLaw::log).aic);
    for (const auto& [constant, truth] :
         {std::pair(log.constants[0], 0.9), std::pair(log.constants[1], 0.45),
          std::pair(right.constants[0], 1.5), std::pair(right.constants[1], 1.2)}) {
      inside += constant.low <= truth && truth <= constant.high ? 1 : 0;
    }
    found += fits.front().law != ScalingLaw::power && others.front().law == ScalingLaw::power;
  }
  CHECK(inside >= 30);  // of 40 at 95%
  CHECK(found == 10);
}

TEST_CASE("fits: the criteria by their definition", "[compare][scaling]") {
  const auto data = made([](double p) { return p * (1 + 0.4 * std::log(p)); }, 0.05, 7);
  const auto fits = fit_scaling(data, 80, 40, 1);
  double weights = 0, before = -1e300;
  for (const LawFit& fit : fits) {
    std::vector<double> constants;
    for (const Estimate& c : fit.constants) {
      CHECK(c.low <= c.value);
      CHECK(c.value <= c.high);
      constants.push_back(c.value);
    }
    double chi2 = 0, squares = 0, worst = 0;
    for (const ScalingDatum& datum : data) {
      const auto p = static_cast<double>(datum.point.symbols);
      const Estimate& n = datum.point.critical_train;
      const double sd = (n.high - n.low) / (2 * 1.959963984540054);
      chi2 += std::pow((n.value - law_value(fit.law, constants, p, datum.point.predicted)) / sd, 2);
      if (datum.point.symbols > 80) {
        const double e = std::log(
            n.value / law_value(fit.law, fit.held_out_constants, p, datum.point.predicted));
        squares += e * e;
        worst = std::abs(e) > std::abs(worst) ? e : worst;
      }
    }
    const auto m = static_cast<double>(constants.size());
    CHECK(fit.points == 8);
    CHECK(fit.chi2 == Approx(chi2));
    CHECK(fit.aic == Approx(chi2 + 2 * m));
    CHECK(fit.bic == Approx(chi2 + m * std::log(8)));
    CHECK(fit.held_out == 4);
    CHECK(fit.held_out_rms == Approx(std::sqrt(squares / 4)));
    CHECK(fit.held_out_worst == Approx(worst));
    CHECK(fit.aic >= before);
    before = fit.aic;
    weights += fit.aic_weight;
  }
  CHECK(weights == Approx(1));
  // The prediction of these data is 10% too large, and has no constant that could mend it.
  const LawFit& coverage = fit_of(fits, ScalingLaw::coverage);
  CHECK(coverage.constants.empty());
  CHECK(coverage.held_out_worst == Approx(-std::log(1.1)).margin(0.02));
  CHECK(std::isnan(fit_scaling(data, 1280, 40, 1).front().held_out_rms));
}

TEST_CASE("fits: the minimum of chi2, no constant can do better", "[compare][scaling]") {
  const auto data = made([](double p) { return p * (1 + 0.4 * std::log(p)); }, 0.2, 5);
  for (const LawFit& fit : fit_scaling(data, 80, 40, 1)) {
    for (std::size_t c = 0; c < fit.constants.size(); ++c) {
      for (const double factor : {0.999, 1.001}) {
        double chi2 = 0;
        std::vector<double> constants;
        for (const Estimate& e : fit.constants) {
          constants.push_back(e.value);
        }
        constants[c] *= factor;
        for (const ScalingDatum& datum : data) {
          const Estimate& n = datum.point.critical_train;
          const double model =
              law_value(fit.law, constants, static_cast<double>(datum.point.symbols), 0);
          chi2 += std::pow((n.value - model) * 2 * 1.959963984540054 / (n.high - n.low), 2);
        }
        CHECK(chi2 > fit.chi2);
      }
    }
  }
}

TEST_CASE("fits: too little data is refused", "[compare][scaling][errors]") {
  const auto data = made([](double p) { return 3 * p; }, 0.1, 1);
  CHECK_THROWS_WITH(fit_scaling(std::span(data).first(3), 40, 40, 1),
                    ContainsSubstring("fit_scaling: sizes = 3, allowed [4, "));
  CHECK_THROWS_WITH(fit_scaling(data, 39, 40, 1),
                    "fit_scaling: sizes up to fit_up_to = 2, allowed [3, 8]");
  CHECK_THROWS_WITH(fit_scaling(data, 160, 39, 1),
                    "fit_scaling: resamples = 39, allowed [40, 1000000]");
  CHECK_THROWS_AS(fit_of({LawFit{}}, ScalingLaw::power), std::out_of_range);
  auto reversed = data;
  std::reverse(reversed.begin(), reversed.end());
  CHECK_THROWS_WITH(fit_scaling(reversed, 160, 40, 1),
                    "fit_scaling: symbols = 640, allowed [1281, 100000]");
  auto few = data;
  few[0].needed.resize(9);
  CHECK_THROWS_WITH(fit_scaling(few, 160, 40, 1),
                    ContainsSubstring("fit_scaling: draws = 9, allowed [10, "));
}

TEST_CASE("a series is drawn with its own number of draws", "[compare][scaling]") {
  const SeriesDraws how{.draws = 20, .draws_small = 60, .small = 9, .seed = 58, .threads = 2};
  const ScalingSeries series = draw_scaling_series("test", "abelian", 3, {3, 9, 27}, how);
  CHECK(series.name == "products of Z_3");
  REQUIRE(series.data.size() == 3);
  CHECK(series.data[1].point.draws == 60);
  CHECK(series.data[2].point.draws == 20);
  CHECK(series.data[2].needed.size() == 20);
  CHECK_THROWS_AS(draw_scaling_series("test", "addition", 3, {3}, how), InputError);
}
