// The picture of figures/rates/two_rate.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/rates/two_rate.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr double width = 1500, height = 1060;
constexpr const char* steps_label = "steps to RQI > 0.95";
constexpr const char* law = "{/:Italic C} / √(η_E η_D)";

double law_rate(const toy::RunSpec& spec) {
  return 1 / std::sqrt(spec.representation_rate * spec.decoder_rate);
}
double ratio(const toy::RunSpec& spec) { return spec.representation_rate / spec.decoder_rate; }

using Rows = std::vector<std::vector<double>>;

/// 1, 2, 5 and their tenfolds where an axis has too few powers of ten to read it by.
std::string short_axis_tics(char axis, double low, double high) {
  std::string tics;
  for (double ten = std::pow(10, std::floor(std::log10(low))); ten <= high; ten *= 10) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      tics += fmt::format("{}{:g}", tics.empty() ? "" : ",", digit * ten);
    }
  }
  return fmt::format("set {0}tics ({1})\nset format {0} '%g'\n", axis, tics);
}

/// Ranges of logarithmic axes that hold all rows, with room around them.
std::string log_ranges(std::initializer_list<const Rows*> blocks) {
  std::string text;
  for (const std::size_t column : {0, 1}) {
    const char axis = column == 0 ? 'x' : 'y';
    double low = 1e300, high = 0;
    for (const Rows* rows : blocks) {
      for (const auto& row : *rows) {
        low = std::min(low, row[column]);
        high = std::max(high, row[column]);
      }
    }
    if (high == 0) {
      low = 1, high = 10;
    }
    const double room = std::pow(high / low, 0.06) * 1.15;
    text += fmt::format("set {}range [{}:{}]\n", axis, low / room, high * room);
    text += high / low < 100 ? short_axis_tics(axis, low / room, high * room) : "";
  }
  return text;
}

/// Of equal x a little apart, in the order of the runs: points would hide each other.
class Spread {
 public:
  double operator()(double x) {
    const int k = seen_[x]++;
    return x * std::pow(1.035, (k % 2 == 0 ? 1 : -1) * ((k + 1) / 2 % 4));
  }

 private:
  std::map<double, int> seen_;
};

std::string add_points(const Rows& rows, const std::string& block, const std::string& style,
                       const std::string& title) {
  return rows.empty() ? ""
                      : fmt::format(", ${} using 1:2 with points {} title {}", block, style,
                                    quoted(fmt::format("{} ({})", title, rows.size())));
}

constexpr const char* network_style = "pt 7 ps 0.75 lw 0.4 lc rgb '#700072B2'";
constexpr const char* stuck_style = "pt 8 ps 0.8 lw 1.2 lc rgb '#a00072B2'";
constexpr const char* flow_style = "pt 6 ps 0.95 lw 1.3 lc rgb '#D55E00'";

std::string law_panel(const PanelFrame& panel, const TwoRateData& data) {
  Rows there, stuck;
  Spread spread_there, spread_stuck;
  for (const FlowRun& run : data.runs) {
    const double x = law_rate(run.spec);
    if (run.measured) {
      there.push_back({spread_there(x), *run.measured});
    } else {
      stuck.push_back({spread_stuck(x), 1.6 * static_cast<double>(run.spec.steps)});
    }
  }
  std::string text =
      number_block("there", there) + number_block("stuck", stuck) + open_panel(panel);
  text += fmt::format(
      "set logscale xy\nset format xy '10^{{%L}}'\n{}"
      "set xlabel '1 / √(η_E η_D)  [steps]'\nset ylabel '{}'\n",
      log_ranges({&there, &stuck}), steps_label);
  const Estimate& C = data.measured.constant;
  text += data.measured.known
              ? fmt::format("plot {} * x with lines lt 2 lw 1.6 title '{}, {{/:Italic C}} = {}'",
                            to_text(C.value), law, with_interval(C))
              : "plot NaN notitle";
  text += add_points(there, "there", network_style, "networks");
  text += add_points(stuck, "stuck", stuck_style, "not there within the budget: above");
  return text + "\n";
}

