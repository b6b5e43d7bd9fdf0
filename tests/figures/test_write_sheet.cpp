#include "figures/write_sheet.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/errors.hpp"
#include "core/interrupt.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

namespace fs = std::filesystem;

Sheet parabola() {
  Sheet sheet;
  sheet.table("a", {{"x", "y"}, {{"1", "1"}, {"2", "4"}, {"3", "9"}}});
  sheet.row({Panel(linear_axis("it's x"), linear_axis("y"))
                 .line(rows_of(sheet.table("a"), {"x", "y"}), look::theory(), "y = {/:Italic x}")});
  return sheet;
}

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

int big_endian(const std::string& bytes, std::size_t at) {
  int value = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    value = 256 * value + static_cast<unsigned char>(bytes.at(at + k));
  }
  return value;
}

}  // namespace

TEST_CASE("a sheet becomes PNG, SVG, PDF, script and CSV, whatever the folder is called",
          "[figures][gnuplot]") {
  const Scratch scratch("sheet");
  const auto folder = scratch / "it's a \"folder\"; $HOME `x`";
  fs::create_directories(folder);
  const auto files = write_sheet("curve", parabola(), "the command", folder, {300, 600});
  const std::string png = content(folder / "curve.png");
  REQUIRE(png.size() > 1000);
  CHECK(png.substr(1, 3) == "PNG");
  CHECK(big_endian(png, 16) == 600);
  CHECK(content(folder / "curve.pdf").starts_with("%PDF"));
  CHECK_THAT(content(folder / "curve.pdf"), ContainsSubstring("/MediaBox [ 0 0 300 "));
  const std::string svg = content(folder / "curve.svg");
  CHECK_THAT(svg, ContainsSubstring("viewBox=\"0 0 300 "));
  CHECK_THAT(svg, ContainsSubstring("it's x"));
  CHECK_THAT(svg, ContainsSubstring("<text xml:space=\"preserve\">"));
  CHECK_THAT(svg, !ContainsSubstring("<text>"));
  CHECK_THAT(svg, ContainsSubstring("Liberation Sans, Arial"));
  CHECK(content(folder / "curve_a.csv") == "x,y\n1,1\n2,4\n3,9\n");
  std::ptrdiff_t entries = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    CAPTURE(entry.path());
    CHECK(std::ranges::find(files, entry.path()) != files.end());
    ++entries;
  }
  CHECK(entries == 5);
  CHECK(std::ssize(files) == entries);
}

TEST_CASE("an SVG for narrow screens leaves no script", "[figures][gnuplot]") {
  const Scratch scratch("sheet-narrow");
  const auto svg = write_narrow_svg("curve", parabola(), "", scratch.folder());
  CHECK(svg.filename() == "curve.narrow.svg");
  CHECK_THAT(content(svg), ContainsSubstring("viewBox=\"0 0 240 "));
  CHECK(std::distance(fs::directory_iterator(scratch.folder()), fs::directory_iterator()) == 1);
}

TEST_CASE("a gnuplot that fails is an error with its message, and leaves no old picture",
          "[figures][gnuplot]") {
  const Scratch scratch("sheet-error");
  write_sheet("curve", parabola(), "", scratch.folder());
  Sheet broken;
  broken.row({Panel(linear_axis("x"), linear_axis("y")).law("no_such_function(x)", {})});
  CHECK_THROWS_WITH(write_sheet("curve", broken, "", scratch.folder()),
                    ContainsSubstring("write_sheet: gnuplot curve.gp = status 1, allowed 0: ") &&
                        ContainsSubstring("no_such_function"));
  CHECK_FALSE(fs::exists(scratch / "curve.log"));
  CHECK_FALSE(fs::exists(scratch / "curve.png"));
}

TEST_CASE("Ctrl-C that ends gnuplot is a wish to stop, and no error of gnuplot's", "[figures]") {
  const Scratch scratch("sheet-stopped");
  scratch.write("gnuplot", "#!/bin/sh\nkill -INT $$\n");  // as the terminal ends it
  fs::permissions(scratch / "gnuplot", fs::perms::owner_all);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (scratch.folder().string() + ":" + path).c_str(), 1);
  {
    const StopOnSignal listening;
    CHECK_THROWS_AS(write_sheet("curve", parabola(), "", scratch.folder()), Interrupted);
    CHECK(stop_signal() == SIGINT);
  }
  setenv("PATH", path.c_str(), 1);
}

TEST_CASE("a folder that cannot be written is bad input", "[figures]") {
  const Scratch scratch("sheet-place");
  const auto file = scratch.write("file", "x");
  CHECK_THROWS_AS(write_sheet("curve", parabola(), "", file), InputError);
  CHECK_THROWS_AS(write_sheet("curve", parabola(), "", scratch / "none"), InputError);
}

TEST_CASE("widths: of a page, of a column, of a screen", "[figures]") {
  CHECK(parse_size("17cm", "figure").width == Approx(page_width));
  CHECK(parse_size("17cm", "figure").pixels == 1500);
  CHECK(parse_size("8.6cm", "figure").width == Approx(243.78).margin(0.01));
  CHECK(parse_size("8.6cm", "figure").pixels == 759);
  CHECK(parse_size("900", "figure").width == Approx(page_width));
  CHECK(parse_size("900", "figure").pixels == 900);
  for (const char* bad : {"", "cm", "4.9cm", "60.1cm", "17 cm", "17mm", "199", "10001", "900.5",
                          "nancm", "nan", "-9", "1e300cm", "infcm"}) {
    CAPTURE(bad);
    CHECK_THROWS_WITH(
        parse_size(bad, "figure"),
        ContainsSubstring("figure: --width = '" + std::string(bad) + "', allowed 5cm to 60cm"));
  }
}
