// The picture of figures/representation/fig5_grokking_rate.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/representation/fig5_grokking_rate.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* fraction_label =
    "set xrange [0:1]\n"
    "set xlabel 'training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|'\n";

std::string rate_block(const GrokkingRateData& data) {
  std::vector<std::vector<double>> rows;
  for (const RatePoint& p : data.rates) {
    rows.push_back({p.fraction, p.median.value, p.lower_quartile, p.upper_quartile, p.zero.value,
                    p.zero.low, p.zero.high, p.median.low, p.median.high});
  }
  return number_block("rates", rows);
}

std::string rate_panel(const PanelFrame& panel, const GrokkingRateData& data) {
  return open_panel(panel) + fraction_label +
         "set yrange [0:*]\nset ylabel 'grokking rate λ_3  [1/time]'\n" +
         fmt::format(
             "plot $rates using 1:3:4 with filledcurves fc rgb '#D55E00' fs solid 0.22 noborder "
             "title 'quartiles, {} random {{/:Italic D}} per size', "
             "$rates using 1:8:9 with filledcurves fc rgb '#D55E00' fs solid 0.45 noborder "
             "notitle, "
             "$rates using 1:2 with linespoints lt 2 lw 1.3 pt 7 ps 0.45 title 'median, 95% "
             "interval (normalisation: sum over {{/:Italic P}}_0({{/:Italic D}}))'\n",
             data.draws);
}

std::string zero_panel(const PanelFrame& panel, const GrokkingRateData& data) {
  return open_panel(panel) + fraction_label +
         "set yrange [0:1.04]\nset ylabel 'share of {/:Italic D} with λ_3 = 0'\n" +
         fmt::format(
             "plot $rates using 1:6:7 with filledcurves fc rgb '#D55E00' fs solid 0.3 noborder "
             "notitle, "
             "$rates using 1:5 with linespoints lt 2 lw 1.3 pt 7 ps 0.45 title 'λ_3 = 0: structure "
             "not unique ({} {{/:Italic D}} per size, 95% interval)'\n",
             data.draws);
}

/// The pairs of one predictor: both known; prediction only (the network is censored at the budget);
/// measurement only (no prediction). Neither: not drawn, counted.
struct Points {
  std::vector<std::vector<double>> both, network_censored, not_predicted;
};

Points points_of(const Predictor& predictor, double never) {
  Points points;
  for (const StepPair& pair : predictor.pairs) {
    if (pair.predicted && pair.measured) {
      points.both.push_back({*pair.predicted, *pair.measured});
    } else if (pair.predicted) {
      points.network_censored.push_back({*pair.predicted, pair.budget});
    } else if (pair.measured) {
      points.not_predicted.push_back({never, *pair.measured});
    }
  }
  return points;
}

std::string share_line(const FactorShare& s) {
  return fmt::format("within {}×: {} of {}, {}, {} undecided", s.factor, s.inside,
                     s.inside + s.outside, with_interval(s.share, 2), s.undecided);
}

std::vector<std::string> number_lines(const Predictor& predictor) {
  const Agreement& a = predictor.agreement;
  std::vector<std::string> lines = {runs_in_seeds(std::ssize(predictor.pairs), a.groups)};
  if (predictor.in_budget > 0) {
    lines.push_back(fmt::format("{} of {} predicted to get there do: {}", predictor.reached,
                                predictor.in_budget, with_interval(predictor.reached_share, 2)));
  }
  if (a.count + a.censored > 0) {
    lines.push_back(share_line(a.within[1]));
    lines.push_back(share_line(a.within[2]));
  }
  if (a.count > 0) {
    const auto known = [](const BootstrapInterval& interval) {
      return interval.count == 0 ? std::string("undetermined") : with_interval(interval.estimate);
    };
    lines.push_back(fmt::format("of the {} that got there:", a.count));
    lines.push_back(fmt::format("measured/predicted κ = {}", with_interval(a.kappa)));
    lines.push_back(fmt::format("slope of logarithms {}", known(a.slope)));
    lines.push_back(fmt::format("Spearman’s rank correlation {}", known(a.rank)));
  }
  return lines;
}

/// Ranges that hold every known value of every panel; what has no prediction stands at `never`.
struct PairAxes {
  double lowest, highest_x, highest_y, never;
};

PairAxes pair_axes(const GrokkingRateData& data) {
  double lowest = static_cast<double>(data.budget), highest = lowest;
  for (const Predictor& predictor : data.predictors) {
    if (predictor.title.empty()) {
      continue;
    }
    for (const StepPair& pair : predictor.pairs) {
      for (const auto& value : {pair.predicted, pair.measured}) {
        lowest = std::min(lowest, value.value_or(lowest));
        highest = std::max(highest, value.value_or(highest));
      }
    }
  }
  lowest = std::max(lowest, 1.0);  // 0 steps have no place on a logarithmic axis
  return {lowest / 1.5, 3.5 * highest, 2.5 * static_cast<double>(data.budget), 2.2 * highest};
}

