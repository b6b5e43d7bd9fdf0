#include "figures/script.hpp"

#include <limits>

#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("text for gnuplot is quoted whatever is in it", "[figures]") {
  CHECK(quoted("r = 0.4") == "'r = 0.4'");
  CHECK(quoted("it's ''") == "'it''s '''''");
}

TEST_CASE("numbers are rounded to significant digits, as one reads them", "[figures]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(rounded(0.40909) == "0.409");
  CHECK(rounded(0.9996) == "1.00");
  CHECK(rounded(1 - 1e-15) == "1.00");
  CHECK(rounded(334.56) == "335");
  CHECK(rounded(12345.6) == "12346");
  CHECK(rounded(0.0045, 2) == "0.0045");
  CHECK(rounded(-0.25, 2) == "−0.25");
  CHECK(rounded(0) == "0");
  CHECK(rounded(1.5e7) == "1.5e+07");
  CHECK(rounded(infinity) == "∞");
  CHECK(rounded(-infinity) == "−∞");
  CHECK(rounded(std::numeric_limits<double>::quiet_NaN()) == "undefined");
  CHECK(with_interval({0.409, 0.4, 0.4184}) == "0.409 [0.400, 0.418]");
}

TEST_CASE("data blocks: one line per row, nothing where nothing is", "[figures]") {
  CHECK(number_block("d", {{1, 0.1}, {2, std::numeric_limits<double>::quiet_NaN()}}) ==
        "$d << EOD\n1 0.1\n2 NaN\nEOD\n");
  CHECK(number_block("d", {}) == "$d << EOD\nEOD\n");
  CHECK(cell(std::nullopt).empty());
  CHECK(cell(std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK(cell(0.25) == "0.25");
}

TEST_CASE("symbols: equal points are counted, area is proportional to the count", "[figures]") {
  const std::vector<std::pair<double, double>> points = {{1, 2}, {1, 2}, {1, 2}, {1, 2}, {0, 5}};
  const Multiplicity counts = count_points(points);
  REQUIRE(largest_count(counts) == 4);
  const auto rows = sized_rows(counts, 2.0, 4);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == std::vector<double>{0, 5, 1, 1.0});  // a quarter of the area of 2.0
  CHECK(rows[1] == std::vector<double>{1, 2, 4, 2.0});
}

TEST_CASE("a panel clears the last one and puts its legend above the axes", "[figures]") {
  const std::string text = open_panel({0.1, 0.5, 0.2, 0.7, 0.95, "a", "It's"});
  CHECK_THAT(text, ContainsSubstring("unset arrow") && ContainsSubstring("unset logscale"));
  CHECK_THAT(text, ContainsSubstring("set label 1 '{/:Bold a}  It''s' at screen 0.1000,0.9500"));
  CHECK_THAT(text, ContainsSubstring("set key at screen 0.1000,0.9320 left top"));
  CHECK(vertical_band({0.4, 0.3, std::numeric_limits<double>::infinity()}, "#000000").empty());
  CHECK_THAT(vertical_band({0.4, 0.3, 0.5}, "#000000"),
             ContainsSubstring("from first 0.3,graph 0 to first 0.5,graph 1"));
}
