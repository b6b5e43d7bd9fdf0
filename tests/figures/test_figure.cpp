#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "figures/figure.hpp"
#include "figures/study_runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream buffer;
  buffer << in.rdbuf();
  return buffer.str();
}

std::vector<std::string> stems(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  for (const Figure* figure : find_figures(names)) {
    found.push_back(figure->stem);
  }
  return found;
}

std::int64_t big_endian(const std::string& bytes, std::size_t at) {
  std::int64_t value = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    value = value * 256 + static_cast<unsigned char>(bytes[at + k]);
  }
  return value;
}

Drawing parabola() {
  Drawing drawing;
  drawing.width = 400;
  drawing.height = 300;
  drawing.script =
      "$d << EOD\n1 1\n2 4\n3 9\nEOD\nset xlabel 'time {/:Italic t} = 3 [s]'\nplot $d using 1:2 "
      "with "
      "points title 'it''s'\n";
  drawing.tables = {{"a", {{"x", "y"}, {{"1", "1"}, {"2", "4"}, {"3", "9"}}}}};
  return drawing;
}

FigureContext into(const std::filesystem::path& folder) {
  FigureContext context;
  context.out = folder;
  return context;
}

}  // namespace

TEST_CASE("figures are found by stem, short name, group, core and all, each once", "[figures]") {
  const std::vector<std::string> phases = {"fig6a_embedding_rate", "fig6b_regression",
                                           "fig6c_classification", "fig6d_permutations"};
  std::vector<std::string> core = {"fig3_accuracy", "fig4_critical_fraction", "fig5_grokking_rate"};
  core.insert(core.end(), phases.begin(), phases.end());
  CHECK(stems({"core"}) == core);
  CHECK(stems({"all"}).size() == figures().size());
  CHECK(stems({"fig4"}) == std::vector<std::string>{"fig4_critical_fraction"});
  CHECK(stems({"fig6"}) == phases);
  CHECK(stems({"fig6b"}) == std::vector<std::string>{"fig6b_regression"});
  CHECK(stems({"fig9_curriculum", "fig3", "fig9"}) ==
        std::vector<std::string>{"fig9_curriculum", "fig3_accuracy"});
  CHECK(stems({}).empty());
  for (const char* unknown : {"fig", "fig1", "fig6e", "", "fig6ab"}) {
    CHECK_THROWS_AS(find_figures({"fig4", unknown}), InputError);
  }
  CHECK_THROWS_WITH(
      find_figures({"fig"}),
      Catch::Matchers::StartsWith("figure: name = fig, allowed core, all, fig2, fig3, fig4, fig5, "
                                  "fig6a, fig6b, fig6c, fig6d, fig9, fig10, fig11, fig12, fig13"));
}

TEST_CASE("figures stand in the order of the paper, each with its own short name", "[figures]") {
  std::int64_t before = 0;
  std::set<std::string> names;
  for (const Figure& figure : figures()) {
    const std::string name = short_name(figure);
    CHECK(names.insert(name).second);
    if (name.starts_with("fig")) {
      const std::int64_t number = std::stol(name.substr(3));
      CHECK(number >= before);
      before = number;
    } else {  // ours come after the paper's, and have their whole name
      CHECK(name.find('_') == std::string::npos);
      before = 1000;
    }
  }
  CHECK(before == 1000);
}

TEST_CASE("the foot of a figure names its command", "[figures]") {
  FigureContext context;
  context.profile = "full";
  CHECK(command_of(*find_figures({"fig5"}).at(0), context) ==
        "groktheory figure fig5 --profile full");
  CHECK(command_of(*find_figures({"closed-forms"}).at(0), context) ==
        "groktheory figure closed-forms --profile full");
  CHECK(find_figures({"closed_forms"}) == find_figures({"closed-forms"}));
}

