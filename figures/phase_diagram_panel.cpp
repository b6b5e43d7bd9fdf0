#include "figures/phase_diagram_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"

namespace grok {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// The two sides of cell k as they lie in the picture: `near` is left or below.
struct Span {
  double near = 0, far = 0;
};
Span span_of(const PhaseAxis& axis, std::size_t k) {
  const double a = axis.edges[k], b = axis.edges[k + 1];
  return axis.downward ? Span{b, a} : Span{a, b};
}

/// The point at a fraction of the way across a cell, as the eye sees it.
double across(const PhaseAxis& axis, const Span& span, double fraction) {
  return axis.scale == AxisScale::logarithmic ? span.near * std::pow(span.far / span.near, fraction)
                                              : span.near + fraction * (span.far - span.near);
}

std::string colour_number(Phase phase) {
  return fmt::format("{}", std::stol(phase_colour(phase).substr(1), nullptr, 16));
}

/// One rectangle from the bottom of a cell to `height` of it.
std::vector<std::string> rectangle(const PhaseDiagram& diagram, std::size_t ix, std::size_t iy,
                                   double height, Phase phase) {
  const Span x = span_of(diagram.x, ix), y = span_of(diagram.y, iy);
  const double top = across(diagram.y, y, height);
  std::vector<std::string> row;
  for (const double v : {across(diagram.x, x, 0.5), across(diagram.y, y, height / 2), x.near, x.far,
                         std::min(y.near, top), std::max(y.near, top)}) {
    row.push_back(script_number(v));
  }
  row.push_back(colour_number(phase));
  return row;
}

template <class Visitor>
void for_each_place(const PhaseDiagram& diagram, Visitor&& visit) {
  for (std::size_t iy = 0; iy < diagram.y.values.size(); ++iy) {
    for (std::size_t ix = 0; ix < diagram.x.values.size(); ++ix) {
      visit(ix, iy, diagram.cell(ix, iy));
    }
  }
}

Rows first_seed_rows(const PhaseDiagram& diagram) {
  Rows rows;
  for_each_place(diagram, [&](std::size_t ix, std::size_t iy, const PhaseCell& cell) {
    if (!cell.runs.empty() && cell.runs.front().seed == diagram.seeds.front()) {
      rows.push_back(rectangle(diagram, ix, iy, 1, cell.runs.front().phase));
    }
  });
  return rows;
}

/// The phases of a cell, most frequent first, then in their order.
std::vector<Phase> stacked_phases(const PhaseCell& cell, Phase main) {
  std::vector<Phase> phases = {main};
  const PhaseCounts counts = count_phases(cell);
  for (const Phase phase : all_phases) {
    if (phase != main && counts[static_cast<std::size_t>(phase)] > 0) {
      phases.push_back(phase);
    }
  }
  return phases;
}

/// Bars stacked from the bottom; painted from the top one down, each from the bottom of the cell,
/// so that no seam shows between two.
Rows share_rows(const PhaseDiagram& diagram) {
  Rows rows;
  for_each_place(diagram, [&](std::size_t ix, std::size_t iy, const PhaseCell& cell) {
    const auto main = main_phase(cell);
    if (!main) {
      return;
    }
    const PhaseCounts counts = count_phases(cell);
    std::int64_t sum = 0;
    Rows bars;
    for (const Phase phase : stacked_phases(cell, *main)) {
      sum += counts[static_cast<std::size_t>(phase)];
      const double height = static_cast<double>(sum) / static_cast<double>(total(counts));
      bars.push_back(rectangle(diagram, ix, iy, height, phase));
    }
    rows.insert(rows.end(), bars.rbegin(), bars.rend());
  });
  return rows;
}

/// Interval of the most frequent phase's share, on the scale of its bar: x, y, 0, dy.
Rows whisker_rows(const PhaseDiagram& diagram) {
  Rows rows;
  for_each_place(diagram, [&](std::size_t ix, std::size_t iy, const PhaseCell& cell) {
    const auto main = main_phase(cell);
    if (!main) {
      return;
    }
    const PhaseCounts counts = count_phases(cell);
    const Estimate share = wilson(counts[static_cast<std::size_t>(*main)], total(counts));
    const Span x = span_of(diagram.x, ix), y = span_of(diagram.y, iy);
    const double low = across(diagram.y, y, share.low), high = across(diagram.y, y, share.high);
    rows.push_back({script_number(across(diagram.x, x, 0.5)), script_number(low), "0",
                    script_number(high - low)});
  });
  return rows;
}

/// Lines as arrows without heads: x, y, dx, dy. (A line drawn as one path gets a spike at its
/// start.)
Rows line_rows(const PhaseDiagram& diagram, const std::vector<CellSide>& lines) {
  Rows rows;
  for (const CellSide& line : lines) {
    const double x = diagram.x.edges[line.x], y = diagram.y.edges[line.y];
    rows.push_back({script_number(x), script_number(y), script_number(diagram.x.edges[line.x2] - x),
                    script_number(diagram.y.edges[line.y2] - y)});
  }
  return rows;
}

/// White lines between the cells.
Rows grid_rows(const PhaseDiagram& diagram) {
  const std::size_t columns = diagram.x.values.size(), rows = diagram.y.values.size();
  std::vector<CellSide> lines;
  for (std::size_t x = 1; x < columns; ++x) {
    lines.push_back({x, 0, x, rows});
  }
  for (std::size_t y = 1; y < rows; ++y) {
    lines.push_back({0, y, columns, y});
  }
  return line_rows(diagram, lines);
}

std::string ticks(const char* which, const PhaseAxis& axis) {
  if (axis.scale == AxisScale::logarithmic) {
    return fmt::format("set logscale {0}\nset format {0} '10^{{%L}}'\nset m{0}tics 10\n", which);
  }
  std::string list;
  for (std::size_t k = 0; k < axis.values.size(); ++k) {
    const double place =
        axis.scale == AxisScale::categorical ? static_cast<double>(k) : axis.values[k];
    list += fmt::format("{}'{}' {}", k == 0 ? "" : ", ", to_text(axis.values[k]), to_text(place));
  }
  return fmt::format("set {}tics ({}) nomirror\n", which, list);
}

/// A hair more than the cells, so that rounding puts no line outside.
Span range_of(const PhaseAxis& axis) {
  constexpr double hair = 1e-6;
  const double first = axis.edges.front(), last = axis.edges.back();
  const Span range = axis.scale == AxisScale::logarithmic
                         ? Span{first * (1 - hair), last * (1 + hair)}
                         : Span{first - hair * (last - first), last + hair * (last - first)};
  return axis.downward ? Span{range.far, range.near} : range;
}

std::string axes(const PhaseDiagram& diagram) {
  std::string text = "unset grid\nset border 15\nunset mxtics\nunset mytics\n";
  for (const auto& [which, axis] : {std::pair("x", &diagram.x), std::pair("y", &diagram.y)}) {
    const Span range = range_of(*axis);
    text += fmt::format("set {}range [{}:{}]\nset {}label {}\n", which, script_number(range.near),
                        script_number(range.far), which, quoted(axis->label));
    text += ticks(which, *axis);
  }
  return text;
}

}  // namespace

