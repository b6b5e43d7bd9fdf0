// The picture of figures/representation/fig10_ideal_bounds.hpp: RQI above, accuracy below.
#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"
#include "figures/representation/fig10_ideal_bounds.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

// See-through, so that overlapping points stay visible (gnuplot's AARRGGBB, AA = 00 is opaque).
constexpr const char* blue = "#600072B2";
constexpr const char* green = "#60009E73";
constexpr const char* vermilion = "#50D55E00";
constexpr const char* forbidden = "#FDF3EC";
constexpr double bound_rounding = 1e-9;
constexpr double line = 0.0168;  // of a legend, in heights of the picture

/// One row of the picture: a quantity, its ideal value, and where they stand.
struct Quantity {
  std::string name;  // of data blocks: "rqi"
  std::string symbol, ideal_symbol, title, ideal_title;
  double IdealRun::*value;
  double IdealRun::*ideal;
  Estimate IdealMean::*mean;
  Estimate IdealMean::*ideal_mean;
  Estimate IdealExpectation::*expected;
  double bottom = 0, top = 0, head = 0;
};

std::vector<Quantity> quantities() {
  return {{"rqi", "RQI", "ideal RQI", "RQI of trained networks",
           "Ideal RQI of the same {/:Italic D}", &IdealRun::rqi, &IdealRun::ideal_rqi,
           &IdealMean::rqi, &IdealMean::ideal_rqi, &IdealExpectation::rqi, 0.5760, 0.871, 0.977},
          {"acc", "accuracy over {/:Italic D}_0", "ideal accuracy over {/:Italic D}_0",
           "Accuracy of trained networks", "Ideal accuracy of the same {/:Italic D}",
           &IdealRun::accuracy, &IdealRun::ideal_accuracy, &IdealMean::accuracy,
           &IdealMean::ideal_accuracy, &IdealExpectation::accuracy, 0.0949, 0.3899, 0.4959}};
}

std::vector<std::pair<double, double>> points_of(const IdealData& data, double IdealRun::*x,
                                                 double IdealRun::*y) {
  std::vector<std::pair<double, double>> points;
  for (const IdealRun& run : data.runs) {
    points.emplace_back(run.*x, run.*y);
  }
  return points;
}

std::vector<std::vector<double>> mean_rows(const IdealData& data, Estimate IdealMean::*member) {
  std::vector<std::vector<double>> rows;
  for (const IdealMean& m : data.means) {
    const Estimate& e = m.*member;
    rows.push_back({m.fraction, e.value, e.low, e.high});
  }
  return rows;
}

std::vector<std::vector<double>> expected_rows(const IdealData& data,
                                               Estimate IdealExpectation::*member) {
  std::vector<std::vector<double>> rows;
  for (const IdealExpectation& at : data.expectation) {
    const Estimate& e = at.*member;
    rows.push_back({at.fraction, e.value, e.low, e.high});
  }
  return rows;
}

/// Blocks $NAME_value, $NAME_ideal, $NAME_means, $NAME_ideals, $NAME_expected, $NAME_kept,
/// $NAME_broken.
std::string blocks(const IdealData& data, const Quantity& q) {
  const auto value = count_points(points_of(data, &IdealRun::fraction, q.value));
  const auto ideal = count_points(points_of(data, &IdealRun::fraction, q.ideal));
  const auto pairs = count_points(points_of(data, q.ideal, q.value));
  const std::int64_t largest = std::max(largest_count(value), largest_count(ideal));
  Multiplicity kept, broken;
  for (const auto& [point, count] : pairs) {
    (point.second > point.first + bound_rounding ? broken : kept)[point] = count;
  }
  const std::int64_t most = largest_count(pairs);
  return number_block(q.name + "_value", sized_rows(value, 1.8, largest)) +
         number_block(q.name + "_ideal", sized_rows(ideal, 1.8, largest)) +
         number_block(q.name + "_means", mean_rows(data, q.mean)) +
         number_block(q.name + "_ideals", mean_rows(data, q.ideal_mean)) +
         number_block(q.name + "_expected", expected_rows(data, q.expected)) +
         number_block(q.name + "_kept", sized_rows(kept, 2.8, most)) +
         number_block(q.name + "_broken", sized_rows(broken, 2.8, most));
}

