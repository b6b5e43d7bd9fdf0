// The picture of figures/representation/fig2_embeddings.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "figures/panels/text.hpp"
#include "figures/representation/fig2_embeddings.hpp"

namespace grok {
namespace {

// Round the circle of hues, eleven that differ from their neighbours in lightness, too.
constexpr std::array<const char*, 11> circle = {"#F0E442", "#D98200", "#F2B8A0", "#B5301C",
                                                "#E39AC6", "#7B2D8B", "#B9B4E6", "#2F3E9E",
                                                "#6FC3EE", "#00786B", "#9CCB5A"};

/// Rising lightness for sums, a circle modulo p; gnuplot mixes what lies between.
std::string palette_words(const Task& task) {
  const bool line = task.name() == "addition";
  std::string text = fmt::format("set palette maxcolors {} defined (", task.outputs());
  for (std::size_t k = 0; k < (line ? 10 : circle.size()); ++k) {
    text += fmt::format("{}{} '{}'", k == 0 ? "" : ", ", k,
                        line ? look::scale_colour(k, 10) : circle.at(k));
  }
  return text + fmt::format(")\nset cbrange [-0.5:{}.5]\n", task.outputs() - 1);
}

/// The answers in the order of their colours: 0, 1, ... or, modulo p, 0, g, 2g, ...: round the
/// ring.
std::vector<Index> answers_in_order(const Task& task, const Ring& ring) {
  const bool rounds = task.name() != "addition" && std::gcd(ring.step, task.outputs()) == 1;
  std::vector<Index> order;
  for (Index k = 0; k < task.outputs(); ++k) {
    order.push_back(k * (rounds ? ring.step : 1) % task.outputs());
  }
  return order;
}

/// A bar of the colours beside the axes.
std::string colour_bar(const std::vector<Index>& order) {
  const std::size_t every = order.size() > 12 ? 2 : 1;
  std::string text =
      "set colorbox user origin graph 1.03,0 size graph 0.05,1 noborder\nset cbtics (";
  for (std::size_t k = 0; k < order.size(); k += every) {
    text += fmt::format("{}'{}' {}", k == 0 ? "" : ", ", order[k], k);
  }
  return text + ") scale 0 offset -0.7,0 font ',7'\n";
}

/// Rows of the picture from below, answers by the place of their colour.
Rows pixels_of(const toy::Plane& plane, const std::vector<Index>& order) {
  const auto cells = static_cast<std::size_t>(plane.cells);
  Rows rows(cells);
  for (std::size_t k = 0; k < plane.answers.size(); ++k) {
    const auto place = std::ranges::find(order, Index{plane.answers[k]}) - order.begin();
    rows[k / cells].push_back(static_cast<double>(place));
  }
  return rows;
}

CsvTable symbol_table(const Eigen::MatrixXd& E) {
  std::vector<Index> symbols(static_cast<std::size_t>(E.rows()));
  std::iota(symbols.begin(), symbols.end(), Index{0});
  return table_of(symbols, column("symbol", [](Index k) { return k; }),
                  column("x", [&E](Index k) { return E(k, 0); }),
                  column("y", [&E](Index k) { return E(k, 1); }));
}

CsvTable pair_table(const std::vector<toy::PlanePair>& pairs) {
  using Pair = toy::PlanePair;
  return table_of(pairs, column("i", [](const Pair& p) { return p.pair.i; }),
                  column("j", [](const Pair& p) { return p.pair.j; }), column("middle_x", &Pair::x),
                  column("middle_y", &Pair::y), column("in_training_set", &Pair::trained),
                  column("output", &Pair::output), column("answer", &Pair::answer));
}

/// A row of pixels per line, from below: y, then the answers at the x of the head.
CsvTable plane_table(const toy::Plane& plane) {
  const auto at = [&plane](double start, Index k) {
    return to_text(start + (static_cast<double>(k) + 0.5) * plane.cell);
  };
  CsvTable table{{"y"}, {}};
  for (Index k = 0; k < plane.cells; ++k) {
    table.columns.push_back(at(plane.left, k));
    table.rows.push_back({at(plane.bottom, k)});
  }
  for (std::size_t k = 0; k < plane.answers.size(); ++k) {
    table.rows[k / static_cast<std::size_t>(plane.cells)].push_back(
        fmt::format("{}", plane.answers[k]));
  }
  return table;
}

CsvTable network_table(const PlanarData& data) {
  using Network = PlanarRun;
  const auto of = [](std::optional<Ring> PlanarRun::*ring, auto member) {
    return [ring, member](const Network& run) {
      return run.*ring ? std::optional((run.*ring).value().*member) : std::nullopt;
    };
  };
  CsvTable all;
  for (const PlanarSetting& setting : data.settings) {
    const CsvTable table =
        table_of(setting.runs, column("setting", [&](const Network&) { return setting.name; }),
                 column("published", [&](const Network&) { return setting.published; }),
                 column("seed", [](const Network& run) { return run.spec.seed; }),
                 column("steps", [](const Network& run) { return run.spec.steps; }),
                 column("rqi", &Network::rqi), column("train_accuracy", &Network::train),
                 column("validation_accuracy", &Network::validation),
                 column("ring_step", of(&Network::ring, &Ring::step)),
                 column("ring_in_order", of(&Network::ring, &Ring::in_order)),
                 column("ring_in_order_before", of(&Network::ring_before, &Ring::in_order)),
                 column("radius_spread", of(&Network::ring, &Ring::radius_spread)));
    all.columns = table.columns;
    append(all, table);
  }
  return all;
}

const Style dark{.colour = look::black, .width = 1.1};

Style outlined(Symbol symbol, double size) {
  return {.colour = look::black, .width = 1.6, .symbol = symbol, .size = size};
}

/// White with a dark edge.
void add_open(Panel& panel, const Rows& rows, Symbol symbol, double size) {
  panel.points(rows, {.colour = look::black, .symbol = symbol, .size = size});
  panel.points(rows, {.colour = "#FFFFFF", .symbol = symbol, .size = size - 1.4});
}

/// Middles of pairs: those of the training set, others answered rightly, and wrong ones.
void add_pairs(Panel& panel, const CsvTable& pairs) {
  Rows trained, right, wrong;
  for (const auto& row :
       rows_of(pairs, {"middle_x", "middle_y", "in_training_set", "output", "answer"})) {
    Rows& kind = row[3] != row[4] ? wrong : row[2] > 0 ? trained : right;
    kind.push_back({row[0], row[1]});
  }
  Style edge = outlined(Symbol::cross, 4.2), cross = edge;
  edge.colour = "#FFFFFF";
  edge.width = 2.2;
  cross.width = 0.9;
  panel.points(trained, {.colour = look::black, .size = 2.2});
  add_open(panel, right, Symbol::disc, 3.4);
  panel.points(wrong, edge).points(wrong, cross);
}

/// The ring 0, g, 2g, ..., or the diagonals of the marked parallelogram, which have one middle if
/// it holds: pairs of symbols, joined.
std::vector<Sample> marked_pairs(const PlanarData& data, const PlanarRun& run) {
  std::vector<Sample> pairs;
  for (Index k = 0; run.ring && k < run.spec.symbols; ++k) {
    const auto at = [&](Index place) {
      return static_cast<std::int32_t>(place * data.ring.step % run.spec.symbols);
    };
    pairs.push_back({at(k), at(k + 1)});
  }
  if (!run.ring && data.marked) {
    pairs = {data.marked->first, data.marked->second};
  }
  return pairs;
}

/// What is to be seen in a panel.
std::string structure_text(const PlanarData& data, std::size_t k) {
  const PlanarRun& run = data.shown(k);
  if (run.ring) {
    return run.ring->in_order == run.spec.symbols
               ? fmt::format("a ring in steps of {}", run.ring->step)
               : fmt::format("no ring: {} of {} neighbours in order", run.ring->in_order,
                             run.spec.symbols);
  }
  if (!data.marked) {
    return fmt::format("RQI {:.2f}", run.rqi);
  }
  const auto& [a, b] = *data.marked;
  return fmt::format(
      "RQI {:.2f}; {{/:Italic E}}_{{{}}} + {{/:Italic E}}_{{{}}} = {{/:Italic E}}_{{{}}} + "
      "{{/:Italic E}}_{{{}}} {}",
      run.rqi, a.i, a.j, b.i, b.j, k == 0 ? "fails" : "holds");
}

Panel plane_panel(const PlanarData& data, std::size_t k, const CsvTable& symbols,
                  const CsvTable& pairs) {
  const toy::Plane& plane = data.panels[k].plane;
  const PlanarRun& run = data.shown(k);
  const Task task = task_of(run.spec);
  const auto order = answers_in_order(task, data.ring);
  const double range = plane.cell * static_cast<double>(plane.cells);
  Panel panel(linear_axis("first number of an embedding", plane.left, plane.left + range),
              linear_axis("second number", plane.bottom, plane.bottom + range));
  panel
      .title(fmt::format("{}, {} representation",
                         run.ring ? fmt::format("Addition modulo {}", task.symbols()) : "Addition",
                         k % 2 == 1 ? "good" : "poor"))
      .square()
      .right_margin(34)
      .note(structure_text(data, k))
      .note(fmt::format("accuracy: training {:.2f}, validation {:.2f}", run.train, run.validation))
      .settings("set border 31\nset tics front\nunset grid\n" + palette_words(task) +
                colour_bar(order))
      .layer(pixels_of(plane, order),
             fmt::format("matrix using ({0}+($1+0.5)*{2}):({1}+($2+0.5)*{2}):3 with image",
                         to_text(plane.left), to_text(plane.bottom), to_text(plane.cell)));
  const Eigen::MatrixXd& E = data.panels[k].network.embeddings;
  Rows path, middles;
  for (const auto& [i, j] : marked_pairs(data, run)) {
    path.insert(path.end(), {{E(i, 0), E(i, 1)}, {E(j, 0), E(j, 1)}, {not_a_number, not_a_number}});
    middles.push_back({(E(i, 0) + E(j, 0)) / 2, (E(i, 1) + E(j, 1)) / 2});
  }
  panel.line(path, {.colour = "#FFFFFF", .width = 2.6}).line(path, dark);
  add_pairs(panel, pairs);
  if (!run.ring) {
    add_open(panel, middles, Symbol::filled_diamond, 6);
  }
  const Rows points = rows_of(symbols, {"x", "y", "symbol"});
  add_open(panel, points, Symbol::disc, 10.5);
  return panel.layer(points, "using 1:2:3 with labels font ',7' textcolor rgb '#000000'");
}

}  // namespace

Sheet sheet_of(const PlanarData& data) {
  Sheet sheet;
  std::vector<Panel> panels;
  for (std::size_t k = 0; k < data.panels.size(); ++k) {
    const PlanarPanel& panel = data.panels[k];
    const std::string letter(1, static_cast<char>('a' + k));
    const CsvTable symbols = symbol_table(panel.network.embeddings);
    const CsvTable pairs = pair_table(decode_pairs(data.shown(k).spec, panel.network));
    panels.push_back(plane_panel(data, k, symbols, pairs));
    sheet.table(letter, plane_table(panel.plane))
        .table(letter + "_symbols", symbols)
        .table(letter + "_pairs", pairs);
  }
  sheet.table("networks", network_table(data));
  sheet.row({panels[0], panels[1]}).row({panels[2], panels[3]});
  sheet.legend({{Swatch::points, outlined(Symbol::disc, 2.2), "pair of the training set"},
                {Swatch::points, outlined(Symbol::ring, 3.4), "other pair, answered rightly"},
                {Swatch::points, outlined(Symbol::cross, 4.2), "answered wrongly"},
                {Swatch::points, outlined(Symbol::diamond, 5), "marked sums"},
                {Swatch::line, dark, "pairs of the marked sums; ring of d"}});
  return sheet
      .caption(
          "Colour: the decoder's answer to two embeddings whose middle is there; small symbols "
          "are the middles of pairs. Lines join the pairs of the marked sums (a, b), or the "
          "symbols in the order of the ring of d (c, d).")
      .caption(fmt::format("Drawn are the worst (a, c) and the best (b, d) of {} seeds; a and c "
                           "have published settings, b and d ours, from a search of some {}.",
                           data.settings.front().runs.size(), searched_settings));
}

}  // namespace grok
