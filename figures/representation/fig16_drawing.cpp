// The picture of figures/representation/fig16_deduction.hpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors.hpp"
#include "figures/representation/fig16_deduction.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* blue = "#0072B2";
constexpr const char* vermilion = "#D55E00";

// PanelFrame a. Matrices are arrows between six places: P, Q on the left, A, B in the middle, T, U
// on the right; an equation is a square whose two routes give the same product.
//   P -a-> A   P -b-> B   B -c-> T   A -d-> T   Q -e-> A   Q -f-> B   B -g-> U   A -h-> U
struct Place {
  double x, y;
};
constexpr double column = 1.12, low = 0, high = 1, node_gap = 0.13;
constexpr Place P{0, high}, Q{0, low}, A{column, high}, B{column, low}, T{2 * column, high},
    U{2 * column, low};
struct Arrow {
  Place from, to;
  double label_at;  // share of the way: away from where arrows cross
};
constexpr std::array<Arrow, 8> arrows = {{{P, A, 0.5},
                                          {P, B, 0.26},
                                          {B, T, 0.74},
                                          {A, T, 0.5},
                                          {Q, A, 0.26},
                                          {Q, B, 0.5},
                                          {B, U, 0.5},
                                          {A, U, 0.74}}};
constexpr std::size_t a = 0, b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 7;
/// Arrows of the equations: the first two are one route, the others the other.
constexpr std::array<std::array<std::size_t, 4>, 4> squares = {
    {{a, d, b, c}, {f, c, e, d}, {e, h, f, g}, {a, h, b, g}}};
constexpr std::array<double, 4> square_left = {0.35, 3.55, 6.75, 10.55};
constexpr double squares_right = 13.2, squares_bottom = -0.62, squares_top = 1.42;

std::string name_of(const DeductionData& data, std::int32_t symbol) {
  return data.names[static_cast<std::size_t>(symbol)];
}

std::string label_row(double x, double y, const std::string& text) {
  return fmt::format("{:.4f} {:.4f} \"{}\"\n", x, y, text);
}

std::vector<double> arrow_row(const Arrow& arrow, double left) {
  const double dx = arrow.to.x - arrow.from.x, dy = arrow.to.y - arrow.from.y;
  const double gap = node_gap / std::hypot(dx, dy);
  return {left + arrow.from.x + gap * dx, arrow.from.y + gap * dy, (1 - 2 * gap) * dx,
          (1 - 2 * gap) * dy};
}

std::string product(const DeductionData& data, Sample s) {
  return fmt::format("{{/:Italic E}}_{{{}}}{{/:Italic E}}_{{{}}}", name_of(data, s.i),
                     name_of(data, s.j));
}

std::string square_blocks(const DeductionData& data) {
  std::vector<std::vector<double>> faint, one, other, nodes;
  std::string letters = "$letters << EOD\n", equations = "$equations << EOD\n";
  const auto list = parallelograms_of(data.chains.drawn);
  for (std::size_t k = 0; k < squares.size(); ++k) {
    const double left = square_left[k];
    const auto& square = squares[k];
    for (std::size_t n = 0; n < arrows.size(); ++n) {
      const auto at = std::find(square.begin(), square.end(), n) - square.begin();
      const auto row = arrow_row(arrows[n], left);
      (at < 2 ? one : at < 4 ? other : faint).push_back(row);
      if (at < 4) {
        const double level = arrows[n].from.y == arrows[n].to.y ? 0.1 : 0.0;
        const double aside = level > 0 ? 0.0 : 0.1;
        const double share = arrows[n].label_at;
        const Place &from = arrows[n].from, &to = arrows[n].to;
        letters += label_row(left + from.x + share * (to.x - from.x) + aside,
                             from.y + share * (to.y - from.y) + (from.y == high ? level : -level),
                             fmt::format("{{/:Italic {}}}", static_cast<char>('a' + n)));
      }
    }
    for (const Place& node : {P, Q, A, B, T, U}) {
      nodes.push_back({left + node.x, node.y});
    }
    equations += label_row(left + column, -0.34,
                           product(data, list[k].first) + " = " + product(data, list[k].second));
    const auto letter = [&square](std::size_t n) { return static_cast<char>('a' + square[n]); };
    equations += label_row(left + column, 1.3,
                           fmt::format("{}: {{/:Italic {}{}}} = {{/:Italic {}{}}}",
                                       k < 3 ? fmt::format("given {}", k + 1) : "implied",
                                       letter(0), letter(1), letter(2), letter(3)));
  }
  return number_block("faint", faint) + number_block("one", one) + number_block("other", other) +
         number_block("nodes", nodes) + letters + "EOD\n" + equations + "EOD\n";
}

