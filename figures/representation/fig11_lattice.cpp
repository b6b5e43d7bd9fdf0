// Sample run:  groktheory figure fig11
#include "figures/representation/fig11_lattice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <map>

#include "core/errors.hpp"
#include "figures/panels/lattice.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"
#include "theory/curriculum.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const Task task = settings.task();
  const auto start = settings.numbers("start", -1000, 1000);
  settings.done();
  LatticeFigure data;
  data.lattice = build_lattice(
      task, Eigen::Map<const Eigen::VectorXd>(start.data(), static_cast<Index>(start.size())));
  data.counts = count_training_sets(task, data.lattice);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
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
  std::vector<Eigen::VectorXd> examples;
  for (const LatticeNode& node : nodes) {
    examples.push_back(node.example);
  }
  add_symbols(table, "example_E", examples);
  return table;
}

using NodeCounts = std::vector<std::int64_t> LatticeCounts::*;

CsvTable count_table(const LatticeFigure& data, NodeCounts counts) {
  CsvTable table;
  for (const LatticeCounts& at : data.counts) {
    const auto count = [&](const LatticeNode& node) { return (at.*counts)[node.equations]; };
    const auto share = [&](const LatticeNode& node) {
      return static_cast<double>(count(node)) / static_cast<double>(at.sets);
    };
    const CsvTable rows = table_of(
        by_size(data.lattice), column("train", [&](const LatticeNode&) { return at.train; }),
        column("training_sets", [&](const LatticeNode&) { return at.sets; }),
        column("node", equations_of), column("count", count), column("probability", share));
    table.columns = rows.columns;
    append(table, rows);
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
  const Ruler ruler{at.x - 0.34, at.x + 0.37, E.minCoeff(), E.maxCoeff()};
  const Rows dots = places_on(ruler, E, at.y - 0.03);
  for (std::size_t a = 0; a < classes.size(); ++a) {
    const bool equal = std::ranges::count(classes, classes[a]) > 1;
    panel.line({dots[a], dots[a + 1]}, equal ? equal_gap() : free_gap());
    panel.words({{(dots[a][0] + dots[a + 1][0]) / 2, at.y + 0.1,
                  std::string(1, static_cast<char>('a' + classes[a])), ink}});
  }
  add_numbered(panel, dots, {.colour = ink, .size = 4});
}

/// "#rrggbb" as a number.
double colour_number(const std::string& colour) {
  return static_cast<double>(std::stoi(colour.substr(1), nullptr, 16));
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
    std::string name = node.equations == 0 ? "no equation" : node_name(node.equations, true);
    name += more == 0 ? "" : " ⇒ " + node_name(more, true);
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
Panel share_panel(const LatticeFigure& data, const CsvTable& table, const std::string& title) {
  constexpr double half = 0.41, between = 0.003;
  std::map<double, double> base;
  Rows boxes;
  std::vector<std::string> sizes;
  for (const LatticeCounts& at : data.counts) {
    sizes.push_back(fmt::format("{}", at.train));
  }
  Panel panel(named_axis("size of the training set, |{/:Italic D}|", sizes),
              linear_axis("share of training sets", 0, 1));
  for (const LatticeNode& node : by_size(data.lattice)) {
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

Sheet sheet_of(const LatticeFigure& data) {
  Sheet sheet;
  sheet.table("a", node_table(data.lattice))
      .table("b", count_table(data, &LatticeCounts::direct))
      .table("c", count_table(data, &LatticeCounts::implied));
  sheet.row({cards_panel(data.lattice)});
  sheet.row({share_panel(data, sheet.table("b"), "Equations within {/:Italic D}"),
             share_panel(data, sheet.table("c"), "Equations implied by {/:Italic D}")});
  return sheet.caption(
      "a: dots are what is left of one representation when the equations of the card are made to "
      "hold. The colour at its left edge is that of b, c. b, c: every training set of a size, "
      "counted.");
}

std::string report_of(const LatticeFigure& data) {
  const Lattice& lattice = data.lattice;
  std::string text = fmt::format("  addition, p = {}; exact\n", lattice.symbols);
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    text += fmt::format("  A{}: {}\n", k + 1, equation_text(lattice, k, false));
  }
  const auto all = [&data](NodeCounts counts) {
    return [&data, counts](const LatticeNode& node) {
      std::int64_t sum = 0;
      for (const LatticeCounts& at : data.counts) {
        sum += (at.*counts)[node.equations];
      }
      return sum;
    };
  };
  const auto further = [](const LatticeNode& node) {
    return node.closed ? std::string() : node_name(node.closure, false);
  };
  const CsvTable table = table_of(
      by_size(lattice), column("node", equations_of), column("nullity", &LatticeNode::nullity),
      column("implies", further), column("direct", all(&LatticeCounts::direct)),
      column("implied", all(&LatticeCounts::implied)));
  return text + text_table(table);
}

std::vector<Claim> claims_of(const LatticeFigure& data) {
  const Lattice& lattice = data.lattice;
  if (lattice.symbols != 4) {  // what was published
    return {};
  }
  std::map<int, std::vector<Index>> nullities;  // by the number of equations
  for (const LatticeNode& node : lattice.nodes) {
    nullities[std::popcount(node.equations)].push_back(node.nullity);
  }
  std::string ours;
  for (const auto& [count, values] : nullities) {
    ours += fmt::format("{}{}", ours.empty() ? "" : "; ", fmt::join(values, ", "));
  }
  const std::string published = "4; 3, 3, 3; 2, 2, 2; 2";
  Claim claim = fact_claim("p = 4: nullity of none, each one, each two and all of the equations",
                           "Liu et al. 2022, Fig. 11", published, ours, ours == published);
  claim.remark = fmt::format("{} of the {} sets imply no further equation",
                             std::ranges::count(lattice.nodes, true, &LatticeNode::closed),
                             lattice.nodes.size());
  return {claim};
}

Figure fig11_lattice(std::string_view toml) {
  return {"fig11_lattice", "Which equations a representation can satisfy", false, {}, draw, toml};
}

}  // namespace grok
