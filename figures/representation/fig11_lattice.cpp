// groktheory figure fig11: the lattice of sets of equations (theory/lattice.hpp), and how many
// training sets hold, or imply, exactly these; without training.
// Source: Liu et al. 2022, App. E (eq. 20) and Fig. 11.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "compare/statistics/over_seeds.hpp"
#include "figures/panels/lattice.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const Task task = settings.task();
  const auto start = settings.numbers("start", -1000, 1000);
  settings.done();
  const Lattice lattice = build_lattice(
      task, Eigen::Map<const Eigen::VectorXd>(start.data(), static_cast<Index>(start.size())));
  return publish(figure, context, sheet_of(lattice, count_training_sets(task, lattice)),
                 claims_of(lattice));
}

std::string equations_of(const LatticeNode& node) { return node_name(node.equations, false); }

CsvTable node_table(const Lattice& lattice) {
  const auto relations = [&lattice](const LatticeNode& node) {
    std::string text;
    for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
      if (has_equation(node.equations, k)) {
        text += (text.empty() ? "" : "; ") + equation_text(lattice, k, false);
      }
    }
    return text;
  };
  const auto nodes = by_size(lattice);
  CsvTable table = table_of(
      nodes, column("node", equations_of), column("equations", relations),
      column("nullity", &LatticeNode::nullity), column("closed", &LatticeNode::closed),
      column("implies", [](const LatticeNode& node) { return node_name(node.closure, false); }));
  add_symbols(table, "example_E", each_of(nodes, &LatticeNode::example));
  return table;
}

CsvTable count_table(const Lattice& lattice, const std::vector<LatticeCounts>& sizes,
                     std::vector<std::int64_t> LatticeCounts::*counts) {
  CsvTable table;
  for (const LatticeCounts& at : sizes) {
    const auto count = [&](const LatticeNode& node) { return (at.*counts)[node.equations]; };
    append(table,
           table_of(by_size(lattice), column("train", [&](const LatticeNode&) { return at.train; }),
                    column("training_sets", [&](const LatticeNode&) { return at.sets; }),
                    column("node", equations_of), column("count", count),
                    column("probability", [&](const LatticeNode& node) {
                      return static_cast<double>(count(node)) / static_cast<double>(at.sets);
                    })));
  }
  return table;
}

constexpr const char* ink = "#222222";

Style equal_gap() { return {.colour = look::black, .width = 1.8}; }
Style free_gap() { return {.colour = look::grey, .width = 0.9, .dash = Dash::dotted}; }

/// What is left of the representation; gaps that are equal have one letter.
void add_example(Panel& panel, const Lattice& lattice, const LatticeNode& node, CardPlace at) {
  const Eigen::VectorXd& E = node.example;
  const auto classes = gap_classes(space_of(lattice, node.equations), lattice.symbols);
  const Rows dots =
      places_on({at.x - 0.34, at.x + 0.37, E.minCoeff(), E.maxCoeff()}, E, at.y - 0.03);
  for (std::size_t a = 0; a < classes.size(); ++a) {
    const bool equal = std::ranges::count(classes, classes[a]) > 1;
    panel.line({dots[a], dots[a + 1]}, equal ? equal_gap() : free_gap());
    panel.words({{(dots[a][0] + dots[a + 1][0]) / 2, at.y + 0.1, letter_of(classes[a]), ink}});
  }
  add_numbered(panel, dots, {.colour = ink, .size = 4});
}

