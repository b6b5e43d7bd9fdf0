#include "figures/panels/panel.hpp"

#include <cmath>
#include <limits>

#include "figures/panels/density.hpp"
#include "figures/panels/forest.hpp"
#include "figures/panels/pairs.hpp"
#include "figures/panels/panel_script.hpp"
#include "figures/panels/traces.hpp"
#include "figures/panels/waiting.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

const double none = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> legend_of(const Panel& panel) {
  std::vector<std::string> texts;
  for (const Entry& entry : panel.content().legend) {
    texts.push_back(entry.text);
  }
  return texts;
}

/// Rows of all layers, one after the other.
std::vector<Rows> drawn(const Panel& panel) {
  std::vector<Rows> rows;
  for (const Panel::Layer& layer : panel.content().layers) {
    if (layer.formula.empty()) {
      rows.push_back(layer.rows);
    }
  }
  return rows;
}

Panel plain() { return Panel(linear_axis("x"), linear_axis("y")); }

}  // namespace

TEST_CASE("a layer without rows is neither drawn nor in the legend", "[figures]") {
  Panel panel = plain();
  panel.points({}, look::networks(), "none").line({{1, 2}, {3, 4}}, look::theory(), "theory");
  CHECK(legend_of(panel) == std::vector<std::string>{"theory"});
  CHECK(drawn(panel) == std::vector<Rows>{{{1, 2}, {3, 4}}});
}

TEST_CASE("joined points have one entry, arrows a length; a style but for one thing", "[figures]") {
  const Rows rows = {{1, 2}, {3, 4}};
  Panel panel = plain();
  panel.both(rows, look::theory(), "theory").both({}, look::theory(), "none");
  CHECK(legend_of(panel) == std::vector<std::string>{"theory"});
  CHECK(panel.content().legend[0].sample == Swatch::both);
  CHECK(drawn(panel) == std::vector<Rows>{rows, rows});
  panel.vectors({{0, 0, 5, 6}}, look::theory(), "there");
  CHECK(panel.content().legend.back().sample == Swatch::arrow);
  CHECK_THAT(panel.content().layers.back().plot,
             ContainsSubstring("using 1:2:3:4 with vectors head"));
  const Style style =
      widened(shaped(dashed(faded(sized({}, 9), 0.5), Dash::dotted), Symbol::cross), 7);
  CHECK((style.size == 9 && style.opacity == 0.5 && style.dash == Dash::dotted));
  CHECK((style.symbol == Symbol::cross && style.width == 7 && style.colour == Style{}.colour));
  CHECK(colour_number("#010203") == 0x010203);
  const Axis blank = blank_axis(2, 4);
  CHECK((blank.tics.at(0).first < 2 && blank.tics[0].second.empty() && *blank.high == 4));
}

TEST_CASE("equal points are counted, area in proportion to the number", "[figures]") {
  Panel panel = plain();
  panel.counted({{1, 2}, {0, 5}, {1, 2}, {1, 2}, {1, 2}}, {.size = 8}, "many");
  const Rows rows = drawn(panel).at(0);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == std::vector<double>{0, 5, 1, point_size(4)});
  CHECK(rows[1] == std::vector<double>{1, 2, 4, point_size(8)});
  Panel shared = plain();
  shared.counted({{1, 2}}, {.size = 8}, "", 16);  // one of at most 16 elsewhere
  CHECK(drawn(shared).at(0)[0][3] == Approx(point_size(2)));
}

TEST_CASE("an end that is not known has no bar", "[figures]") {
  Panel panel = plain();
  panel.bars({{1, 5, 4, 6}, {2, 7, 6, none}}, look::summary(), "mean");
  CHECK(drawn(panel) == std::vector<Rows>{{{1, 4, 6}}, {{1, 5}, {2, 7}}});
  Panel across = plain();
  across.across({{5, 1, 4, 6}, {7, 2, none, 8}}, look::summary());
  CHECK(drawn(across) == std::vector<Rows>{{{4, 1, 6}}, {{5, 1}, {7, 2}}});
  CHECK(across.content().x_range.low == 4);
  CHECK(across.content().x_range.high == 7);
}

