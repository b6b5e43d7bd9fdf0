#include "figures/panels/cells.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
const CellAxis log_scale{.label = "rate", .scale = CellScale::logarithmic};

const Rows& layer(const Panel& panel, std::size_t k) { return panel.content().layers.at(k).rows; }

struct Box {
  double left, right, bottom, top;
};

/// Rectangles in coordinates where a panel is flat: the logarithm on a logarithmic axis.
std::vector<Box> boxes(const Rows& rows, bool log_y) {
  std::vector<Box> result;
  for (const auto& r : rows) {
    result.push_back({std::log10(r.at(0)), std::log10(r.at(1)),
                      log_y ? std::log10(r.at(2)) : r.at(2),
                      log_y ? std::log10(r.at(3)) : r.at(3)});
  }
  return result;
}

double overlap(const Box& a, const Box& b) {
  return std::max(0.0, std::min(a.right, b.right) - std::max(a.left, b.left)) *
         std::max(0.0, std::min(a.top, b.top) - std::max(a.bottom, b.bottom));
}

}  // namespace

TEST_CASE("cells are centred on their values and share their borders", "[figures][panels]") {
  const CellAxis log = cell_axis(log_scale, {1e-2, 1e-4, 1e-3, 1e-4});
  CHECK(log.values == std::vector<double>{1e-4, 1e-3, 1e-2});
  CHECK(log.scale == CellScale::logarithmic);
  REQUIRE(log.edges.size() == 4);
  CHECK(log.edges[1] == Approx(std::sqrt(1e-4 * 1e-3)));
  CHECK(log.edges[2] == Approx(std::sqrt(1e-3 * 1e-2)));
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(std::sqrt(log.edges[k] * log.edges[k + 1]) == Approx(log.values[k]));
  }
  const CellAxis linear = cell_axis({.downward = true}, {0, 4, 2, 6});
  CHECK(linear.scale == CellScale::linear);
  CHECK(linear.downward);
  CHECK(linear.edges == std::vector<double>{-1, 1, 3, 5, 7});
}

TEST_CASE("values that are not even on the wanted scale get a row each", "[figures][panels]") {
  const std::vector<double> uneven = {0, 1, 2, 3, 5, 10, 20, 30, 50, 100, 200};
  const CellAxis rows = cell_axis({}, uneven);
  CHECK(rows.scale == CellScale::categorical);
  CHECK(rows.values == uneven);
  CHECK(rows.edges.front() == -0.5);
  CHECK(rows.edges.back() == 10.5);
  for (const std::vector<double>& values :
       {std::vector<double>{0, 1, 10}, {1, 2, 3}, {1, 10, 101}}) {
    const CellAxis axis = cell_axis(log_scale, values);
    CHECK(axis.scale == CellScale::categorical);
    CHECK(axis.edges == std::vector<double>{-0.5, 0.5, 1.5, 2.5});
  }
  // The numbers of a logspace are rounded to 12 digits: still even.
  CHECK(cell_axis(log_scale, {1e-5, 1.58489319246e-05, 2.51188643151e-05}).scale ==
        CellScale::logarithmic);
}

TEST_CASE("an axis of one value has one cell around it, of none is an error", "[figures][panels]") {
  CHECK(cell_axis({}, {3}).edges == std::vector<double>{2.5, 3.5});
  const CellAxis log = cell_axis(log_scale, {1e-3});
  CHECK(log.edges[1] / log.edges[0] == Approx(10));
  CHECK(std::sqrt(log.edges[0] * log.edges[1]) == Approx(1e-3));
  CHECK_THROWS_WITH(cell_axis(log_scale, {}), ContainsSubstring("rate = no value"));
}

TEST_CASE("the cells of a panel cover it, without overlap", "[figures][panels]") {
  for (const std::vector<double>& values : {std::vector<double>{0, 2, 4}, {0, 1, 10}, {1, 3, 9}}) {
    const bool log_y = values.back() == 9;
    const CellAxis x = cell_axis(log_scale, {1e-4, 1e-3, 1e-2, 1e-1});
    const CellAxis y =
        cell_axis(log_y ? log_scale : CellAxis{.downward = values.back() == 10}, values);
    std::vector<CellBar> bars;
    for (const double a : x.values) {
      for (const double b : y.values) {
        bars.push_back({a, b, 1, "#0072B2"});
      }
    }
    Panel panel = cells(x, y);
    fill_cells(panel, x, y, bars);
    const auto found = boxes(layer(panel, 0), log_y);
    REQUIRE(found.size() == 12);
    double area = 0;
    for (std::size_t a = 0; a < found.size(); ++a) {
      area += (found[a].right - found[a].left) * (found[a].top - found[a].bottom);
      for (std::size_t b = 0; b < a; ++b) {
        CHECK(overlap(found[a], found[b]) < 1e-9);
      }
    }
    CHECK(area == Approx(log_y ? 4 * 3 * std::log10(3) : values.back() == 10 ? 4 * 3 : 4 * 6));
  }
}

