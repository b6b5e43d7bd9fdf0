// The picture of figures/representation/fig2_embeddings.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/errors.hpp"
#include "figures/representation/fig2_embeddings.hpp"
#include "figures/script.hpp"
#include "nets/toy/decoder.hpp"

namespace grok {
namespace {

using Rows = std::vector<std::vector<double>>;

constexpr double width = 975, height = 1105, side = 400;  // pixels before zoom; a panel is a square
constexpr double zoom = 1.6;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<const char*, 4> letters = {"a", "b", "c", "d"};

struct Colour {
  double red, green, blue;
};

// Viridis at tenths: of rising lightness, so ordered for every eye.
constexpr std::array<Colour, 11> ordered = {{{68, 1, 84},
                                             {72, 36, 117},
                                             {65, 68, 135},
                                             {53, 95, 141},
                                             {42, 120, 142},
                                             {33, 145, 140},
                                             {34, 168, 132},
                                             {68, 191, 112},
                                             {122, 209, 81},
                                             {189, 223, 38},
                                             {253, 231, 37}}};
// A circle through pale, blue, dark and red: neighbours differ in lightness or between blue and
// red, which every eye tells apart.
constexpr std::array<Colour, 7> circular = {{{232, 226, 230},
                                             {142, 178, 204},
                                             {84, 118, 186},
                                             {62, 42, 110},
                                             {122, 40, 86},
                                             {186, 94, 84},
                                             {214, 170, 148}}};

/// The colours between which `at` in [0, 1] lies, mixed.
template <std::size_t N>
std::string mixed(const std::array<Colour, N>& colours, double at, bool closed) {
  const double place = at * static_cast<double>(closed ? N : N - 1);
  const auto first = std::min(static_cast<std::size_t>(place), closed ? N - 1 : N - 2);
  const double share = place - static_cast<double>(first);
  const Colour &a = colours[first], &b = colours[(first + 1) % N];
  const auto part = [share](double x, double y) { return std::lround(x + share * (y - x)); };
  return fmt::format("#{:02x}{:02x}{:02x}", part(a.red, b.red), part(a.green, b.green),
                     part(a.blue, b.blue));
}

std::string palette(const std::vector<std::string>& colours) {
  std::string text = fmt::format("set palette maxcolors {} defined (", colours.size());
  for (std::size_t k = 0; k < colours.size(); ++k) {
    text += fmt::format("{}{} '{}'", k == 0 ? "" : ", ", k, colours[k]);
  }
  return text + fmt::format(")\nset cbrange [-0.5:{}.5]\n", colours.size() - 1);
}

/// The answers in the order of their colours: 0, 1, ... or, modulo p, 0, g, 2g, ...: round the
/// ring.
std::vector<std::int32_t> answers_in_order(const Task& task, const Ring& ring) {
  const bool rounds = task.name() != "addition" && std::gcd(ring.step, task.outputs()) == 1;
  std::vector<std::int32_t> order;
  for (Index k = 0; k < task.outputs(); ++k) {
    order.push_back(static_cast<std::int32_t>(k * (rounds ? ring.step : 1) % task.outputs()));
  }
  return order;
}

std::string colours_of(const Task& task) {
  std::vector<std::string> colours;
  const bool line = task.name() == "addition";
  for (Index k = 0; k < task.outputs(); ++k) {
    const auto place = static_cast<double>(k);
    const auto count = static_cast<double>(task.outputs());
    colours.push_back(line ? mixed(ordered, place / (count - 1), false)
                           : mixed(circular, place / count, true));
  }
  return palette(colours);
}

/// Rows of the picture from below, answers by the place of their colour.
std::string plane_block(const std::string& name, const Plane& plane,
                        const std::vector<std::int32_t>& order) {
  std::vector<std::size_t> place(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    place[static_cast<std::size_t>(order[k])] = k;
  }
  std::string text = "$" + name + " << EOD\n";
  for (std::size_t k = 0; k < plane.answers.size(); ++k) {
    const bool last = (k + 1) % static_cast<std::size_t>(plane.cells) == 0;
    text +=
        fmt::format("{}{}", place[static_cast<std::size_t>(plane.answers[k])], last ? "\n" : " ");
  }
  return text + "EOD\n";
}

Rows embedding_rows(const Eigen::MatrixXd& E) {
  Rows rows;
  for (Index k = 0; k < E.rows(); ++k) {
    rows.push_back({E(k, 0), E(k, 1), static_cast<double>(k)});
  }
  return rows;
}

struct PairPoint {
  Sample pair;
  double x, y;  // its middle
  bool trained;
  std::int32_t answer;
};

std::vector<PairPoint> pair_points(const PlanarPanel& panel) {
  const std::vector<Sample> all = task_of(panel.spec).samples();
  const Eigen::MatrixXd inputs = decoder_inputs(panel.spec, panel.network, all);
  const auto answers = decoder_answers(panel.spec, panel.network, inputs);
  std::vector<PairPoint> points;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto row = static_cast<Index>(k);
    const bool trained = std::ranges::binary_search(panel.network.train, all[k]);
    points.push_back({all[k], inputs(row, 0) / 2, inputs(row, 1) / 2, trained, answers[k]});
  }
  return points;
}

/// x, y, 0: trained on, 1: answered rightly all the same, 2: wrongly.
Rows pair_rows(const PlanarPanel& panel) {
  const Task task = task_of(panel.spec);
  Rows rows;
  for (const PairPoint& point : pair_points(panel)) {
    const bool right = point.answer == task.output(point.pair);
    rows.push_back({point.x, point.y, !right ? 2.0 : point.trained ? 0.0 : 1.0});
  }
  return rows;
}

/// What is marked: the ring 0, g, 2g, ..., or the diagonals of the parallelogram, which have one
/// middle if it holds.
std::string path_block(const std::string& name, const PlanarPicture& picture,
                       const Eigen::MatrixXd& E, bool modular) {
  Rows rows = {{nothing, nothing}};  // gnuplot needs a point
  const auto add = [&](Index s) { rows.push_back({E(s, 0), E(s, 1)}); };
  if (modular) {
    for (Index k = 0; k <= E.rows(); ++k) {
      add(k * picture.ring.step % E.rows());
    }
  } else if (picture.marked) {
    add(picture.marked->first.i);
    add(picture.marked->first.j);
    rows.emplace_back();
    add(picture.marked->second.i);
    add(picture.marked->second.j);
  }
  return number_block(name, rows);
}

Rows middles(const PlanarPicture& picture, const Eigen::MatrixXd& E) {
  Rows rows = {{nothing, nothing}};
  if (picture.marked) {
    for (const Sample s : {picture.marked->first, picture.marked->second}) {
      rows.push_back({(E(s.i, 0) + E(s.j, 0)) / 2, (E(s.i, 1) + E(s.j, 1)) / 2});
    }
  }
  return rows;
}

std::string equation(const Parallelogram& q) {
  return fmt::format(
      "{{/:Italic E}}_{{{}}} + {{/:Italic E}}_{{{}}} = {{/:Italic E}}_{{{}}} + {{/:Italic "
      "E}}_{{{}}}",
      q.first.i, q.first.j, q.second.i, q.second.j);
}

std::vector<std::string> captions(const PlanarPicture& picture, const PlanarData& data,
                                  std::size_t k) {
  const PlanarPanel& panel = picture.panels[k];
  std::string marked;
  if (k < 2) {
    marked = !picture.marked ? "no parallelogram tells both apart"
                             : equation(*picture.marked) + (k == 0 ? " fails" : " holds");
  } else {
    const Ring ring = find_ring(panel.network.embeddings);
    marked = ring.in_order == panel.spec.symbols
                 ? fmt::format("a ring in steps of {}", ring.step)
                 : fmt::format("no ring: {} of {} in order", ring.in_order, panel.spec.symbols);
  }
  return {fmt::format("RQI {:.2f};  accuracy: training {:.2f}, validation {:.2f}", panel.record.rqi,
                      panel.record.train_accuracy, *panel.record.validation_accuracy),
          fmt::format("{} settings, {} steps;  {}",
                      data.settings[k].published ? "published" : "our", panel.spec.steps, marked)};
}

/// Of the pairs answered wrongly. Symbols of gnuplot have another size and width in each terminal;
/// lines have not.
std::string crosses(const std::string& panel, double range, const std::string& style) {
  std::string text;
  for (const char* up : {"1", "-1"}) {
    text += fmt::format(
        "$pairs{0} using ($3==2?$1-{1}:NaN):($2-{2}*{1}):(2*{1}):(2*{2}*{1}) with vectors nohead "
        "{3}, ",
        panel, to_text(0.0085 * range), up, style);
  }
  return text;
}

std::string panel_script(const PlanarPicture& picture, const PlanarData& data, std::size_t k) {
  const PlanarPanel& panel = picture.panels[k];
  const Plane& plane = panel.plane;
  const bool modular = k >= 2, good = k % 2 == 1;
  const Task task = task_of(panel.spec);
  const double left = good ? 0.532 : 0.052, top = modular ? 0.467 : 0.936;
  const PanelFrame place{
      left,
      left + side / width,
      top - side / height,
      top,
      top + 0.054,
      letters[k],
      fmt::format("{}, {} representation",
                  modular ? fmt::format("Addition modulo {}", task.symbols()) : "Addition",
                  good ? "good" : "poor")};
  const double range = plane.cell * static_cast<double>(plane.cells);
  std::string text = open_panel(place) + colours_of(task);
  text += caption(place.left, place.head - 0.0205, 0.0175, captions(picture, data, k));
  text += "unset grid\nset border 31 lw 1 lc rgb '#666666'\nset tics front font ',10'\nunset key\n";
  text += fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\n", to_text(plane.left),
                      to_text(plane.left + range), to_text(plane.bottom),
                      to_text(plane.bottom + range));
  if (good) {
    const auto order = answers_in_order(task, picture.ring);
    text += fmt::format(
        "set colorbox user origin screen {:.4f},{:.4f} size screen 0.014,{:.4f} noborder\nset "
        "cbtics (",
        place.right + 0.01, place.bottom, side / height);
    for (std::size_t c = 0; c < order.size(); ++c) {
      text += fmt::format("{}'{}' {}", c == 0 ? "" : ", ", order[c], c);
    }
    text += ") scale 0 offset -0.6,0\n";
  } else {
    text += "unset colorbox\n";
  }
  const std::string n = fmt::format("{}", k + 1);
  text += fmt::format(
      "plot $plane{0} matrix using ({1}+($1+0.5)*{3}):({2}+($2+0.5)*{3}):3 with image, "
      "$path{0} using 1:2 with lines lc rgb '#ffffff' lw 3.8, "
      "$path{0} using 1:2 with lines lc rgb '#000000' lw 1.5, "
      "$pairs{0} using 1:($3<2?$2:NaN):({4}*($3==0?0.0065:0.0085)) with circles fc rgb '#000000' "
      "fs solid noborder, "
      "$pairs{0} using 1:($3==1?$2:NaN):({4}*0.0055) with circles fc rgb '#ffffff' fs solid "
      "noborder, "
      "{5}{6}",
      n, to_text(plane.left), to_text(plane.bottom), to_text(plane.cell), to_text(range),
      crosses(n, range, "lw 3.6 lc rgb '#ffffff'"), crosses(n, range, "lw 1.6 lc rgb '#000000'"));
  if (!modular) {
    text += fmt::format(
        "$middles{0} using 1:2 with points pt 13 ps 1.3 lc rgb '#000000', "
        "$middles{0} using 1:2 with points pt 13 ps 0.9 lc rgb '#ffffff', ",
        n);
  }
  return text + fmt::format(
                    "$points{0} using 1:2 with points pt 7 ps 1.75 lc rgb '#000000', "
                    "$points{0} using 1:2 with points pt 7 ps 1.6 lc rgb '#ffffff', "
                    "$points{0} using 1:2:3 with labels font ',11' textcolor rgb '#000000'\n",
                    n);
}

