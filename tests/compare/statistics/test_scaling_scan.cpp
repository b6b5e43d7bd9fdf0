#include "compare/statistics/scaling_scan.hpp"

#include <algorithm>
#include <cmath>

#include "tests/compare/statistics/scans.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("scan: laws of large sizes, and of all", "[compare][scaling]") {
  const SeriesDraws how{.draws = 40, .draws_small = 40, .small = 4, .seed = 1};
  const auto series = draw_scaling_series("test", "addition", {}, {4, 6, 8, 12, 16, 24}, how);
  const ScalingScan scan = fit_scan({series}, 6, 12, 40, 3);
  CHECK(scan.large.from == 6);
  CHECK(scan.all.from == 4);
  CHECK(scan.large.fits.front().points == 5);
  CHECK(scan.all.fits.front().points == 6);
  CHECK(scan.large.fits.front().held_out == 2);
  CHECK(scan.series.at(0).data.size() == 6);
}

TEST_CASE("scan: ratios of a size", "[compare][scaling]") {
  const ScalingScan scan = scan_by_hand();
  const auto ratios = ratios_of(scan.series[0], scan.large.fits);
  REQUIRE(ratios.size() == 6);
  CHECK(ratios[1].symbols == 40);
  CHECK(ratios[1].of_samples.value == Approx(law_by_hand(40) / 820));
  CHECK(ratios[1].of_symbols.low == Approx(0.99 * law_by_hand(40) / 40));
  CHECK(ratios[0].predicted_of_symbols == Approx(0.8 * law_by_hand(10) / 10));
  CHECK(ratios[5].of_log == Approx(1));  // the law they were made with
  CHECK(ratios[5].of_power == Approx(law_by_hand(2500) / (1.6 * std::pow(2500, 1.15))));
  const auto [low, high] = scaled_fractions(scan.series[0]);
  const auto scaled = [](double p) { return law_by_hand(p) / (p * (p + 1) / 2) * p / std::log(p); };
  CHECK(low.value == Approx(std::min(scaled(10), scaled(2500))));
  CHECK(high.value == Approx(std::max(scaled(10), scaled(2500))));
  CHECK(high.low == Approx(0.99 * high.value));
}

TEST_CASE("scan: sizes that two series share", "[compare][scaling]") {
  ScalingScan scan = scan_by_hand();
  CHECK(point_at(scan.series[0], 11) == nullptr);
  CHECK(point_at(scan.series[0], 640)->symbols == 640);
  scan.series[1].data.pop_back();
  const auto shared = largest_shared(scan.series[0], scan.series[1]);
  REQUIRE(shared);
  CHECK(shared->first.symbols == 640);
  CHECK(shared->second.n50.value == Approx(0.88 * shared->first.n50.value));
  scan.series[1].data.clear();
  CHECK_FALSE(largest_shared(scan.series[0], scan.series[1]));
}
