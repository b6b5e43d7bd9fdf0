// The picture of figures/representation/fig12_learned_lattice.hpp: networks on the lattice, and
// their counts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/errors.hpp"
#include "figures/representation/fig12_learned_lattice.hpp"
#include "figures/representation/fig9_curriculum.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

// A card in units of the diagram: columns and rows of cards are 1 apart.
constexpr CardSize card;
constexpr double name_y = 0.265, first_y = 0.085, row_step = 0.24, symbol_drop = 0.085;
constexpr double count_x = -0.385, line_x = 0.145, line_half = 0.235;
constexpr double widest_embedding = 1.5;  // |E| of four standardised numbers never exceeds it
constexpr double too_near = 0.24;         // numbers of two dots would touch
constexpr std::array<const char*, 2> colours = {"#0072B2", "#009E73"};  // fast, slow decoder
constexpr std::array<const char*, 2> pale = {"#700072B2", "#70009E73"};

std::string text_row(double x, double y, const std::string& text, std::size_t colour) {
  return fmt::format("{:.4f} {:.4f} \"{}\" {}\n", x, y, text, colour);
}

/// The first network of a pair in a node, in the order of the study.
const LearnedRun* example_of(const LearnedData& data, EquationSet equations, std::size_t pair) {
  const auto found = std::ranges::find_if(data.runs, [&](const LearnedRun& run) {
    return run.equations == equations && run.pair == pair;
  });
  return found == data.runs.end() ? nullptr : &*found;
}

struct Marks {
  std::string names, relations, counts, symbols;
  std::array<std::vector<std::vector<double>>, 2> dots, lines;  // by pair
};

void mark_example(Marks& marks, const LearnedRun& run, double x, double y) {
  const Eigen::VectorXd& E = run.embeddings;
  const auto along = [&](double value) {
    return x + line_x + value / widest_embedding * line_half;
  };
  marks.lines[run.pair].push_back({along(-widest_embedding), y, 2 * line_half});
  std::vector<Eigen::Index> order;
  for (Eigen::Index k = 0; k < E.size(); ++k) {
    order.push_back(k);
  }
  std::ranges::sort(order, {}, [&E](Eigen::Index k) { return E(k); });
  bool above = false;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double value = E(order[k]);
    above = k > 0 && !above && value - E(order[k - 1]) < too_near;
    marks.dots[run.pair].push_back({along(value), y});
    marks.symbols += text_row(along(value), y + (above ? 0.85 : -1) * symbol_drop,
                              fmt::format("{}", order[k]), run.pair);
  }
}

Marks marks_of(const LearnedData& data) {
  Marks marks;
  for (const LatticeNode& node : data.lattice.nodes) {
    const NodePlace at = place_of(data.lattice, node.equations);
    marks.names +=
        text_row(at.x - card.half_width + 0.035, at.row + name_y,
                 node.equations == 0 ? "no equation holds" : node_name(node.equations, true), 0);
    for (std::size_t k = 0; k < data.lattice.equations.size(); ++k) {
      if (node.equations == EquationSet{1} << k) {
        marks.relations += text_row(at.x + card.half_width - 0.035, at.row + name_y,
                                    relation_text(data.lattice.equations[k], true), 0);
      }
    }
    for (std::size_t k = 0; k < data.pairs.size(); ++k) {
      const double y = at.row + first_y - row_step * static_cast<double>(k);
      const RatePair& pair = data.pairs[k];
      const auto count = pair.counts[node.equations];
      marks.counts +=
          text_row(at.x + count_x, y,
                   count == 0 ? fmt::format("0 of {}", pair.networks)
                              : fmt::format("{{/:Bold {}}} of {}", count, pair.networks),
                   count == 0 ? 2 : k);
      const LearnedRun* example = example_of(data, node.equations, k);
      if (example != nullptr) {
        mark_example(marks, *example, at.x, y);
      }
    }
  }
  return marks;
}

std::string rates_text(const RatePair& pair) {
  return fmt::format("{}: rates {} (embeddings), {} (decoder)", pair.name,
                     to_text(pair.representation_rate), to_text(pair.decoder_rate));
}

