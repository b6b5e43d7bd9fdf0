#include "figures/panels/lattice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace grok {
namespace {

constexpr double line_end = std::numeric_limits<double>::quiet_NaN();

Style open_card() { return {.colour = "#777777", .width = 0.8, .dash = Dash::dashed}; }
Style implied_arrow() { return {.colour = look::vermilion, .width = 1}; }

Rows card_frames(const Lattice& lattice, bool closed) {
  Rows rows;
  for (const LatticeNode& node : lattice.nodes) {
    if (node.closed == closed) {
      const auto [x, y] = place_of(lattice, node.equations);
      for (const auto& [right, up] : {std::pair{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}}) {
        rows.push_back({x + right * card_half_width, y + up * card_half_height});
      }
      rows.push_back({line_end, line_end});
    }
  }
  return rows;
}

/// From a card to those with one equation more: x, y, and as far as the next.
Rows edges(const Lattice& lattice, bool implied) {
  Rows rows;
  for (const LatticeNode& below : lattice.nodes) {
    for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
      if (!has_equation(below.equations, k) && has_equation(below.closure, k) == implied) {
        const CardPlace from = place_of(lattice, below.equations);
        const CardPlace to = place_of(lattice, below.equations | EquationSet{1} << k);
        rows.push_back({from.x, from.y + card_half_height, to.x - from.x,
                        to.y - from.y - 2 * card_half_height});
      }
    }
  }
  return rows;
}

std::string term(Sample s, bool markup) {
  const char* const symbol = markup ? "{{/:Italic E}}_{}" : "E{}";
  const std::string i = fmt::format(fmt::runtime(symbol), s.i);
  return s.i == s.j ? "2" + i : i + " + " + fmt::format(fmt::runtime(symbol), s.j);
}

}  // namespace

std::string relation_text(const Parallelogram& relation, bool markup) {
  const bool swap = relation.second.i == relation.second.j;
  const Sample left = swap ? relation.second : relation.first;
  const Sample right = swap ? relation.first : relation.second;
  return term(left, markup) + " = " + term(right, markup);
}

std::string node_name(EquationSet equations, bool markup, const std::string& separator) {
  std::string text;
  for (int k = 0; equations >> k != 0; ++k) {
    if ((equations >> k & 1U) != 0) {
      text += text.empty() ? "" : separator;
      text += markup ? fmt::format("{{/:Italic A}}_{}", k + 1) : fmt::format("A{}", k + 1);
    }
  }
  return text.empty() ? "none" : text;
}

std::string card_name(EquationSet equations) {
  return equations == 0 ? "no equation" : node_name(equations, true);
}

std::string equation_text(const Lattice& lattice, std::size_t k, bool markup) {
  return relation_text(lattice.equations[k], markup);
}

CardPlace place_of(const Lattice& lattice, EquationSet equations) {
  const int row = std::popcount(equations);
  double before = 0, count = 0;
  for (const LatticeNode& node : lattice.nodes) {
    if (std::popcount(node.equations) == row) {
      before += node.equations < equations ? 1 : 0;
      ++count;
    }
  }
  return {before - (count - 1) / 2, static_cast<double>(row)};
}

Panel lattice_panel(const Lattice& lattice) {
  double widest = 0;
  for (const LatticeNode& node : lattice.nodes) {
    widest = std::max(widest, place_of(lattice, node.equations).x);
  }
  const auto rows = static_cast<double>(lattice.equations.size());
  const double margin = card_half_height + 0.02;
  Panel panel(blank_axis(-widest - 0.45, widest + 0.45), blank_axis(-margin, rows + margin));
  const Style line{.colour = "#999999", .width = 0.6}, frame{.colour = "#555555", .width = 0.6};
  panel.settings("set border 0\nunset xtics\nunset ytics\nunset grid\n");
  panel.layer(edges(lattice, false), "using 1:2:3:4 with vectors nohead " + line_words(line));
  return panel.vectors(edges(lattice, true), implied_arrow())
      .line(card_frames(lattice, true), frame)
      .line(card_frames(lattice, false), open_card())
      .height(60 * (rows + 2 * margin));
}

Rows places_on(const Ruler& ruler, const Eigen::VectorXd& E, double y) {
  const double scale = (ruler.to - ruler.from) / (ruler.high - ruler.low);
  Rows points;
  for (const double value : E) {
    points.push_back({ruler.from + (value - ruler.low) * scale, y});
  }
  return points;
}

void add_numbered(Panel& panel, const Rows& points, const Style& style) {
  constexpr double drop = 0.11, number_width = 0.06, aside = 0.012;
  panel.points(points, style);
  for (std::size_t k = 0; k < points.size(); ++k) {
    const double x = points[k][0];
    const auto near = [&](double from, double to) {
      return std::ranges::any_of(
          points, [&](const auto& other) { return x + from < other[0] && other[0] < x + to; });
    };
    const bool left = near(-number_width, 0), right = near(0, number_width);
    const Side side = left == right ? Side::centre : left ? Side::left : Side::right;
    const double shift = left == right ? 0 : left ? aside : -aside;
    panel.words({{x + shift, points[k][1] - drop, fmt::format("{}", k), "#444444", side}});
  }
}

void add_equations(Panel& panel, const Lattice& lattice) {
  panel.entry({Swatch::arrow, implied_arrow(), "implied"});
  panel.entry({Swatch::line, open_card(), "not closed: implies more"});
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    panel.entry({Swatch::none,
                 {},
                 node_name(EquationSet{1} << k, true) + ":  " + equation_text(lattice, k, true)});
  }
}

void add_symbols(CsvTable& table, const std::string& name,
                 const std::vector<Eigen::VectorXd>& numbers) {
  for (Eigen::Index k = 0; !numbers.empty() && k < numbers.front().size(); ++k) {
    table.columns.push_back(fmt::format("{}{}", name, k));
  }
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    for (const double value : numbers[row]) {
      add_cells(table.rows.at(row), value);
    }
  }
}

}  // namespace grok
