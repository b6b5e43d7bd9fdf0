// A key and a number: runs as points, with medians over the runs of an x.
#include <algorithm>
#include <cmath>
#include <limits>

#include "figures/plot/plot_points.hpp"

namespace grok {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

CsvTable table_of_medians(const PlotData& data, const std::vector<PointMedian>& medians) {
  const std::string& y = data.columns.y->name;
  CsvTable table = table_of(
      medians, column("facet", &PointMedian::facet), column("colour", &PointMedian::colour),
      column(data.columns.x->name, &PointMedian::x_text),
      column("runs", [](const PointMedian& m) { return m.median.runs; }),
      column("censored", [](const PointMedian& m) { return m.median.censored; }),
      column("without", [](const PointMedian& m) { return m.median.without; }),
      column("median_" + y, "median_low", "median_high",
             [](const PointMedian& m) { return m.median.median; }));
  const std::vector<std::pair<const PlotColumn*, std::string>> named = {
      {data.columns.colour, "colour"}, {data.columns.facet, "facet"}};
  for (const auto& [column, name] : named) {
    const auto at = std::ranges::find(table.columns, name) - table.columns.begin();
    if (column != nullptr && (column->key || name == "facet")) {
      table.columns[static_cast<std::size_t>(at)] = column->name;
      continue;
    }
    table.columns.erase(table.columns.begin() + at);
    for (auto& row : table.rows) {
      row.erase(row.begin() + at);
    }
  }
  return table;
}

std::vector<PointMedian> medians_of(const PlotData& data, const PlotPanel& panel,
                                    const PointGroup& group, const PlotScale& x) {
  std::vector<PointMedian> medians;
  for (const auto& [text, rows] : rows_by(data.columns.x, common(group.rows, panel.rows))) {
    PointMedian one{
        panel.facet, group.value, text, 0, median_of(data.frame, *data.columns.y, rows), 0};
    one.x = x.at(data.frame, *data.columns.x, rows[0]).value_or(nothing);
    for (const std::size_t row : rows) {
      one.end = std::max(one.end, static_cast<double>(data.frame.budget(row)));
    }
    if (std::isfinite(one.x)) {
      medians.push_back(std::move(one));
    }
  }
  return medians;
}

}  // namespace

Plot draw_points(const PlotData& data) {
  require_numbers(data, *data.columns.y, "--y");
  const PlotScale x = scale_of(data.frame, *data.columns.x, "--log-x", data.asked.log_x);
  const PlotScale y = scale_of(data.frame, *data.columns.y, "--log-y", data.asked.log_y);
  PointPanels drawer(data, x, y, true);
  const bool by_colour = data.columns.colour != nullptr && data.columns.colour->key;
  const PointGroup everyone{"", {"", look::blue}, data.frame.all()};
  const auto groups = by_colour ? drawer.groups() : std::vector{everyone};
  std::vector<PointMedian> medians;
  std::vector<std::vector<std::vector<PointMedian>>> of_panels;  // of each group
  for (const PlotPanel& panel : data.panels) {
    auto& own = of_panels.emplace_back();
    for (const PointGroup& group : groups) {
      own.push_back(medians_of(data, panel, group, x));
      medians.insert(medians.end(), own.back().begin(), own.back().end());
    }
  }
  const bool several =
      std::ranges::any_of(medians, [](const PointMedian& m) { return m.median.runs > 1; });
  const Style runs = run_style(data.columns.colour != nullptr, several);
  const auto budget = any_censored(data, *data.columns.y) ? one_budget(data) : std::nullopt;
  std::vector<Panel> panels;
  for (std::size_t k = 0; k < data.panels.size(); ++k) {
    panels.push_back(drawer.axes(data.panels[k]));
    if (budget) {
      panels.back().level(*budget, look::reference());
    }
    drawer.add_runs(panels.back(), data.panels[k], runs);
    for (std::size_t g = 0; several && g < groups.size(); ++g) {
      drawer.add_medians(panels.back(), g, of_panels[k][g]);
    }
  }
  Plot plot{PlotKind::points, {}};
  plot.sheet.table("runs", run_table(data)).table("medians", table_of_medians(data, medians));
  plot.sheet.legend(drawer.legend(runs, several, budget));
  lay_out(plot.sheet, std::move(panels));
  if (drawer.side_by_side()) {
    plot.sheet.caption("Colours stand a little beside each other.");
  }
  if (std::ranges::any_of(medians, [](const PointMedian& m) { return m.median.several; })) {
    plot.sheet.caption(
        "No interval where runs of one seed are drawn together: they are not "
        "independent of each other.");
  }
  return plot;
}

}  // namespace grok