std::string lattice_panel(const PanelFrame& panel, const LearnedData& data) {
  const Marks marks = marks_of(data);
  const auto block = [](const std::string& name, const std::string& rows) {
    return "$" + name + " << EOD\n" + rows + "EOD\n";
  };
  std::string text = block("names", marks.names) + block("counts", marks.counts) +
                     block("symbols", marks.symbols) + block("relations", marks.relations);
  std::string plots;
  for (std::size_t k = 0; k < data.pairs.size(); ++k) {
    text += number_block(fmt::format("dots{}", k), marks.dots[k]) +
            number_block(fmt::format("lines{}", k), marks.lines[k]);
    plots += fmt::format("keyentry with points pt 7 ps 1.1 lc rgb '{}' title {}, ", colours[k],
                         quoted(rates_text(data.pairs[k])));
    if (!marks.dots[k].empty()) {
      plots += fmt::format(
          "$lines{0} using 1:2:3:(0) with vectors nohead lw 1 lc rgb '#c8c8c8' notitle, "
          "$dots{0} using 1:2 with points pt 7 ps 0.85 lc rgb '{1}' notitle, ",
          k, colours[k]);
    }
  }
  text += open_panel(panel) + lattice_axes(data.lattice, card) +
          lattice_frames(data.lattice, card) + lattice_edges(data.lattice, card);
  text +=
      fmt::format("colour(k) = k == 0 ? 0x0072B2 : k == 1 ? 0x009E73 : 0x9A9A9A\nplot {}", plots);
  return text +
         "keyentry with lines lw 1 lc rgb '#c8c8c8' title 'dots: embeddings of the first of these "
         "networks, standardised', "
         "keyentry with lines lw 1.2 dt 2 lc rgb '#777777' title 'dashed card: not closed', "
         "$relations using 1:2:3 with labels right font ',10' tc rgb '#222222' notitle, "
         "$counts using 1:2:3:(colour($4)) with labels left font ',11' tc rgb variable notitle, "
         "$symbols using 1:2:3 with labels font ',9' tc rgb '#555555' notitle, "
         "$names using 1:2:3 with labels left font ',12' notitle\n";
}

/// Node k of the axis has its share at k - 0.2, k, k + 0.2: fast, untrained, slow.
std::string share_panel(const PanelFrame& panel, const LearnedData& data) {
  const auto order = by_size(data.lattice);
  std::vector<std::vector<double>> fast, slow, chance;
  std::string tics;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto x = static_cast<double>(k);
    const auto row = [x](double shift, const Estimate& share) {
      return std::vector<double>{x + shift, share.value, share.low, share.high};
    };
    fast.push_back(row(-0.22, data.pairs.front().shares[order[k]]));
    slow.push_back(row(0.22, data.pairs.back().shares[order[k]]));
    if (data.chance_draws > 0) {
      chance.push_back(row(0, data.chance[order[k]]));
    }
    std::string name = node_name(order[k], true);
    for (auto at = name.find(", "); at != std::string::npos; at = name.find(", ")) {
      name.replace(at, 2, "\\n");
    }
    tics += fmt::format("{}\"{}\" {}", k == 0 ? "" : ", ", name, k);
  }
  const auto series = [](const std::string& block, const char* colour, int symbol, double size) {
    return fmt::format(
        "${0} using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lw 1.4 lc rgb '{1}' "
        "notitle, ${0} using 1:2 with points pt {2} ps {3} lc rgb '{1}' title ",
        block, colour, symbol, size);
  };
  std::string text = number_block("fast", fast) + number_block("slow", slow) +
                     number_block("chance", chance) + open_panel(panel) +
                     fmt::format(
                         "set xrange [-0.6:{}]\nset yrange [-0.02:1]\nset xtics ({}) nomirror "
                         "offset 0,0.2 font ',10'\nset ylabel 'share'\nunset grid\nset "
                         "grid y\nplot ",
                         static_cast<double>(order.size()) - 0.4, tics);
  text += series("fast", colours[0], 7, 0.9) + "'fast decoder, 95% interval (Wilson)', ";
  if (data.chance_draws > 0) {
    text += series("chance", "#888888", 13, 0.9) +
            fmt::format("'untrained embeddings, {} draws', ", data.chance_draws);
  }
  return text + series("slow", colours[1], 5, 0.9) + "'slow decoder'\n";
}