TEST_CASE("embedded studies hold the runs they promise", "[figures]") {
  std::map<std::string, Study> quick, full;
  for (const Figure* figure : find_figures({"fig3", "fig4", "fig5"})) {
    quick[short_name(*figure)] = parse_study(figure->study, figure->stem, "quick");
    full[short_name(*figure)] = parse_study(figure->study, figure->stem, "full");
  }
  for (const auto& [name, study] : quick) {
    CAPTURE(name);
    std::set<std::int64_t> sizes, seeds;
    for (const toy::RunSpec& run : toy::specs_of(study.runs)) {
      sizes.insert(run.train);
      seeds.insert(run.seed);
      CHECK((run.task == "addition" && run.symbols == 10 && run.batch == 0));
      CHECK((run.representation_rate == 1e-3 && run.decoder_rate == 1e-4));
      CHECK((run.steps == (name == "fig3" ? 5000 : 10'000)));
      CHECK((run.stop == (name == "fig3" ? "budget" : "rqi")));
    }
    CHECK(sizes == std::set<std::int64_t>{5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 54});
    CHECK(seeds.size() == 10);
    CHECK(study.runs.size() == 110);
  }
  for (const auto& [name, study] : full) {
    CAPTURE(name);
    CHECK(study.runs.size() == 27 * 100);
  }
  for (std::size_t k = 0; k < 110; ++k) {  // the store trains them once for both
    CHECK(quick["fig4"].runs[k].name() == quick["fig5"].runs[k].name());
  }
  const Figure* fig4 = find_figures({"fig4"}).at(0);
  const auto single = toy::figure_runs(*fig4, "trajectory");
  REQUIRE(single.size() == 1);
  CHECK((single[0].seed == 58 && single[0].train == 45 && single[0].steps == 5000));
  CHECK(find_figures({"fig9"}).at(0)->study.empty());
  CHECK_FALSE(find_figures({"fig9"}).at(0)->toml.empty());
}

TEST_CASE("a drawing becomes PNG, SVG, script and CSV, whatever the folder is called",
          "[figures][gnuplot]") {
  const Scratch scratch("figure");
  const auto folder = scratch / "it's a \"folder\"; $HOME `x`";
  std::filesystem::create_directories(folder);
  const auto files = write_drawing("curve", parabola(), into(folder));
  REQUIRE(files.size() == 4);
  const std::string png = content(folder / "curve.png");
  REQUIRE(png.size() > 1000);
  CHECK(png.substr(1, 3) == "PNG");
  CHECK(big_endian(png, 16) == 400);
  CHECK(big_endian(png, 20) == 300);
  const std::string svg = content(folder / "curve.svg");
  CHECK_THAT(svg, ContainsSubstring("viewBox=\"0 0 400 300\""));
  CHECK_THAT(svg, ContainsSubstring("it's"));
  CHECK_THAT(svg, ContainsSubstring("<text xml:space=\"preserve\">"));
  CHECK_THAT(svg, !ContainsSubstring("<text>"));
  CHECK(content(folder / "curve_a.csv") == "x,y\n1,1\n2,4\n3,9\n");
  std::int64_t entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path());
    CHECK(std::find(files.begin(), files.end(), entry.path()) != files.end());
    ++entries;
  }
  CHECK(entries == 4);
}

TEST_CASE("a gnuplot that fails is an error with its message, and leaves no old picture",
          "[figures][gnuplot]") {
  const Scratch scratch("figure-error");
  write_drawing("curve", parabola(), into(scratch.folder()));
  Drawing broken = parabola();
  broken.script += "plot $no_such_block using 1:2\n";
  CHECK_THROWS_WITH(write_drawing("curve", broken, into(scratch.folder())),
                    ContainsSubstring("write_drawing: gnuplot curve.gp = status 1, allowed 0: ") &&
                        ContainsSubstring("no_such_block"));
  Drawing empty = parabola();
  empty.script = "";
  CHECK_THROWS_AS(write_drawing("curve", empty, into(scratch.folder())), Error);
  CHECK_FALSE(std::filesystem::exists(scratch / "curve.log"));
}

TEST_CASE("a folder that cannot be written is bad input", "[figures]") {
  const Scratch scratch("figure-place");
  const auto file = scratch.write("file", "x");
  CHECK_THROWS_AS(write_drawing("curve", parabola(), into(file)), InputError);
  CHECK_THROWS_AS(write_drawing("curve", parabola(), into(scratch / "none")), InputError);
}

TEST_CASE("the style names the eight colours of Okabe and Ito", "[figures]") {
  const std::string style = style_preamble();
  CHECK_THAT(style, ContainsSubstring("set linetype 1 lc rgb '#0072B2'"));
  CHECK_THAT(style, ContainsSubstring("set linetype 2 lc rgb '#D55E00'"));
  CHECK_THAT(style, ContainsSubstring("set linetype 8 lc rgb '#000000'"));
}