std::string pair_panel(const PanelFrame& panel, const Predictor& predictor,
                       const GrokkingRateData& data) {
  const PairAxes axes = pair_axes(data);
  const Points points = points_of(predictor, axes.never);
  const std::string name = predictor.key;
  std::string text = number_block(name, points.both) +
                     number_block(name + "_up", points.network_censored) +
                     number_block(name + "_right", points.not_predicted) + open_panel(panel);
  text += caption(panel.left, panel.head - 0.118, 0.0195, number_lines(predictor));
  text += fmt::format(
      "set logscale xy\nset format xy '10^{{%L}}'\nset xrange [{0}:{1}]\nset yrange [{0}:{2}]\n"
      "set xlabel 'predicted steps to RQI > 0.95'\nset ylabel 'measured steps to RQI > 0.95'\n",
      axes.lowest, axes.highest_x, axes.highest_y);
  if (predictor.key == "n_h_sum") {
    text += "set xlabel 'predicted {/:Italic n}_h  [steps]'\n";
  }
  text += fmt::format(
      "plot x with lines lt 2 dt 2 title 'equal', "
      "{} with lines lc rgb '#999999' lw 1.2 dt 3 title 'budget: {} steps'",
      data.budget, data.budget);
  const auto add = [&text](std::size_t count, const std::string& plot) {
    text += count > 0 ? ", " + plot : "";
  };
  add(points.both.size(),
      fmt::format("${} using 1:2 with points pt 7 ps 0.8 lw 0.4 lc rgb '#700072B2' title "
                  "'networks ({})'",
                  name, points.both.size()));
  add(points.network_censored.size(),
      fmt::format("${}_up using 1:2 with points pt 8 ps 0.9 lw 1.4 lc rgb '#0072B2' title "
                  "'network censored at the budget ({})'",
                  name, points.network_censored.size()));
  add(points.not_predicted.size(),
      fmt::format("${}_right using 1:2 with points pt 4 ps 0.8 lw 1.4 lc rgb '#009E73' title "
                  "'no prediction: drawn at the right edge ({})'",
                  name, points.not_predicted.size()));
  add(static_cast<std::size_t>(predictor.agreement.neither),
      fmt::format("keyentry title 'neither, not drawn ({})'", predictor.agreement.neither));
  return text + "\n";
}

CsvTable rate_table(const GrokkingRateData& data) {
  CsvTable table{
      {"train", "fraction", "draws", "normalisation", "median", "median_low", "median_high",
       "lower_quartile", "upper_quartile", "zero", "zero_low", "zero_high"},
      {}};
  for (const RatePoint& p : data.rates) {
    table.rows.push_back({fmt::format("{}", p.train), to_text(p.fraction),
                          fmt::format("{}", p.draws), "sum", to_text(p.median.value),
                          to_text(p.median.low), to_text(p.median.high), to_text(p.lower_quartile),
                          to_text(p.upper_quartile), to_text(p.zero.value), to_text(p.zero.low),
                          to_text(p.zero.high)});
  }
  return table;
}

/// pairs: what the quantity is of; for shares those that are decided.
CsvTable agreement_table(const GrokkingRateData& data) {
  CsvTable table{{"prediction", "quantity", "pairs", "undecided", "value", "low", "high"}, {}};
  for (const Predictor& p : data.predictors) {
    const Agreement& a = p.agreement;
    const auto add = [&](const std::string& quantity, std::int64_t pairs, std::int64_t undecided,
                         const Estimate& e) {
      table.rows.push_back({p.key, quantity, fmt::format("{}", pairs), fmt::format("{}", undecided),
                            cell(e.value), cell(e.low), cell(e.high)});
    };
    const auto add_shares = [&](const std::string& name, const std::array<FactorShare, 3>& shares) {
      for (const FactorShare& s : shares) {
        add(fmt::format("{} {}", name, s.factor), s.inside + s.outside, s.undecided, s.share);
      }
    };
    for (const auto& [name, count] :
         {std::pair("seeds", a.groups), std::pair("predicted and there", a.count),
          std::pair("predicted and not there", a.censored),
          std::pair("there without prediction", a.unpredicted), std::pair("neither", a.neither)}) {
      table.rows.push_back(
          {p.key, name, fmt::format("{}", p.pairs.size()), "", fmt::format("{}", count), "", ""});
    }
    if (p.in_budget > 0) {
      add("there if predicted within the budget", p.in_budget, 0, p.reached_share);
    }
    add_shares("within", a.within);
    add_shares("within over kappa", a.within_scaled);
    add("kappa of those there", a.count - a.zero, 0, a.kappa);
    if (a.slope.count > 0) {
      add("slope of those there", a.slope.count, 0, a.slope.estimate);
    }
    if (a.rank.count > 0) {
      add("spearman of those there", a.rank.count, 0, a.rank.estimate);
    }
  }
  return table;
}

}  // namespace

Drawing draw_grokking_rate(const GrokkingRateData& data, const std::string& command) {
  Drawing drawing;
  drawing.width = 1500;
  drawing.height = 1180;
  drawing.script =
      "set multiplot\n" + footer(command) + rate_block(data) +
      rate_panel({0.062, 0.48, 0.68, 0.90, 0.975, "a", "Grokking rate of random training sets"},
                 data) +
      "unset label 99\n" +
      zero_panel({0.572, 0.99, 0.68, 0.90, 0.975, "b", "Where the rate vanishes"}, data);
  constexpr std::array<double, 3> lefts = {0.062, 0.395, 0.728};
  std::size_t shown = 0;
  for (const Predictor& predictor : data.predictors) {
    if (predictor.title.empty()) {
      continue;
    }
    const double left = lefts.at(shown);
    drawing.script += pair_panel({left, left + 0.262, 0.075, 0.318, 0.592,
                                  std::string(1, static_cast<char>('c' + shown)), predictor.title},
                                 predictor, data);
    ++shown;
  }
  drawing.script += "unset label\nunset multiplot\n";
  drawing.tables = {{"ab", rate_table(data)},
                    {"cde", paired_table(data.rows)},
                    {"numbers", agreement_table(data)}};
  return drawing;
}

}  // namespace grok
