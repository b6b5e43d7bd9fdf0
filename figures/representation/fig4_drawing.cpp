// The picture of figures/representation/fig4_critical_fraction.hpp.
#include <fmt/format.h>

#include "figures/panels/text.hpp"
#include "figures/panels/traces.hpp"
#include "figures/panels/waiting.hpp"
#include "figures/representation/fig4_critical_fraction.hpp"

namespace grok {
namespace {

constexpr double shown_steps = 2000;  // of the trajectories, as published

Style predicted_mark() { return {.colour = look::vermilion, .width = 0.9, .dash = Dash::dashed}; }
Style measured_mark() { return {.colour = look::blue, .width = 0.9, .dash = Dash::dash_dot}; }

Panel probability_panel(const CriticalFractionData& data, const CsvTable& table) {
  const Estimate& critical = data.theory.critical_fraction;
  Style band = look::theory();
  band.opacity = 0.3;
  return Panel(fraction_axis(), share_axis("probability of a unique structure"))
      .title("Is there one linear structure?")
      .band(rows_of(table, {"fraction", "low", "high"}), band)
      .line(rows_of(table, {"fraction", "probability"}), look::theory())
      .points(rows_of(table, {"fraction", "probability"}), look::theory())
      .entry({Swatch::both, look::theory(), "theory: nullity {/:Italic n}_0 = 2"})
      .mark(critical, predicted_mark(), "{/:Italic r}_c = " + with_interval(critical));
}

Panel waiting_panel(const CriticalFractionData& data, const CsvTable& runs,
                    const CsvTable& medians) {
  const auto budget = static_cast<double>(data.waiting.budget);
  const Estimate& predicted = data.theory.critical_fraction;
  Panel panel =
      waiting(fraction_axis(), "steps to RQI > 0.95", budget, runs, "fraction", "steps_to_rqi");
  add_medians(panel, budget, medians, "fraction", "median_steps", "low", "high");
  panel.title("When do networks find it?")
      .mark(predicted, predicted_mark(), "predicted {/:Italic r}_c = " + with_interval(predicted));
  if (const auto& critical = data.waiting.critical.critical) {
    panel.mark(critical->estimate, measured_mark(),
               "measured {/:Italic r}_c = " + with_interval(critical->estimate));
  }
  return panel;
}

Panel trajectory_panel(const CsvTable& table, const std::string& title) {
  std::vector<std::pair<std::string, std::string>> symbols;
  for (std::size_t k = 1; k < table.columns.size(); ++k) {
    symbols.emplace_back(table.columns[k], std::to_string(k - 1));
  }
  return traces(linear_axis("optimiser steps {/:Italic n} = {/:Italic t}/η", 0, shown_steps),
                linear_axis("standardised embedding {/:Italic Ẽ}_k", -2.2, 2.2), table, "step",
                symbols)
      .title(title);
}

/// A step in the panel, or in the legend alone if it is beyond.
void mark_step(Panel& panel, const std::optional<double>& step, Dash dash,
               const std::string& label) {
  const Style style{.colour = "#222222", .width = 0.9, .dash = dash};
  if (step && *step <= shown_steps) {
    panel.mark(*step, style, label);
  } else {
    panel.entry({Swatch::line, style, label});
  }
}

std::optional<double> as_double(const std::optional<std::int64_t>& value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

std::vector<Panel> trajectory_panels(const Trajectories& run, const CsvTable& flow_table,
                                     const CsvTable& trained_table) {
  Panel flow = trajectory_panel(flow_table, "Effective theory: gradient flow");
  mark_step(flow, run.n_h, Dash::dashed, "{/:Italic n}_h = 1/(λ_3 η): " + step_text(run.n_h));
  mark_step(flow, run.n_h ? std::optional(3 * *run.n_h) : std::nullopt, Dash::dotted,
            "3 {/:Italic n}_h");
  mark_step(flow, as_double(run.predicted_rqi), Dash::none,
            "RQI > 0.95: " + step_text(run.predicted_rqi));
  Panel trained = trajectory_panel(trained_table, "Trained network");
  mark_step(trained, as_double(run.trained_rqi), Dash::none,
            "RQI > 0.95: " + step_text(run.trained_rqi));
  return {std::move(flow), std::move(trained)};
}

CsvTable trajectory_table(const Trajectories& run, const Eigen::MatrixXd& values) {
  CsvTable table{{"step"}, {}};
  for (Eigen::Index symbol = 0; symbol < values.cols(); ++symbol) {
    table.columns.push_back(fmt::format("E{}", symbol));
  }
  for (Eigen::Index k = 0; k < values.rows(); ++k) {
    auto& row = table.rows.emplace_back();
    add_cells(row, run.steps[static_cast<std::size_t>(k)]);
    for (const double value : values.row(k)) {
      add_cells(row, value);
    }
  }
  return table;
}

}  // namespace

Sheet sheet_of(const CriticalFractionData& data) {
  using Point = ThresholdPoint;
  const WaitingData& waiting = data.waiting;
  const Trajectories& run = data.trajectories;
  Sheet sheet;
  sheet.table("a", table_of(data.theory.points, column("train", &Point::train),
                            column("fraction", &Point::fraction), column("draws", &Point::draws),
                            column("unique", &Point::unique),
                            column("probability", "low", "high", &Point::probability)));
  sheet.table(
      "b",
      table_of(waiting.runs, column("train", &WaitingRun::train), column("seed", &WaitingRun::seed),
               column("fraction", &WaitingRun::fraction),
               column("steps_to_rqi", &WaitingRun::steps),
               column("budget", [&](const WaitingRun&) { return waiting.budget; }),
               column("unique", &WaitingRun::unique), column("diverged", &WaitingRun::diverged)));
  sheet.table("b_median", median_table(waiting));
  sheet.table("c", trajectory_table(run, run.flow));
  sheet.table("d", trajectory_table(run, run.trained));
  sheet.row({probability_panel(data, sheet.table("a")),
             waiting_panel(data, sheet.table("b"), sheet.table("b_median"))});
  sheet.row(trajectory_panels(run, sheet.table("c"), sheet.table("d")));
  sheet.caption(fmt::format(
      "a: {} random training sets per size, 95% interval. b: the median is Kaplan and Meier's, an "
      "arrow an interval without upper end. c, d: one run, |D| = {}, seed {}.",
      data.draws, run.train, run.seed));
  return sheet;
}

}  // namespace grok