/// Medians of the flow of other seeds, one per ratio and product: a point each.
Rows flow_medians(const TwoRateData& data) {
  std::map<std::pair<double, double>, std::vector<double>> cells;
  for (const RatedSteps& p : flow_steps(data.others, false)) {
    cells[{p.representation_rate, p.decoder_rate}].push_back(p.steps);
  }
  Rows rows;
  for (const auto& [rates, steps] : cells) {
    rows.push_back({rates.first / rates.second, quantile(steps, 0.5) * rates.first});
  }
  return rows;
}

std::string collapse_panel(const PanelFrame& panel, const TwoRateData& data) {
  Rows there;
  Spread spread;
  for (const FlowRun& run : data.runs) {
    if (run.measured) {
      there.push_back({spread(ratio(run.spec)), *run.measured * run.spec.representation_rate});
    }
  }
  const Rows flow = flow_medians(data);
  std::string text =
      number_block("collapse", there) + number_block("medians", flow) + open_panel(panel);
  text += "set logscale xy\nset format xy '10^{%L}'\n" + log_ranges({&there, &flow}) +
          "set xlabel 'ratio of the rates η_E / η_D'\nset ylabel 'steps × η_E'\n";
  text += data.measured.known
              ? fmt::format(
                    "plot {} * sqrt(x) with lines lt 2 lw 1.6 title '{{/:Italic C}} "
                    "√(η_E / η_D)'",
                    to_text(data.measured.constant.value))
              : "plot NaN notitle";
  text += add_points(there, "collapse", network_style, "networks");
  text += add_points(flow, "medians", flow_style, "mode flow, other seeds: median of each cell");
  return text + "\n";
}

std::string exponent_panel(const PanelFrame& panel, const TwoRateData& data) {
  struct Source {
    const char* block;
    const char* title;
    const char* style;
    const TwoRateFit* fit;
    double shift;
  };
  const Source sources[] = {
      {"exponents_n", "networks", "pt 7 ps 1.1 lw 2 lc rgb '#0072B2'", &data.measured, 0.24},
      {"exponents_f", "mode flow, the same runs", "pt 5 ps 1.0 lw 2 lc rgb '#D55E00'", &data.flow,
       0},
      {"exponents_o", "mode flow, other seeds", "pt 6 ps 1.1 lw 2 lc rgb '#D55E00'",
       &data.flow_others, -0.24}};
  std::string blocks, plots, labels;
  int label = 60;
  for (const Source& s : sources) {
    Rows rows;
    double y = 3;
    for (const Estimate* e : {&s.fit->representation, &s.fit->decoder, &s.fit->sum}) {
      if (s.fit->known) {
        const bool interval = std::isfinite(e->low);
        rows.push_back(
            {e->value, y + s.shift, interval ? e->low : e->value, interval ? e->high : e->value});
        labels += fmt::format(
            "set label {} {} at graph 1.01, first {} left font ',10' textcolor rgb '#444444'\n",
            label++, quoted(with_interval(*e)), y + s.shift);
      }
      --y;
    }
    blocks += number_block(s.block, rows);
    plots += rows.empty() ? ""
                          : fmt::format(", ${} using 1:2:3:4 with xerrorbars {} title '{}'",
                                        s.block, s.style, s.title);
  }
  return blocks + open_panel(panel) + labels +
         "set xrange [-1.15:0.05]\nset yrange [0.5:3.5]\nset ytics ('η_E' 3, 'η_D' 2, 'sum' 1)\n"
         "set xlabel 'exponent of the steps in the learning rate'\n" +
         vertical_line(-0.5, "#999999", 3) + vertical_line(-1, "#999999", 3) + "plot NaN notitle" +
         plots + "\n";
}

