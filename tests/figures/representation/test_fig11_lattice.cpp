#include "figures/representation/fig11_lattice.hpp"

#include <Eigen/LU>
#include <bit>
#include <set>
#include <sstream>

#include "core/errors.hpp"
#include "figures/representation/fig9_curriculum.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
#include "theory/representation.hpp"

using namespace grok;

namespace {

Eigen::VectorXd start4() { return Eigen::Vector4d(0, 0.5, 2, 3.2); }

Lattice lattice4() { return build_lattice(Task::addition(4), start4()); }

Eigen::MatrixXd dense_rows(const Lattice& lattice, EquationSet equations) {
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(3, 4);
  for (Eigen::Index k = 0; k < 3; ++k) {
    if ((equations >> k & 1U) != 0) {
      const Parallelogram& q = lattice.equations[static_cast<std::size_t>(k)];
      A(k, q.first.i) += 1;
      A(k, q.first.j) += 1;
      A(k, q.second.i) -= 1;
      A(k, q.second.j) -= 1;
    }
  }
  return A;
}

Eigen::Index rank(const Eigen::MatrixXd& A) { return A.fullPivLu().rank(); }

std::int64_t choose(std::int64_t n, std::int64_t k) {
  if (k < 0 || n < k) {
    return 0;
  }
  std::int64_t value = 1;
  for (std::int64_t j = 1; j <= k; ++j) {
    value = value * (n - k + j) / j;
  }
  return value;
}

LatticeFigure figure4() {
  const Lattice lattice = lattice4();
  return {lattice, count_training_sets(Task::addition(4), lattice)};
}

}  // namespace

TEST_CASE("fig11: the three equations of p = 4 and their nullities, as published", "[figures]") {
  const Lattice lattice = lattice4();
  REQUIRE(lattice.equations.size() == 3);
  CHECK(relation_text(lattice.equations[0], false) == "2E1 = E0 + E2");
  CHECK(relation_text(lattice.equations[1], false) == "E0 + E3 = E1 + E2");
  CHECK(relation_text(lattice.equations[2], false) == "2E2 = E1 + E3");
  REQUIRE(lattice.nodes.size() == 8);
  const std::vector<Index> nullities = {4, 3, 3, 2, 3, 2, 2, 2};  // by bits
  int closed = 0;
  for (EquationSet set = 0; set < 8; ++set) {
    CHECK(lattice.nodes[set].equations == set);
    CHECK(lattice.nodes[set].nullity == nullities[set]);
    CHECK(lattice.nodes[set].closure == (std::popcount(set) >= 2 ? 7U : set));
    closed += lattice.nodes[set].closed ? 1 : 0;
  }
  CHECK(closed == 5);
}

TEST_CASE("fig11: nullity and closure are those of dense ranks", "[figures]") {
  const Lattice lattice = lattice4();
  for (const LatticeNode& node : lattice.nodes) {
    const auto own = rank(dense_rows(lattice, node.equations));
    CHECK(node.nullity == 4 - own);
    for (const EquationSet bit : {1U, 2U, 4U}) {
      const bool implied = rank(dense_rows(lattice, node.equations | bit)) == own;
      CHECK(implied == ((node.closure & bit) != 0));
    }
  }
  const Lattice small = build_lattice(Task::addition(3), Eigen::Vector3d(0, 1, 3));
  REQUIRE(small.nodes.size() == 2);
  CHECK((small.nodes[0].nullity == 3 && small.nodes[1].nullity == 2));
}

TEST_CASE("fig11: an example satisfies what its node implies, nothing else, and is the nearest",
          "[figures]") {
  const Lattice lattice = lattice4();
  CHECK((lattice.nodes[0].example - start4()).norm() == 0);
  for (const LatticeNode& node : lattice.nodes) {
    CAPTURE(node.equations);
    const auto holds = holding(node.example, lattice.equations);
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(holds[k] == ((node.closure >> k & 1U) != 0));
    }
    const Eigen::MatrixXd A = dense_rows(lattice, node.equations);
    CHECK((A * node.example).norm() < 1e-12);
    Eigen::MatrixXd with_step(4, 4);  // start - example is a combination of the rows
    with_step << A, (start4() - node.example).transpose();
    Eigen::FullPivLU<Eigen::MatrixXd> lu(with_step);
    lu.setThreshold(1e-9);
    CHECK(lu.rank() == rank(A));
  }
}

TEST_CASE("fig11: training sets are counted as the inclusion-exclusion of disjoint pairs says",
          "[figures]") {
  // A_1, A_2, A_3 need two samples each, all different; the other four samples are free.
  const LatticeFigure data = figure4();
  REQUIRE(data.counts.size() == 10);
  for (const LatticeCounts& at : data.counts) {
    CAPTURE(at.train);
    CHECK(at.sets == choose(10, at.train));
    std::int64_t full = 0;
    for (EquationSet set = 0; set < 8; ++set) {
      const int k = std::popcount(set);
      std::int64_t wanted = 0;
      for (int j = 0; j <= 3 - k; ++j) {
        wanted += (j % 2 == 0 ? 1 : -1) * choose(3 - k, j) *
                  choose(10 - 2 * (k + j), at.train - 2 * (k + j));
      }
      CHECK(at.direct[set] == wanted);
      full += k >= 2 ? wanted : 0;
      CHECK(at.implied[set] == (k < 2 ? wanted : set == 7 ? full : 0));
    }
  }
}

