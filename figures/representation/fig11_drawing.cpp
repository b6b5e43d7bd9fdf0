// The picture of figures/representation/fig11_lattice.hpp: the lattice, and what random training
// sets hold of it.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "core/errors.hpp"
#include "figures/representation/fig11_lattice.hpp"
#include "figures/representation/fig9_curriculum.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

// A card in units of the diagram: columns and rows of cards are 1 apart.
constexpr CardSize card;
constexpr double half_width = card.half_width, stripe = 0.03;
constexpr double name_y = 0.265, line_y = 0.06, letter_y = 0.13, symbol_y = -0.025;
constexpr double relation_y = -0.115, relation_step = 0.085;
constexpr double line_left = -0.315, line_right = 0.345;

std::string text_row(double x, double y, const std::string& text) {
  return fmt::format("{:.4f} {:.4f} \"{}\"\n", x, y, text);
}

/// The blocks of all cards, by kind of mark.
struct Marks {
  std::string symbols, letters, names, nullities, relations;
  std::vector<std::vector<double>> equal, free, dots;
};

void mark_line(Marks& marks, const Lattice& lattice, const LatticeNode& node, NodePlace at) {
  const Eigen::VectorXd& E = node.example;
  const double low = E.minCoeff(), scale = (line_right - line_left) / (E.maxCoeff() - low);
  const auto along = [&](Eigen::Index k) { return at.x + line_left + (E(k) - low) * scale; };
  const auto classes = gap_classes(space_of(lattice, node.equations), lattice.symbols);
  for (Eigen::Index k = 0; k < E.size(); ++k) {
    marks.dots.push_back({along(k), at.row + line_y});
    marks.symbols += text_row(along(k), at.row + symbol_y, fmt::format("{}", k));
  }
  for (std::size_t a = 0; a < classes.size(); ++a) {
    const auto k = static_cast<Eigen::Index>(a);
    const bool equal = std::count(classes.begin(), classes.end(), classes[a]) > 1;
    (equal ? marks.equal : marks.free)
        .push_back({along(k), at.row + line_y, along(k + 1) - along(k)});
    marks.letters += text_row((along(k) + along(k + 1)) / 2, at.row + letter_y,
                              std::string(1, static_cast<char>('a' + classes[a])));
  }
}

Marks marks_of(const Lattice& lattice) {
  Marks marks;
  for (const LatticeNode& node : lattice.nodes) {
    const NodePlace at = place_of(lattice, node.equations);
    mark_line(marks, lattice, node, at);
    marks.names += text_row(at.x - half_width + 0.055, at.row + name_y,
                            node.equations == 0 ? "no equation" : node_name(node.equations, true));
    marks.nullities += text_row(at.x + half_width - 0.025, at.row + name_y,
                                fmt::format("{{/:Italic n}}_0 = {}", node.nullity));
    double line = relation_y;
    for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
      if ((node.closure >> k & 1U) != 0) {
        const bool given = (node.equations >> k & 1U) != 0;
        marks.relations +=
            text_row(at.x + stripe / 2, at.row + line,
                     (given ? "" : "⇒ ") + relation_text(lattice.equations[k], true));
        line -= relation_step;
      }
    }
  }
  return marks;
}

/// The node's colour at the left edge of its card.
std::string stripes(const Lattice& lattice) {
  std::string text;
  for (const LatticeNode& node : lattice.nodes) {
    const NodePlace at = place_of(lattice, node.equations);
    text += fmt::format(
        "set object rectangle from {:.4f},{:.4f} to {:.4f},{:.4f} front fillcolor rgb '{}' "
        "fillstyle solid 1 noborder\n",
        at.x - half_width, at.row - card.half_height, at.x - half_width + stripe,
        at.row + card.half_height, node_colour(node.equations));
  }
  return text;
}