std::string squares_panel(const DeductionData& data) {
  std::vector<std::string> values;
  for (std::size_t n = 0; n < 8; ++n) {
    values.push_back(fmt::format("{{/:Italic {}}} = {}", static_cast<char>('a' + n),
                                 name_of(data, data.chains.drawn[n])));
  }
  std::string text =
      square_blocks(data) +
      open_panel({0.015, 0.985, 0.625, 0.865, 0.977, "a",
                  "Three equations between products of matrices imply a fourth"}) +
      fmt::format(
          "set border 0\nunset xtics\nunset ytics\nunset grid\nunset key\n"
          "set xrange [0:{}]\nset yrange [{}:{}]\n",
          squares_right, squares_bottom, squares_top) +
      caption(
          0.015, 0.952, 0.021,
          {"An arrow is a matrix, a square an equation: both routes give the same product. Three "
           "squares hold,",
           "so the fourth does if the matrices are invertible.",
           fmt::format("Of all {} such cases in {{/:Italic S}}_3 the first with the most "
                       "different permutations, written {{/:Italic a}}(0){{/:Italic "
                       "a}}(1){{/:Italic a}}(2):",
                       data.chains.count),
           fmt::format("{}", fmt::join(values, ",  "))}) +
      fmt::format("set label 30 '⇒' at first {},0.5 center font ',26' textcolor rgb '#444444'\n",
                  (square_left[2] + 2 * column + square_left[3]) / 2);
  const std::string head = " with vectors head filled size screen 0.006,18 ";
  return text + "plot $faint using 1:2:3:4" + head + "lw 1 lc rgb '#dddddd' notitle, " +
         "$one using 1:2:3:4" + head + "lw 2.4 lc rgb '" + blue + "' notitle, " +
         "$other using 1:2:3:4" + head + "lw 2.4 lc rgb '" + vermilion + "' notitle, " +
         "$nodes using 1:2 with points pt 7 ps 0.75 lc rgb '#444444' notitle, "
         "$letters using 1:2:3 with labels font ',11' tc rgb '#222222' notitle, "
         "$equations using 1:2:3 with labels font ',11' tc rgb '#222222' notitle\n"
         "unset label 30\nunset for [k=10:13] label k\n";
}

// PanelFrame b: tables in cell units, three in a row.
constexpr std::size_t tables_in_row = 3;
constexpr double table_gap = 1.7, table_head = 2.3;

std::size_t table_rows(const DeductionData& data) {
  return (data.growth.implied.size() + tables_in_row - 1) / tables_in_row;
}

Place table_corner(const DeductionData& data, std::size_t round) {  // upper left cell's corner
  const auto p = static_cast<double>(data.symbols);
  const auto line = static_cast<double>(table_rows(data) - 1 - round / tables_in_row);
  return {table_gap / 2 + 0.4 + static_cast<double>(round % tables_in_row) * (p + table_gap),
          (line + 1) * (p + table_head) - table_head};
}

/// Cells whose state in `round` is: unknown, given, deduced before, deduced now.
enum class CellState { unknown, given, before, now };

CellState state_of(const ClosureGrowth& growth, std::size_t sample, int round) {
  const int of = growth.round_of[sample];
  return of < 0 || of > round ? CellState::unknown
         : of == 0            ? CellState::given
         : of < round         ? CellState::before
                              : CellState::now;
}

/// x, y and the product of the cells in one state.
std::string cell_block(const DeductionData& data, const std::string& block, CellState state) {
  std::string text = "$" + block + " << EOD\n";
  const auto p = static_cast<std::size_t>(data.symbols);
  for (std::size_t round = 0; round < data.growth.implied.size(); ++round) {
    const Place corner = table_corner(data, round);
    for (std::size_t k = 0; k < p * p; ++k) {
      if (state_of(data.growth, k, static_cast<int>(round)) == state) {
        text +=
            label_row(corner.x + static_cast<double>(k % p) + 0.5,
                      corner.y - static_cast<double>(k / p) - 0.5, name_of(data, data.outputs[k]));
      }
    }
  }
  return text + "EOD\n";
}

