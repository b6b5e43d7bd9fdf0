// The picture of figures/representation/fig17_hexagon.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "figures/representation/fig17_hexagon.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* blue = "#0072B2";
constexpr const char* vermilion = "#D55E00";
constexpr const char* see_through_blue = "#800072B2";
constexpr const char* see_through_orange = "#90E69F00";

/// Columns x, y, name and the place of the name, of one parity: outside of even ones, inside of odd
/// ones, so that the names of two points near each other do not meet.
std::string point_block(const HexagonData& data, const std::string& name,
                        const Eigen::MatrixXd& points, double gap, bool even) {
  std::string text = "$" + name + " << EOD\n";
  for (std::size_t k = 0; k < data.names.size(); ++k) {
    if (data.even[k] == even) {
      const Eigen::RowVector2d at = points.row(static_cast<Eigen::Index>(k));
      const Eigen::RowVector2d label = at * (1 + (even ? gap : -gap) / at.norm());
      text += fmt::format("{} {} \"{}\" {} {}\n", to_text(at[0]), to_text(at[1]), data.names[k],
                          to_text(label[0]), to_text(label[1]));
    }
  }
  return text + "EOD\n";
}

/// The corners of the nearest regular hexagon, in their order, closed.
std::vector<std::vector<double>> ring_rows(const HexagonFit& fit) {
  std::vector<std::vector<double>> rows(7);
  for (std::size_t k = 0; k < 6; ++k) {
    const auto at = fit.nearest.row(static_cast<Eigen::Index>(k));
    rows[static_cast<std::size_t>(fit.corner[k])] = {at[0], at[1]};
  }
  rows[6] = rows[0];
  return rows;
}

std::string plane_panel(const PanelFrame& panel, const HexagonData& data, int other) {
  const HexagonRun& run = data.runs[data.shown];
  const PrincipalComponents& pc = run.components;
  Eigen::MatrixXd points(6, 2);
  points << pc.scores.col(0), pc.scores.col(other);
  const HexagonFit fit = fit_hexagon(points);
  const double reach =
      1.28 * std::max(points.cwiseAbs().maxCoeff(), fit.nearest.cwiseAbs().maxCoeff());
  const std::string id = fmt::format("{}", other + 1);
  const auto axis = [&pc](int component) {
    return quoted(fmt::format("PC{} ({} % of the variance)", component + 1,
                              rounded(100 * pc.explained[component])));
  };
  const double gap = 0.115 * reach;
  std::string text = point_block(data, "even" + id, points, gap, true) +
                     point_block(data, "odd" + id, points, gap, false) +
                     number_block("ring" + id, ring_rows(fit)) + open_panel(panel);
  text += fmt::format(
      "set key maxcols 2 maxrows 2 width 4\nset xrange [{0}:{1}]\nset yrange [{0}:{1}]\nset xlabel "
      "{2}\nset ylabel {3}\n",
      to_text(-reach), to_text(reach), axis(0), axis(other));
  return text +
         fmt::format(
             "plot $ring{0} using 1:2 with lines lc rgb '#999999' lw 1.6 dt 2 title 'nearest "
             "regular "
             "hexagon', "
             "keyentry with lines lc rgb '#ffffff' title 'deviation {1}{2}', "
             "$even{0} using 1:2 with points pt 7 ps 1.7 lt 1 title 'even permutations', "
             "$odd{0} using 1:2 with points pt 5 ps 1.5 lt 2 title 'odd permutations', "
             "$even{0} using 4:5:3 with labels font ',11' tc rgb '{3}' notitle, "
             "$odd{0} using 4:5:3 with labels font ',11' tc rgb '{4}' notitle\n",
             id, rounded(fit.deviation, 2), fit.convex ? ", convex" : ", not convex", blue,
             vermilion);
}

/// x, and a column for every run of the kind; a blank line between runs.
std::string spectrum_block(const HexagonData& data, const std::string& name, bool high) {
  std::string text = "$" + name + " << EOD\n";
  for (const HexagonRun& run : data.runs) {
    if (run.high == high) {
      for (Eigen::Index c = 0; c < shown_components; ++c) {
        text += fmt::format("{} {}\n", c + 1, to_text(run.components.explained[c]));
      }
      text += '\n';
    }
  }
  return text + "EOD\n";
}