std::string lattice_panel(const PanelFrame& panel, const Lattice& lattice) {
  const Marks marks = marks_of(lattice);
  const auto block = [](const std::string& name, const std::string& rows) {
    return "$" + name + " << EOD\n" + rows + "EOD\n";
  };
  std::string text = block("symbols", marks.symbols) + block("letters", marks.letters) +
                     block("names", marks.names) + block("nullities", marks.nullities) +
                     block("relations", marks.relations) + number_block("equal", marks.equal) +
                     number_block("free", marks.free) + number_block("dots", marks.dots);
  text += open_panel(panel) + lattice_axes(lattice, card) + lattice_frames(lattice, card) +
          stripes(lattice) + lattice_edges(lattice, card) + "set key maxcols 2\n";
  text +=
      "plot $free using 1:2:3:(0) with vectors nohead lw 1.6 dt 3 lc rgb '#8a8a8a' title 'gap "
      "between neighbours', "
      "$equal using 1:2:3:(0) with vectors nohead lw 4 lc rgb '#56B4E9' title 'gaps with one "
      "letter are equal', "
      "keyentry with lines lw 2 lc rgb '#D55E00' title 'implied: the equations below force it', "
      "keyentry with lines lw 1.2 dt 2 lc rgb '#777777' title 'dashed card: not closed', "
      "$dots using 1:2 with points pt 7 ps 0.75 lc rgb '#222222' notitle, "
      "$letters using 1:2:3 with labels font ',10' tc rgb '#222222' notitle, "
      "$symbols using 1:2:3 with labels font ',9' tc rgb '#555555' notitle, "
      "$names using 1:2:3 with labels left font ',12' notitle, "
      "$nullities using 1:2:3 with labels right font ',12' notitle, "
      "$relations using 1:2:3 with labels font ',10' tc rgb '#222222' notitle\n";
  return text;
}

/// Bars of |D| = 1..|D0|, stacked by node.
std::string share_panel(const PanelFrame& panel, const LatticeFigure& data, const std::string& name,
                        std::vector<std::int64_t> LatticeCounts::*counts) {
  const auto sizes = static_cast<double>(data.counts.size());
  std::string blocks, plots;
  std::vector<double> base(data.counts.size(), 0.0);
  for (const EquationSet equations : by_size(data.lattice)) {
    std::vector<std::vector<double>> rows;
    for (std::size_t n = 0; n < data.counts.size(); ++n) {
      const LatticeCounts& at = data.counts[n];
      const auto count = (at.*counts)[equations];
      const double share = static_cast<double>(count) / static_cast<double>(at.sets);
      if (count > 0) {
        rows.push_back({static_cast<double>(at.train), base[n] + share / 2, share / 2});
      }
      base[n] += share;
    }
    if (rows.empty()) {
      continue;
    }
    const std::string block = fmt::format("{}{}", name, equations);
    blocks += number_block(block, rows);
    plots += fmt::format(
        "{}${} using 1:2:(0.41):3 with boxxyerror fc rgb '{}' fs solid 1 border lc rgb '#ffffff' "
        "lw 0.5 title '{}'",
        plots.empty() ? "" : ", ", block, node_colour(equations), node_name(equations, true));
  }
  return blocks + open_panel(panel) +
         fmt::format(
             "set key maxcols 4 maxrows 2 samplen 1 width -4.5\nset xrange [0.4:{}]\nset yrange "
             "[0:1]\nset "
             "xtics 1 nomirror\nset ylabel 'share of training sets'\nset xlabel 'size of the "
             "training set, |{{/:Italic "
             "D}}|'\nplot {}\n",
             sizes + 0.6, plots);
}

