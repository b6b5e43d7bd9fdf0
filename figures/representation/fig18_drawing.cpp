// The picture of figures/representation/fig18_permutations.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"
#include "figures/representation/fig18_permutations.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* blue = "#0072B2";
constexpr const char* vermilion = "#D55E00";
constexpr const char* see_through_blue = "#600072B2";  // AARRGGBB, AA = 00 is opaque
constexpr double largest_symbol = 1.8, published_critical = 0.5;
constexpr const char* fraction_label =
    "set xrange [0:1]\n"
    "set xlabel 'training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|'\n";

using Points = std::vector<std::pair<double, double>>;

Points points_of(const PermutationData& data, double PermutationRun::*x,
                 double PermutationRun::*y) {
  Points points;
  for (const PermutationRun& run : data.runs) {
    if (!run.diverged) {
      points.emplace_back(run.*x, run.*y);
    }
  }
  return points;
}

std::string sized_block(const std::string& name, const Points& points, double largest) {
  const Multiplicity many = count_points(points);
  return number_block(name, sized_rows(many, largest, largest_count(many)));
}

/// Columns: 1 fraction; 2-4 RQI, 5 best RQI, 6 ideal RQI; 7-9 Acc, 10 best Acc; 11-13 predicted
/// Acc, 14 ideal Acc.
std::string size_block(const PermutationData& data) {
  std::vector<std::vector<double>> rows;
  for (const PermutationSize& s : data.sizes) {
    if (s.count > 0) {
      rows.push_back({s.fraction, s.rqi.value, s.rqi.low, s.rqi.high, s.best_rqi, s.ideal_rqi,
                      s.accuracy.value, s.accuracy.low, s.accuracy.high, s.best_accuracy,
                      s.predicted.value, s.predicted.low, s.predicted.high, s.ideal_accuracy});
    }
  }
  return number_block("sizes", rows);
}

/// One number of every network against the fraction, its mean, and two lines if asked for.
struct SharePanel {
  std::string points, ylabel;
  int mean;   // column of $sizes: mean, low, high
  int best;   // 0: not drawn
  int ideal;  // 0: not drawn
  std::string ideal_title, colour;
  bool trained = false;  // the line of the training samples alone
};

std::string share_panel(const PanelFrame& panel, const SharePanel& p) {
  std::string text = open_panel(panel) + fraction_label + "set yrange [0:1.04]\n" +
                     fmt::format("set ylabel {} offset 1.4,0\nplot ", quoted(p.ylabel));
  if (p.trained) {
    text += "x with lines lc rgb '#999999' lw 1.5 dt 2 title 'the training samples alone', ";
  }
  if (p.ideal > 0) {
    text += fmt::format(
        "$sizes using 1:{} with points pt 4 ps 0.9 lc rgb '#009E73' lw 1.6 title "
        "{}, ",
        p.ideal, quoted(p.ideal_title));
  }
  text += fmt::format(
      "${} using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '{}' title "
      "'networks (area ∝ their number)', ",
      p.points, p.colour);
  if (p.best > 0) {
    text +=
        fmt::format("$sizes using 1:{} with lines lt 8 lw 1.4 dt 3 title 'best network', ", p.best);
  }
  return text + fmt::format(
                    "$sizes using 1:{0}:(0):(${1}-${0}) with vectors heads size screen 0.004,90 "
                    "lt 8 lw 1.4 title 'mean, 95% interval', "
                    "$sizes using 1:{2} with points lt 8 pt 7 ps 0.4 notitle\n",
                    p.mean + 1, p.mean + 2, p.mean);
}

std::string waiting_blocks(const PermutationData& data) {
  Points reached, censored;
  for (const PermutationRun& run : data.runs) {
    (run.steps ? reached : censored)
        .emplace_back(run.fraction, static_cast<double>(run.steps.value_or(data.budget)));
  }
  std::vector<std::vector<double>> best, medians;
  for (const PermutationSize& s : data.sizes) {
    if (s.best_steps) {
      best.push_back({s.fraction, static_cast<double>(*s.best_steps)});
    }
    if (s.waiting.median) {
      medians.push_back({s.fraction, *s.waiting.median});
    }
  }
  return number_block("there", sized_rows(count_points(reached), 0.9, 1)) +
         sized_block("censored", censored, 1.9) + number_block("best", best) +
         number_block("medians", medians);
}

/// gnuplot refuses a plot of an empty block.
std::string plot_if(bool wanted, const std::string& text) { return wanted ? ", " + text : ""; }

