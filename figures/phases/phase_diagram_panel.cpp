#include "figures/phases/phase_diagram_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/errors.hpp"

namespace grok {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t most_with_grid = 30, most_labels = 16;  // cells, texts along an axis

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

/// visit(ix, iy, counts, most frequent phase) for every cell with a run.
template <class Visitor>
void for_each_vote(const PhaseDiagram& diagram, Visitor&& visit) {
  for_each_place(diagram, [&](std::size_t ix, std::size_t iy, const PhaseCell& cell) {
    if (const auto main = main_phase(cell)) {
      visit(ix, iy, count_phases(cell), *main);
    }
  });
}

/// The phases of a cell, most frequent first, then in their order.
std::vector<Phase> stacked_phases(const PhaseCounts& counts, Phase main) {
  std::vector<Phase> phases = {main};
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
  for_each_vote(
      diagram, [&](std::size_t ix, std::size_t iy, const PhaseCounts& counts, Phase main) {
        std::int64_t sum = 0;
        Rows bars;
        for (const Phase phase : stacked_phases(counts, main)) {
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
  for_each_vote(
      diagram, [&](std::size_t ix, std::size_t iy, const PhaseCounts& counts, Phase main) {
        const Estimate share = wilson(counts[static_cast<std::size_t>(main)], total(counts));
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

/// White lines between the cells; none where cells are too small for them.
Rows grid_rows(const PhaseDiagram& diagram) {
  const std::size_t columns = diagram.x.values.size(), rows = diagram.y.values.size();
  std::vector<CellSide> lines;
  if (std::max(columns, rows) > most_with_grid) {
    return {};
  }
  for (std::size_t x = 1; x < columns; ++x) {
    lines.push_back({x, 0, x, rows});
  }
  for (std::size_t y = 1; y < rows; ++y) {
    lines.push_back({0, y, columns, y});
  }
  return line_rows(diagram, lines);
}

/// Every how many values one has a label: 1, 2, 4, 5, 10, 20, ...
std::size_t label_stride(std::size_t values) {
  const auto labels = [values](std::size_t stride) { return (values + stride - 1) / stride; };
  for (const std::size_t stride : {1U, 2U, 4U, 5U}) {
    if (labels(stride) <= most_labels) {
      return stride;
    }
  }
  std::size_t stride = 10;
  while (labels(stride) > most_labels) {
    stride *= 2;
  }
  return stride;
}

std::string ticks(const char* which, const PhaseAxis& axis) {
  if (axis.scale == AxisScale::logarithmic) {
    return fmt::format("set logscale {0}\nset format {0} '10^{{%L}}'\nset m{0}tics 10\n", which);
  }
  std::string list;
  for (std::size_t k = 0; k < axis.values.size(); k += label_stride(axis.values.size())) {
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

std::vector<std::vector<CellSide>> lines_of(const PhaseDiagram& diagram,
                                            const std::vector<double>& steps) {
  std::vector<double> levels = contour_levels(diagram.budget);
  levels.push_back(static_cast<double>(diagram.budget));
  std::vector<std::vector<CellSide>> lines(levels.size());
  std::set<CellSide> drawn;
  for (std::size_t k = levels.size(); k-- > 0;) {
    for (const CellSide& side : contour(steps, diagram.x.values.size(), levels[k])) {
      if (drawn.insert(side).second) {
        lines[k].push_back(side);
      }
    }
  }
  return lines;
}

std::string line_style(std::size_t number, std::size_t count, bool rim) {
  constexpr std::array<const char*, 6> colours = {"#FFFFFF", "#FFE9A8", "#FDBB63",
                                                  "#F08030", "#CE4A1F", "#8E1D14"};
  const bool budget = number >= count;
  if (rim || budget) {
    return fmt::format("lw {} dt 1 lc rgb '#000000'", budget ? 3.6 : 4.6);
  }
  return fmt::format("lw 3 dt 1 lc rgb '{}'", colours[std::min(number, colours.size() - 1)]);
}

std::string phase_panel(const PanelFrame& panel, const PhaseDiagram& diagram, bool shares,
                        const std::string& decoration) {
  const std::string name = "panel_" + panel.letter;
  const std::vector<double> steps = shares ? median_steps(diagram) : first_seed_steps(diagram);
  std::string text = data_block(name, shares ? share_rows(diagram) : first_seed_rows(diagram)) +
                     open_panel(panel) + axes(diagram) + decoration;
  std::string plot = fmt::format(
      "plot ${0} using 1:2:3:4:5:6:7 with boxxyerror lc rgb variable fs solid noborder notitle",
      name);
  if (const Rows grid = grid_rows(diagram); !grid.empty()) {
    text += data_block(name + "_grid", grid);
    plot += fmt::format(
        ", ${}_grid using 1:2:3:4 with vectors nohead lw 1.2 lc rgb '#FFFFFF' notitle", name);
  }
  const auto lines = lines_of(diagram, steps);
  const std::vector<double> levels = contour_levels(diagram.budget);
  std::string cores;  // drawn after all rims
  for (std::size_t k = 0; k < lines.size(); ++k) {
    if (lines[k].empty()) {
      continue;
    }
    const bool budget = k == levels.size();
    const std::string block =
        name + (budget ? std::string("_outer") : fmt::format("_{:.0f}", levels[k]));
    const auto drawn = [&](bool rim) {
      return fmt::format(", ${} using 1:2:3:4 with vectors nohead {} notitle", block,
                         line_style(k, levels.size(), rim));
    };
    text += data_block(block, line_rows(diagram, straight_lines(lines[k])));
    plot += drawn(true);
    cores += budget ? "" : drawn(false);
  }
  plot += cores;
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
