// The picture of figures/representation/fig4_critical_fraction.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/errors.hpp"
#include "figures/representation/fig4_critical_fraction.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* blue = "#0072B2";
constexpr const char* vermilion = "#D55E00";
constexpr std::int64_t shown_steps = 2000;  // of the trajectories, as published
constexpr const char* fraction_label =
    "set xrange [0:1]\n"
    "set xlabel 'training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|'\n";

std::string probability_panel(const Panel& panel, const CriticalFractionData& data) {
  std::vector<std::vector<double>> rows;
  for (const ThresholdPoint& point : data.theory.points) {
    rows.push_back(
        {point.fraction, point.probability.value, point.probability.low, point.probability.high});
  }
  const Estimate& critical = data.theory.critical_fraction;
  return number_block("probability", rows) + open_panel(panel) + fraction_label +
         "set yrange [0:1.04]\nset ylabel 'probability of a unique linear structure'\n" +
         vertical_band(critical, vermilion) + vertical_line(critical.value, vermilion, 2) +
         fmt::format(
             "plot $probability using 1:3:4 with filledcurves fc rgb '{0}' fs solid 0.3 noborder "
             "notitle, "
             "$probability using 1:2 with linespoints lt 2 lw 1.3 pt 7 ps 0.45 title 'theory: "
             "nullity {{/:Italic n}}_0 = 2, {1} random {{/:Italic D}} per size, 95% interval', "
             "keyentry with lines lt 2 dt 2 title '{{/:Italic r}}_c = {2}'\n",
             vermilion, data.draws, with_interval(critical));
}

std::string waiting_blocks(const WaitingData& data) {
  std::vector<std::pair<double, double>> reached, censored;
  const auto budget = static_cast<double>(data.budget);
  for (const WaitingRun& run : data.runs) {
    if (run.steps) {
      reached.emplace_back(run.fraction, static_cast<double>(*run.steps));
    } else {
      censored.emplace_back(run.fraction, budget);
    }
  }
  const Multiplicity many = count_points(censored);
  std::vector<std::vector<double>> medians, intervals, open;
  for (const WaitingMedian& m : data.medians) {
    const KaplanMeier& curve = m.curve;
    if (curve.median) {
      medians.push_back({m.fraction, *curve.median});
    }
    if (curve.median_low && curve.median_high) {
      intervals.push_back({m.fraction, *curve.median_low, *curve.median_high});
    } else if (curve.median_low) {
      open.push_back({m.fraction, *curve.median_low, budget});
    }
  }
  return number_block("reached", sized_rows(count_points(reached), 0.9, 1)) +
         number_block("censored", sized_rows(many, 1.9, largest_count(many))) +
         number_block("medians", medians) + number_block("intervals", intervals) +
         number_block("open", open);
}

/// gnuplot refuses a plot of an empty block.
std::string plot_if(bool wanted, const std::string& text) { return wanted ? ", " + text : ""; }

std::string waiting_plot(const CriticalFractionData& data) {
  const WaitingData& waiting = data.waiting;
  const auto any = [&waiting](auto&& test) {
    return std::any_of(waiting.medians.begin(), waiting.medians.end(), test);
  };
  const auto reached = std::count_if(waiting.runs.begin(), waiting.runs.end(),
                                     [](const WaitingRun& run) { return run.steps.has_value(); });
  const auto censored = std::ssize(waiting.runs) - reached;
  std::string text =
      fmt::format("plot {} with lines lc rgb '#999999' lw 1.2 dt 3 title 'budget: {} steps'",
                  waiting.budget, waiting.budget);
  text +=
      plot_if(reached > 0, fmt::format("$reached using 1:2:4 with points pt 7 ps variable lw "
                                       "0.4 lc rgb '#700072B2' title 'networks there ({} of {})'",
                                       reached, waiting.runs.size()));
  text += plot_if(censored > 0,
                  fmt::format("$censored using 1:2:4 with points pt 8 ps variable lw 1.6 lc rgb "
                              "'{}' title 'censored ({}; area ∝ number)'",
                              blue, censored));
  text +=
      plot_if(any([](const WaitingMedian& m) { return m.curve.median_low && m.curve.median_high; }),
              "$intervals using 1:2:(0):($3-$2) with vectors heads size screen 0.004,90 lt 8 lw "
              "1.4 notitle");
  text += plot_if(
      any([](const WaitingMedian& m) { return m.curve.median_low && !m.curve.median_high; }),
      "$open using 1:2:(0):($3-$2) with vectors head filled size screen 0.006,20 lt 8 lw 1.4 "
      "title 'interval open above'");
  text += plot_if(any([](const WaitingMedian& m) { return m.curve.median.has_value(); }),
                  "$medians using 1:2 with linespoints lt 8 lw 1.4 pt 7 ps 0.6 title 'median "
                  "(Kaplan–Meier), 95% interval'");
  text += fmt::format(", keyentry with lines lt 2 dt 2 title 'predicted {{/:Italic r}}_c = {}'",
                      with_interval(data.theory.critical_fraction));
  if (waiting.critical) {
    text += fmt::format(", keyentry with lines lt 1 dt 4 title 'measured {{/:Italic r}}_c = {}'",
                        with_interval(waiting.critical->estimate));
  }
  return text + "\n";
}