std::string explained_panel(const PanelFrame& panel, const HexagonData& data) {
  std::vector<std::vector<double>> random, exact, shown;
  for (std::size_t c = 0; c < static_cast<std::size_t>(shown_components); ++c) {
    const auto x = static_cast<double>(c + 1);
    const auto& range = data.random.explained[c];
    random.push_back({x, range[0], range[1], range[2]});
    exact.push_back({x, data.exact.explained[c][1]});
    shown.push_back({x, data.runs[data.shown].components.explained[static_cast<Eigen::Index>(c)]});
  }
  const auto lower = std::ssize(data.runs) - data.high;
  std::string text = number_block("random", random) + number_block("exact", exact) +
                     number_block("shown", shown) + spectrum_block(data, "high", true) +
                     spectrum_block(data, "lower", false) + open_panel(panel);
  text += fmt::format(
      "set key maxrows auto\nset xrange [0.6:5.4]\nset yrange [0:*]\nset xtics 1 nomirror\nset "
      "xlabel 'principal "
      "component'\nset ylabel 'share of the variance'\n"
      "plot $random using 1:2:4 with filledcurves fc rgb '#dddddd' fs solid 1 noborder title "
      "'random matrices, 95% of {} draws'",
      data.draws);
  if (lower > 0) {
    text += fmt::format(
        ", $lower using 1:2 with lines lw 1.2 lc rgb '{}' title 'networks with "
        "lower RQI ({})'",
        see_through_orange, lower);
  }
  if (data.high > 0) {
    text += fmt::format(
        ", $high using 1:2 with lines lw 1.6 lc rgb '{}' title 'networks with RQI > "
        "{} ({})'",
        see_through_blue, to_text(data.rqi_threshold), data.high);
  }
  return text +
         ", $shown using 1:2 with linespoints lt 8 lw 1.6 pt 7 ps 0.7 title 'the network of a and "
         "b', $exact using 1:2 with points pt 4 ps 1.2 lc rgb '#009E73' lw 1.8 title 'permutation "
         "matrices'\n";
}

// PanelFrame d: kinds at x = 1, 2, 3, 4; PC1-PC3 to the left of each, the best plane to the right.
constexpr double aside = 0.18;

/// x, y, with points of one kind spread a little in their order.
std::vector<std::vector<double>> strip_rows(const HexagonData& data, bool high, bool best) {
  const std::vector<double> values = deviations(data, high, best);
  std::vector<std::vector<double>> rows;
  const double x = (high ? 1 : 2) + (best ? aside : -aside);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double spread = 0.09 * (static_cast<double>(k % 3) - 1);
    rows.push_back({x + spread, values[k]});
  }
  return rows;
}

/// x, median, lower and upper quartile, 95% range.
std::vector<double> box_row(double x, const std::vector<double>& sorted) {
  return {x,
          quantile(sorted, 0.5),
          quantile(sorted, 0.25),
          quantile(sorted, 0.75),
          quantile(sorted, 0.025),
          quantile(sorted, 0.975)};
}

std::string deviation_panel(const PanelFrame& panel, const HexagonData& data) {
  const bool any_high = data.high > 0, any_lower = data.high < std::ssize(data.runs);
  std::string text =
      number_block("high13", strip_rows(data, true, false)) +
      number_block("highbest", strip_rows(data, true, true)) +
      number_block("lower13", strip_rows(data, false, false)) +
      number_block("lowerbest", strip_rows(data, false, true)) +
      number_block("boxes13", {box_row(3 - aside, data.exact.first_third),
                               box_row(4 - aside, data.random.first_third)}) +
      number_block("boxesbest",
                   {box_row(3 + aside, data.exact.best), box_row(4 + aside, data.random.best)}) +
      open_panel(panel) +
      fmt::format(
          "set xrange [0.5:4.5]\nset yrange [0:*]\nset grid noxtics\nset ylabel 'deviation from a "
          "regular hexagon'\n"
          "set xtics ('RQI > {}' 1, 'lower RQI' 2, \"permutation\\nmatrices\" 3, "
          "\"random\\nmatrices\" 4) nomirror\nset key maxrows auto\n",
          to_text(data.rqi_threshold));
  std::string plot = fmt::format(
      "plot {} with lines lc rgb '#999999' lw 1.4 dt 3 title '5% of random matrices are below, in "
      "PC1–PC3'",
      to_text(data.limit));
  const auto strip = [&plot](const std::string& block, const std::string& style) {
    plot += fmt::format(", ${} using 1:2 with points {} notitle", block, style);
  };
  const std::string third = "pt 7 ps 0.9 lt 1", best = "pt 9 ps 1 lt 4";
  if (any_high) {
    strip("high13", third);
    strip("highbest", best);
  }
  if (any_lower) {
    strip("lower13", third);
    strip("lowerbest", best);
  }
  const auto boxes = [&plot](const std::string& block, const std::string& colour) {
    plot += fmt::format(
        ", ${0} using 1:5:(0):($6-$5) with vectors nohead lw 1.4 lc rgb '{1}' notitle"
        ", ${0} using 1:2:($1-0.1):($1+0.1):3:4 with boxxyerror fc rgb '{1}' fs solid 0.45 "
        "noborder notitle"
        ", ${0} using ($1-0.1):2:(0.2):(0) with vectors nohead lw 2.4 lc rgb '{1}' notitle",
        block, colour);
  };
  boxes("boxes13", blue);
  boxes("boxesbest", "#E69F00");
  return text + plot + ", keyentry with points " + third +
         " title 'in PC1–PC3 (boxes: median, quartiles, 95%)'" + ", keyentry with points " + best +
         " title 'in the best plane of PC1 to PC4'\n";
}

