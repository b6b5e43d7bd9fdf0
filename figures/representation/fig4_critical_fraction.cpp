// groktheory figure fig4: from which training fraction on there is one representation, by theory
// (r_c: P(n0 = 2) = 1/2 for random D) and for networks; and one run's own initial embeddings under
// the gradient flow of the effective loss. Source: Liu et al. 2022, Fig. 4, eq. 5-9.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "compare/statistics/intervals.hpp"
#include "figures/panels/lattice.hpp"
#include "figures/panels/traces.hpp"
#include "figures/panels/waiting.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"

namespace grok {
namespace {

using toy::Trajectories, toy::WaitingMedian, toy::WaitingRuns;

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto draws = settings.whole("draws", 1, 1'000'000);
  const auto seed = static_cast<std::uint64_t>(settings.whole("seed", 0, 1'000'000));
  const auto stride = settings.whole("trajectory_stride", 1, 1'000'000);
  settings.done();
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  toy::RunSpec single = toy::figure_runs(figure, "trajectory").at(0);
  single.representation_rate = runs.runs.at(0).representation_rate;  // the profile's
  const CriticalFractionData data{
      summarise_threshold(count_unique(task_of(single), draws, seed, context.workers.threads)),
      toy::collect_waiting(runs.runs, runs.records),
      toy::collect_trajectories(resolve(single, figure.stem),
                                trace_run(figure, context, single, stride))};
  return publish(figure, context, sheet_of(data), claims_of(data));
}

CsvTable trajectory_table(const Trajectories& run, const Eigen::MatrixXd& values) {
  CsvTable table = table_of(run.steps, column("step", std::identity()));
  std::vector<Eigen::VectorXd> rows;
  for (const auto& row : values.rowwise()) {
    rows.emplace_back(row);
  }
  add_symbols(table, "E", rows);
  return table;
}

Style predicted_mark() { return {.colour = look::vermilion, .width = 0.9, .dash = Dash::dashed}; }
Style measured_mark() { return {.colour = look::blue, .width = 0.9, .dash = Dash::dash_dot}; }

Panel probability_panel(const Estimate& critical, const CsvTable& table) {
  return Panel(fraction_axis(), share_axis("probability of a unique structure"))
      .title("Is there one linear structure?")
      .band(rows_of(table, {"fraction", "low", "high"}), faded(look::theory(), 0.3))
      .both(rows_of(table, {"fraction", "probability"}), look::theory(),
            "theory: nullity {/:Italic n}_0 = 2")
      .mark(critical, predicted_mark(), "{/:Italic r}_c = " + with_interval(critical));
}

Panel waiting_panel(const CriticalFractionData& data, const Sheet& sheet) {
  const auto budget = static_cast<double>(data.waiting.budget);
  const Estimate& predicted = data.theory.critical_fraction;
  Panel panel = waiting(fraction_axis(), "steps to RQI > 0.95", budget, sheet.table("b"),
                        "fraction", "steps_to_rqi");
  add_medians(panel, budget, sheet.table("b_median"), "fraction", "median_steps", "low", "high");
  panel.title("When do networks find it?")
      .mark(predicted, predicted_mark(), "predicted {/:Italic r}_c = " + with_interval(predicted));
  if (const auto& critical = data.waiting.critical.critical) {
    panel.mark(critical->estimate, measured_mark(),
               "measured {/:Italic r}_c = " + with_interval(critical->estimate));
  }
  return panel;
}

constexpr double shown_steps = 2000;  // of the trajectories, as published

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

std::vector<Panel> trajectory_panels(const Trajectories& run, const Sheet& sheet) {
  // In the panel, or in the legend alone if it is beyond.
  const auto mark = [](Panel& panel, const auto& step, Dash dash, const std::string& label) {
    const Style style{.colour = "#222222", .width = 0.9, .dash = dash};
    if (step && static_cast<double>(*step) <= shown_steps) {
      panel.mark(static_cast<double>(*step), style, label);
    } else {
      panel.entry({Swatch::line, style, label});
    }
  };
  Panel flow = trajectory_panel(sheet.table("c"), "Effective theory: gradient flow");
  mark(flow, run.n_h, Dash::dashed, "{/:Italic n}_h = 1/(λ_3 η): " + step_text(run.n_h));
  mark(flow, run.n_h ? std::optional(3 * *run.n_h) : std::nullopt, Dash::dotted,
       "3 {/:Italic n}_h");
  mark(flow, run.predicted_rqi, Dash::none, "RQI > 0.95: " + step_text(run.predicted_rqi));
  Panel trained = trajectory_panel(sheet.table("d"), "Trained network");
  mark(trained, run.trained_rqi, Dash::none, "RQI > 0.95: " + step_text(run.trained_rqi));
  return {std::move(flow), std::move(trained)};
}

constexpr const char* about = "about 0.4";

// P(unique) at one size, beside the official table of 10,000 draws.
Claim probability_claim(const ThresholdCurve& theory, Index train, std::int64_t unique) {
  const ThresholdPoint& point = theory.points.at(static_cast<std::size_t>(train) - 1);
  const Estimate official = wilson(unique, 10'000);
  return comparison_claim(
      fmt::format("probability of a unique structure at |D| = {}", train),
      "Liu et al. 2022, Fig. 4(a); table of the official code", with_interval(official, 4),
      fmt::format("{}, {} draws", with_interval(point.probability, 4), point.draws), "difference",
      difference_of(point.probability, official), within_difference(0, 0.02));
}

Claim critical_claim(const WaitingRuns& waiting) {
  const auto& critical = waiting.critical.critical;
  return open_claim(
      "networks find the line from the same fraction on", "Liu et al. 2022, Fig. 4(b)", about,
      critical ? fmt::format("{}, {}, {} steps", with_interval(critical->estimate),
                             runs_in_seeds(critical->count, critical->groups), waiting.budget)
               : waiting.critical.none,
      critical ? "the learning rates of the published panel are unknown, and the fraction depends "
                 "on them: no comparison; ours are the code's"
               : "");
}

Claim never_claim(const toy::WaitingOutcome& of) {
  return remarked(none_claim("no network finds the line where theory says it is not unique",
                             "Liu et al. 2022, section 3", of.reached, of.networks,
                             of.share ? of.share->estimate : Estimate{}),
                  of.share ? fmt::format("interval by {} seeds", of.share->groups) : "");
}

// The official code's three runs at its default rates.
Claim waiting_claim(double rate, const KaplanMeier& curve) {
  constexpr double code_rate = 1e-3, none = std::numeric_limits<double>::infinity();
  const Band band = within_factor(887, 1.25);
  const bool same = rate == code_rate;
  const Estimate median{curve.median.value_or(none), curve.median_low.value_or(0),
                        curve.median_high.value_or(none)};
  return ruled_claim("median steps to RQI > 0.95 at |D| = 45", "official code, 3 seeds",
                     "887 (833, 887, 1071)",
                     fmt::format("{} [{}, {}], {} of {} censored", step_text(curve.median),
                                 step_text(curve.median_low), step_text(curve.median_high),
                                 curve.censored, curve.count),
                     same ? judge(median, band) : Verdict::open, same ? band.text : "",
                     same ? ""
                          : fmt::format("embeddings learn at {}, not at the code's {}",
                                        to_text(rate), to_text(code_rate)));
}

}  // namespace

Sheet sheet_of(const CriticalFractionData& data) {
  using Point = ThresholdPoint;
  using One = toy::WaitingRun;
  using Median = WaitingMedian;
  const Trajectories& run = data.trajectories;
  const WaitingRuns& waiting = data.waiting;
  const toy::WaitingOutcome& unique = waiting.unique;
  const auto budget = [&](const auto&) { return waiting.budget; };
  const auto of = [](auto member) { return inside(&Median::curve, member); };
  Sheet sheet;
  sheet.table("a", table_of(data.theory.points, column("train", &Point::train),
                            column("fraction", &Point::fraction), column("draws", &Point::draws),
                            column("unique", &Point::unique),
                            column("probability", "low", "high", &Point::probability)));
  sheet.table("b", table_of(waiting.runs, column("train", &One::train), column("seed", &One::seed),
                            column("fraction", &One::fraction), column("steps_to_rqi", &One::steps),
                            column("budget", budget), column("unique", &One::unique),
                            column("diverged", &One::diverged)));
  sheet.table(
      "b_median",
      table_of(waiting.medians, column("train", &Median::train),
               column("fraction", &Median::fraction), column("networks", of(&KaplanMeier::count)),
               column("censored", of(&KaplanMeier::censored)),
               column("median_steps", of(&KaplanMeier::median)),
               column("low", of(&KaplanMeier::median_low)),
               column("high", of(&KaplanMeier::median_high)), column("budget", budget)));
  sheet.table("c", trajectory_table(run, run.flow)).table("d", trajectory_table(run, run.trained));
  sheet.row({probability_panel(data.theory.critical_fraction, sheet.table("a")),
             waiting_panel(data, sheet)});
  sheet.row(trajectory_panels(run, sheet));
  sheet.report(
      fmt::format("  {} networks, {} diverged (not there before: not reached); structure unique: "
                  "RQI > 0.95 reached by {} of {}{}\n",
                  waiting.runs.size(), waiting.diverged, unique.reached, unique.networks,
                  unique.share ? ", " + with_interval(unique.share->estimate) : "") +
      text_table(sheet.table("b_median")));
  return sheet.caption(fmt::format(
      "a: {} random training sets per size, 95% interval. b: the median is Kaplan and Meier's, an "
      "arrow an interval without upper end. c, d: one run, |D| = {}, seed {}; steps to RQI > 0.95 "
      "of its Adam flow: {}.",
      data.theory.points.front().draws, run.train, run.seed, step_text(run.adam_rqi)));
}

std::vector<Claim> claims_of(const CriticalFractionData& data) {
  const Estimate& critical = data.theory.critical_fraction;
  constexpr Index published_samples = 55;  // |D0|, p = 10
  if (std::ssize(data.theory.points) != published_samples) {
    return {};
  }
  std::vector<Claim> claims = {
      probability_claim(data.theory, 22, 4270), probability_claim(data.theory, 30, 9814),
      number_claim("the structure is unique from a critical fraction on",
                   "Liu et al. 2022, Fig. 4(a)", says(about, within_difference(0.4, 0.05)),
                   critical, fmt::format("{} draws", data.theory.points.front().draws), 4),
      critical_claim(data.waiting), never_claim(data.waiting.not_unique)};
  const auto& medians = data.waiting.medians;
  const auto at45 = std::ranges::find(medians, Index{45}, &WaitingMedian::train);
  if (at45 != medians.end()) {
    claims.push_back(waiting_claim(data.waiting.rate, at45->curve));
  }
  return claims;
}

Figure fig4_critical_fraction(std::string_view toml) {
  return {"fig4_critical_fraction", "Critical training fraction", true, toml, draw, toml};
}

}  // namespace grok