/// Number of equations held by both networks of a seed; width of a line ∝ the number of seeds.
std::string pair_panel(const PanelFrame& panel, const LearnedData& data) {
  std::array<std::vector<std::pair<double, double>>, 2> points;
  std::map<std::int64_t, std::array<double, 2>> held;
  std::map<std::int64_t, int> known;
  for (const LearnedRun& run : data.runs) {
    points[run.pair].emplace_back(static_cast<double>(run.pair), run.held);
    held[run.seed][run.pair] = run.held;
    ++known[run.seed];
  }
  Multiplicity links;
  for (const auto& [seed, values] : held) {
    if (known[seed] == 2) {
      ++links[{values[0], values[1]}];
    }
  }
  std::string text = open_panel(panel);
  for (const auto& [ends, count] : links) {
    text += fmt::format(
        "set arrow from 0,{} to 1,{} nohead back lw {:.2f} lc rgb '#A0A0A0A0'\n", ends.first,
        ends.second, 12.0 * static_cast<double>(count) / static_cast<double>(largest_count(links)));
  }
  std::string plots;
  std::int64_t most = 1;
  for (const auto& list : points) {
    most = std::max(most, largest_count(count_points(list)));
  }
  for (std::size_t k = 0; k < data.pairs.size(); ++k) {
    const Estimate& mean = data.pairs[k].held.estimate;
    const double x = k == 0 ? -0.22 : 1.22;
    text += number_block(fmt::format("held{}", k), sized_rows(count_points(points[k]), 2.6, most)) +
            number_block(fmt::format("mean{}", k), {{x, mean.value, mean.low, mean.high}});
    plots += fmt::format(
        "{0}$held{1} using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '{2}' title '{3}', "
        "$mean{1} using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lt 8 lw 1.4 "
        "notitle, $mean{1} using 1:2 with points lt 8 pt 7 ps 0.5 notitle",
        k == 0 ? "" : ", ", k, pale[k],
        k == 0 ? "networks (area, width of lines ∝ their number)" : "");
  }
  text += caption(panel.left, panel.head - 0.079, 0.024,
                  {fmt::format("slow − fast, by seed: {}, {} seeds",
                               with_interval(data.difference.estimate), data.difference.groups)});
  const auto equations = static_cast<double>(data.lattice.equations.size());
  return text + fmt::format(
                    "set xrange [-0.5:1.5]\nset yrange [-0.25:{}]\nset xtics ('fast decoder' 0, "
                    "'slow decoder' 1) nomirror\nset ytics 1 nomirror\nunset grid\nset grid "
                    "y\nset ylabel 'equations held'\nplot {}, keyentry with lines lt 8 lw 1.4 "
                    "title 'their mean, 95% interval'\nunset label 10\n",
                    equations + 0.25, plots);
}

CsvTable run_table(const LearnedData& data) {
  CsvTable table{{"seed", "representation_rate", "decoder_rate", "equations", "held",
                  "train_accuracy", "accuracy"},
                 {}};
  for (Index k = 0; k < data.lattice.symbols; ++k) {
    table.columns.push_back(fmt::format("E{}", k));
  }
  for (const LearnedRun& run : data.runs) {
    const RatePair& pair = data.pairs[run.pair];
    std::vector<std::string> row = {fmt::format("{}", run.seed), to_text(pair.representation_rate),
                                    to_text(pair.decoder_rate),  node_name(run.equations, false),
                                    to_text(run.held),           to_text(run.train_accuracy),
                                    to_text(run.accuracy)};
    for (const double value : run.embeddings) {
      row.push_back(to_text(value));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable share_table(const LearnedData& data) {
  CsvTable table{{"equations", "of", "count", "networks", "share", "low", "high"}, {}};
  for (const EquationSet equations : by_size(data.lattice)) {
    const auto add = [&](const std::string& of, std::int64_t count, std::int64_t total,
                         const Estimate& share) {
      table.rows.push_back({node_name(equations, false), of, fmt::format("{}", count),
                            fmt::format("{}", total), to_text(share.value), to_text(share.low),
                            to_text(share.high)});
    };
    for (const RatePair& pair : data.pairs) {
      add(pair.name, pair.counts[equations], pair.networks, pair.shares[equations]);
    }
    if (data.chance_draws > 0) {
      add("untrained", data.untrained[equations], data.chance_draws, data.chance[equations]);
    }
  }
  return table;
}

}  // namespace

Drawing draw_learned(const LearnedData& data, const std::string& command) {
  Drawing drawing;
  drawing.width = 1150;
  drawing.height = 860;
  drawing.zoom = 1.4;
  drawing.script =
      "set multiplot\n" + footer(command) +
      lattice_panel({0.01, 0.62, 0.03, 0.885, 0.972, "a",
                     fmt::format("Addition, {{/:Italic p}} = {}: equations that networks satisfy",
                                 data.lattice.symbols)},
                    data) +
      "unset label 99\n" +
      share_panel({0.685, 0.99, 0.62, 0.876, 0.972, "b", "Which equations hold"}, data) +
      pair_panel({0.685, 0.99, 0.105, 0.375, 0.489, "c", "How many hold"}, data) +
      "unset multiplot\n";
  drawing.tables = {{"ac", run_table(data)}, {"b", share_table(data)}};
  return drawing;
}

}  // namespace grok