std::string waiting_panel(const Panel& panel, const CriticalFractionData& data) {
  std::string text = waiting_blocks(data.waiting) + open_panel(panel) + fraction_label;
  const Estimate& predicted = data.theory.critical_fraction;
  text += vertical_band(predicted, vermilion) + vertical_line(predicted.value, vermilion, 2);
  if (data.waiting.critical) {
    const Estimate& measured = data.waiting.critical->estimate;
    text += vertical_band(measured, blue) + vertical_line(measured.value, blue, 4);
  }
  text += fmt::format(
      "set logscale y\nset format y '10^{{%L}}'\nset yrange [*:{}]\n"
      "set ylabel 'steps to RQI > 0.95'\n",
      2 * data.waiting.budget);
  return text + "set key maxcols 2 maxrows 4 width -6\n" + waiting_plot(data);
}

/// Viridis without its lightest end: ordered, and safe for the colour-blind.
std::string symbol_colour(Eigen::Index symbol, Eigen::Index symbols) {
  static constexpr std::array<const char*, 10> colours = {
      "#440154", "#482475", "#414487", "#355f8d", "#2a788e",
      "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26"};
  const auto last = std::max<Eigen::Index>(1, symbols - 1);
  return colours[static_cast<std::size_t>(symbol * 9 / last)];
}

/// A grey of its own for each dash: gnuplot's SVG gives neighbouring arrows of one colour one dash.
std::string mark_colour(int dash) {
  static constexpr std::array<const char*, 3> greys = {"#222222", "#383838", "#4c4c4c"};
  return greys.at(static_cast<std::size_t>(dash - 1));
}

std::string marked_step(const std::optional<double>& step, int dash) {
  return step && *step <= static_cast<double>(shown_steps)
             ? vertical_line(*step, mark_colour(dash), dash)
             : "";
}

struct Mark {
  std::optional<double> step;
  int dash;
  std::string title;
};

std::string trajectory_panel(const Panel& panel, const Trajectories& run,
                             const Eigen::MatrixXd& values, const std::string& block,
                             const std::vector<Mark>& marks) {
  std::vector<std::vector<double>> rows;
  Eigen::Index last = 0;
  for (Eigen::Index k = 0; k < values.rows(); ++k) {
    const std::int64_t step = run.steps[static_cast<std::size_t>(k)];
    if (step > shown_steps) {
      break;
    }
    last = k;
    rows.push_back({static_cast<double>(step)});
    for (Eigen::Index symbol = 0; symbol < values.cols(); ++symbol) {
      rows.back().push_back(values(k, symbol));
    }
  }
  std::string text = number_block(block, rows) + open_panel(panel);
  text += fmt::format(
      "set xrange [0:{}]\nset yrange [-2.2:2.2]\nset xlabel 'optimiser steps {{/:Italic n}} = "
      "{{/:Italic t}}/η'\nset ylabel 'standardised embedding {{/:Italic Ẽ}}_k'\n",
      shown_steps);
  std::string plot = "plot ";
  for (Eigen::Index symbol = 0; symbol < values.cols(); ++symbol) {
    const std::string colour = symbol_colour(symbol, values.cols());
    text += fmt::format("set label {} '{}' at graph 1.015,first {} left textcolor rgb '{}'\n",
                        100 + symbol, symbol, to_text(values(last, symbol)), colour);
    plot += fmt::format("{}${} using 1:{} with lines lw 2.2 lc rgb '{}' notitle",
                        symbol == 0 ? "" : ", ", block, symbol + 2, colour);
  }
  for (const Mark& mark : marks) {
    text += marked_step(mark.step, mark.dash);
    plot += fmt::format(", keyentry with lines lw 2 dt {} lc rgb '{}' title {}", mark.dash,
                        mark_colour(mark.dash), quoted(mark.title));
  }
  return text + plot + "\nunset for [k=100:" + std::to_string(99 + values.cols()) + "] label k\n";
}

