// The picture of figures/closed_forms/closed_forms.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors.hpp"
#include "figures/closed_forms/closed_forms_summary.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr std::array<const char*, 6> colours = {"#0072B2", "#D55E00", "#009E73",
                                                "#CC79A7", "#E69F00", "#56B4E9"};
const char* colour(std::size_t k) { return colours[k % colours.size()]; }
constexpr std::array<int, 4> symbols = {7, 5, 9, 13};  // filled
constexpr int theory_points = 160;
constexpr const char* grey = "#888888";

using Rows = std::vector<std::vector<double>>;

/// gnuplot's words for a range that holds the values, a factor `room` wider on both sides.
std::string log_range(const char* axis, const std::vector<double>& values, double room) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return values.empty() ? ""
                        : fmt::format("set {}range [{}:{}]\n", axis, to_text(*low / room),
                                      to_text(*high * room));
}

std::vector<double> dense_steps(double last) {
  std::vector<double> steps;
  for (int k = 0; k <= theory_points; ++k) {
    const double step = std::round(std::pow(last, static_cast<double>(k) / theory_points));
    if (steps.empty() || step > steps.back()) {
      steps.push_back(step);
    }
  }
  return steps;
}

Rows theory_rows(const LinearResult& result) {
  Rows rows;
  for (const double step : dense_steps(static_cast<double>(result.run.at.back()))) {
    const LinearState state =
        linear_teacher_state(result.run.teacher, static_cast<std::int64_t>(step));
    rows.push_back({step, state.train_accuracy, state.generalisation_accuracy});
  }
  return rows;
}

std::string curve_panel(const PanelFrame& panel, const ClosedFormsData& data) {
  std::string blocks, plot;
  std::size_t k = 0;
  std::int64_t last = 10;
  for (const LinearResult& result : data.linear) {
    if (result.run.at.empty()) {
      continue;
    }
    last = std::max(last, result.run.at.back());
    Rows rows;
    for (const LinearCurvePoint& p : curve_of(result)) {
      rows.push_back({static_cast<double>(p.step), p.train.value, p.train.low, p.train.high,
                      p.generalisation.value, p.generalisation.low, p.generalisation.high});
    }
    blocks += number_block(fmt::format("points{}", k), rows) +
              number_block(fmt::format("curve{}", k), theory_rows(result));
    const std::string ratio =
        fmt::format("{{/:Italic d/N}} = {}", to_text(result.run.teacher.ratio));
    plot += fmt::format(
        "{0}$curve{1} using 1:2 with lines lw 2 dt (9,4) lc rgb '{2}' notitle, "
        "$points{1} using 1:2:3:4 with yerrorbars pt 6 ps 0.8 lw 1.2 lc rgb '{2}' title '{3}: "
        "training', "
        "$curve{1} using 1:3 with lines lw 2 lc rgb '{2}' notitle, "
        "$points{1} using 1:5:6:7 with yerrorbars pt 7 ps 0.8 lw 1.2 lc rgb '{2}' title '{3}: "
        "generalisation'",
        k == 0 ? "" : ", ", k, colour(k), ratio);
    ++k;
  }
  const LinearResult& any = data.linear.front();
  return blocks + open_panel(panel) +
         "set logscale x\nset format x '10^{%L}'\nset yrange [0:1.03]\n" +
         fmt::format("set xrange [1:{}]\n", last) +
         "set xlabel 'gradient descent steps'\nset ylabel 'share of samples within the "
         "tolerance'\n" +
         fmt::format(
             "set key maxcols 2 maxrows 3 width -4\nplot {}, keyentry with lines lw 2 lc rgb '{}' "
             "title "
             "'theory: {{/:Italic d}}, {{/:Italic N}} → ∞', keyentry with points pt 7 ps 0.8 lc "
             "rgb "
             "'{}' title 'mean of {} networks, {{/:Italic d}} = {}'\n",
             plot, grey, grey, any.runs.size(), any.run.dimension);
}

/// x and a measured median with the ends of its interval, NaN where they are open.
std::vector<double> mark(double x, double scale, const std::optional<double>& median,
                         const std::optional<double>& low, const std::optional<double>& high) {
  constexpr double open = std::numeric_limits<double>::quiet_NaN();
  return {x, scale * *median, low ? scale * *low : open, high ? scale * *high : open};
}