bool any_cell(const DeductionData& data, CellState state) {
  for (std::size_t round = 0; round < data.growth.implied.size(); ++round) {
    for (std::size_t k = 0; k < data.growth.round_of.size(); ++k) {
      if (state_of(data.growth, k, static_cast<int>(round)) == state) {
        return true;
      }
    }
  }
  return false;
}

std::string table_texts(const DeductionData& data) {
  std::string symbols = "$symbols << EOD\n", heads = "$heads << EOD\n";
  const auto p = static_cast<std::size_t>(data.symbols);
  for (std::size_t round = 0; round < data.growth.implied.size(); ++round) {
    const Place corner = table_corner(data, round);
    for (std::size_t s = 0; s < p; ++s) {
      const double along = static_cast<double>(s) + 0.5;
      symbols += label_row(corner.x + along, corner.y + 0.35, data.names[s]);
      symbols += label_row(corner.x - 0.52, corner.y - along, data.names[s]);
    }
    heads += label_row(
        corner.x + static_cast<double>(p) / 2, corner.y + 1.15,
        fmt::format("{}: {} of {} equations", round == 0 ? "given" : fmt::format("round {}", round),
                    data.growth.implied[round], data.parallelograms_all));
  }
  return symbols + "EOD\n" + heads + "EOD\n";
}

std::string tables_panel(const DeductionData& data) {
  const auto p = static_cast<double>(data.symbols);
  std::string text =
      cell_block(data, "unknown", CellState::unknown) +
      cell_block(data, "given", CellState::given) + cell_block(data, "before", CellState::before) +
      cell_block(data, "now", CellState::now) + table_texts(data) +
      open_panel({0.015, 0.595, 0.03, 0.568, 0.603, "b",
                  fmt::format("What {} of {} products imply, round by round",
                              data.growth.train.size(), data.samples)}) +
      fmt::format(
          "set border 0\nunset xtics\nunset ytics\nunset grid\n"
          "set xrange [0:{}]\nset yrange [0:{}]\nset key maxcols 3 maxrows 1 width 1\n",
          static_cast<double>(tables_in_row) * (p + table_gap),
          static_cast<double>(table_rows(data)) * (p + table_head));
  std::string boxes, labels;
  const auto add = [&](CellState state, const std::string& block, const std::string& fill,
                       const std::string& ink, const std::string& title) {
    if (any_cell(data, state)) {
      boxes += fmt::format(
          "{}${} using 1:2:(0.46):(0.46) with boxxyerror fc rgb '{}' fs solid 1 "
          "noborder {}",
          boxes.empty() ? "" : ", ", block, fill, title);
      labels += ink.empty() ? ""
                            : fmt::format(
                                  ", ${} using 1:2:3 with labels font ',10' tc rgb '{}' "
                                  "notitle",
                                  block, ink);
    }
  };
  add(CellState::unknown, "unknown", "#f2f2f2", "", "notitle");
  add(CellState::given, "given", "#56B4E9", "#10303f", "title 'in {/:Italic D}'");
  add(CellState::before, "before", "#F3C3A0", "#5a2a00", "title 'deduced before'");
  add(CellState::now, "now", vermilion, "#ffffff", "title 'deduced now'");
  return text + "plot " + boxes + labels +
         ", $symbols using 1:2:3 with labels font ',10' tc rgb '#777777' notitle, "
         "$heads using 1:2:3 with labels font ',10' tc rgb '#222222' notitle\n";
}

std::string share_block(const std::string& name, const std::vector<ImpliedShare>& shares) {
  std::vector<std::vector<double>> rows;
  for (const ImpliedShare& s : shares) {
    rows.push_back(
        {s.fraction, s.mean.value, s.mean.low, s.mean.high, s.lower_quartile, s.upper_quartile});
  }
  return number_block(name, rows);
}

