// Sample run:  groktheory figure fig3 --profile quick
#include "figures/representation/fig3_accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "compare/toy/paired.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

// See-through, so that overlapping points stay visible (gnuplot's AARRGGBB, AA = 00 is opaque).
constexpr const char* blue = "#600072B2";
constexpr const char* vermilion = "#60D55E00";
constexpr double rounding = 1e-9;

BootstrapInterval over_seeds(Groups seeds, const NumberStatistic& statistic) {
  return bootstrap_number("fig3_accuracy", seeds, figure_resamples, figure_bootstrap_seed,
                          statistic);
}

std::vector<AccuracyMean> means_of(std::span<const AccuracyRun> runs) {
  std::map<Index, std::vector<AccuracyRun>> sizes;
  for (const AccuracyRun& run : runs) {
    sizes[run.train].push_back(run);
  }
  std::vector<AccuracyMean> means;
  for (const auto& [train, group] : sizes) {
    std::vector<std::int64_t> seeds;
    std::vector<double> accuracy, predicted;
    AccuracyMean mean;
    mean.train = train;
    mean.fraction = group.front().fraction;
    mean.count = std::ssize(group);
    for (const AccuracyRun& run : group) {
      seeds.push_back(run.seed);
      accuracy.push_back(run.accuracy);
      predicted.push_back(run.predicted);
      mean.ideal += run.ideal / static_cast<double>(group.size());
    }
    mean.accuracy =
        over_seeds(seeds, [&](auto chosen) { return mean_of(accuracy, chosen); }).estimate;
    mean.predicted =
        over_seeds(seeds, [&](auto chosen) { return mean_of(predicted, chosen); }).estimate;
    means.push_back(mean);
  }
  return means;
}

void compare_pairs(AccuracyData& data) {
  std::vector<std::int64_t> seeds;
  std::vector<double> accuracy, predicted, signed_difference, difference;
  std::vector<bool> equal, beyond_ideal;
  for (const AccuracyRun& run : data.runs) {
    seeds.push_back(run.seed);
    accuracy.push_back(run.accuracy);
    predicted.push_back(run.predicted);
    signed_difference.push_back(run.accuracy - run.predicted);
    difference.push_back(std::abs(run.accuracy - run.predicted));
    data.largest_difference = std::max(data.largest_difference, difference.back());
    // Shares of the same |D0| differ by at least 1/|D0| if they differ.
    const double gap = signed_difference.back();
    equal.push_back(std::abs(gap) <= rounding);
    beyond_ideal.push_back(run.predicted - run.ideal > rounding);
    data.above += gap > rounding ? 1 : 0;
    data.below += gap < -rounding ? 1 : 0;
  }
  data.equal = std::count(equal.begin(), equal.end(), true);
  data.beyond_ideal = std::count(beyond_ideal.begin(), beyond_ideal.end(), true);
  const auto share = [&seeds](const std::vector<bool>& success) {
    return grouped_share(success, seeds, figure_resamples, figure_bootstrap_seed).estimate;
  };
  data.equal_share = share(equal);
  data.beyond_ideal_share = share(beyond_ideal);
  data.correlation =
      over_seeds(seeds, [&](auto runs) { return pearson(accuracy, predicted, runs); });
  data.difference = over_seeds(seeds, [&](auto runs) { return mean_of(difference, runs); });
  data.signed_difference =
      over_seeds(seeds, [&](auto runs) { return mean_of(signed_difference, runs); });
}