/// A block of such marks as one more part of a plot: points, and bars where both ends are known.
struct Marks {
  std::string name;
  Rows rows;
  int symbol = 7;
  const char* colour = colours[0];
  std::string title = {};  // empty: not in the legend
};
std::string plot_of(const Marks& marks) {
  if (marks.rows.empty()) {
    return "";
  }
  const bool bars = std::any_of(marks.rows.begin(), marks.rows.end(), [](const auto& row) {
    return std::isfinite(row[2]) && std::isfinite(row[3]);
  });
  return (bars ? fmt::format(", ${} using 1:3:(0):($4-$3) with vectors nohead lw 1.6 lc rgb '{}' "
                             "notitle",
                             marks.name, marks.colour)
               : "") +
         fmt::format(", ${} using 1:2 with points pt {} ps 1 lc rgb '{}' {}", marks.name,
                     marks.symbol, marks.colour,
                     marks.title.empty() ? "notitle" : "title " + quoted(marks.title));
}
std::string block_of(const Marks& marks) {
  return marks.rows.empty() ? "" : number_block(marks.name, marks.rows);
}

std::vector<ClosedFormRow> rows_of_model(const ClosedFormsData& data, const std::string& model) {
  std::vector<ClosedFormRow> rows = rows_of_closed_forms(data);
  std::erase_if(rows, [&model](const ClosedFormRow& row) { return row.model != model; });
  return rows;
}

std::string delay_panel(const PanelFrame& panel, const ClosedFormsData& data) {
  const auto rows = rows_of_model(data, "linear teacher: delay");
  const std::vector<double>& levels = data.linear.front().run.thresholds;
  const std::size_t thresholds = levels.size();
  std::string blocks, plot = "plot x with lines lw 1.5 dt 2 lc rgb '#888888' title 'as predicted'";
  std::vector<double> all;
  for (std::size_t r = 0; r < data.linear.size(); ++r) {
    bool any = false;
    for (std::size_t k = 0; k < thresholds; ++k) {
      const ClosedFormRow& row = rows.at(r * thresholds + k);
      if (!row.predicted || !row.median) {
        continue;
      }
      const Marks marks{fmt::format("delay{}_{}", r, k),
                        {mark(*row.predicted, 1, row.median, row.low, row.high)},
                        symbols[k % symbols.size()],
                        colour(r)};
      blocks += block_of(marks);
      plot += plot_of(marks);
      all.insert(all.end(),
                 {*row.predicted, row.low.value_or(*row.median), row.high.value_or(*row.median)});
      any = true;
    }
    plot += any ? fmt::format(
                      ", keyentry with points pt 7 ps 1 lc rgb '{}' title '{{/:Italic "
                      "d/N}} = {}'",
                      colour(r), to_text(data.linear[r].run.teacher.ratio))
                : "";
  }
  for (std::size_t k = 0; k < thresholds; ++k) {
    plot += fmt::format(", keyentry with points pt {} ps 1 lc rgb '{}' title 'accuracy {}'",
                        symbols[k % symbols.size()], grey, to_text(levels[k]));
  }
  return blocks + open_panel(panel) + "set logscale xy\nset format '10^{%L}'\n" +
         log_range("x", all, 1.3) + log_range("y", all, 1.3) +
         "set xlabel 'predicted delay [steps]'\nset ylabel 'measured delay [steps]'\n"
         "set key maxcols 3 maxrows 3\n" +
         plot + "\n";
}

struct SwitchPoint {
  DiagonalLoss loss;
  double init_norm, decay, rate, leading;  // leading: a time, as all below
  std::optional<double> flow, median, low, high;
  std::int64_t count, censored;
};

std::vector<SwitchPoint> switch_points(const ClosedFormsData& data) {
  std::vector<SwitchPoint> points;
  for (const DiagonalLoss loss : diagonal_losses) {
    const auto leading = rows_of_model(data, leading_model(loss));
    const auto flow = rows_of_model(data, flow_model(loss));
    std::size_t k = 0;
    for (const SwitchResult& r : data.switches) {
      if (r.run.loss != loss) {
        continue;
      }
      const RichSwitch& setting = r.run.setting;
      const auto time = [&setting](const std::optional<double>& steps) {
        return steps ? std::optional(*steps * setting.rate) : std::nullopt;
      };
      const ClosedFormRow& row = leading.at(k);
      points.push_back({loss, setting.init_norm, setting.decay, setting.rate, *time(row.predicted),
                        time(flow.at(k).predicted), time(row.median), time(row.low), time(row.high),
                        row.count, row.censored});
      ++k;
    }
  }
  return points;
}

