// The picture of figures/fig2_embeddings.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "figures/fig2_embeddings.hpp"
#include "figures/script.hpp"
#include "nets/decoder.hpp"
#include "theory/representation.hpp"

namespace grok {
namespace {

using Rows = std::vector<std::vector<double>>;

constexpr double width = 1560, height = 1690;
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

/// The answers in the order of their colours: 0, 1, ... or, modulo p, 0, g, 2g, ...: round the ring.
std::vector<std::int32_t> answers_in_order(const Task& task, Index ring_step) {
  std::vector<std::int32_t> order;
  for (Index k = 0; k < task.outputs(); ++k) {
    const Index answer = task.name() == "addition" ? k : k * ring_step % task.outputs();
    order.push_back(static_cast<std::int32_t>(answer));
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
    text += fmt::format("{}{}", place[static_cast<std::size_t>(plane.answers[k])],
                        last ? "\n" : " ");
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

/// Middle of each pair: x, y, 0: trained on, 1: answered rightly all the same, 2: wrongly.
Rows pair_rows(const PlanarPanel& panel) {
  const Task task = task_of(panel.spec);
  const std::vector<Sample> all = task.samples();
  const Eigen::MatrixXd inputs = decoder_inputs(panel.spec, panel.network, all);
  const auto answers = decoder_answers(panel.spec, panel.network, inputs);
  Rows rows;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const bool right = answers[k] == task.output(all[k]);
    const bool trained = std::ranges::binary_search(panel.network.train, all[k]);
    const auto row = static_cast<Index>(k);
    rows.push_back({inputs(row, 0) / 2, inputs(row, 1) / 2,
                    !right ? 2.0 : trained ? 0.0 : 1.0});
  }
  return rows;
}

Rows path_rows(const Eigen::MatrixXd& E, const std::vector<Index>& symbols) {
  Rows rows;
  for (const Index s : symbols) {
    rows.push_back({E(s, 0), E(s, 1)});
  }
  return rows;
}

/// What is marked: the ring 0, g, 2g, ..., or the four sides of the parallelogram.
std::vector<Index> marked_path(const PlanarPicture& picture, bool modular, Index symbols) {
  std::vector<Index> path;
  if (modular) {
    for (Index k = 0; k <= symbols; ++k) {
      path.push_back(k * picture.ring.step % symbols);
    }
  } else if (picture.marked) {
    const Parallelogram& q = *picture.marked;
    path = {q.first.i, q.second.i, q.first.j, q.second.j, q.first.i};
  }
  return path;
}

Rows middles(const PlanarPicture& picture, const Eigen::MatrixXd& E) {
  Rows rows;
  if (picture.marked) {
    for (const Sample s : {picture.marked->first, picture.marked->second}) {
      rows.push_back({(E(s.i, 0) + E(s.j, 0)) / 2, (E(s.i, 1) + E(s.j, 1)) / 2});
    }
  }
  return rows;
}

std::string equation(const Parallelogram& q) {
  return fmt::format("{{/:Italic E}}_{{{}}} + {{/:Italic E}}_{{{}}} = {{/:Italic E}}_{{{}}} + {{/:Italic E}}_{{{}}}",
                     q.first.i, q.first.j, q.second.i, q.second.j);
}

std::vector<std::string> captions(const PlanarPicture& picture, const PlanarData& data,
                                  std::size_t k) {
  const PlanarPanel& panel = picture.panels[k];
  std::string marked;
  if (k < 2) {
    marked = !picture.marked ? "no parallelogram tells the two panels apart"
                             : equation(*picture.marked) + (k == 0 ? " fails" : " holds");
  } else {
    const Ring ring = find_ring(panel.network.embeddings);
    marked = k == 3 ? fmt::format("ring in steps of {}: {} of {} neighbours", picture.ring.step,
                         ring.in_order, panel.spec.symbols) :
             fmt::format("no ring: {} of {} neighbours in steps of {}", ring.in_order, panel.spec.symbols, ring.step);
  }
  return {fmt::format("RQI {:.2f};  accuracy: training {:.2f}, validation {:.2f}",
                      panel.record.rqi, panel.record.train_accuracy,
                      *panel.record.validation_accuracy),
          fmt::format("{} settings, {} steps;  {}",
                      data.settings[k].published ? "published" : "our", panel.spec.steps, marked)};
}

std::string panel_script(const PlanarPicture& picture, const PlanarData& data, std::size_t k) {
  const PlanarPanel& panel = picture.panels[k];
  const Plane& plane = panel.plane;
  const bool modular = k >= 2, good = k % 2 == 1;
  const Task task = task_of(panel.spec);
  constexpr double side = 660;
  const double left = good ? 0.517 : 0.045, top = modular ? 0.438 : 0.932;
  const Panel place{left, left + side / width, top - side / height, top, top + 0.052, letters[k],
                    fmt::format("{}, {} representation",
                                modular ? fmt::format("Addition modulo {}", task.symbols())
                                        : "Addition",
                                good ? "good" : "poor")};
  const double end = plane.cell * static_cast<double>(plane.cells);
  std::string text = open_panel(place) + colours_of(task);
  text += caption(place.left, place.head - 0.019, 0.0165, captions(picture, data, k));
  text += "unset grid\nset border 31 lw 1 lc rgb '#666666'\nset tics front\nunset key\n";
  text += fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\n", to_text(plane.left),
                      to_text(plane.left + end), to_text(plane.bottom),
                      to_text(plane.bottom + end));
  if (good) {
    const auto order = answers_in_order(task, picture.ring.step);
    text += fmt::format(
        "set colorbox user origin screen {:.4f},{:.4f} size screen 0.013,{:.4f} border lt -1\nset cbtics (",
        place.right + 0.012, place.bottom, side / height);
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
      "$path{0} using 1:2 with lines lc rgb '#ffffff' lw 6, "
      "$path{0} using 1:2 with lines lc rgb '#000000' lw 2.4, "
      "$pairs{0} using 1:($3==0?$2:NaN) with points pt 7 ps 0.42 lc rgb '#000000', "
      "$pairs{0} using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb '#000000', "
      "$pairs{0} using 1:($3==1?$2:NaN) with points pt 7 ps 0.36 lc rgb '#ffffff', "
      "$pairs{0} using 1:($3==2?$2:NaN) with points pt 2 ps 0.75 lw 4.2 lc rgb '#ffffff', "
      "$pairs{0} using 1:($3==2?$2:NaN) with points pt 2 ps 0.7 lw 2 lc rgb '#000000', ",
      n, to_text(plane.left), to_text(plane.bottom), to_text(plane.cell));
  if (!modular) {
    text += fmt::format("$middles{0} using 1:2 with points pt 13 ps 2 lc rgb '#000000', "
        "$middles{0} using 1:2 with points pt 13 ps 1.4 lc rgb '#ffffff', ", n);
  }
  return text +
         fmt::format(
             "$points{0} using 1:2 with points pt 7 ps 2.55 lc rgb '#000000', "
             "$points{0} using 1:2 with points pt 7 ps 2.3 lc rgb '#ffffff', "
             "$points{0} using 1:2:3 with labels font ',12' textcolor rgb '#000000'\n",
             n);
}

std::string blocks(const PlanarPicture& picture) {
  std::string text;
  for (std::size_t k = 0; k < picture.panels.size(); ++k) {
    const PlanarPanel& panel = picture.panels[k];
    const Task task = task_of(panel.spec);
    const Eigen::MatrixXd& E = panel.network.embeddings;
    const std::string n = fmt::format("{}", k + 1);
    text += plane_block("plane" + n, panel.plane, answers_in_order(task, picture.ring.step));
    text += number_block("points" + n, embedding_rows(E));
    text += number_block("pairs" + n, pair_rows(panel));
    text += number_block("path" + n, path_rows(E, marked_path(picture, k >= 2, task.symbols())));
    text += number_block("middles" + n, middles(picture, E));
  }
  return text;
}

}  // namespace

Drawing draw_planar(const PlanarPicture& picture, const PlanarData& data,
                    const std::string& command) {
  Drawing drawing;
  drawing.width = width;
  drawing.height = height;
  drawing.script = "if (format eq 'png') { set termoption fontscale 1.45 } else { set termoption fontscale 1.93 }\n" + blocks(picture) + "set multiplot\n" + footer(command);
  for (std::size_t k = 0; k < picture.panels.size(); ++k) {
    drawing.script += panel_script(picture, data, k) + (k == 0 ? "unset label 99\n" : "");
  }
  drawing.script += "unset multiplot\n";
  return drawing;
}

}  // namespace grok