TEST_CASE("bars and intervals stand on the bottom of their cell, whatever the direction",
          "[figures][panels]") {
  for (const bool downward : {false, true}) {
    const CellAxis x = cell_axis(log_scale, {1e-3});
    const CellAxis y = cell_axis({.downward = downward}, {0, 4});  // cells [-2, 2] and [2, 6]
    Panel panel = cells(x, y);
    fill_cells(panel, x, y, {{1e-3, 0, 1, "#000001"}, {1e-3, 0, 0.6, "#B04A50"}});
    add_intervals(panel, x, y, {{1e-3, 4, 0.25, 0.75}});
    const Rows& bars = layer(panel, 0);
    CHECK((bars.at(0).at(2) == -2 && bars.at(0).at(3) == 2 && bars.at(0).at(4) == 1));
    CHECK(bars.at(1).at(4) == 0xB04A50);  // in the order given: the tallest lies below
    CHECK(bars.at(1).at(2) == Approx(downward ? 2 - 0.6 * 4 : -2));
    CHECK(bars.at(1).at(3) == Approx(downward ? 2 : -2 + 0.6 * 4));
    const Rows& whisker = layer(panel, 2);
    CHECK(whisker.at(0).at(0) == Approx(1e-3));
    CHECK(whisker.at(0).at(1) == Approx(downward ? 5 : 3));
    CHECK(whisker.at(0).at(3) == Approx(downward ? -2 : 2));
  }
}

TEST_CASE("contours of cells: a dark line at the last level, others inside it",
          "[figures][panels]") {
  const CellAxis x = cell_axis(log_scale, {1e-4, 1e-3, 1e-2}), y = cell_axis({}, {0, 1});
  const std::vector<double> values = {900, 2400, never, 900, 900, no_value};
  Panel panel = cells(x, y);
  const auto drawn = add_contours(panel, x, y, values, std::vector<double>{300, 1000, 1e5});
  CHECK(drawn == std::vector<bool>{false, true, true});
  REQUIRE(panel.content().layers.size() == 4);  // rims, then cores
  const Rows& inner = layer(panel, 0);
  CHECK(inner.size() == 2);  // around the cell of 2400 steps
  const Rows& outer = layer(panel, 1);
  REQUIRE(outer.size() == 1);  // the cell without a value ends it
  CHECK(outer[0].at(0) == Approx(x.edges[2]));
  CHECK((outer[0].at(1) == -0.5 && outer[0].at(2) == 0 && outer[0].at(3) == 1));
  CHECK(layer(panel, 2) == inner);
  CHECK_THROWS_AS(fill_cells(panel, x, y, {{5, 0, 1, "#000000"}}), Error);
}

TEST_CASE("entries of contours differ in colour", "[figures][panels]") {
  std::set<std::string> colours;
  for (std::size_t k = 0; k < 7; ++k) {
    colours.insert(contour_entry(k, 7, "").style.colour);
  }
  CHECK(colours.size() == 7);
}

TEST_CASE("a fine axis has a label for every nth value, and no lines between its cells",
          "[figures][panels]") {
  const auto layers = [](const std::vector<double>& values) {
    const CellAxis x = cell_axis({}, {1, 2}), y = cell_axis({}, values);
    Panel panel = cells(x, y);
    fill_cells(panel, x, y, {{1, values.front(), 1, "#000000"}});
    return panel.content();
  };
  std::vector<double> fine;
  for (int k = 0; k <= 40; ++k) {
    fine.push_back(0.25 * k);
  }
  const Panel::Content many = layers(fine);
  CHECK(many.layers.size() == 1);
  REQUIRE(many.y.tics.size() == 11);
  CHECK((many.y.tics[1].first == 1 && many.y.tics[1].second == "1"));
  const Panel::Content few = layers({0, 1, 10});
  CHECK(few.layers.size() == 2);
  CHECK((few.y.tics.back().first == 2 && few.y.tics.back().second == "10"));  // a row each
}
