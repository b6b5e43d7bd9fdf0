#include "compare/toy/hexagon_runs.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "tests/compare/toy/hexagon_examples.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("hexagon runs: which run is drawn, and what counts as a hexagon", "[compare]") {
  HexagonExample runs = hexagon_example();
  const HexagonRuns data = runs.collect();
  REQUIRE(data.runs.size() == 4);
  CHECK(data.diverged == 1);
  CHECK(data.high == 2);
  CHECK(data.hexagons == 1);
  CHECK(data.runs[data.shown].seed == 13);  // the first above 0.95, hexagon or not
  const HexagonRun& triangles = data.runs[2];
  CHECK(triangles.six.fits.first_third.deviation == Approx(0.25).margin(0.002));
  CHECK_FALSE(is_hexagon(triangles.six.fits.first_third, data.limit));
  const HexagonRun& ring = data.runs[3];
  CHECK(ring.six.fits.first_third.deviation < 1e-4);
  CHECK(ring.six.fits.best <= ring.six.fits.first_third.deviation);
  CHECK(is_hexagon(ring.six.fits.first_third, data.limit));
  CHECK((ring.hexagon && ring.alternate));
  CHECK((!triangles.hexagon && !triangles.alternate));
  CHECK_FALSE(data.planes[1].hexagon);  // of the run that is drawn
  CHECK(data.planes[1].deviation == triangles.six.fits.first_third.deviation);
  REQUIRE(data.deviations.size() == 8);
  CHECK(data.deviations[6].matrices == "random matrices");
  CHECK(std::ranges::count_if(data.deviations[6].values, [&](double value) {  // five percent
          return value < data.limit;
        }) == 10);
  runs.records[3].rqi = 0.5;
  runs.records[4].rqi = 0.94;
  const HexagonRuns none = runs.collect();
  CHECK(none.high == 0);
  CHECK(none.runs[none.shown].seed == 12);  // the highest RQI, 0.95
}

TEST_CASE("hexagon runs: runs that cannot be compared are refused", "[compare]") {
  HexagonExample runs = hexagon_example();
  runs.specs[1].steps = 99;
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("steps = 99, allowed [100, 100]"));
  runs = hexagon_example();
  runs.specs[2].train = 29;
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("train = 29"));
  runs = hexagon_example();
  runs.embeddings.pop_back();
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("embeddings = 4"));
  runs = HexagonExample();
  runs.add(1, random_points(1, 9), "diverged");
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("all diverged"));
}