std::string shares_panel(const DeductionData& data) {
  const auto n = static_cast<double>(data.samples);
  const auto at_half = [](const ThresholdCurve& curve) {
    return "|{/:Italic D}| = " + with_interval(curve.critical_train);
  };
  std::string text =
      share_block("chain", data.chain) + share_block("both", data.both) +
      open_panel({0.668, 0.985, 0.08, 0.475, 0.603, "c", "How much random {/:Italic D} imply"}) +
      "set key maxrows auto width -1\nset xrange [0:1]\nset yrange [0:1.04]\n"
      "set xlabel 'training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|'\n"
      "set ylabel 'share of {/:Italic P}_0 implied'\n" +
      vertical_line(data.both_threshold.critical_fraction.value, blue, 2) +
      vertical_line(data.chain_threshold.critical_fraction.value, vermilion, 4);
  return text +
         fmt::format(
             "plot $both using 1:5:6 with filledcurves fc rgb '{0}' fs transparent solid 0.18 "
             "noborder notitle, "
             "$chain using 1:5:6 with filledcurves fc rgb '{1}' fs transparent solid 0.18 noborder "
             "notitle, "
             "[0:1] x*({2}*x-1)/({2}-1) with lines lc rgb '#999999' lw 1.5 dt 2 title 'in "
             "{{/:Italic D}} itself, mean', "
             "$both using 1:2 with linespoints lt 1 lw 1.6 pt 7 ps 0.5 title 'both rules: mean, "
             "quartiles ({3} {{/:Italic D}} per size)', "
             "$chain using 1:2 with linespoints lt 2 lw 1.6 pt 5 ps 0.45 title 'the paper''s rule "
             "alone', "
             "keyentry with lines lt 1 lw 2 dt 2 title 'all implied for half of {{/:Italic D}}: "
             "{4}', "
             "keyentry with lines lt 2 lw 2 dt 4 title 'the same, the paper''s rule: {5}'\n",
             blue, vermilion, n, data.draws, at_half(data.both_threshold),
             at_half(data.chain_threshold));
}

CsvTable chain_table(const DeductionData& data) {
  CsvTable table{{"a", "b", "c", "d", "e", "f", "g", "h"}, {{}}};
  for (const std::int32_t symbol : data.chains.drawn) {
    table.rows[0].push_back(name_of(data, symbol));
  }
  return table;
}

CsvTable growth_table(const DeductionData& data) {
  CsvTable table{{"a", "b", "product", "round"}, {}};
  const auto p = static_cast<std::size_t>(data.symbols);
  for (std::size_t k = 0; k < p * p; ++k) {
    const int round = data.growth.round_of[k];
    table.rows.push_back({data.names[k / p], data.names[k % p], name_of(data, data.outputs[k]),
                          round < 0 ? "" : fmt::format("{}", round)});
  }
  return table;
}

CsvTable share_table(const DeductionData& data) {
  CsvTable table{
      {"train", "fraction", "draws", "both_mean", "both_low", "both_high", "both_lower_quartile",
       "both_upper_quartile", "both_complete", "chain_mean", "chain_low", "chain_high",
       "chain_lower_quartile", "chain_upper_quartile", "chain_complete"},
      {}};
  for (std::size_t k = 0; k < data.both.size(); ++k) {
    const ImpliedShare& at = data.both[k];
    std::vector<std::string> row = {fmt::format("{}", at.train), to_text(at.fraction),
                                    fmt::format("{}", at.draws)};
    const auto add = [&row](const ImpliedShare& s, const ThresholdPoint& point) {
      for (const double value :
           {s.mean.value, s.mean.low, s.mean.high, s.lower_quartile, s.upper_quartile}) {
        row.push_back(to_text(value));
      }
      row.push_back(fmt::format("{}", point.unique));
    };
    add(at, data.both_threshold.points[k]);
    add(data.chain[k], data.chain_threshold.points[k]);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Drawing draw_deduction(const DeductionData& data, const std::string& command) {
  Drawing drawing;
  drawing.width = 1150;
  drawing.height = 1040;
  drawing.zoom = 1.4;
  drawing.script = "set multiplot\n" + footer(command) + squares_panel(data) + "unset label 99\n" +
                   tables_panel(data) + shares_panel(data) + "unset multiplot\n";
  drawing.tables = {{"a", chain_table(data)}, {"b", growth_table(data)}, {"c", share_table(data)}};
  return drawing;
}

}  // namespace grok