std::vector<std::string> score_lines(const FlowScore& s) {
  const auto share = [](const FactorShare& f) {
    return fmt::format("within {}×: {} of {}, {}", f.factor, f.inside, f.inside + f.outside,
                       with_interval(f.share, 2));
  };
  return {runs_in_seeds(s.count, s.seeds),
          fmt::format("there or stuck told in {} of {}: {}", s.outcomes_right, s.count,
                      with_interval(s.outcome, 2)),
          fmt::format("measured / predicted, median {}", with_interval(s.ratio)),
          share(s.within_1_25), share(s.within_1_5)};
}

std::string pair_panel(const PanelFrame& panel, const TwoRateData& data, double caption_top) {
  double lowest = 1e300, highest = 1;
  for (const FlowRun& run : data.runs) {
    for (const double steps : {run.measured.value_or(1e300),
                               run.flow.steps ? static_cast<double>(*run.flow.steps) : 1e300}) {
      lowest = std::min(lowest, std::max(steps, 1.0));
    }
    highest = std::max(highest, toy::mode_flow_budgets * static_cast<double>(run.spec.steps));
  }
  lowest = std::min(lowest, highest / 10);
  const double edge = 1.8 * highest;
  Rows both, not_there, not_told, neither;
  for (const FlowRun& run : data.runs) {
    const double x = run.flow.steps ? static_cast<double>(*run.flow.steps) : edge;
    const double y = run.measured.value_or(edge);
    auto& rows =
        run.flow.steps ? (run.measured ? both : not_there) : (run.measured ? not_told : neither);
    rows.push_back({x, y});
  }
  std::string text = number_block("both", both) + number_block("not_there", not_there) +
                     number_block("not_told", not_told) + open_panel(panel) +
                     caption(panel.left, caption_top, 0.0195, score_lines(data.score));
  text += fmt::format(
      "set logscale xy\nset format xy '10^{{%L}}'\nset xrange [{0}:{1}]\nset yrange [{0}:{1}]\n"
      "set xlabel 'predicted {2}'\nset ylabel 'measured {2}'\n",
      lowest / 1.5, 1.6 * edge, steps_label);
  text +=
      "plot x with lines lt 8 lw 1.2 dt 2 title 'equal', x * 1.25 with lines lc rgb '#999999' lw 1 "
      "dt 3 title 'a factor 1.25', x / 1.25 with lines lc rgb '#999999' lw 1 dt 3 notitle";
  text += add_points(both, "both", network_style, "networks");
  text += add_points(not_there, "not_there", "pt 8 ps 0.95 lw 1.5 lc rgb '#D55E00'",
                     "predicted, not there: top");
  text += add_points(not_told, "not_told", "pt 4 ps 0.85 lw 1.5 lc rgb '#009E73'",
                     "there, not predicted: right");
  text += neither.empty()
              ? ""
              : fmt::format(", keyentry title 'neither, not drawn ({})'", neither.size());
  return text + "\n";
}

std::string sweep_panel(const PanelFrame& panel, const TwoRateData& data) {
  Rows outcome, near;
  double place = 1;
  std::string tics;
  const auto add = [](Rows& rows, double x, const Estimate& e) {
    if (std::isfinite(e.value)) {
      rows.push_back({x, e.value, std::isfinite(e.low) ? e.low : e.value,
                      std::isfinite(e.high) ? e.high : e.value});
    }
  };
  for (const auto& [modes, score] : data.sweep) {
    add(outcome, place - 0.07, score.outcome);
    add(near, place + 0.07, score.within_1_25.share);
    tics += fmt::format("{}'{}' {}", tics.empty() ? "" : ", ", modes, place);
    ++place;
  }
  const FlowScore& any = data.sweep.front().second;
  std::string text =
      number_block("outcome", outcome) + number_block("near", near) + open_panel(panel);
  text += fmt::format(
      "set xrange [0.5:{}]\nset yrange [0:1.04]\nset xtics ({})\nset xlabel 'number of modes "
      "{{/:Italic N}}'\nset ylabel 'share of {}'\n",
      place - 0.5, tics, runs_in_seeds(any.count, any.seeds));
  return text +
         "plot $outcome using 1:2:3:4 with yerrorbars pt 7 ps 1.1 lw 1.6 lc rgb '#0072B2' title "
         "'there or stuck: told', $outcome using 1:2 with lines lw 1 lc rgb '#0072B2' notitle, "
         "$near using 1:2:3:4 with yerrorbars pt 5 ps 1.0 lw 1.6 lc rgb '#D55E00' title 'steps "
         "within 1.25 (told stuck and there: outside)', $near using 1:2 with lines lw 1 lc rgb "
         "'#D55E00' notitle\n";
}