std::vector<std::vector<std::string>> mean_rows(const AccuracyData& data) {
  std::vector<std::vector<std::string>> rows;
  for (const AccuracyMean& m : data.means) {
    std::vector<std::string> row;
    for (const double value : {m.fraction, m.accuracy.value, m.accuracy.low, m.accuracy.high,
                               m.predicted.value, m.predicted.low, m.predicted.high, m.ideal}) {
      row.push_back(script_number(value));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// PanelFrame a or b: one accuracy of every network against the training fraction, and its mean.
std::string fraction_panel(const PanelFrame& panel, const std::string& points, int mean_column,
                           const std::string& colour, const std::string& ylabel) {
  return open_panel(panel) + "set xrange [0:1]\nset yrange [0:1.04]\n" +
         "set xlabel 'training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|'\n" +
         fmt::format("set ylabel {}\n", quoted(ylabel)) +
         fmt::format(
             "plot x with lines lc rgb '#999999' lw 1.5 dt 2 title 'the training samples alone', "
             "$means using 1:8 with points pt 4 ps 0.9 lc rgb '#009E73' lw 1.6 title 'ideal "
             "accuracy of the same {{/:Italic D}} (theory), mean', "
             "${0} using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '{1}' title 'networks "
             "(area ∝ their number)', "
             "$means using 1:{3}:(0):(${4}-${3}) with vectors heads size screen 0.004,90 lt 8 lw "
             "1.4 "
             "title 'their mean, 95% interval', "
             "$means using 1:{2} with points lt 8 pt 7 ps 0.4 notitle\n",
             points, colour, mean_column, mean_column + 1, mean_column + 2);
}

std::string agreement_panel(const PanelFrame& panel, const AccuracyData& data) {
  std::string text = open_panel(panel);
  text +=
      "set xrange [0:1.04]\nset yrange [0:1.04]\n"
      "set xlabel 'predicted accuracy'\nset ylabel 'accuracy'\n";
  text += caption(panel.left, panel.head - 0.112, 0.034,
                  {fmt::format("correlation {}", with_interval(data.correlation.estimate)),
                   fmt::format("mean |difference| {}", with_interval(data.difference.estimate, 2)),
                   fmt::format("{{/:Italic n}} = {} networks, {} seeds", data.difference.count,
                               data.difference.groups)});
  return text +
         "plot x with lines lt 2 dt 2 title 'equal', "
         "$pairs using 1:2:4 with points pt 7 ps variable lw 0.4 lc rgb '" +
         blue + "' title 'networks (area ∝ their number)'\n";
}

std::vector<std::pair<double, double>> points_of(const AccuracyData& data, double AccuracyRun::*x,
                                                 double AccuracyRun::*y) {
  std::vector<std::pair<double, double>> points;
  for (const AccuracyRun& run : data.runs) {
    points.emplace_back(run.*x, run.*y);
  }
  return points;
}

CsvTable fraction_table(const AccuracyData& data) {
  CsvTable table{
      {"train", "fraction", "networks", "accuracy", "accuracy_low", "accuracy_high",
       "predicted_accuracy", "predicted_accuracy_low", "predicted_accuracy_high", "ideal_accuracy"},
      {}};
  for (const AccuracyMean& m : data.means) {
    table.rows.push_back({fmt::format("{}", m.train), to_text(m.fraction),
                          fmt::format("{}", m.count), to_text(m.accuracy.value),
                          cell(m.accuracy.low), cell(m.accuracy.high), to_text(m.predicted.value),
                          cell(m.predicted.low), cell(m.predicted.high), to_text(m.ideal)});
  }
  return table;
}

CsvTable run_table(const AccuracyData& data) {
  CsvTable table{{"train", "seed", "fraction", "accuracy", "predicted_accuracy", "ideal_accuracy"},
                 {}};
  for (const AccuracyRun& run : data.runs) {
    table.rows.push_back({fmt::format("{}", run.train), fmt::format("{}", run.seed),
                          to_text(run.fraction), to_text(run.accuracy), to_text(run.predicted),
                          to_text(run.ideal)});
  }
  return table;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const AccuracyData data = collect_accuracy(runs.runs, runs.records);
  publish(figure, context, draw_accuracy(data, command_of(figure, context)), report_accuracy(data));
  return claims_of_accuracy(data);
}

}  // namespace

AccuracyData collect_accuracy(std::span<const toy::RunSpec> specs,
                              std::span<const toy::Record> records) {
  require_in_range<std::int64_t>("collect_accuracy", "records", std::ssize(records),
                                 std::ssize(specs), std::ssize(specs));
  AccuracyData data;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (records[k].state == "diverged") {
      ++data.diverged;
      continue;
    }
    data.runs.push_back({specs[k].train, specs[k].seed, training_fraction(specs[k]),
                         records[k].accuracy, records[k].predicted_accuracy,
                         records[k].ideal_accuracy});
  }
  data.means = means_of(data.runs);
  compare_pairs(data);
  return data;
}

Drawing draw_accuracy(const AccuracyData& data, const std::string& command) {
  const auto accuracy =
      count_points(points_of(data, &AccuracyRun::fraction, &AccuracyRun::accuracy));
  const auto predicted =
      count_points(points_of(data, &AccuracyRun::fraction, &AccuracyRun::predicted));
  const auto pairs = count_points(points_of(data, &AccuracyRun::predicted, &AccuracyRun::accuracy));
  const std::int64_t largest = std::max(largest_count(accuracy), largest_count(predicted));
  constexpr double bottom = 0.135, top = 0.75, head = 0.955;
  Drawing drawing;
  drawing.width = 1500;
  drawing.height = 620;
  drawing.script =
      number_block("accuracy", sized_rows(accuracy, 1.8, largest)) +
      number_block("predicted", sized_rows(predicted, 1.8, largest)) +
      number_block("pairs", sized_rows(pairs, 2.4, largest_count(pairs))) +
      data_block("means", mean_rows(data)) + "set multiplot\n" + footer(command) +
      fraction_panel({0.058, 0.328, bottom, top, head, "a", "Accuracy of trained networks"},
                     "accuracy", 2, blue, "accuracy over {/:Italic D}_0") +
      "unset label 99\n" +
      fraction_panel({0.39, 0.66, bottom, top, head, "b", "Predicted from the representation"},
                     "predicted", 5, vermilion, "predicted accuracy over {/:Italic D}_0") +
      agreement_panel({0.72, 0.99, bottom, top, head, "c", "One against the other"}, data) +
      "unset multiplot\n";
  drawing.tables = {{"ab", fraction_table(data)}, {"c", run_table(data)}};
  return drawing;
}

std::string report_accuracy(const AccuracyData& data) {
  const auto& c = data.correlation;
  std::string text = fmt::format(
      "  {} networks ({} diverged and left out), {} seeds; 95% intervals by resampling seeds, {} "
      "resamples\n",
      c.count, data.diverged, c.groups, figure_resamples);
  text += fmt::format("  correlation of Acc and predicted Acc    {}  (n = {})\n",
                      with_interval(c.estimate, 4), c.count);
  text += fmt::format("  mean |Acc - predicted Acc|              {}  (n = {}), largest {}\n",
                      with_interval(data.difference.estimate), c.count,
                      rounded(data.largest_difference));
  text += fmt::format("  mean (Acc - predicted Acc)              {}  (n = {})\n",
                      with_interval(data.signed_difference.estimate), c.count);
  text += fmt::format("  equal {} of {}: {}; Acc above {}, below {}\n", data.equal, c.count,
                      with_interval(data.equal_share), data.above, data.below);
  text += fmt::format("  predicted Acc above the ideal accuracy  {} of {}: {}\n", data.beyond_ideal,
                      c.count, with_interval(data.beyond_ideal_share));
  text += "  |D|  fraction  n    Acc                     predicted Acc           ideal\n";
  for (const AccuracyMean& m : data.means) {
    text +=
        fmt::format("  {:<4} {:<9} {:<4} {:<23} {:<23} {}\n", m.train, rounded(m.fraction), m.count,
                    with_interval(m.accuracy), with_interval(m.predicted), rounded(m.ideal));
  }
  return text;
}

std::vector<Claim> claims_of_accuracy(const AccuracyData& data) {
  const std::string source = "Liu et al. 2022, Fig. 3 and its data (33 networks)";
  const std::string of =
      fmt::format(", {} networks, {} seeds", data.correlation.count, data.correlation.groups);
  constexpr double published_correlation = 0.9964, published_difference = 0.019;
  constexpr double published_largest = 0.127;
  const Estimate published_equal = wilson(15, 33);
  const Estimate &correlation = data.correlation.estimate, &difference = data.difference.estimate;
  const auto at_least = [](double best, double wanted) {
    return best >= wanted ? Verdict::agrees : Verdict::differs;
  };
  return {
      {"accuracy and the accuracy predicted from the representation go together: correlation",
       source, to_text(published_correlation), with_interval(correlation, 4) + of,
       at_least(correlation.high, published_correlation)},
      {"their mean absolute difference is small", source, to_text(published_difference),
       with_interval(difference) + of, at_least(published_difference, difference.low),
       difference.high < published_difference ? "ours agree more closely" : ""},
      {"and so is the largest", source, to_text(published_largest),
       rounded(data.largest_difference) + of, at_least(published_largest, data.largest_difference)},
      {"often they are exactly equal", source, "15 of 33, " + with_interval(published_equal, 2),
       fmt::format("{} of {}, {}", data.equal, data.correlation.count,
                   with_interval(data.equal_share, 2)),
       at_least(data.equal_share.high, published_equal.low),
       data.equal_share.low > published_equal.high ? "more often than published" : ""}};
}

Figure fig3_accuracy(std::string_view toml) {
  return {"fig3_accuracy", "Accuracy and predicted accuracy", true, toml, draw, toml};
}

}  // namespace grok