/// The values of a setting among the networks of one loss, ascending.
std::vector<double> values_of(const ClosedFormsData& data, DiagonalLoss loss,
                              double RichSwitch::*member) {
  std::set<double> values;
  for (const SwitchResult& r : data.switches) {
    if (r.run.loss == loss) {
      values.insert(r.run.setting.*member);
    }
  }
  return {values.begin(), values.end()};
}

const char* loss_colour(DiagonalLoss loss) {
  return loss == DiagonalLoss::squared ? colours[0] : colours[2];
}

std::string time_panel(const PanelFrame& panel, const ClosedFormsData& data) {
  std::string blocks,
      plot = "plot x with lines lw 1.5 dt 2 lc rgb '#888888' title 'time = (ln α)/λ'";
  std::vector<double> xs, ys;
  for (const DiagonalLoss loss : diagonal_losses) {
    const auto init_norms = values_of(data, loss, &RichSwitch::init_norm);
    for (std::size_t k = 0; k < init_norms.size(); ++k) {
      Marks marks{fmt::format("time_{}{}", to_text(loss), k),
                  {},
                  symbols[k % symbols.size()],
                  loss_colour(loss),
                  fmt::format("{}, α = {}", to_text(loss), to_text(init_norms[k]))};
      for (const SwitchPoint& p : switch_points(data)) {
        if (p.loss == loss && p.init_norm == init_norms[k] && p.median) {
          marks.rows.push_back(mark(p.leading, 1, p.median, p.low, p.high));
          xs.push_back(p.leading);
          ys.insert(ys.end(), {p.low.value_or(*p.median), p.high.value_or(*p.median), p.leading});
        }
      }
      blocks += block_of(marks);
      plot += plot_of(marks);
    }
  }
  return blocks + open_panel(panel) + "set logscale xy\nset format '10^{%L}'\n" +
         log_range("x", xs, 1.2) + log_range("y", ys, 1.2) +
         "set xlabel '(ln α)/λ'\nset ylabel 'time of the switch = η · steps'\n"
         "set key maxcols 3 maxrows 4\n" +
         plot + "\n";
}

/// The cells of one loss and decay in units of 1/decay: networks, and the flow's prediction.
struct LawLine {
  Marks networks;
  Rows flow;
};
LawLine law_line(const std::vector<SwitchPoint>& points, DiagonalLoss loss, double decay,
                 std::size_t k) {
  LawLine line{{fmt::format("law_{}{}", to_text(loss), k),
                {},
                symbols[k % symbols.size()],
                loss_colour(loss),
                fmt::format("{}, λ = {}", to_text(loss), to_text(decay))},
               {}};
  for (const SwitchPoint& p : points) {
    const double x = std::log(p.init_norm);
    if (p.loss != loss || p.decay != decay) {
      continue;
    }
    if (p.flow) {
      line.flow.push_back({x, *p.flow * decay});
    }
    if (p.median) {
      line.networks.rows.push_back(mark(x, decay, p.median, p.low, p.high));
    }
  }
  return line;
}