/// As open_panel, with the legend at the height of this picture.
std::string open_tall_panel(const PanelFrame& panel) {
  return open_panel(panel) +
         fmt::format("set key at screen {:.4f},{:.4f}\n", panel.left, panel.head - 0.0104);
}

/// Panels a, b, d, e: points against the training fraction, their mean, theory for random D.
std::string fraction_panel(const PanelFrame& panel, const IdealData& data, const Quantity& q,
                           bool ideal) {
  // What luck gives: the samples of D themselves, or embeddings that were never trained.
  const std::string floor =
      q.name == "acc"
          ? "x with lines lc rgb '#999999' lw 1.5 dt 2 title 'the training samples alone', "
      : ideal ? ""
              : fmt::format(
                    "{} with lines lc rgb '#999999' lw 1.5 dt 2 title 'untrained "
                    "embeddings: {}', ",
                    script_number(data.untrained_rqi.value), with_interval(data.untrained_rqi, 2));
  const std::string expected =
      !data.expectation.empty()
          ? fmt::format(
                "${}_expected using 1:2 with linespoints lt 2 lw 1.3 pt 7 ps 0.3 "
                "title 'ideal, mean over random {{/:Italic D}} (theory)', ",
                q.name)
          : "";
  return open_tall_panel(panel) + "set xrange [0:1]\nset yrange [0:1.04]\n" +
         "set xlabel 'training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|'\n" +
         fmt::format("set ylabel {} offset 1.4,0\n", quoted(ideal ? q.ideal_symbol : q.symbol)) +
         "plot " + floor + expected +
         fmt::format(
             "${0}_{1} using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '{2}' title '{3} "
             "(area ∝ their number)', "
             "${0}_{4} using 1:3:(0):($4-$3) with vectors heads size screen 0.004,90 lt 8 lw 1.4 "
             "title 'their mean, 95% interval', "
             "${0}_{4} using 1:2 with points lt 8 pt 7 ps 0.4 notitle\n",
             q.name, ideal ? "ideal" : "value", ideal ? green : blue,
             ideal ? "training sets" : "networks", ideal ? "ideals" : "means");
}

std::vector<std::string> bound_lines(const IdealData& data, const Quantity& q) {
  std::vector<std::string> lines;
  for (const Bound& bound : data.bounds) {
    if ((bound.name == "RQI") == (q.name == "rqi")) {
      lines.push_back(fmt::format("{}: {} of {}, {}", bound.name, bound.broken, bound.binding,
                                  with_interval(bound.share, 2)));
    }
  }
  return lines;
}

/// Panels c and f: the quantity against its ideal value; above the diagonal the bound is broken.
std::string bound_panel(const PanelFrame& panel, const IdealData& data, const Quantity& q) {
  const auto broken = std::any_of(data.runs.begin(), data.runs.end(), [&q](const IdealRun& run) {
    return run.*q.value > run.*q.ideal + bound_rounding;
  });
  const auto kept = std::any_of(data.runs.begin(), data.runs.end(), [&q](const IdealRun& run) {
    return run.*q.value <= run.*q.ideal + bound_rounding;
  });
  std::string text = open_tall_panel(panel) + "set xrange [0:1.04]\nset yrange [0:1.04]\n";
  text += fmt::format("set xlabel {}\nset ylabel {} offset 1.4,0\n", quoted(q.ideal_symbol),
                      quoted(q.symbol));
  text += fmt::format(
      "set object polygon from 0,0 to 1.04,1.04 to 0,1.04 to 0,0 behind fillcolor rgb '{}' "
      "fillstyle solid 1 noborder\n",
      forbidden);
  text += caption(panel.left, panel.head - 0.0231 - line * (1 + (kept ? 1 : 0) + (broken ? 1 : 0)),
                  0.0191, bound_lines(data, q));
  text += "plot x with lines lt 2 dt 2 title 'the bound (counts: above it, ideal < 1)'";
  if (kept) {
    text += fmt::format(
        ", ${}_kept using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '{}' title 'networks "
        "(area ∝ their number)'",
        q.name, blue);
  }
  if (broken) {
    text += fmt::format(
        ", ${}_broken using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '{}' title 'above "
        "the bound'",
        q.name, vermilion);
  }
  return text + "\n";
}