std::string blocks(const PlanarPicture& picture) {
  std::string text;
  for (std::size_t k = 0; k < picture.panels.size(); ++k) {
    const PlanarPanel& panel = picture.panels[k];
    const Task task = task_of(panel.spec);
    const Eigen::MatrixXd& E = panel.network.embeddings;
    const std::string n = fmt::format("{}", k + 1);
    text += plane_block("plane" + n, panel.plane, answers_in_order(task, picture.ring));
    text += number_block("points" + n, embedding_rows(E));
    text += number_block("pairs" + n, pair_rows(panel));
    text += path_block("path" + n, picture, E, k >= 2);
    text += number_block("middles" + n, middles(picture, E));
  }
  return text;
}

/// Set once, drawn with the first panel.
std::string legend(const PlanarData& data) {
  const std::array<std::string, 4> lines = {
      "Axes: the two numbers of an embedding. Colour: the decoder's answer to two embeddings whose "
      "middle is there.",
      "Middles of pairs: • of the training set; ◦ other, answered rightly; × answered wrongly; ◇ "
      "of "
      "the marked sums.",
      "Lines: pairs of the marked sums (a, b); symbols in the order of the ring of d (c, d).",
      fmt::format("Drawn: the worst (a, c) and the best (b, d) of {} seeds; our settings (b, d): "
                  "from a search of some {}.",
                  data.settings.front().runs.size(), searched_settings)};
  std::string text;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    text += fmt::format(
        "set label {} {} at screen 0.052,{:.4f} left font ',10' textcolor rgb '#444444'\n", 90 + k,
        quoted(lines[k]), 0.0655 - 0.0165 * static_cast<double>(k));
  }
  return text;
}