void add_fit(CsvTable& table, const std::string& of, const TwoRateFit& fit) {
  if (!fit.known) {
    return;
  }
  for (const auto& [name, e] :
       {std::pair("exponent of representation_rate", fit.representation),
        std::pair("exponent of decoder_rate", fit.decoder), std::pair("sum of exponents", fit.sum),
        std::pair("C", fit.constant), std::pair("share within 1.5 of the law", fit.within)}) {
    table.rows.push_back({of, name, fmt::format("{}", fit.count), fmt::format("{}", fit.seeds),
                          cell(e.value), cell(e.low), cell(e.high)});
  }
}

void add_score(CsvTable& table, const std::string& of, const FlowScore& s) {
  const auto add = [&](const char* name, std::int64_t count, const Estimate& e) {
    table.rows.push_back({of, name, fmt::format("{}", count), fmt::format("{}", s.seeds),
                          cell(e.value), cell(e.low), cell(e.high)});
  };
  add("there or stuck told", s.count, s.outcome);
  add("median of measured/flow", s.ratios, s.ratio);
  add("within 1.25", s.within_1_25.inside + s.within_1_25.outside, s.within_1_25.share);
  add("within 1.5", s.within_1_5.inside + s.within_1_5.outside, s.within_1_5.share);
}

CsvTable number_table(const TwoRateData& data) {
  CsvTable table{{"of", "quantity", "runs", "seeds", "value", "low", "high"}, {}};
  add_fit(table, "networks", data.measured);
  add_fit(table, "mode flow, the same runs", data.flow);
  add_fit(table, "mode flow, other seeds", data.flow_others);
  add_score(table, fmt::format("{} modes", data.modes), data.score);
  for (const auto& [modes, score] : data.sweep) {
    add_score(table, fmt::format("{} modes, first seeds", modes), score);
  }
  return table;
}

}  // namespace

Drawing draw_two_rate(const TwoRateData& data, const std::string& command) {
  Drawing drawing;
  drawing.width = width;
  drawing.height = height;
  constexpr double top = 0.885, middle = 0.570, head = 0.975;
  drawing.script =
      "set multiplot\n" + footer(command) +
      law_panel({0.062, 0.325, middle, top, head, "a",
                 data.descent ? "Steps against both rates: gradient descent"
                              : "Steps against both rates: Adam"},
                data) +
      "unset label\n" +
      collapse_panel({0.400, 0.663, middle, top, head, "b", "Only their ratio is left"}, data) +
      "unset label\n" +
      pair_panel({0.737, 0.990, data.sweep.empty() ? 0.360 : 0.510, 0.755, head, "c",
                  "Mode flow, nothing fitted"},
                 data, head - 0.127) +
      "unset label\n";
  drawing.tables = {{"runs", flow_table(data.runs)},
                    {"other_seeds", flow_table(data.others)},
                    {"numbers", number_table(data)}};
  drawing.script +=
      exponent_panel({0.062, 0.480, 0.075, 0.36, 0.46, "d", "Exponents of the two rates"}, data);
  drawing.script += "unset label\n";
  if (!data.sweep.empty()) {
    drawing.script +=
        sweep_panel({0.685, 0.990, 0.075, 0.325, 0.415, "e", "How many modes it takes"}, data);
  }
  drawing.script += "unset label\nunset multiplot\n";
  return drawing;
}

}  // namespace grok