std::optional<double> as_double(const std::optional<std::int64_t>& value) {
  return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

std::string steps_or_none(const std::optional<double>& value) {
  return value ? rounded(*value) + " steps" : "not reached";
}

std::string trajectory_panels(const Panel& left, const Panel& right, const Trajectories& run) {
  const auto three = run.n_h ? std::optional<double>(3 * *run.n_h) : std::nullopt;
  const auto flow = as_double(run.predicted_rqi), trained = as_double(run.trained_rqi);
  return trajectory_panel(left, run, run.flow, "flow",
                          {{run.n_h, 2, "{/:Italic n}_h = 1/(λ_3 η) = " + steps_or_none(run.n_h)},
                           {three, 3, "3 {/:Italic n}_h"},
                           {flow, 1, "RQI > 0.95 at " + steps_or_none(flow)}}) +
         trajectory_panel(right, run, run.trained, "trained",
                          {{trained, 1, "RQI > 0.95 at " + steps_or_none(trained)}});
}

CsvTable probability_table(const CriticalFractionData& data) {
  CsvTable table{{"train", "fraction", "draws", "unique", "probability", "low", "high"}, {}};
  for (const ThresholdPoint& p : data.theory.points) {
    table.rows.push_back({fmt::format("{}", p.train), to_text(p.fraction),
                          fmt::format("{}", p.draws), fmt::format("{}", p.unique),
                          to_text(p.probability.value), to_text(p.probability.low),
                          to_text(p.probability.high)});
  }
  return table;
}

CsvTable waiting_table(const WaitingData& data) {
  CsvTable table{{"train", "seed", "fraction", "steps_to_rqi", "budget", "unique", "diverged"}, {}};
  for (const WaitingRun& run : data.runs) {
    table.rows.push_back({fmt::format("{}", run.train), fmt::format("{}", run.seed),
                          to_text(run.fraction), run.steps ? fmt::format("{}", *run.steps) : "",
                          fmt::format("{}", data.budget), run.unique ? "1" : "0",
                          run.diverged ? "1" : "0"});
  }
  return table;
}

CsvTable median_table(const WaitingData& data) {
  CsvTable table{{"train", "fraction", "networks", "censored", "median_steps", "low", "high"}, {}};
  for (const WaitingMedian& m : data.medians) {
    table.rows.push_back({fmt::format("{}", m.train), to_text(m.fraction),
                          fmt::format("{}", m.curve.count), fmt::format("{}", m.curve.censored),
                          cell(m.curve.median), cell(m.curve.median_low),
                          cell(m.curve.median_high)});
  }
  return table;
}

CsvTable trajectory_table(const Trajectories& run, const Eigen::MatrixXd& values) {
  CsvTable table{{"step"}, {}};
  for (Eigen::Index symbol = 0; symbol < values.cols(); ++symbol) {
    table.columns.push_back(fmt::format("E{}", symbol));
  }
  for (Eigen::Index k = 0; k < values.rows(); ++k) {
    table.rows.push_back({fmt::format("{}", run.steps[static_cast<std::size_t>(k)])});
    for (Eigen::Index symbol = 0; symbol < values.cols(); ++symbol) {
      table.rows.back().push_back(to_text(values(k, symbol)));
    }
  }
  return table;
}

}  // namespace

Drawing draw_critical_fraction(const CriticalFractionData& data, const std::string& command) {
  const Trajectories& run = data.trajectories;
  constexpr double left = 0.065, middle = 0.475, next = 0.565, right = 0.975;
  constexpr double head1 = 0.975, top1 = 0.865, bottom1 = 0.575;
  constexpr double head2 = 0.485, top2 = 0.400, bottom2 = 0.085;
  const std::string which = fmt::format(", |{{/:Italic D}}| = {}, seed {}", run.train, run.seed);
  Drawing drawing;
  drawing.width = 1500;
  drawing.height = 1180;
  drawing.script =
      "set multiplot\n" + footer(command) +
      probability_panel({left, middle, bottom1, top1, head1, "a", "Is there one linear structure?"},
                        data) +
      "unset label 99\n" +
      waiting_panel({next, right, bottom1, top1, head1, "b", "When do networks find it?"}, data) +
      trajectory_panels(
          {left, middle, bottom2, top2, head2, "c", "Effective theory: gradient flow" + which},
          {next, right, bottom2, top2, head2, "d", "Trained network" + which}, run) +
      "unset multiplot\n";
  drawing.tables = {{"a", probability_table(data)},
                    {"b", waiting_table(data.waiting)},
                    {"b_median", median_table(data.waiting)},
                    {"c", trajectory_table(run, run.flow)},
                    {"d", trajectory_table(run, run.trained)}};
  return drawing;
}

}  // namespace grok