std::string waiting_panel(const PanelFrame& panel, const PermutationData& data) {
  const auto reached =
      std::count_if(data.runs.begin(), data.runs.end(),
                    [](const PermutationRun& run) { return run.steps.has_value(); });
  const auto censored = std::ssize(data.runs) - reached;
  const bool any_median =
      std::any_of(data.sizes.begin(), data.sizes.end(),
                  [](const PermutationSize& s) { return s.waiting.median.has_value(); });
  std::string text = waiting_blocks(data) + open_panel(panel) + fraction_label +
                     vertical_line(published_critical, "#D55E00", 2);
  if (data.best_critical) {
    text += vertical_band(data.best_critical->estimate, "#444444");
  }
  text += fmt::format(
      "set logscale y\nset format y '10^{{%L}}'\nset yrange [*:{}]\n"
      "set ylabel 'steps to RQI > 0.95' offset 0.2,0\n"
      "plot {} with lines lc rgb '#999999' lw 1.2 dt 3 title 'budget: {} steps'",
      2 * data.budget, data.budget, data.budget);
  text += plot_if(reached > 0,
                  fmt::format("$there using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '{}' "
                              "title 'networks there ({} of {})'",
                              see_through_blue, reached, data.runs.size()));
  text += plot_if(censored > 0,
                  fmt::format("$censored using 1:2:4 with points pt 8 ps variable lw 1.6 lc rgb "
                              "'{}' title 'censored ({}; area ∝ number)'",
                              blue, censored));
  text += plot_if(any_median,
                  "$medians using 1:2 with points lt 8 pt 6 ps 1.1 lw 1.8 title 'median "
                  "(Kaplan–Meier)'");
  text += ", keyentry with lines lt 2 dt 2 title 'published {/:Italic r}_c = 0.5'";
  text += plot_if(reached > 0, "$best using 1:2 with lines lt 8 lw 1.4 dt 3 title 'best network'");
  text +=
      plot_if(data.best_critical.has_value(),
              "keyentry with filledcurves fc rgb '#444444' fs transparent solid 0.18 noborder "
              "title 'from " +
                  (data.best_critical ? with_interval(data.best_critical->estimate) : "") + " on'");
  return text + "\n";
}

std::string agreement_panel(const PanelFrame& panel, const PermutationData& data) {
  std::string text = open_panel(panel);
  text +=
      "set xrange [0:1.04]\nset yrange [0:1.04]\n"
      "set xlabel 'predicted accuracy'\nset ylabel 'accuracy' offset 1.4,0\n";
  std::vector<std::string> lines = {
      fmt::format("below: {} of {} (accuracy < 1), {}", data.below, data.binding,
                  with_interval(data.below_share, 2)),
      fmt::format("above {}, equal {}; {} seeds", data.above, data.equal, data.seeds)};
  if (data.correlation.count > 0) {
    lines.push_back(fmt::format("correlation {}", with_interval(data.correlation.estimate)));
  }
  return text + caption(panel.left, panel.head - 0.064, 0.019, lines) +
         "plot x with lines lt 2 dt 2 title 'equal', "
         "$pairs using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '" +
         see_through_blue + "' title 'networks (area ∝ their number)'\n";
}

std::string curve_block(const std::string& name, const ThresholdCurve& curve) {
  std::vector<std::vector<double>> rows;
  for (const ThresholdPoint& p : curve.points) {
    rows.push_back({p.fraction, p.probability.value, p.probability.low, p.probability.high});
  }
  return number_block(name, rows);
}

std::string reached_panel(const PanelFrame& panel, const PermutationData& data) {
  std::vector<std::vector<double>> rows;
  for (const PermutationSize& s : data.sizes) {
    rows.push_back({s.fraction, s.reached.value, s.reached.low, s.reached.high});
  }
  std::string text = number_block("reached", rows) + curve_block("both", data.both) +
                     curve_block("chain", data.chain) + open_panel(panel) + fraction_label +
                     "set yrange [0:1.04]\nset ylabel 'probability' offset 1.4,0\n";
  if (data.critical) {
    text += vertical_band(data.critical->estimate, blue) +
            vertical_line(data.critical->estimate.value, blue, 4);
  }
  text += fmt::format(
      "plot $both using 1:2 with linespoints lt 2 lw 1.4 pt 7 ps 0.4 title '{{/:Italic D}} implies "
      "all of {{/:Italic P}}_0 ({0} draws)', "
      "$chain using 1:2 with linespoints lt 4 lw 1.4 pt 5 ps 0.4 title 'the paper''s rule alone', "
      "$reached using 1:3:(0):($4-$3) with vectors heads size screen 0.004,90 lt 1 lw 1.4 notitle, "
      "$reached using 1:2 with points lt 1 pt 7 ps 0.9 title 'RQI > 0.95 in {1} steps, 95% "
      "interval'",
      data.draws, data.budget);
  text += data.critical ? fmt::format(
                              ", keyentry with lines lt 1 dt 4 title 'half of the "
                              "networks: {}'",
                              with_interval(data.critical->estimate))
                        : ", keyentry with lines lc rgb '#ffffff' title 'half of the networks: not "
                          "reached'";
  return text + "\n";
}

