#include "figures/representation/representation.hpp"

#include <bit>
#include <cmath>
#include <set>
#include <sstream>

#include "core/errors.hpp"
#include "figures/panels/lattice.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

Lattice lattice4() { return build_lattice(Task::addition(4), Eigen::Vector4d(0, 0.5, 2, 3.2)); }

}  // namespace

TEST_CASE("fig11: names, equations, places and colours of nodes", "[figures]") {
  const Lattice lattice = lattice4();
  CHECK(node_name(0, false) == "none");
  CHECK(node_name(5, false) == "A1, A3");
  CHECK(node_name(6, true) == "{/:Italic A}_2, {/:Italic A}_3");
  CHECK(equation_text(lattice, 0, false) == "2E1 = E0 + E2");
  CHECK(equation_text(lattice, 1, false) == "E0 + E3 = E1 + E2");
  CHECK(equation_text(lattice, 2, false) == "2E2 = E1 + E3");
  std::set<std::pair<double, double>> places;
  std::set<std::string> colours;
  for (const LatticeNode& node : lattice.nodes) {
    const CardPlace at = place_of(lattice, node.equations);
    CHECK(at.y == std::popcount(node.equations));
    places.insert({at.x, at.y});
    colours.insert(node_colour(node.equations));
  }
  CHECK(places.size() == 8);
  CHECK(colours.size() == 8);
  CHECK(place_of(lattice, 0).x == 0);
  CHECK(place_of(lattice, 3).x == -1);
  CHECK(place_of(lattice, 6).x == 1);
}

TEST_CASE("fig11: arrows go where an equation is implied, lines to the other covers", "[figures]") {
  const Panel panel = lattice_panel(lattice4());
  const auto& layers = panel.content().layers;
  REQUIRE(layers.size() == 4);
  CHECK(layers[0].rows.size() == 9);  // of the 12 edges of a cube
  REQUIRE(layers[1].rows.size() == 3);
  for (const auto& arrow : layers[1].rows) {  // to the foot of the full set's card
    CHECK(arrow[0] + arrow[2] == Approx(0).margin(1e-12));
    CHECK(arrow[1] + arrow[3] == Approx(3 - card_half_height));
  }
  CHECK(layers[2].rows.size() == 5 * 6);  // cards that are closed, then the others
  CHECK(layers[3].rows.size() == 3 * 6);
}

TEST_CASE("fig11: numbers of near points stand beside each other", "[figures]") {
  Panel panel(linear_axis(""), linear_axis(""));
  const Rows points = places_on({1, 2, -1.5, 1.5}, Eigen::Vector3d(1.5, -1.5, -1.4), 5);
  CHECK(points[0] == std::vector<double>{2, 5});
  CHECK(points[1] == std::vector<double>{1, 5});
  add_numbered(panel, points, {});
  const auto& words = panel.content().words;
  REQUIRE(words.size() == 3);
  CHECK((words[0].text == "0" && words[0].x == 2 && words[0].side == Side::centre));
  CHECK((words[1].x < 1 && words[1].side == Side::right));
  CHECK((words[2].x > points[2][0] && words[2].side == Side::left));
}

TEST_CASE("fig11: the claim is what the lattice says", "[figures]") {
  Lattice lattice = lattice4();
  auto claims = claims_of(lattice);
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].ours == "4; 3, 3, 3; 2, 2, 2; 2");
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK_THAT(claims[0].remark, ContainsSubstring("5 of the 8 sets"));
  lattice.nodes[6].nullity = 1;
  claims = claims_of(lattice);
  CHECK(claims[0].ours == "4; 3, 3, 3; 2, 2, 1; 2");
  CHECK(claims[0].verdict == Verdict::differs);
  CHECK(claims_of(build_lattice(Task::addition(3), Eigen::Vector3d(0, 1, 3))).empty());
}

TEST_CASE("fig11: tables and numbers", "[figures]") {
  const Lattice lattice = lattice4();
  const Sheet sheet = sheet_of(lattice, count_training_sets(Task::addition(4), lattice));
  REQUIRE(sheet.tables().size() == 3);
  REQUIRE(sheet.table("a").rows.size() == 8);
  const Eigen::VectorXd& example = lattice.nodes[3].example;
  CHECK(sheet.table("a").rows[4] ==
        std::vector<std::string>{"A1, A2", "2E1 = E0 + E2; E0 + E3 = E1 + E2", "2", "0",
                                 "A1, A2, A3", to_text(example(0)), to_text(example(1)),
                                 to_text(example(2)), to_text(example(3))});
  REQUIRE(sheet.table("b").rows.size() == 80);
  CHECK(sheet.table("c").rows.size() == 80);
  CHECK(sheet.table("b").rows[8 + 1] ==
        std::vector<std::string>{"2", "45", "A1", "1", to_text(1.0 / 45)});
  std::int64_t both = 0, forced = 0;  // sets of all sizes with two equations, and no third
  for (const auto& [table, sum] : {std::pair("b", &both), std::pair("c", &forced)}) {
    for (const auto& row : rows_of(rows_where(sheet.table(table), "node", "A1, A2"), {"count"})) {
      *sum += std::lround(row[0]);
    }
  }
  CHECK((both == 48 && forced == 0));
  CHECK_THAT(sheet.report(), ContainsSubstring("A1, A2      2E1 = E0 + E2; E0 + E3 = E1 + E2"));
}

TEST_CASE("fig11 from its file to the picture", "[figures][gnuplot]") {
  const Scratch scratch("fig11-all");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.report = &report;
  const Figure* figure = find_figures({"fig11"}).at(0);
  CHECK(figure->study.empty());
  CHECK(figure->draw(*figure, context).size() == 1);
  CHECK(std::filesystem::file_size(scratch / "fig11_lattice.png") > 20'000);
  CHECK_THAT(report.str(), ContainsSubstring("A2          E0 + E3 = E1 + E2"));
  const auto drawn = [&context](std::string_view toml) {
    const Figure other = with_toml("fig11", toml);
    return other.draw(other, context).size();
  };
  CHECK(drawn("[figure]\ntask = 'addition'\nsymbols = 3\nstart = [0, 1, 3]") == 0);
  CHECK_THROWS_WITH(drawn("[figure]\ntask = 'addition'\nsymbols = 4\nstart = [0, 1, 'x', 3]"),
                    ContainsSubstring("start = 'x', allowed a number in [-1000, 1000]"));
  CHECK_THROWS_WITH(drawn("[figure]\ntask = 'addition'\nsymbols = 4"),
                    ContainsSubstring("start = nothing, allowed a value in the table [figure]"));
}