CsvTable size_table(const IdealData& data) {
  CsvTable table{{"train", "fraction", "networks", "rqi", "rqi_low", "rqi_high", "ideal_rqi",
                  "ideal_rqi_low", "ideal_rqi_high", "accuracy", "accuracy_low", "accuracy_high",
                  "ideal_accuracy", "ideal_accuracy_low", "ideal_accuracy_high"},
                 {}};
  for (const IdealMean& m : data.means) {
    std::vector<std::string> row = {fmt::format("{}", m.train), to_text(m.fraction),
                                    fmt::format("{}", m.count)};
    for (const Estimate& e : {m.rqi, m.ideal_rqi, m.accuracy, m.ideal_accuracy}) {
      row.insert(row.end(), {to_text(e.value), cell(e.low), cell(e.high)});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable run_table(const IdealData& data) {
  CsvTable table{{"train", "seed", "fraction", "rqi", "ideal_rqi", "accuracy", "predicted_accuracy",
                  "ideal_accuracy"},
                 {}};
  for (const IdealRun& run : data.runs) {
    table.rows.push_back({fmt::format("{}", run.train), fmt::format("{}", run.seed),
                          to_text(run.fraction), to_text(run.rqi), to_text(run.ideal_rqi),
                          to_text(run.accuracy), to_text(run.predicted),
                          to_text(run.ideal_accuracy)});
  }
  return table;
}

CsvTable theory_table(const IdealData& data) {
  CsvTable table{{"train", "fraction", "draws", "ideal_rqi", "ideal_rqi_error", "ideal_accuracy",
                  "ideal_accuracy_error", "complete", "complete_low", "complete_high"},
                 {}};
  for (const IdealExpectation& at : data.expectation) {
    table.rows.push_back({fmt::format("{}", at.train), to_text(at.fraction),
                          fmt::format("{}", at.draws), to_text(at.rqi.value), to_text(at.rqi_error),
                          to_text(at.accuracy.value), to_text(at.accuracy_error),
                          fmt::format("{}", at.complete), to_text(at.complete_share.low),
                          to_text(at.complete_share.high)});
  }
  return table;
}

}  // namespace

Drawing draw_ideal(const IdealData& data, const std::string& command) {
  Drawing drawing;
  drawing.width = 1150;
  drawing.height = 1085;
  drawing.zoom = 1.4;
  drawing.script = "set multiplot\n" + footer(command);
  char letter = 'a';
  for (const Quantity& q : quantities()) {
    const auto panel = [&](double left, double right, const std::string& title) {
      return PanelFrame{left, right, q.bottom, q.top, q.head, std::string(1, letter++), title};
    };
    drawing.script += blocks(data, q);
    drawing.script += fraction_panel(panel(0.066, 0.328, q.title), data, q, false);
    drawing.script += "unset label 99\n";
    drawing.script += fraction_panel(panel(0.396, 0.658, q.ideal_title), data, q, true);
    drawing.script += bound_panel(panel(0.726, 0.988, "Does the bound hold?"), data, q);
    drawing.script += "unset label 10\nunset label 11\n";
  }
  drawing.script += "unset multiplot\n";
  drawing.tables = {
      {"abde", size_table(data)}, {"cf", run_table(data)}, {"theory", theory_table(data)}};
  return drawing;
}

}  // namespace grok