std::string phase_colour(Phase phase) {
  constexpr std::array<const char*, phase_count> colours = {"#0072B2", "#80C4EE", "#F0C650",
                                                            "#B04A50", "#000000", "#EEEEEE"};
  return colours[static_cast<std::size_t>(phase)];
}

std::vector<CellSide> outer_sides(const PhaseDiagram& diagram, const std::vector<double>& steps) {
  return contour(steps, diagram.x.values.size(), static_cast<double>(diagram.budget));
}

std::vector<CellSide> inner_sides(const PhaseDiagram& diagram, const std::vector<double>& steps,
                                  double level) {
  std::vector<CellSide> sides = contour(steps, diagram.x.values.size(), level);
  const std::vector<CellSide> outer = outer_sides(diagram, steps);
  std::erase_if(sides, [&outer](const CellSide& side) {
    return std::find(outer.begin(), outer.end(), side) != outer.end();
  });
  return sides;
}

std::string outer_style() { return "lw 3.2 dt 1 lc rgb '#000000'"; }

std::string level_style(std::size_t number) {
  constexpr std::array<const char*, 5> styles = {"lw 2.4 dt (3,3)", "lw 2 dt (10,6)", "lw 1.5 dt 1",
                                                 "lw 2 dt (16,4,3,4)", "lw 2 dt (16,3,3,3,3,3)"};
  return std::string(styles[number % styles.size()]) + " lc rgb '#000000'";
}

std::string phase_panel(const Panel& panel, const PhaseDiagram& diagram, bool shares,
                        const std::string& decoration) {
  const std::string name = "panel_" + panel.letter;
  const std::vector<double> steps = shares ? median_steps(diagram) : first_seed_steps(diagram);
  std::string text = data_block(name, shares ? share_rows(diagram) : first_seed_rows(diagram)) +
                     data_block(name + "_grid", grid_rows(diagram)) + open_panel(panel) +
                     axes(diagram) + decoration;
  std::string plot = fmt::format(
      "plot ${0} using 1:2:3:4:5:6:7 with boxxyerror lc rgb variable fs solid noborder notitle, "
      "${0}_grid using 1:2:3:4 with vectors nohead lw 1.2 lc rgb '#FFFFFF' notitle",
      name);
  const auto add_lines = [&](const std::string& block, std::vector<CellSide> sides,
                             const std::string& style) {
    if (!sides.empty()) {
      text += data_block(block, line_rows(diagram, straight_lines(std::move(sides))));
      plot += fmt::format(", ${} using 1:2:3:4 with vectors nohead {} notitle", block, style);
    }
  };
  const std::vector<double> levels = contour_levels(diagram.budget);
  for (std::size_t k = 0; k < levels.size(); ++k) {
    add_lines(fmt::format("{}_{:.0f}", name, levels[k]), inner_sides(diagram, steps, levels[k]),
              level_style(k));
  }
  add_lines(name + "_outer", outer_sides(diagram, steps), outer_style());
  if (shares) {
    text += data_block(name + "_whisker", whisker_rows(diagram));
    const double cell_width =
        (panel.right - panel.left) / static_cast<double>(diagram.x.values.size());
    const double cap = std::min(0.004, 0.1 * cell_width);
    for (const char* style : {"lw 3.4 lc rgb '#FFFFFF'", "lw 1.4 lc rgb '#000000'"}) {
      plot += fmt::format(
          ", ${}_whisker using 1:2:3:4 with vectors heads size screen {:.4f},90 {} notitle", name,
          cap, style);
    }
  }
  return text + plot + "\n";
}

}  // namespace grok
