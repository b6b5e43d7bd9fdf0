#include "figures/panels/sheet.hpp"

#include <regex>

#include "core/errors.hpp"
#include "figures/panels/legend.hpp"
#include "figures/panels/panel_script.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

Panel parabola() {
  return Panel(linear_axis("x"), linear_axis("y"))
      .title("A parabola")
      .line({{1, 1}, {2, 4}, {3, 9}}, look::theory(), "y = x^2");
}

Entry entry(Swatch sample, const std::string& text) {
  Entry made;
  made.sample = sample;
  made.text = text;
  return made;
}

struct Box {
  double left, right, bottom, top;
};

/// Axes of every panel, in fractions of the picture.
std::vector<Box> boxes_of(const Picture& picture) {
  static const std::regex margins(
      "set lmargin at screen ([0-9.]+)\nset rmargin at screen ([0-9.]+)\n"
      "set bmargin at screen ([0-9.]+)\nset tmargin at screen ([0-9.]+)\n");
  std::vector<Box> boxes;
  for (std::sregex_iterator at(picture.script.begin(), picture.script.end(), margins), end;
       at != end; ++at) {
    boxes.push_back(
        {std::stod((*at)[1]), std::stod((*at)[2]), std::stod((*at)[3]), std::stod((*at)[4])});
  }
  return boxes;
}

}  // namespace

TEST_CASE("a sheet keeps what is printed beside it", "[figures]") {
  Sheet sheet;
  CHECK(sheet.report("  one\n").report("  two\n").report() == "  one\n  two\n");
  CHECK(sheet.caption().empty());
}

TEST_CASE("panels of a row stand beside each other, their feet on one line", "[figures]") {
  Panel with_long_legend = parabola();
  for (int k = 0; k < 6; ++k) {
    with_long_legend.entry(
        entry(Swatch::line, "an entry that needs a line of its own " + std::to_string(k)));
  }
  Sheet sheet;
  sheet.row({parabola(), with_long_legend}).row({parabola().height(60)});
  const Picture picture = sheet.laid_out(page_width, "the command");
  const auto boxes = boxes_of(picture);
  REQUIRE(boxes.size() == 3);
  CHECK(boxes[0].right < boxes[1].left);
  CHECK(boxes[0].bottom == boxes[1].bottom);
  CHECK(boxes[0].top > boxes[1].top);  // a short legend leaves no gap: its axes are higher
  CHECK(boxes[2].top < boxes[0].bottom);
  CHECK((boxes[2].top - boxes[2].bottom) * picture.height == Approx(60).margin(0.1));
  for (const Box& box : boxes) {
    CHECK((0 < box.left && box.left < box.right && box.right < 1));
    CHECK((0 < box.bottom && box.bottom < box.top && box.top < 1));
  }
  for (const char* letter : {"{/:Bold a}", "{/:Bold b}", "{/:Bold c}", "the command"}) {
    CHECK_THAT(picture.script, ContainsSubstring(letter));
  }
}

TEST_CASE("in one column of a journal every panel has a row of its own", "[figures]") {
  Sheet sheet;
  sheet.row({parabola(), parabola().span(2)}).legend({entry(Swatch::band, "comprehension")});
  const Picture wide = sheet.laid_out(page_width, "");
  const Picture narrow = sheet.laid_out(243.8, "");
  const auto beside = boxes_of(wide), below = boxes_of(narrow);
  CHECK(beside.at(0).bottom == beside.at(1).bottom);
  CHECK(beside[1].right - beside[1].left > 1.8 * (beside[0].right - beside[0].left));
  CHECK(below.at(1).top < below.at(0).bottom);
  CHECK(narrow.height > wide.height);
  CHECK(narrow.width == 243.8);
}

TEST_CASE("a picture of one panel has no letter; square axes are square", "[figures]") {
  Sheet sheet;
  sheet.row({parabola().square()});
  const Picture picture = sheet.laid_out(200, "");
  const Box box = boxes_of(picture).at(0);
  CHECK((box.right - box.left) * picture.width ==
        Approx((box.top - box.bottom) * picture.height).margin(0.1));
  CHECK_THAT(picture.script, !ContainsSubstring("Bold"));
}

TEST_CASE("room for the numbers of an axis grows with them", "[figures]") {
  Panel large(linear_axis("x"), linear_axis("y"));
  large.line({{0, 0}, {1, 200'000}}, look::theory());
  CHECK(panel_size(large, 200, true).left > panel_size(parabola(), 200, true).left + 10);
  Panel named(linear_axis("x"), rows_axis({"a long name of a row", "b"}));
  CHECK(panel_size(named, 200, true).left > panel_size(named, 200, false).left + 40);
}

TEST_CASE("a legend has as many columns as fit, and long words wrap", "[figures]") {
  const std::vector<Entry> four(4, entry(Swatch::line, "networks"));
  CHECK(legend_height(four, 400) == Approx(small_line));
  CHECK(legend_height(four, 140) == Approx(2 * small_line));
  CHECK(legend_height(four, 60) == Approx(4 * small_line));
  const std::vector<Entry> longer = {entry(Swatch::line, "a much longer entry of a legend")};
  CHECK(legend_height(longer, 90) == Approx(2 * small_line));
  CHECK(legend_height({}, 90) == 0);
  Axis bare;  // no name at any tic: no room below
  bare.tics = {{0, ""}};
  CHECK(panel_size(Panel(bare, bare), 200, true).foot + 7 <
        panel_size(Panel(linear_axis(""), bare), 200, true).foot);
  CHECK(panel_size(parabola(), 200, true).head >
        panel_size(Panel(linear_axis("x"), linear_axis("y")), 200, true).head);
}

TEST_CASE("names at tics are text, whatever is in them", "[figures]") {
  Panel panel(named_axis("x", {"a\"b", "`date`", "c\\d", "two\\nlines"}), linear_axis("y"));
  Sheet sheet;
  sheet.row({panel.settings("unset tics\n"), parabola()});
  const std::string script = sheet.laid_out(page_width, "").script;
  CHECK_THAT(script, ContainsSubstring(R"("a\"b" 1, "\`date\`" 2, "c\\d" 3, "two\nlines" 4)"));
  CHECK(script.rfind("set tics ") > script.find("unset tics"));  // the next panel has its own
}

TEST_CASE("tables and captions of a sheet", "[figures]") {
  Sheet sheet;
  sheet.table("a", {{"x"}, {{"1"}}}).caption("One.").caption("Two.");
  CHECK(sheet.table("a").rows.size() == 1);
  CHECK_THROWS_WITH(sheet.table("b"), ContainsSubstring("table = 'b'"));
  CHECK(sheet.caption() == "One. Two.");
}
