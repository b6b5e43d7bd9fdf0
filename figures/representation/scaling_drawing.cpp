// The picture of figures/representation/scaling.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "figures/representation/scaling.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr double published_fraction = 0.4;
constexpr Index published_symbols = 10;

std::string block_of(std::size_t k) { return fmt::format("series{}", k); }

// p, n50, low, high, r_c, low, high, predicted, coverage, rows, ratio, low, high, n50/p, low, high,
// predicted/p
std::string series_blocks(const ScalingData& data) {
  std::string text;
  for (std::size_t k = 0; k < data.series.size(); ++k) {
    std::vector<std::vector<double>> rows;
    for (const ScalingDatum& datum : data.series[k].data) {
      const ScalingPoint& point = datum.point;
      const auto p = static_cast<double>(point.symbols);
      rows.push_back({p, point.n50.value, point.n50.low, point.n50.high, point.fraction.value,
                      point.fraction.low, point.fraction.high, point.predicted, point.coverage,
                      point.counting, point.ratio.value, point.ratio.low, point.ratio.high,
                      point.n50.value / p, point.n50.low / p, point.n50.high / p,
                      point.predicted / p});
    }
    text += number_block(block_of(k), rows);
  }
  return text;
}

// A law as a gnuplot expression of x = p.
std::string expression(ScalingLaw law, const std::vector<double>& constants) {
  return law == ScalingLaw::power
             ? fmt::format("{}*x**{}", constants.at(0), constants.at(1))
             : fmt::format("x*({}+{}*log(x))", constants.at(0), constants.at(1));
}

std::vector<double> values(const std::vector<Estimate>& constants) {
  std::vector<double> result;
  for (const Estimate& constant : constants) {
    result.push_back(constant.value);
  }
  return result;
}

std::string size_axis(const ScalingData& data) {
  Index least = max_symbols, most = 0;
  for (const ScalingSeries& series : data.series) {
    least = std::min(least, series.data.front().point.symbols);
    most = std::max(most, series.data.back().point.symbols);
  }
  return fmt::format(
      "set logscale x\nset xrange [{}:{}]\nset xtics (4, 10, 40, 100, 400, 1000, 4000)\n"
      "set xlabel 'symbols {{/:Italic p}}'\n",
      0.8 * static_cast<double>(least), 1.25 * static_cast<double>(most));
}

std::string count_panel(const PanelFrame& panel, const ScalingData& data) {
  const LawFit &log = fit_of(data.fits, ScalingLaw::log),
               &power = fit_of(data.fits, ScalingLaw::power);
  return open_panel(panel) + size_axis(data) +
         "set logscale y\nset format y '10^{%L}'\nset yrange [6:*]\n"
         "set ylabel 'samples {/:Italic n}_{50} for a unique structure'\n" +
         fmt::format(
             "plot {0} with lines lt 8 lw 1.2 dt 3 title '{{/:Italic a p^b}}, {{/:Italic b}} = "
             "{1}; laws fitted to {{/:Italic p}} ≥ {5}', {2} with lines lt 3 lw 1.6 title "
             "'{{/:Italic p}}({{/:Italic a}} + {{/:Italic "
             "b}} ln {{/:Italic p}}), {{/:Italic a}} = {3}, {{/:Italic b}} = {4}', "
             "$series0 using 1:8 with lines lt 2 lw 2.2 dt 2 title 'predicted without a constant: "
             "coverage, or rows', "
             "$series0 using 1:2:3:4 with yerrorbars lt 1 lw 1.4 pt 7 ps 0.8 title 'addition, "
             "exact nullity of random {{/:Italic D}}, 95% interval'\n",
             expression(ScalingLaw::power, values(power.constants)),
             rounded(power.constants.at(1).value),
             expression(ScalingLaw::log, values(log.constants)), rounded(log.constants.at(0).value),
             rounded(log.constants.at(1).value), data.fit_from);
}