Panel cards_panel(const Lattice& lattice) {
  Panel panel = lattice_panel(lattice);
  panel.title(fmt::format("Addition, {{/:Italic p}} = {}: sets of equations", lattice.symbols))
      .entry({Swatch::line, equal_gap(), "equal gaps, one letter"})
      .entry({Swatch::line, free_gap(), "other gaps"});
  add_equations(panel, lattice);
  for (const LatticeNode& node : lattice.nodes) {
    const CardPlace at = place_of(lattice, node.equations);
    const double left = at.x - card_half_width, stripe = 0.025;
    const EquationSet more = node.closure & ~node.equations;
    const std::string name =
        card_name(node.equations) + (more == 0 ? "" : " ⇒ " + node_name(more, true));
    panel.boxes({{left, left + stripe, at.y - card_half_height, at.y + card_half_height,
                  colour_number(node_colour(node.equations))}});
    panel.words({{left + 0.05, at.y + 0.25, name, ink, Side::left},
                 {at.x + card_half_width - 0.025, at.y - 0.27,
                  fmt::format("{{/:Italic n}}_0 = {}", node.nullity), ink, Side::right}});
    add_example(panel, lattice, node, at);
  }
  return panel;
}

/// Bars of |D| = 1..|D0|, stacked by node.
Panel share_panel(const Lattice& lattice, const std::vector<LatticeCounts>& counts,
                  const CsvTable& table, const std::string& title) {
  constexpr double half = 0.41, between = 0.003;
  std::map<double, double> base;
  Rows boxes;
  Panel panel(named_axis("size of the training set, |{/:Italic D}|",
                         each_of(counts, [](const auto& at) { return std::to_string(at.train); })),
              linear_axis("share of training sets", 0, 1));
  for (const LatticeNode& node : by_size(lattice)) {
    const std::string colour = node_colour(node.equations);
    const auto before = boxes.size();
    for (const auto& row :
         rows_of(rows_where(table, "node", equations_of(node)), {"train", "probability"})) {
      double& from = base[row[0]];
      if (row[1] > 0) {
        boxes.push_back(
            {row[0] - half, row[0] + half, from, from + row[1] - between, colour_number(colour)});
      }
      from += row[1];
    }
    if (boxes.size() > before) {
      panel.entry({Swatch::band, {.colour = colour}, node_name(node.equations, true)});
    }
  }
  return panel.boxes(boxes).title(title).settings("set grid noxtics\n");
}

}  // namespace

std::string node_colour(EquationSet equations) {
  static constexpr const char* colours[] = {"#B5B5B5", "#56B4E9", "#E69F00", "#009E73",
                                            "#CC79A7", "#F0E442", "#8B5A2B", "#0072B2"};
  return colours[equations & 7U];
}

Sheet sheet_of(const Lattice& lattice, const std::vector<LatticeCounts>& counts) {
  Sheet sheet;
  sheet.table("a", node_table(lattice))
      .table("b", count_table(lattice, counts, &LatticeCounts::direct))
      .table("c", count_table(lattice, counts, &LatticeCounts::implied));
  sheet.row({cards_panel(lattice)});
  sheet.row({share_panel(lattice, counts, sheet.table("b"), "Equations within {/:Italic D}"),
             share_panel(lattice, counts, sheet.table("c"), "Equations implied by {/:Italic D}")});
  sheet.report(text_table(sheet.table("a")));
  return sheet.caption(
      "a: dots are what is left of one representation when the equations of the card are made to "
      "hold. The colour at its left edge is that of b, c. b, c: every training set of a size, "
      "counted.");
}

std::vector<Claim> claims_of(const Lattice& lattice) {
  if (lattice.symbols != 4) {  // what was published
    return {};
  }
  std::string ours;
  int size = 0;  // equations
  for (const LatticeNode& node : by_size(lattice)) {
    const int before = std::exchange(size, std::popcount(node.equations));
    ours += (ours.empty() ? "" : size > before ? "; " : ", ") + std::to_string(node.nullity);
  }
  const std::string published = "4; 3, 3, 3; 2, 2, 2; 2";
  return {remarked(fact_claim("p = 4: nullity of none, each one, each two and all of the equations",
                              "Liu et al. 2022, Fig. 11", published, ours, ours == published),
                   fmt::format("{} of the {} sets imply no further equation",
                               std::ranges::count(lattice.nodes, true, &LatticeNode::closed),
                               lattice.nodes.size()))};
}

Figure fig11_lattice(std::string_view toml) {
  return {"fig11_lattice", "Which equations a representation can satisfy", false, {}, draw, toml};
}

}  // namespace grok
