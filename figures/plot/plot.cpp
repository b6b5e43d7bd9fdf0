#include "figures/plot/plot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"
#include "figures/plot/plot_parts.hpp"

namespace grok {
namespace {

constexpr std::size_t most_panels = 12;

/// nullptr where none is asked for.
const PlotColumn* asked_column(const PlotFrame& frame, const std::string& option,
                               const std::string& name) {
  return name.empty() ? nullptr : &frame.column(option, name);
}

PlotColumns columns_of(const PlotAsked& asked, const PlotFrame& frame) {
  PlotColumns columns{asked_column(frame, "--x", asked.x), asked_column(frame, "--y", asked.y),
                      asked_column(frame, "--colour", asked.colour),
                      asked_column(frame, "--facet", asked.facet)};
  auto all = columns.all();
  std::ranges::sort(all);
  if (const auto twice = std::ranges::adjacent_find(all); twice != all.end()) {
    reject("plot", "column", "'" + (*twice)->name + "' twice", "each in one place");
  }
  for (const std::string& key : asked.pool) {
    if (!frame.column("--pool", key).key) {
      reject("plot", "--pool", "'" + key + "'", "a key of a run");
    }
  }
  return columns;
}

void require_runs(const PlotRuns& runs) {
  if (runs.runs.rows.empty()) {
    reject("plot", "runs", "0 in the store", "1 or more");
  }
}

std::vector<PlotPanel> panels_of(const PlotFrame& frame, const PlotColumn* facet) {
  std::vector<PlotPanel> panels;
  for (const auto& [value, rows] : rows_by(facet, frame.all())) {
    const std::string text = value.empty() ? "none" : value;
    panels.push_back({facet == nullptr ? "" : facet->words() + " = " + text, value, rows});
  }
  if (panels.size() > most_panels) {
    reject("plot", "--facet", fmt::format("'{}' with {} values", facet->name, panels.size()),
           fmt::format("at most {} (--where)", most_panels));
  }
  return panels;
}

/// What cells are coloured by unless it is said.
const PlotColumn& usual_colour(const PlotFrame& frame) {
  const Field* phase = find_field(frame.model().results(), Role::phase);
  if (phase == nullptr) {
    reject("plot", "--colour", "nothing", "a column to colour the cells of two keys by");
  }
  return frame.column("--colour", phase->key);
}

PlotKind kind_of(const PlotColumns& columns) {
  for (const auto& [column, option] : {std::pair{columns.x, "--x"}, std::pair{columns.y, "--y"}}) {
    if (column == nullptr) {
      reject("plot", option, "nothing", "a column");
    }
  }
  if (!columns.x->key && columns.y->key) {
    reject("plot", "--x",
           fmt::format("'{}' with the key {} on y", columns.x->name, columns.y->name),
           fmt::format("--x {} --y {}", columns.y->name, columns.x->name));
  }
  return columns.y->key ? PlotKind::cells : columns.x->key ? PlotKind::points : PlotKind::pairs;
}

}  // namespace

const char* name_of(PlotKind kind) {
  switch (kind) {
    case PlotKind::cells:
      return "cells";
    case PlotKind::dots:
      return "dots";
    case PlotKind::points:
      return "points";
    case PlotKind::pairs:
      return "pairs";
    case PlotKind::curves:
      return "curves";
  }
  throw Error("name_of: no such kind");
}

Plot plot_runs(const PlotAsked& asked, const PlotRuns& runs) {
  require_runs(runs);
  const PlotFrame frame(*runs.model, runs.runs);
  PlotData data{asked, frame, columns_of(asked, frame), {}};
  const PlotKind kind = kind_of(data.columns);
  if (kind == PlotKind::cells && data.columns.colour == nullptr) {
    data.columns.colour = &usual_colour(frame);
  }
  data.panels = panels_of(frame, data.columns.facet);
  if (kind != PlotKind::pairs) {  // where every run is drawn by itself, nothing is drawn together
    require_alike(data, shown_keys(data.columns));
  }
  Plot plot = kind == PlotKind::cells    ? draw_cells(data, runs)
              : kind == PlotKind::points ? draw_points(data)
                                         : draw_pairs(data);
  add_caption(plot, data, runs.missing);
  return plot;
}

Plot plot_curves(const PlotAsked& asked, const PlotRuns& runs, const CsvTable& curves) {
  require_runs(runs);
  const PlotFrame frame(*runs.model, runs.runs);
  PlotAsked of_runs = asked;  // x and y are columns of the curves
  of_runs.x = of_runs.y = "";
  PlotData data{of_runs, frame, columns_of(of_runs, frame), {}};
  data.panels = panels_of(frame, data.columns.facet);
  Plot plot = draw_curves(data, asked, curves);
  add_caption(plot, data, runs.missing);
  return plot;
}

}  // namespace grok