CsvTable score_table(const HexagonData& data) {
  CsvTable table{{"permutation", "parity", "pc1", "pc2", "pc3", "pc4", "pc5"}, {}};
  const HexagonRun& run = data.runs[data.shown];
  for (std::size_t k = 0; k < data.names.size(); ++k) {
    table.rows.push_back({data.names[k], data.even[k] ? "even" : "odd"});
    for (Eigen::Index c = 0; c < shown_components; ++c) {
      table.rows.back().push_back(to_text(run.components.scores(static_cast<Eigen::Index>(k), c)));
    }
  }
  return table;
}

CsvTable run_table(const HexagonData& data) {
  CsvTable table{{"seed", "shown", "rqi", "accuracy", "high_rqi", "variance1", "variance2",
                  "variance3", "variance4", "variance5", "deviation_pc1_pc3", "convex_pc1_pc3",
                  "hexagon_pc1_pc3", "parities_alternate_pc1_pc3", "deviation_best_plane"},
                 {}};
  for (std::size_t k = 0; k < data.runs.size(); ++k) {
    const HexagonRun& run = data.runs[k];
    const auto flag = [](bool value) { return std::string(value ? "1" : "0"); };
    std::vector<std::string> row = {fmt::format("{}", run.seed), flag(k == data.shown),
                                    to_text(run.rqi), to_text(run.accuracy), flag(run.high)};
    for (const double share : run.components.explained) {
      row.push_back(to_text(share));
    }
    const HexagonFit& fit = run.fits.first_third;
    row.insert(row.end(), {to_text(fit.deviation), flag(fit.convex), flag(is_hexagon(data, fit)),
                           flag(parities_alternate(data, fit)), to_text(run.fits.best)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable reference_table(const HexagonData& data) {
  CsvTable table{{"matrices", "plane", "draws", "median", "lower_quartile", "upper_quartile",
                  "quantile_0.025", "quantile_0.975", "hexagons_pc1_pc3"},
                 {}};
  const auto add = [&](const std::string& name, const Reference& reference) {
    for (const bool best : {false, true}) {
      const auto box = box_row(0, best ? reference.best : reference.first_third);
      std::vector<std::string> row = {name, best ? "best of PC1-PC4" : "PC1-PC3",
                                      fmt::format("{}", data.draws)};
      for (std::size_t k = 1; k < box.size(); ++k) {
        row.push_back(to_text(box[k]));
      }
      row.push_back(best ? "" : to_text(reference.hexagons));
      table.rows.push_back(std::move(row));
    }
  };
  add("permutation matrices, random planes", data.exact);
  add("random matrices", data.random);
  return table;
}

}  // namespace

Drawing draw_hexagon(const HexagonData& data, const std::string& command) {
  constexpr double left = 0.075, middle = 0.475, next = 0.575, right = 0.975;
  const HexagonRun& run = data.runs[data.shown];
  const std::string which = fmt::format("|{{/:Italic D}}| = {} of {}, seed {}, RQI {}", data.train,
                                        data.samples, run.seed, rounded(run.rqi, 2));
  Drawing drawing;
  drawing.width = 1250;
  drawing.height = 1320;
  drawing.script =
      "set multiplot\n" + footer(command) +
      plane_panel({left, middle, 0.53, 0.909, 0.983, "a", "Trained matrices: " + which}, data, 1) +
      "unset label 99\n" +
      plane_panel({next, right, 0.53, 0.909, 0.983, "b", "The same, PC1 and PC3"}, data, 2) +
      explained_panel({left, middle, 0.06, 0.35, 0.46, "c", "How many components they fill"},
                      data) +
      deviation_panel({next, right, 0.06, 0.35, 0.46, "d", "Hexagons, over all seeds"}, data) +
      "unset multiplot\n";
  drawing.tables = {
      {"ab", score_table(data)}, {"cd", run_table(data)}, {"d", reference_table(data)}};
  return drawing;
}

}  // namespace grok
