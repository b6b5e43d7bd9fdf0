// The picture of figures/fig5_grokking_rate.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/errors.hpp"
#include "figures/fig5_grokking_rate.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* fraction_label =
    "set xrange [0:1]\n"
    "set xlabel 'training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|'\n";

std::string rate_block(const GrokkingRateData& data) {
  std::vector<std::vector<double>> rows;
  for (const RatePoint& p : data.rates) {
    rows.push_back({p.fraction, p.median, p.lower_quartile, p.upper_quartile, p.zero.value,
                    p.zero.low, p.zero.high});
  }
  return number_block("rates", rows);
}

std::string rate_panel(const Panel& panel, const GrokkingRateData& data) {
  return open_panel(panel) + fraction_label +
         "set yrange [0:*]\nset ylabel 'grokking rate λ_3  [1/time]'\n" +
         fmt::format(
             "plot $rates using 1:3:4 with filledcurves fc rgb '#D55E00' fs solid 0.22 noborder "
             "title 'quartiles, {} random {{/:Italic D}} per size', "
             "$rates using 1:2 with linespoints lt 2 pt 7 ps 0.45 title 'median (normalisation: "
             "sum over {{/:Italic P}}_0({{/:Italic D}}))'\n",
             data.draws);
}

std::string zero_panel(const Panel& panel, const GrokkingRateData& data) {
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
/// measurement only (no prediction); neither.
struct Pairs {
  std::vector<std::vector<double>> both;
  std::vector<std::pair<double, double>> network_censored, not_predicted;
  std::int64_t neither = 0;
};

Pairs pairs_of(const Predictor& predictor, const GrokkingRateData& data, double never) {
  Pairs pairs;
  const auto budget = static_cast<double>(data.budget);
  for (std::size_t k = 0; k < data.rows.size(); ++k) {
    const auto& predicted = predictor.steps[k];
    const auto& measured = data.measured[k];
    if (predicted && measured) {
      pairs.both.push_back({*predicted, *measured});
    } else if (predicted) {
      pairs.network_censored.emplace_back(*predicted, budget);
    } else if (measured) {
      pairs.not_predicted.emplace_back(never, *measured);
    } else {
      ++pairs.neither;
    }
  }
  return pairs;
}

std::vector<std::string> number_lines(const Predictor& predictor) {
  const Agreement& a = predictor.agreement;
  if (a.count == 0) {
    return {fmt::format("{{/:Italic n}} = 0 pairs, {} censored", a.censored)};
  }
  const auto known = [](const BootstrapInterval& interval) {
    return interval.count == 0 ? std::string("undetermined") : with_interval(interval.estimate);
  };
  std::vector<std::string> lines = {
      fmt::format("measured/predicted κ = {}", with_interval(a.kappa)),
      fmt::format("within a factor 1.5: {}", with_interval(a.within_1_5, 2)),
      fmt::format("within a factor 2: {}", with_interval(a.within_2, 2)),
      fmt::format("slope of logarithms {}", known(a.slope)),
      fmt::format("Spearman’s rank correlation {}", known(a.rank)),
      fmt::format("{{/:Italic n}} = {} pairs, {} censored", a.count, a.censored)};
  if (predictor.in_budget > 0) {
    lines.push_back(fmt::format("{} of {} predicted to get there do: {}", predictor.reached,
                                predictor.in_budget, with_interval(predictor.reached_share, 2)));
  }
  return lines;
}

/// Ranges that hold every known value of every panel; what has no prediction stands at `never`.
struct PairAxes {
  double lowest, highest_x, highest_y, never;
};

PairAxes pair_axes(const GrokkingRateData& data) {
  double lowest = static_cast<double>(data.budget), highest = lowest;
  const auto include = [&](const std::vector<std::optional<double>>& values) {
    for (const auto& value : values) {
      lowest = std::min(lowest, value.value_or(lowest));
      highest = std::max(highest, value.value_or(highest));
    }
  };
  include(data.measured);
  for (const Predictor& predictor : data.predictors) {
    if (!predictor.title.empty()) {
      include(predictor.steps);
    }
  }
  lowest = std::max(lowest, 1.0);  // 0 steps have no place on a logarithmic axis
  return {lowest / 1.5, 3.5 * highest, 2.5 * static_cast<double>(data.budget), 2.2 * highest};
}

std::string pair_panel(const Panel& panel, const Predictor& predictor,
                       const GrokkingRateData& data) {
  const PairAxes axes = pair_axes(data);
  const Pairs pairs = pairs_of(predictor, data, axes.never);
  const std::string name = predictor.key;
  std::string text = number_block(name, pairs.both);
  const auto plain = [](const std::vector<std::pair<double, double>>& points) {
    std::vector<std::vector<double>> rows;
    for (const auto& [x, y] : points) {
      rows.push_back({x, y});
    }
    return rows;
  };
  text += number_block(name + "_up", plain(pairs.network_censored)) +
          number_block(name + "_right", plain(pairs.not_predicted)) + open_panel(panel);
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
  add(pairs.both.size(),
      fmt::format("${} using 1:2 with points pt 7 ps 0.8 lw 0.4 lc rgb '#700072B2' title "
                  "'networks ({})'",
                  name, pairs.both.size()));
  add(pairs.network_censored.size(),
      fmt::format("${}_up using 1:2 with points pt 8 ps 0.9 lw 1.4 lc rgb '#0072B2' title "
                  "'network censored at the budget ({})'",
                  name, pairs.network_censored.size()));
  add(pairs.not_predicted.size(),
      fmt::format("${}_right using 1:2 with points pt 4 ps 0.8 lw 1.4 lc rgb '#009E73' title "
                  "'no prediction: drawn at the right edge ({})'",
                  name, pairs.not_predicted.size()));
  add(static_cast<std::size_t>(pairs.neither),
      fmt::format("keyentry title 'neither, not drawn ({})'", pairs.neither));
  return text + "\n";
}

CsvTable rate_table(const GrokkingRateData& data) {
  CsvTable table{{"train", "fraction", "draws", "normalisation", "median", "lower_quartile",
                  "upper_quartile", "mean", "zero", "zero_low", "zero_high"},
                 {}};
  for (const RatePoint& p : data.rates) {
    table.rows.push_back({fmt::format("{}", p.train), to_text(p.fraction),
                          fmt::format("{}", p.draws), "sum", to_text(p.median),
                          to_text(p.lower_quartile), to_text(p.upper_quartile), to_text(p.mean),
                          to_text(p.zero.value), to_text(p.zero.low), to_text(p.zero.high)});
  }
  return table;
}

CsvTable agreement_table(const GrokkingRateData& data) {
  CsvTable table{{"prediction", "pairs", "censored", "quantity", "value", "low", "high"}, {}};
  for (const Predictor& p : data.predictors) {
    const Agreement& a = p.agreement;
    const auto add = [&](const std::string& quantity, const Estimate& e) {
      table.rows.push_back({p.key, fmt::format("{}", a.count), fmt::format("{}", a.censored),
                            quantity, to_text(e.value), to_text(e.low), to_text(e.high)});
    };
    if (a.count == 0) {
      table.rows.push_back({p.key, "0", fmt::format("{}", a.censored), "", "", "", ""});
      continue;
    }
    add("kappa", a.kappa);
    if (p.in_budget > 0) {
      add("reached_if_predicted", p.reached_share);
    }
    add("within_1_25", a.within_1_25);
    add("within_1_5", a.within_1_5);
    add("within_2", a.within_2);
    add("within_1_25_scaled", a.within_1_25_scaled);
    add("within_1_5_scaled", a.within_1_5_scaled);
    add("within_2_scaled", a.within_2_scaled);
    if (a.slope.count > 0) {
      add("slope", a.slope.estimate);
    }
    if (a.rank.count > 0) {
      add("spearman", a.rank.estimate);
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
      zero_panel({0.572, 0.99, 0.68, 0.90, 0.975, "", "… and where it vanishes"}, data);
  constexpr std::array<double, 3> lefts = {0.062, 0.395, 0.728};
  std::size_t shown = 0;
  for (const Predictor& predictor : data.predictors) {
    if (predictor.title.empty()) {
      continue;
    }
    const double left = lefts.at(shown);
    drawing.script += pair_panel({left, left + 0.262, 0.075, 0.318, 0.592,
                                  std::string(1, static_cast<char>('b' + shown)), predictor.title},
                                 predictor, data);
    ++shown;
  }
  drawing.script += "unset label\nunset multiplot\n";
  drawing.tables = {{"a", rate_table(data)},
                    {"bcd", paired_table(data.rows)},
                    {"numbers", agreement_table(data)}};
  return drawing;
}

}  // namespace grok