TEST_CASE("log axes hold the data with room, and what they are told", "[figures]") {
  Panel panel(log_axis("x"), log_axis("y", 1.0));
  panel.points({{10, 20}, {1000, 300}}, look::networks());
  const auto [low, high] = log_ends(panel.content().x, panel.content().x_range);
  CHECK((low < 10 && low > 5));
  CHECK((high > 1000 && high < 2000));
  CHECK(log_ends(panel.content().y, panel.content().y_range).first == 1);
}

TEST_CASE("waiting: who is not there stands at the budget and is counted", "[figures]") {
  const CsvTable runs{{"fraction", "steps"},
                      {{"0.2", ""}, {"0.2", ""}, {"0.4", ""}, {"0.4", "70"}}};
  const CsvTable medians{{"fraction", "median", "low", "high"},
                         {{"0.2", "", "", ""}, {"0.4", "70", "60", ""}, {"0.5", "50", "40", "60"}}};
  Panel panel = waiting(fraction_axis(), "steps", 100, runs, "fraction", "steps");
  CHECK(legend_of(panel) == std::vector<std::string>{"budget: 100 steps", "networks there (1 of 4)",
                                                     "not within it (3; area by number)"});
  const auto rows = drawn(panel);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == Rows{{0.4, 70}});
  CHECK(rows[1][0][1] == 100);
  CHECK(rows[1][0][2] == 2);
  add_medians(panel, 100, medians, "fraction", "median", "low", "high");
  const auto more = drawn(panel);
  CHECK(more.at(2) == Rows{{0.4, 70}, {0.5, 50}});
  CHECK(more.at(3) == Rows{{0.4, 60, 100}});  // open above: an arrow to the budget
  CHECK(more.at(4) == Rows{{0.5, 40, 60}});
  CHECK(panel.content().y_range.high == 100);
}

TEST_CASE("pairs: nobody is left out", "[figures]") {
  const CsvTable runs{{"p", "m"}, {{"10", "12"}, {"20", ""}, {"", "30"}, {"", ""}, {"40", "1000"}}};
  const Panel open = pairs("predicted", "measured", runs, "p", "m");
  auto rows = drawn(open);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == Rows{{10, 12}, {40, 1000}});
  CHECK((rows[1][0][0] == 20 && rows[1][0][1] > 1000));  // above all
  CHECK((rows[2][0][1] == 30 && rows[2][0][0] > 1000));  // right of all
  CHECK(legend_of(open) == std::vector<std::string>{"equal", "a factor 1.25", "networks (2)",
                                                    "predicted, not there: at the top (1)",
                                                    "there, not predicted: at the right (1)",
                                                    "neither, not drawn (1)"});
  const Panel budget =
      pairs("predicted", "measured", runs, "p", "m", {.budget = 2000, .factor = 1});
  rows = drawn(budget);
  CHECK(rows[1] == Rows{{20, 2000}});
  CHECK(*budget.content().x.high == *budget.content().y.high);
  CHECK(*budget.content().x.low == *budget.content().y.low);
  const Panel beside = pairs("predicted", "measured", runs, "p", "m", {.legend = false});
  CHECK(legend_of(beside).empty());
  CHECK(drawn(beside) == drawn(open));
  CHECK(beside.content().notes ==
        std::vector<std::string>{"2 there, 1 not, 1 not predicted, 1 neither"});
}

TEST_CASE("pairs: panels of other predictions can have the same axes", "[figures]") {
  const CsvTable runs{{"p", "q", "m"}, {{"10", "5000", "12"}, {"20", "", "30"}}};
  const auto axes = [&runs](const std::string& predicted, const std::vector<std::string>& also) {
    const Panel panel =
        pairs("predicted", "measured", runs, predicted, "m", {.budget = 100, .also = also});
    return std::pair(*panel.content().x.low, *panel.content().x.high);
  };
  CHECK(axes("p", {}) != axes("q", {}));
  CHECK(axes("p", {"p", "q"}) == axes("q", {"p", "q"}));
  CHECK(axes("p", {"p", "q"}).second > 5000);
}

