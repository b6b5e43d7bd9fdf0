// The picture of figures/closed_forms/closed_forms.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compare/statistics/grouped.hpp"
#include "figures/closed_forms/closed_forms.hpp"

namespace grok {
namespace {

/// Means over seeds at the steps of the curves, and the theory.
CsvTable curve_table(const ClosedFormsData& data) {
  CsvTable table{
      {"ratio", "step", "networks", "train", "train_low", "train_high", "generalisation",
       "generalisation_low", "generalisation_high", "train_theory", "generalisation_theory"},
      {}};
  for (const LinearResult& result : data.linear) {
    for (std::size_t k = 0; k < result.run.at.size(); ++k) {
      const auto mean = [&](double LinearState::*accuracy) {
        std::vector<double> values;
        for (const linear::LinearTeacherOutcome& run : result.runs) {
          values.push_back(run.states.at(k).*accuracy);
        }
        return grouped_mean(values, result.seeds);
      };
      const LinearState theory = linear_teacher_state(result.run.teacher, result.run.at[k]);
      add_row(table, result.run.teacher.ratio, result.run.at[k], result.runs.size(),
              mean(&LinearState::train_accuracy), mean(&LinearState::generalisation_accuracy),
              theory.train_accuracy, theory.generalisation_accuracy);
    }
  }
  return table;
}

/// In the time of the flow: steps times eta.
CsvTable switch_table(const ClosedFormsData& data) {
  CsvTable table{{"loss", "alpha", "lambda", "eta", "ln_alpha_over_lambda", "flow_time",
                  "median_time", "low", "high", "networks", "censored"},
                 {}};
  for (const SwitchResult& cell : data.switches) {
    const RichSwitch& s = cell.run.setting;
    const ClosedFormRow leading = switch_row(cell, false), flow = switch_row(cell, true);
    const KaplanMeier& measured = leading.measured;
    const auto time = [&s](const std::optional<double>& steps) {
      return steps ? std::optional(*steps * s.rate) : std::nullopt;
    };
    add_row(table, to_text(cell.run.loss), s.init_norm, s.decay, s.rate, time(leading.predicted),
            time(flow.predicted), time(measured.median), time(measured.median_low),
            time(measured.median_high), measured.count, measured.censored);
  }
  return table;
}

/// Of d/N; vermilion is theory.
std::string ratio_colour(std::size_t k) {
  static constexpr const char* colours[] = {look::purple, look::blue,  look::sky,
                                            look::orange, look::green, look::black};
  return colours[k % std::size(colours)];
}
std::string ratio_label(double ratio) { return "{/:Italic d/N} = " + to_text(ratio); }

Rows theory_curve(const LinearResult& result, double LinearState::*accuracy) {
  constexpr int points = 160;
  const auto last = static_cast<double>(result.run.at.back());
  Rows rows;
  for (int k = 0; k <= points; ++k) {
    const double step = std::round(std::pow(last, static_cast<double>(k) / points));
    if (rows.empty() || step > rows.back()[0]) {
      rows.push_back(
          {step,
           linear_teacher_state(result.run.teacher, static_cast<std::int64_t>(step)).*accuracy});
    }
  }
  return rows;
}

Panel curve_panel(const ClosedFormsData& data, const CsvTable& curves) {
  Panel panel(log_axis("gradient descent steps"), share_axis("share within the tolerance"));
  panel.title("Linear teacher (Levi et al.)");
  Style training = look::theory(), generalisation = look::theory();
  training.dash = Dash::dashed;
  for (const LinearResult& result : data.linear) {
    if (!result.run.at.empty()) {
      panel.line(theory_curve(result, &LinearState::train_accuracy), training)
          .line(theory_curve(result, &LinearState::generalisation_accuracy), generalisation);
    }
  }
  for (std::size_t k = 0; k < data.linear.size(); ++k) {
    const double ratio = data.linear[k].run.teacher.ratio;
    const CsvTable rows = rows_where(curves, "ratio", to_text(ratio));
    const std::string label = ratio_label(ratio);
    Style style{.colour = ratio_colour(k), .width = 0.8, .symbol = Symbol::ring, .size = 3.2};
    panel.bars(rows_of(rows, {"step", "train"}, {"train_low", "train_high"}), style,
               label + ", training");
    style.symbol = Symbol::disc;
    panel.bars(
        rows_of(rows, {"step", "generalisation"}, {"generalisation_low", "generalisation_high"}),
        style, label + ", generalisation");
  }
  return panel.entry({Swatch::line, training, "theory, training"})
      .entry({Swatch::line, generalisation, "theory, generalisation"});
}

Panel delay_panel(const ClosedFormsData& data, const CsvTable& steps) {
  Panel panel(log_axis("predicted delay [steps]"), log_axis("measured delay [steps]"));
  panel.title("Its grokking time").law("x", look::reference(), "as predicted");
  const CsvTable delays = rows_where(steps, "model", "linear teacher: delay");
  for (std::size_t k = 0; k < data.linear.size(); ++k) {
    const double ratio = data.linear[k].run.teacher.ratio;
    CsvTable rows{delays.columns, {}};
    for (const double threshold : data.linear[k].run.thresholds) {
      append(rows, rows_where(delays, "setting", linear_setting(ratio, threshold)));
    }
    panel.bars(rows_of(rows, {"predicted", "median"}, {"low", "high"}),
               {.colour = ratio_colour(k), .width = 0.8, .size = 3.6}, ratio_label(ratio));
  }
  return panel;
}

/// Networks of one loss and decay: the shape tells the loss, the colour the decay.
struct Series {
  CsvTable rows;
  double decay = 0;
  Style style;
  std::string label;
};
std::vector<Series> series_of(const ClosedFormsData& data, const CsvTable& switches) {
  std::set<double> decays;
  for (const SwitchResult& result : data.switches) {
    decays.insert(result.run.setting.decay);
  }
  std::vector<Series> all;
  for (const DiagonalLoss loss : diagonal_losses) {
    const CsvTable of_loss = rows_where(switches, "loss", to_text(loss));
    std::size_t k = 0;
    for (const double decay : decays) {
      const bool squared = loss == DiagonalLoss::squared;
      const Style style{.colour = look::scale_colour(k++, decays.size()),
                        .width = 0.8,
                        .symbol = squared ? Symbol::filled_square : Symbol::filled_triangle,
                        .size = squared ? 3.4 : 4.0};
      all.push_back({rows_where(of_loss, "lambda", to_text(decay)), decay, style,
                     fmt::format("{}, λ = {}", to_text(loss), to_text(decay))});
    }
  }
  std::erase_if(all, [](const Series& series) { return series.rows.rows.empty(); });
  return all;
}

Style leading_style() { return {.colour = look::vermilion, .width = 0.9, .dash = Dash::dashed}; }

Panel time_panel(const std::vector<Series>& all) {
  Panel panel(log_axis("(ln α)/λ"), log_axis("time of the switch = η · steps"));
  panel.title("Diagonal network (Lyu et al.)").law("x", leading_style(), "time = (ln α)/λ");
  for (const Series& series : all) {
    Style joined = series.style;
    joined.width = 0.4;
    panel.line(rows_of(series.rows, {"ln_alpha_over_lambda", "median_time"}), joined)
        .bars(rows_of(series.rows, {"ln_alpha_over_lambda", "median_time"}, {"low", "high"}),
              series.style, series.label);
  }
  return panel;
}

/// Rows alpha, time, ... in units of 1/decay, against ln alpha.
Rows scaled(Rows rows, double decay) {
  for (auto& row : rows) {
    row[0] = std::log(row[0]);
    std::for_each(row.begin() + 1, row.end(), [decay](double& time) { time *= decay; });
  }
  return rows;
}

Panel law_panel(const std::vector<Series>& all) {
  Panel panel(linear_axis("ln α"), linear_axis("λ · time of the switch", 0));
  panel.title("In units of 1/λ").law("x", leading_style(), "λ · time = ln α");
  const Style flow = look::theory();
  for (const Series& series : all) {
    for (const auto& row : rows_of(series.rows, {"alpha"})) {
      panel.cover(std::log(row[0]), std::log(row[0]));  // where the law is
    }
    panel.line(scaled(rows_of(series.rows, {"alpha", "flow_time"}), series.decay), flow,
               &series == &all.front() ? "flow in {/:Italic uv}, predicted" : "");
  }
  for (const Series& series : all) {
    panel.bars(
        scaled(rows_of(series.rows, {"alpha", "median_time"}, {"low", "high"}), series.decay),
        series.style, series.label);
  }
  return panel;
}

}  // namespace

CsvTable step_table(const ClosedFormsData& data) {
  using Row = ClosedFormRow;
  const auto of = [](auto member) { return [member](const Row& r) { return r.measured.*member; }; };
  return table_of(
      rows_of_closed_forms(data), column("model", &Row::model), column("setting", &Row::setting),
      column("predicted", &Row::predicted), column("median", of(&KaplanMeier::median)),
      column("low", of(&KaplanMeier::median_low)), column("high", of(&KaplanMeier::median_high)),
      column("networks", of(&KaplanMeier::count)), column("censored", of(&KaplanMeier::censored)));
}

Sheet sheet_of(const ClosedFormsData& data) {
  const LinearResult& any = data.linear.front();
  Sheet sheet;
  sheet.table("a", curve_table(data));
  sheet.table("steps", step_table(data));
  sheet.table("cd", switch_table(data));
  sheet.row({curve_panel(data, sheet.table("a")), delay_panel(data, sheet.table("steps"))});
  const std::vector<Series> series = series_of(data, sheet.table("cd"));
  sheet.row({time_panel(series), law_panel(series)});
  std::string levels;
  for (const double threshold : any.run.thresholds) {
    levels += (levels.empty() ? "" : ", ") + to_text(threshold);
  }
  return sheet
      .caption(fmt::format("a: means of {} networks, d = {}; the theory is of d, N → ∞.",
                           any.runs.size(), any.run.dimension))
      .caption("b: of each d/N, from left to right, the delay at an accuracy of " + levels + '.')
      .caption(
          "b, c, d: medians over seeds (Kaplan and Meier) with 95% intervals; c, d: of each "
          "colour, alpha rises from left to right.");
}

}  // namespace grok