/// A row of pixels per line, from below: y, then the answers at the x of the head.
CsvTable plane_table(const Plane& plane) {
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

CsvTable symbol_table(const Eigen::MatrixXd& E) {
  CsvTable table{{"symbol", "x", "y"}, {}};
  for (Index k = 0; k < E.rows(); ++k) {
    table.rows.push_back({fmt::format("{}", k), to_text(E(k, 0)), to_text(E(k, 1))});
  }
  return table;
}

CsvTable pair_table(const PlanarPanel& panel) {
  CsvTable table{{"i", "j", "middle_x", "middle_y", "in_training_set", "output", "answer"}, {}};
  const Task task = task_of(panel.spec);
  for (const PairPoint& pair : pair_points(panel)) {
    const auto& [s, x, y, trained, answer] = pair;
    table.rows.push_back({fmt::format("{}", s.i), fmt::format("{}", s.j), to_text(x), to_text(y),
                          trained ? "1" : "0", fmt::format("{}", task.output(s)),
                          fmt::format("{}", answer)});
  }
  return table;
}

}  // namespace

Drawing draw_planar(const PlanarPicture& picture, const PlanarData& data,
                    const std::string& command) {
  Drawing drawing;
  drawing.width = width;
  drawing.height = height;
  drawing.zoom = zoom;
  drawing.script = blocks(picture) + "set multiplot\n" + footer(command);
  drawing.script += legend(data);
  for (std::size_t k = 0; k < picture.panels.size(); ++k) {
    drawing.script += panel_script(picture, data, k) +
                      (k == 0 ? "unset label 99\nunset for [k=90:93] label k\n" : "");
  }
  drawing.script += "unset multiplot\n";
  for (std::size_t k = 0; k < picture.panels.size(); ++k) {
    const PlanarPanel& panel = picture.panels[k];
    const std::string letter = letters[k];
    drawing.tables.emplace_back(letter, plane_table(panel.plane));
    drawing.tables.emplace_back(letter + "_symbols", symbol_table(panel.network.embeddings));
    drawing.tables.emplace_back(letter + "_pairs", pair_table(panel));
  }
  drawing.tables.emplace_back("networks", network_table(data));
  return drawing;
}

}  // namespace grok