CsvTable run_table(const PermutationData& data) {
  CsvTable table{{"train", "seed", "fraction", "rqi", "steps_to_rqi", "budget", "accuracy",
                  "predicted_accuracy", "ideal_rqi", "ideal_accuracy", "complete", "diverged"},
                 {}};
  for (const PermutationRun& run : data.runs) {
    const auto number = [&run](double value) { return run.diverged ? "" : to_text(value); };
    table.rows.push_back(
        {fmt::format("{}", run.train), fmt::format("{}", run.seed), to_text(run.fraction),
         number(run.rqi), run.steps ? fmt::format("{}", *run.steps) : "",
         fmt::format("{}", data.budget), number(run.accuracy), number(run.predicted),
         to_text(run.ideal_rqi), to_text(run.ideal_accuracy), run.complete ? "1" : "0",
         run.diverged ? "1" : "0"});
  }
  return table;
}

CsvTable size_table(const PermutationData& data) {
  CsvTable table{{"train", "fraction", "networks", "finished", "reached", "reached_low",
                  "reached_high", "best_steps", "median_steps", "best_rqi", "rqi", "rqi_low",
                  "rqi_high", "accuracy", "accuracy_low", "accuracy_high", "predicted_accuracy",
                  "predicted_accuracy_low", "predicted_accuracy_high"},
                 {}};
  for (const PermutationSize& s : data.sizes) {
    const auto best =
        s.best_steps ? std::optional(static_cast<double>(*s.best_steps)) : std::optional<double>();
    std::vector<std::string> row = {fmt::format("{}", s.train), to_text(s.fraction),
                                    fmt::format("{}", s.waiting.count), fmt::format("{}", s.count)};
    for (const std::optional<double>& value :
         {std::optional(s.reached.value), std::optional(s.reached.low),
          std::optional(s.reached.high), best, s.waiting.median, std::optional(s.best_rqi)}) {
      row.push_back(cell(value));
    }
    for (const Estimate& e : {s.rqi, s.accuracy, s.predicted}) {
      row.insert(row.end(), {cell(e.value), cell(e.low), cell(e.high)});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable theory_table(const PermutationData& data) {
  CsvTable table{{"train", "fraction", "draws", "complete", "complete_chain_alone"}, {}};
  for (std::size_t k = 0; k < data.both.points.size(); ++k) {
    const ThresholdPoint& p = data.both.points[k];
    table.rows.push_back({fmt::format("{}", p.train), to_text(p.fraction),
                          fmt::format("{}", p.draws), fmt::format("{}", p.unique),
                          fmt::format("{}", data.chain.points[k].unique)});
  }
  return table;
}

}  // namespace

Drawing draw_permutations(const PermutationData& data, const std::string& command) {
  using R = PermutationRun;
  constexpr double l1 = 0.066, r1 = 0.32, l2 = 0.388, r2 = 0.65, l3 = 0.72, r3 = 0.985;
  constexpr double head1 = 0.98, top1 = 0.855, bottom1 = 0.575;
  constexpr double head2 = 0.49, top2 = 0.37, bottom2 = 0.09;
  Drawing drawing;
  drawing.width = 1150;
  drawing.height = 1130;
  drawing.zoom = 1.4;
  drawing.script =
      size_block(data) +
      sized_block("rqi", points_of(data, &R::fraction, &R::rqi), largest_symbol) +
      sized_block("acc", points_of(data, &R::fraction, &R::accuracy), largest_symbol) +
      sized_block("predicted", points_of(data, &R::fraction, &R::predicted), largest_symbol) +
      sized_block("pairs", points_of(data, &R::predicted, &R::accuracy), 2.4) + "set multiplot\n" +
      footer(command) +
      share_panel({l1, r1, bottom1, top1, head1, "a", "What the representation has learnt"},
                  {"rqi", "RQI at the last step", 2, 5, 6,
                   "implied by the same {/:Italic D} at least, mean", see_through_blue}) +
      "unset label 99\n" +
      waiting_panel({l2, r2, bottom1, top1, head1, "b", "When it is there"}, data) +
      share_panel({l3, r3, bottom1, top1, head1, "c", "Accuracy of trained networks"},
                  {"acc", "accuracy over {/:Italic D}_0", 7, 10, 0, "", see_through_blue, true}) +
      share_panel({l1, r1, bottom2, top2, head2, "d", "Predicted from the representation"},
                  {"predicted", "predicted accuracy over {/:Italic D}_0", 11, 0, 14,
                   "ideal accuracy of the same {/:Italic D} at least, mean", "#60D55E00", true}) +
      agreement_panel({l2, r2, bottom2, top2, head2, "e", "Is it a lower bound?"}, data) +
      "unset for [k=10:12] label k\n" +
      reached_panel({l3, r3, bottom2, top2, head2, "f", "Who gets there"}, data) +
      "unset multiplot\n";
  drawing.tables = {
      {"abcde", run_table(data)}, {"means", size_table(data)}, {"f", theory_table(data)}};
  return drawing;
}

}  // namespace grok