TEST_CASE("fig11: what it does not take is refused", "[figures]") {
  CHECK_THROWS_WITH(build_lattice(Task::addition(5), Eigen::VectorXd::Zero(5)),
                    ContainsSubstring("|P0| = 7, allowed"));
  CHECK_THROWS_WITH(build_lattice(Task::addition(2), Eigen::VectorXd::Zero(2)),
                    ContainsSubstring("|P0| = 0, allowed"));
  CHECK_THROWS_WITH(build_lattice(Task::modular_addition(3), Eigen::VectorXd::Zero(3)),
                    ContainsSubstring("task = modular-addition, allowed addition"));
  CHECK_THROWS_WITH(build_lattice(Task::addition(4), Eigen::VectorXd::Zero(3)),
                    ContainsSubstring("size of start = 3, allowed"));
  CHECK_THROWS_AS(count_training_sets(Task::addition(6), lattice4()), InputError);
}

TEST_CASE("fig11: names, order, places and colours of nodes", "[figures]") {
  const Lattice lattice = lattice4();
  CHECK(node_name(0, false) == "none");
  CHECK(node_name(5, false) == "A1, A3");
  CHECK(node_name(6, true) == "{/:Italic A}_2, {/:Italic A}_3");
  CHECK(by_size(lattice) == std::vector<EquationSet>{0, 1, 2, 4, 3, 5, 6, 7});
  std::set<std::pair<double, double>> places;
  std::set<std::string> colours;
  for (const LatticeNode& node : lattice.nodes) {
    const NodePlace at = place_of(lattice, node.equations);
    CHECK(at.row == std::popcount(node.equations));
    places.insert({at.x, at.row});
    colours.insert(node_colour(node.equations));
  }
  CHECK(places.size() == 8);
  CHECK(colours.size() == 8);
  CHECK(place_of(lattice, 0).x == 0);
  CHECK(place_of(lattice, 3).x == -1);
  CHECK(place_of(lattice, 6).x == 1);
}

TEST_CASE("fig11: the claim is what the lattice says", "[figures]") {
  Lattice lattice = lattice4();
  auto claims = claims_of_lattice(lattice);
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].ours == "4; 3, 3, 3; 2, 2, 2; 2 (exact)");
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK_THAT(claims[0].remark, ContainsSubstring("5 of the 8 sets"));
  lattice.nodes[6].nullity = 1;
  claims = claims_of_lattice(lattice);
  CHECK(claims[0].ours == "4; 3, 3, 3; 2, 2, 1; 2 (exact)");
  CHECK(claims[0].verdict == Verdict::differs);
  CHECK(claims_of_lattice(build_lattice(Task::addition(3), Eigen::Vector3d(0, 1, 3))).empty());
}

TEST_CASE("fig11: arrows go where an equation is implied, lines to the other covers", "[figures]") {
  const std::string edges = lattice_edges(lattice4(), {});
  const auto count = [&edges](const std::string& what) {
    int n = 0;
    for (auto at = edges.find(what); at != std::string::npos; at = edges.find(what, at + 1)) {
      ++n;
    }
    return n;
  };
  CHECK(count("set arrow") == 12);  // edges of a cube
  CHECK(count(" head filled") == 3);
  CHECK(count("to 0.0000,2.6400 head filled") == 3);  // to the foot of the full set's card
  CHECK(count(" nohead") == 9);
}

TEST_CASE("fig11: data rows, cards, numbers", "[figures][gnuplot]") {
  const LatticeFigure data = figure4();
  const Drawing drawing = draw_lattice(data, "the command");
  CHECK_THAT(drawing.script, ContainsSubstring("all 1023 training sets"));
  CHECK_THAT(drawing.script, ContainsSubstring("\"⇒ 2{/:Italic E}_1 = {/:Italic E}_0"));
  CHECK_THAT(drawing.script, ContainsSubstring("'the command'"));
  REQUIRE(drawing.tables.size() == 3);
  CHECK(drawing.tables[0].second.rows.size() == 8);
  CHECK(drawing.tables[0].second.rows[4] ==
        std::vector<std::string>{
            "A1, A2", "2E1 = E0 + E2; E0 + E3 = E1 + E2", "2", "0", "A1, A2, A3",
            to_text(data.lattice.nodes[3].example(0)), to_text(data.lattice.nodes[3].example(1)),
            to_text(data.lattice.nodes[3].example(2)), to_text(data.lattice.nodes[3].example(3))});
  for (const std::size_t k : {1U, 2U}) {
    CHECK(drawing.tables[k].second.rows.size() == 80);
    CHECK(drawing.tables[k].second.columns.size() == 5);
  }
  CHECK(drawing.tables[1].second.rows[8 + 1] ==
        std::vector<std::string>{"2", "45", "A1", "1", to_text(1.0 / 45)});
  CHECK_THAT(report_lattice(data),
             ContainsSubstring("A1, A2      2   A1, A2, A3  48 and 0 of 1023"));
  const Scratch scratch("fig11");
  FigureContext context;
  context.out = scratch.folder();
  CHECK(write_drawing("fig11_lattice", drawing, context).size() == 6);
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
  CHECK_THAT(report.str(), ContainsSubstring("A2: E0 + E3 = E1 + E2"));
  const auto drawn = [&context](std::string_view toml) {
    const Figure other = fig11_lattice(toml);
    return other.draw(other, context).size();
  };
  CHECK(drawn("task = 'addition'\nsymbols = 3\nstart = [0, 1, 3]") == 0);
  CHECK_THROWS_WITH(drawn("task = 'addition'\nsymbols = 4\nstart = [0, 1, 'x', 3]"),
                    ContainsSubstring("fig11_lattice.toml: start = an entry that is no number"));
  CHECK_THROWS_WITH(drawn("task = 'addition'\nsymbols = 4"),
                    ContainsSubstring("size of start = 0, allowed"));
}