std::string law_panel(const PanelFrame& panel, const ClosedFormsData& data) {
  std::string blocks,
      plot = "plot x with lines lw 1.5 dt 2 lc rgb '#888888' title 'λ · time = ln α'";
  const auto points = switch_points(data);
  const auto [low, high] =
      std::minmax_element(points.begin(), points.end(),
                          [](const auto& a, const auto& b) { return a.init_norm < b.init_norm; });
  for (const DiagonalLoss loss : diagonal_losses) {
    const auto decays = values_of(data, loss, &RichSwitch::decay);
    for (std::size_t k = 0; k < decays.size(); ++k) {
      const LawLine line = law_line(points, loss, decays[k], k);
      blocks += block_of(line.networks);
      plot += plot_of(line.networks);
      if (!line.flow.empty()) {
        blocks += number_block(line.networks.name + "_flow", line.flow);
        plot += fmt::format(", ${}_flow using 1:2 with lines lw 1.2 lc rgb '{}' notitle",
                            line.networks.name, line.networks.colour);
      }
    }
  }
  plot += fmt::format(
      ", keyentry with lines lw 1.4 lc rgb '{}' title 'flow in {{/:Italic uv}}, predicted'", grey);
  return blocks + open_panel(panel) +
         fmt::format("set xrange [{}:{}]\nset yrange [0:*]\n",
                     to_text(std::log(low->init_norm) - 0.2),
                     to_text(std::log(high->init_norm) + 0.2)) +
         "set xlabel 'ln α'\nset ylabel 'λ · time of the switch'\nset key maxcols 2 maxrows 4\n" +
         plot + "\n";
}

CsvTable curve_table(const ClosedFormsData& data) {
  CsvTable table{
      {"ratio", "step", "networks", "train", "train_low", "train_high", "generalisation",
       "generalisation_low", "generalisation_high", "train_theory", "generalisation_theory"},
      {}};
  for (const LinearResult& result : data.linear) {
    for (const LinearCurvePoint& p : curve_of(result)) {
      const LinearState theory = linear_teacher_state(result.run.teacher, p.step);
      table.rows.push_back({to_text(result.run.teacher.ratio), fmt::format("{}", p.step),
                            fmt::format("{}", result.runs.size()), to_text(p.train.value),
                            cell(p.train.low), cell(p.train.high), to_text(p.generalisation.value),
                            cell(p.generalisation.low), cell(p.generalisation.high),
                            to_text(theory.train_accuracy),
                            to_text(theory.generalisation_accuracy)});
    }
  }
  return table;
}

CsvTable step_table(const std::vector<ClosedFormRow>& rows) {
  CsvTable table{{"model", "setting", "predicted", "median", "low", "high", "networks", "censored"},
                 {}};
  for (const ClosedFormRow& r : rows) {
    table.rows.push_back({r.model, r.setting, cell(r.predicted), cell(r.median), cell(r.low),
                          cell(r.high), fmt::format("{}", r.count), fmt::format("{}", r.censored)});
  }
  return table;
}

CsvTable switch_table(const ClosedFormsData& data) {
  CsvTable table{{"loss", "alpha", "lambda", "eta", "ln_alpha_over_lambda", "flow_time",
                  "median_time", "low", "high", "networks", "censored"},
                 {}};
  for (const SwitchPoint& p : switch_points(data)) {
    table.rows.push_back({to_text(p.loss), to_text(p.init_norm), to_text(p.decay), to_text(p.rate),
                          to_text(p.leading), cell(p.flow), cell(p.median), cell(p.low),
                          cell(p.high), fmt::format("{}", p.count), fmt::format("{}", p.censored)});
  }
  return table;
}

}  // namespace

Drawing draw_closed_forms(const ClosedFormsData& data, const std::string& command) {
  constexpr double left = 0.065, middle = 0.475, next = 0.565, right = 0.985;
  constexpr double head1 = 0.975, top1 = 0.885, bottom1 = 0.575;
  constexpr double head2 = 0.485, top2 = 0.378, bottom2 = 0.085;
  Drawing drawing;
  drawing.width = 1300;
  drawing.height = 1080;
  drawing.zoom = 1.3;
  drawing.script =
      "set multiplot\n" + footer(command) +
      curve_panel(
          {left, middle, bottom1, top1, head1, "a", "Linear teacher (Levi et al.): exact curves"},
          data) +
      "unset label 99\n" +
      delay_panel({next, right, bottom1, top1, head1, "b",
                   "Its grokking time: from training to generalisation"},
                  data) +
      time_panel({left, middle, bottom2, top2, head2, "c",
                  "Diagonal network (Lyu et al.): time of the switch"},
                 data) +
      law_panel(
          {next, right, bottom2, top2, head2, "d", "The same in units of 1/λ, and our prediction"},
          data) +
      "unset multiplot\n";
  drawing.tables = {{"a", curve_table(data)},
                    {"steps", step_table(rows_of_closed_forms(data))},
                    {"cd", switch_table(data)}};
  return drawing;
}

}  // namespace grok
