// The picture of figures/referee/referee.hpp. The league: referee_league.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "figures/referee/referee.hpp"
#include "figures/referee/referee_layout.hpp"

namespace grok {
namespace {

using Layout = RefereeLayout;

constexpr double panel_gap = 62;  // left of a panel: tics and label

/// What stands in a panel of steps: both known; forecast, not there; there, forecast never.
struct Points {
  std::vector<std::vector<double>> both, censored, never;
  std::int64_t neither = 0;
};

/// Ranges of steps that hold all panels of the league.
struct Axes {
  double lowest = 1, highest = 1, never = 1;
};

Axes axes_of(const League& league) {
  Axes axes{grok::never, 0, 0};
  const auto widen = [&](double steps) {
    if (std::isfinite(steps) && steps > 0) {
      axes.lowest = std::min(axes.lowest, steps);
      axes.highest = std::max(axes.highest, steps);
    }
  };
  for (const std::size_t c : shown_contestants(league)) {
    for (const HeldOut& forecast : league.study.forecasts[c]) {
      widen(forecast.steps.value_or(0));
    }
  }
  for (const Observed& observed : league.study.observed) {
    widen(observed.steps.value_or(observed.budget));
  }
  return {axes.lowest / 1.6, 6 * axes.highest, 3 * axes.highest};
}

Points points_of(const League& league, std::size_t contestant, const Axes& axes) {
  Points points;
  for (std::size_t r = 0; r < league.study.runs.size(); ++r) {
    const auto& forecast = league.study.forecasts[contestant][r].steps;
    const Observed& observed = league.study.observed[r];
    if (!forecast) {
      continue;
    }
    const bool finite = std::isfinite(*forecast);
    if (finite && observed.steps) {
      points.both.push_back({*forecast, *observed.steps});
    } else if (finite) {
      points.censored.push_back({*forecast, observed.budget});
    } else if (observed.steps) {
      points.never.push_back({axes.never, *observed.steps});
    } else {
      ++points.neither;
    }
  }
  return points;
}

std::string steps_panel(const League& league, const Layout& l, std::size_t contestant,
                        const PanelFrame& panel, bool first) {
  const Axes axes = axes_of(league);
  const Points points = points_of(league, contestant, axes);
  const Standing& standing = league.standings[contestant];
  const std::string name = fmt::format("steps{}", contestant);
  std::string text = "unset label\n" + number_block(name, points.both) +
                     number_block(name + "c", points.censored) +
                     number_block(name + "n", points.never) + open_panel(panel);
  text += caption(panel.left, panel.head - l.part(20), l.part(Layout::line),
                  {fmt::format("there {}, forecast never {}",
                               points.both.size() + points.never.size(), points.never.size()),
                   fmt::format("not there {}, forecast never {}",
                               points.censored.size() + static_cast<std::size_t>(points.neither),
                               points.neither),
                   "median factor " + score_text(standing.score(Measure::median_factor).estimate)});
  text += fmt::format(
      "unset key\nset logscale xy\nset format xy '10^{{%L}}'\nset xrange [{0}:{1}]\n"
      "set yrange [{0}:{1}]\nset xtics font ',10'\nset ytics font ',10'\n"
      "set xlabel 'forecast steps' offset 0,0.4\n{2}",
      axes.lowest, axes.highest, first ? "set ylabel 'measured steps' offset 1,0\n" : "");
  text += "plot x with lines lt 8 lw 1 dt 2";
  const auto add = [&](const auto& rows, const std::string& suffix, const char* style) {
    text +=
        rows.empty() ? "" : fmt::format(", ${}{} using 1:2 with points {}", name, suffix, style);
  };
  add(points.censored, "c", "pt 8 ps 0.55 lw 0.8 lc rgb '#90999999'");
  add(points.never, "n", "pt 4 ps 0.55 lw 0.8 lc rgb '#60CC79A7'");
  add(points.both, "", "pt 7 ps 0.42 lw 0.4 lc rgb '#900072B2'");
  return text + "\n";
}

std::string accuracy_panel(const League& league, const Layout& l, std::size_t contestant,
                           const PanelFrame& panel) {
  std::vector<std::vector<double>> rows;
  for (std::size_t r = 0; r < league.study.runs.size(); ++r) {
    if (const auto& forecast = league.study.forecasts[contestant][r].accuracy) {
      rows.push_back({*forecast, league.study.observed[r].accuracy});
    }
  }
  const std::string name = fmt::format("accuracy{}", contestant);
  const Standing& standing = league.standings[contestant];
  std::string text = "unset label\n" + number_block(name, rows) + open_panel(panel);
  text += caption(panel.left, panel.head - l.part(20), l.part(Layout::line),
                  {fmt::format("{} runs", rows.size()),
                   "mean |error| " + score_text(standing.score(Measure::accuracy_error).estimate)});
  double low = 1, lowest = 1;
  for (const auto& row : rows) {
    low = std::min(low, row[0]);
    lowest = std::min(lowest, row[1]);
  }
  return text + "unset key\n" + linear_axis("x", low, 1) + linear_axis("y", lowest, 1) +
         "set xlabel 'forecast accuracy' offset 0,0.4\n"
         "set ylabel 'final accuracy' offset 1.8,0\nplot x with lines lt 8 lw 1 dt 2, $" +
         name + " using 1:2 with points pt 7 ps 0.42 lw 0.4 lc rgb '#900072B2'\n";
}

std::string calibration_panel(const League& league, const Layout& l, std::size_t contestant,
                              const PanelFrame& panel, bool first) {
  std::vector<std::vector<double>> rows;
  for (const CalibrationBin& bin : league.standings[contestant].calibration) {
    const double share =
        static_cast<double>(bin.count) / static_cast<double>(league.study.runs.size());
    rows.push_back({bin.forecast, bin.happened.value,
                    std::isfinite(bin.happened.low) ? bin.happened.low : bin.happened.value,
                    std::isfinite(bin.happened.high) ? bin.happened.high : bin.happened.value,
                    0.5 + 2.2 * std::sqrt(share)});
  }
  const std::string name = fmt::format("calibration{}", contestant);
  const Standing& standing = league.standings[contestant];
  std::string text = "unset label\n" + number_block(name, rows) + open_panel(panel);
  text += caption(panel.left + (panel.letter.empty() ? 0 : 18 / Layout::width), panel.head,
                  l.part(Layout::line),
                  {"log score " + score_text(standing.score(Measure::log_score).estimate),
                   "ROC area " + score_text(standing.score(Measure::roc_area).estimate)});
  text += fmt::format(
      "unset key\nset xrange [-0.03:1.03]\nset yrange [-0.03:1.03]\nset xtics 0,0.5,1 font ',10'\n"
      "set ytics 0,0.5,1 font ',10'\nset xlabel 'forecast probability' offset 0,0.4\n{}",
      first ? "set ylabel 'share there' offset 2.6,0\n" : "");
  text += "plot x with lines lt 8 lw 1 dt 2";
  if (!rows.empty()) {
    text += fmt::format(
        ", ${0} using 1:2:3:4 with yerrorbars pt 0 lw 1.4 lc rgb '#009E73', ${0} using 1:2:5 with "
        "points pt 7 ps variable lc rgb '#40009E73'",
        name);
  }
  return text + "\n";
}

/// The panels of the k-th shown contestant: steps (or accuracy) above calibration.
std::string theory_panels(const League& league, const Layout& l, std::size_t k,
                          std::size_t contestant) {
  const double step = (Layout::width - 24) / static_cast<double>(l.columns);
  const std::size_t column = k % l.columns;
  const double left = panel_gap + step * static_cast<double>(column);
  const double right = left + step - panel_gap;
  const double top = l.league_bottom + Layout::label_height + Layout::pair_head +
                     l.band * static_cast<double>(k / l.columns);
  const double middle = top + Layout::pair_height;
  const double below = middle + Layout::label_height + Layout::calibration_head;
  const bool first = column == 0;
  const std::string name = short_title(league.study.contestants[contestant], league);
  std::string title;  // no enhanced text in a theory's own name
  for (const char c : name) {
    title += c == '_' || c == '^' ? std::string("\\") + c : std::string(1, c);
  }
  const PanelFrame upper = l.panel(left, right, top, middle, Layout::pair_head - 18,
                                   k == 0 ? "b" : "", "{/=11 " + title + "}");
  const PanelFrame lower = l.panel(left, right, below, below + Layout::calibration_height,
                                   Layout::calibration_head - 22, k == 0 ? "c" : "", "");
  const bool steps = league.standings[contestant].score(Measure::concordance).count > 0;
  return (steps ? steps_panel(league, l, contestant, upper, first)
                : accuracy_panel(league, l, contestant, upper)) +
         calibration_panel(league, l, contestant, lower, first);
}

}  // namespace

Drawing draw_league(const League& league, const std::string& command) {
  const RefereeLayout l = layout_of(league);
  Drawing drawing;
  drawing.width = Layout::width;
  drawing.height = l.height;
  drawing.script = "set multiplot\n" + league_panels(league, l, command);
  const auto shown = shown_contestants(league);
  for (std::size_t k = 0; k < shown.size(); ++k) {
    drawing.script += theory_panels(league, l, k, shown[k]);
  }
  drawing.script += "unset label\nunset multiplot\n";
  drawing.tables = {
      {"a", league_table(league)}, {"b", forecast_table(league)}, {"c", calibration_table(league)}};
  return drawing;
}

}  // namespace grok