std::string fraction_panel(const PanelFrame& panel, const ScalingData& data) {
  const ScalingPoint& last = data.series.at(0).data.back().point;
  const auto p = static_cast<double>(last.symbols);
  const double guide = last.fraction.value * p / std::log(p);
  return open_panel(panel) + size_axis(data) +
         "set logscale y\nset yrange [*:1]\nset format y '%g'\n"
         "set ylabel 'critical fraction {/:Italic r}_c = {/:Italic n}_{50}/|{/:Italic D}_0|'\n" +
         fmt::format(
             "plot {0}*log(x)/x with lines lt 8 lw 1.2 dt 3 title '{1} (ln {{/:Italic "
             "p}})/{{/:Italic p}}, through the last point', "
             "$series0 using 1:5:6:7 with yerrorbars lt 1 lw 1.4 pt 7 ps 0.8 title 'addition', "
             "'+' using ({2}):({3}) every ::0::0 with points lt 2 pt 6 lw 2.2 ps 2.1 title "
             "'published: 0.4 at {{/:Italic p}} = 10'\n",
             guide, rounded(guide), published_symbols, published_fraction);
}

// Measured over what was predicted, p by p: the laws know p <= fit_up_to alone.
std::string ratio_panel(const PanelFrame& panel, const ScalingData& data) {
  const auto law_rows = [&](ScalingLaw law) {
    std::vector<std::vector<double>> rows;
    const LawFit& fit = fit_of(data.fits, law);
    for (const ScalingDatum& datum : data.series.at(0).data) {
      const auto p = static_cast<double>(datum.point.symbols);
      rows.push_back({p, datum.point.critical_train.value /
                             law_value(law, fit.held_out_constants, p, datum.point.predicted)});
    }
    return rows;
  };
  return number_block("log_law", law_rows(ScalingLaw::log)) +
         number_block("power_law", law_rows(ScalingLaw::power)) + open_panel(panel) +
         size_axis(data) +
         fmt::format(
             "set ylabel 'measured / predicted'\nset yrange [*:*]\n"
             "set object 1 rectangle from {1},graph 0 to {0},graph 1 fc rgb '#eeeeee' fs solid 1 "
             "noborder behind\n"
             "plot 1 with lines lt 8 lw 1 notitle, "
             "$power_law using 1:2 with linespoints lt 8 lw 1.2 dt 3 pt 8 ps 0.9 title 'power law "
             "fitted to {{/:Italic p}} = {1} to {0} (grey)', "
             "$log_law using 1:2 with linespoints lt 3 lw 1.6 pt 4 ps 0.8 title "
             "'{{/:Italic p}}({{/:Italic a}} + {{/:Italic b}} ln {{/:Italic p}}) fitted to the "
             "same', "
             "$series0 using 1:11 with lines lt 2 lw 1.4 notitle, "
             "$series0 using 1:11:12:13 with yerrorbars lt 2 lw 1.4 pt 7 ps 0.8 title 'coverage or "
             "rows, no constant; 95% interval'\nunset object 1\n",
             data.fit_up_to, data.fit_from);
}

std::string group_panel(const PanelFrame& panel, const ScalingData& data) {
  constexpr int colours[] = {1, 3, 4, 6, 5}, marks[] = {7, 5, 9, 11, 13};
  std::string text = open_panel(panel) + size_axis(data) +
                     "set yrange [0:*]\nset ylabel '{/:Italic n}_{50}/{/:Italic p}'\nplot "
                     "keyentry with lines lt 8 lw 1.6 dt 2 title 'predicted without a constant'";
  for (std::size_t k = 0; k < data.series.size(); ++k) {
    const int colour = colours[k % std::size(colours)];
    text += fmt::format(
        ", ${0} using 1:17 with lines lt {1} lw 1.6 dt 2 notitle, ${0} using 1:14:15:16 with "
        "yerrorbars lt {1} lw 1.4 pt {2} ps 0.8 title {3}",
        block_of(k), colour, marks[k % std::size(marks)],
        quoted(data.series[k].name + (k == 0 ? "" : ": no ends")));
  }
  return text + "\n";
}