CsvTable node_table(const Lattice& lattice) {
  CsvTable table{{"node", "equations", "nullity", "closed", "implies"}, {}};
  for (Index k = 0; k < lattice.symbols; ++k) {
    table.columns.push_back(fmt::format("example_E{}", k));
  }
  for (const EquationSet equations : by_size(lattice)) {
    const LatticeNode& node = lattice.nodes[equations];
    std::string relations;
    for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
      if ((node.equations >> k & 1U) != 0) {
        relations += (relations.empty() ? "" : "; ") + relation_text(lattice.equations[k], false);
      }
    }
    std::vector<std::string> row = {node_name(node.equations, false), relations,
                                    fmt::format("{}", node.nullity), node.closed ? "1" : "0",
                                    node_name(node.closure, false)};
    for (const double value : node.example) {
      row.push_back(to_text(value));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable count_table(const LatticeFigure& data, std::vector<std::int64_t> LatticeCounts::*counts) {
  CsvTable table{{"train", "training_sets", "node", "count", "probability"}, {}};
  for (const LatticeCounts& at : data.counts) {
    for (const EquationSet equations : by_size(data.lattice)) {
      const auto count = (at.*counts)[equations];
      table.rows.push_back({fmt::format("{}", at.train), fmt::format("{}", at.sets),
                            node_name(equations, false), fmt::format("{}", count),
                            to_text(static_cast<double>(count) / static_cast<double>(at.sets))});
    }
  }
  return table;
}

}  // namespace

std::string lattice_frames(const Lattice& lattice, CardSize size) {
  std::string text;
  for (const LatticeNode& node : lattice.nodes) {
    const NodePlace at = place_of(lattice, node.equations);
    text += fmt::format(
        "set object rectangle from {:.4f},{:.4f} to {:.4f},{:.4f} behind fillcolor rgb '{}' "
        "fillstyle solid 1 border lc rgb '{}' lw 1.2 dt {}\n",
        at.x - size.half_width, at.row - size.half_height, at.x + size.half_width,
        at.row + size.half_height, node.closed ? "#fafafa" : "#ffffff",
        node.closed ? "#555555" : "#777777", node.closed ? 1 : 2);
  }
  return text;
}

std::string lattice_edges(const Lattice& lattice, CardSize size) {
  std::string text;
  for (const LatticeNode& below : lattice.nodes) {
    for (const LatticeNode& above : lattice.nodes) {
      const bool covers = (above.equations & below.equations) == below.equations &&
                          std::popcount(above.equations ^ below.equations) == 1;
      if (!covers) {
        continue;
      }
      const NodePlace from = place_of(lattice, below.equations);
      const NodePlace to = place_of(lattice, above.equations);
      const bool implied = (below.closure & above.equations) == above.equations;
      text += fmt::format("set arrow from {:.4f},{:.4f} to {:.4f},{:.4f} {}\n", from.x,
                          from.row + size.half_height, to.x, to.row - size.half_height,
                          implied ? "head filled size screen 0.008,18 back lw 2 lc rgb '#D55E00'"
                                  : "nohead back lw 1.2 lc rgb '#999999'");
    }
  }
  return text;
}

std::string lattice_axes(const Lattice& lattice, CardSize size) {
  double widest = 0;
  for (const LatticeNode& node : lattice.nodes) {
    widest = std::max(widest, place_of(lattice, node.equations).x);
  }
  const double margin = size.half_height + 0.02;
  return fmt::format(
      "set border 0\nunset xtics\nunset ytics\nunset grid\nset xrange [{:.4f}:{:.4f}]\nset "
      "yrange [{:.4f}:{:.4f}]\n",
      -widest - 0.5, widest + 0.5, -margin, static_cast<double>(lattice.equations.size()) + margin);
}

Drawing draw_lattice(const LatticeFigure& data, const std::string& command) {
  std::int64_t sets = 0;
  for (const LatticeCounts& at : data.counts) {
    sets += at.sets;
  }
  Drawing drawing;
  drawing.width = 1150;
  drawing.height = 860;
  drawing.zoom = 1.4;
  drawing.script =
      "set multiplot\n" + footer(command) +
      lattice_panel(
          {0.01, 0.62, 0.03, 0.885, 0.972, "a",
           fmt::format("Addition, {{/:Italic p}} = {}: sets of equations", data.lattice.symbols)},
          data.lattice) +
      "unset label 99\n" +
      share_panel({0.685, 0.99, 0.588, 0.876, 0.972, "b",
                   fmt::format("Equations within {{/:Italic D}}: all {} training sets", sets)},
                  data, "direct", &LatticeCounts::direct) +
      share_panel({0.685, 0.99, 0.105, 0.393, 0.489, "c",
                   "Equations implied by {/:Italic D}: the same sets"},
                  data, "implied", &LatticeCounts::implied) +
      "unset multiplot\n";
  drawing.tables = {{"a", node_table(data.lattice)},
                    {"b", count_table(data, &LatticeCounts::direct)},
                    {"c", count_table(data, &LatticeCounts::implied)}};
  return drawing;
}

}  // namespace grok
