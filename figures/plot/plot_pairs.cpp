// Two numbers: a point a run.
#include <algorithm>

#include "figures/plot/plot_points.hpp"

namespace grok {
namespace {

/// Two step counts have one scale, so that equal is a straight line.
bool one_scale_is_log(const PlotData& data) {
  std::vector<double> steps;
  for (const std::size_t row : data.frame.all()) {
    for (const PlotColumn* column : {data.columns.x, data.columns.y}) {
      steps.push_back(value_of(data.frame, *column, row)->value);
    }
  }
  const auto asked = data.asked.log_x ? data.asked.log_x : data.asked.log_y;
  const bool positive = std::ranges::all_of(steps, [](double value) { return value > 0; });
  return on_log_axis(steps, "--log-x, --log-y", "steps", positive ? asked.value_or(true) : asked);
}

}  // namespace

Plot draw_pairs(const PlotData& data) {
  for (const auto& [column, option] :
       {std::pair{data.columns.x, "--x"}, std::pair{data.columns.y, "--y"}}) {
    require_numbers(data, *column, option);
  }
  PlotScale x = scale_of(data.frame, *data.columns.x, "--log-x", data.asked.log_x);
  PlotScale y = scale_of(data.frame, *data.columns.y, "--log-y", data.asked.log_y);
  const bool steps = data.columns.x->event() && data.columns.y->event();
  if (steps) {
    for (Axis* axis : {&x.axis, &y.axis}) {
      *axis = {.label = axis->label, .log = one_scale_is_log(data)};
    }
  }
  PointPanels drawer(data, x, y, false);
  const Style runs = run_style(data.columns.colour != nullptr, false);
  const bool censored = any_censored(data, *data.columns.x) || any_censored(data, *data.columns.y);
  const auto budget = censored ? one_budget(data) : std::nullopt;
  std::vector<Panel> panels;
  for (const PlotPanel& panel : data.panels) {
    panels.push_back(drawer.axes(panel));
    if (budget && any_censored(data, *data.columns.y)) {
      panels.back().level(*budget, look::reference());
    }
    if (budget && any_censored(data, *data.columns.x)) {
      panels.back().mark(*budget, look::reference());
    }
    if (steps) {
      for (const std::size_t row : data.frame.all()) {
        for (const PlotColumn* column : {data.columns.x, data.columns.y}) {
          const double value = value_of(data.frame, *column, row)->value;
          panels.back().cover(value, value);  // axes alike
        }
      }
      panels.back().law("x", {.colour = look::black, .width = 0.7, .dash = Dash::dashed});
    }
    drawer.add_runs(panels.back(), panel, runs);
  }
  std::vector<Entry> legend = drawer.legend(runs, false, budget);
  if (steps) {
    legend.push_back(
        {Swatch::line, {.colour = look::black, .width = 0.7, .dash = Dash::dashed}, "equal"});
  }
  Plot plot{PlotKind::pairs, {}};
  plot.sheet.table("runs", run_table(data)).legend(std::move(legend));
  lay_out(plot.sheet, std::move(panels));
  return plot;
}

}  // namespace grok