CsvTable point_table(const ScalingData& data) {
  CsvTable table{{"task",
                  "symbols",
                  "samples",
                  "draws",
                  "n50",
                  "n50_low",
                  "n50_high",
                  "critical_fraction",
                  "critical_fraction_low",
                  "critical_fraction_high",
                  "critical_train",
                  "critical_train_low",
                  "critical_train_high",
                  "covered",
                  "rows",
                  "predicted",
                  "predicted_covered",
                  "predicted_touched",
                  "predicted_rows",
                  "ratio",
                  "ratio_low",
                  "ratio_high",
                  "explained",
                  "explained_low",
                  "explained_high"},
                 {}};
  for (const ScalingSeries& series : data.series) {
    for (const ScalingDatum& datum : series.data) {
      const ScalingPoint& p = datum.point;
      std::vector<std::string> row = {series.name, fmt::format("{}", p.symbols),
                                      fmt::format("{}", p.samples), fmt::format("{}", p.draws)};
      for (const Estimate& e : {p.n50, p.fraction, p.critical_train}) {
        row.insert(row.end(), {cell(e.value), cell(e.low), cell(e.high)});
      }
      row.insert(row.end(),
                 {cell(p.covered.value), cell(p.rows.value), cell(p.predicted), cell(p.coverage),
                  cell(p.touched), cell(p.counting), cell(p.ratio.value), cell(p.ratio.low),
                  cell(p.ratio.high), cell(p.explained.value), cell(p.explained.low),
                  cell(p.explained.high)});
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

CsvTable law_table(const ScalingData& data) {
  CsvTable table{{"fit_from",     "law",           "a",   "a_low",      "a_high",    "b",
                  "b_low",        "b_high",        "c",   "c_low",      "c_high",    "chi2",
                  "sizes",        "aic",           "bic", "aic_weight", "fit_up_to", "held_out",
                  "held_out_rms", "held_out_worst"},
                 {}};
  const auto add = [&](const LawFit& fit, Index from) {
    std::vector<std::string> row = {fmt::format("{}", from), formula_of(fit.law)};
    for (std::size_t k = 0; k < 3; ++k) {
      const bool known = k < fit.constants.size();
      row.insert(row.end(), {known ? cell(fit.constants[k].value) : "",
                             known ? cell(fit.constants[k].low) : "",
                             known ? cell(fit.constants[k].high) : ""});
    }
    row.insert(row.end(),
               {cell(fit.chi2), fmt::format("{}", fit.points), cell(fit.aic), cell(fit.bic),
                cell(fit.aic_weight), fmt::format("{}", data.fit_up_to),
                fmt::format("{}", fit.held_out), cell(fit.held_out_rms), cell(fit.held_out_worst)});
    table.rows.push_back(std::move(row));
  };
  for (const LawFit& fit : data.fits) {
    add(fit, data.fit_from);
  }
  for (const LawFit& fit : data.fits_all) {
    add(fit, data.series.at(0).data.front().point.symbols);
  }
  return table;
}

}  // namespace

Drawing draw_scaling(const ScalingData& data, const std::string& command) {
  Drawing drawing;
  drawing.width = 1400;
  drawing.height = 1040;
  drawing.script =
      series_blocks(data) + "set multiplot\n" + footer(command) +
      count_panel({0.065, 0.485, 0.585, 0.845, 0.975, "a", "Addition: samples that are needed"},
                  data) +
      "unset label 99\n" +
      fraction_panel({0.57, 0.985, 0.585, 0.845, 0.975, "b", "Addition: the critical fraction"},
                     data) +
      ratio_panel({0.065, 0.485, 0.085, 0.37, 0.485, "c", "What predicts larger tasks"}, data) +
      group_panel({0.57, 0.985, 0.085, 0.37, 0.485, "d", "Groups have no ends"}, data) +
      "unset multiplot\n";
  drawing.tables = {{"points", point_table(data)}, {"laws", law_table(data)}};
  return drawing;
}

}  // namespace grok