TEST_CASE("pairs: 0 steps stand at 1, where a log axis has a place for them", "[figures]") {
  const CsvTable runs{{"p", "m"}, {{"0", "12"}, {"20", "0"}}};
  CHECK(drawn(pairs("predicted", "measured", runs, "p", "m")).at(0) == Rows{{1, 12}, {20, 1}});
}

TEST_CASE("what a log axis has no place for does not widen it; a mark does", "[figures]") {
  Panel panel(log_axis("x"), log_axis("y"));
  panel.points({{0, 20}, {1000, -3}, {100, 40}}, look::networks()).mark(5, look::reference());
  CHECK(panel.content().x_range.low == 5);
  CHECK(panel.content().y_range.low == 20);
  panel.mark(none, look::reference(), "nowhere").level(none, look::reference(), "nowhere");
  CHECK(legend_of(panel).empty());
}

TEST_CASE("forest: kinds of a row stand below each other, one alone in the middle", "[figures]") {
  const std::vector<ForestKind> kinds = {{"networks", {}}, {"flow", {}}};
  const Panel two =
      forest(linear_axis("x"), {"a", "b"}, kinds,
             {{0, 0, {1, 0, 2}}, {0, 1, {3, none, none}}, {1, 1, {none, 0, 1}}}, true);
  const auto rows = drawn(two);
  REQUIRE(rows.size() == 3);  // a bar, and points of both kinds
  CHECK(rows[1][0][1] < 1);
  CHECK(rows[2][0][1] > 1);
  CHECK(rows[2].size() == 1);  // what is NaN is not drawn
  CHECK(two.content().right_margin > 40);
  const Panel one =
      forest(linear_axis("x"), {"a", "b"}, kinds, {{0, 0, {1, 0, 2}}, {1, 1, {3, 2, 4}}});
  CHECK(drawn(one)[1][0][1] == 1);
  CHECK(drawn(one)[3][0][1] == 2);
  CHECK(*one.content().y.low > *one.content().y.high);  // the first on top
}

TEST_CASE("traces end at the end of the axis, with their names", "[figures]") {
  const CsvTable table{{"step", "E0", "E1"}, {{"0", "1", "2"}, {"10", "3", "4"}, {"20", "5", "6"}}};
  const Panel panel = traces(linear_axis("steps", 0, 10), linear_axis("E"), table, "step",
                             {{"E0", "0"}, {"E1", "1"}});
  CHECK(drawn(panel) == std::vector<Rows>{{{0, 1}, {10, 3}}, {{0, 2}, {10, 4}}});
  CHECK_THAT(panel.content().settings, ContainsSubstring("set label '1' at graph 1.01,first 4"));
}

TEST_CASE("boxes: median, quartiles and 95 %", "[figures]") {
  Panel panel = plain();
  std::vector<double> values;
  for (int k = 0; k <= 40; ++k) {
    values.push_back(k);
  }
  add_box(panel, 2, 0.5, values, {}, "random");
  const auto rows = drawn(panel);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == Rows{{2, 1, 39}});
  CHECK(rows[1] == Rows{{2, 20, 1.75, 2.25, 10, 30}});
  CHECK(rows[2] == Rows{{1.75, 20, 0.5}});  // from there, so wide
  Panel empty = plain();
  add_box(empty, 2, 0.5, {}, {}, "none");
  CHECK(legend_of(empty).empty());
}

TEST_CASE("points of equal x are spread in their order", "[figures]") {
  const Rows rows = spread({{10, 1}, {10, 2}, {10, 3}, {5, 1}}, 2);
  CHECK(rows == Rows{{10, 1}, {5, 2}, {20, 3}, {5, 1}});
}
