// Sample run:  groktheory figure fig3 --profile quick
#include "figures/representation/fig3_accuracy.hpp"

#include <fmt/format.h>

#include "compare/statistics/summary.hpp"
#include "figures/panels/text.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using toy::AccuracyData;

CsvTable mean_table(const AccuracyData& data) {
  using Mean = toy::AccuracyMean;
  return table_of(data.means, column("train", &Mean::train), column("fraction", &Mean::fraction),
                  column("networks", &Mean::count), column("accuracy", &Mean::accuracy),
                  column("predicted_accuracy", &Mean::predicted),
                  column("ideal_accuracy", &Mean::ideal));
}

CsvTable run_table(const AccuracyData& data) {
  using Run = toy::AccuracyRun;
  return table_of(data.runs, column("train", &Run::train), column("seed", &Run::seed),
                  column("fraction", &Run::fraction), column("accuracy", &Run::accuracy),
                  column("predicted_accuracy", &Run::predicted),
                  column("ideal_accuracy", &Run::ideal));
}

constexpr const char* networks_label = "networks (area by number)";

Style larger(Style style) {
  style.size = 8;
  style.opacity = 0.6;
  return style;
}

/// One accuracy of every network against the training fraction, and its mean.
Panel fraction_panel(const CsvTable& runs, const CsvTable& means, const std::string& value,
                     const Style& style, const std::string& label) {
  Style ideal = look::theory();
  ideal.symbol = Symbol::square;
  ideal.size = 4;
  return Panel(fraction_axis(), share_axis(label))
      .law("x", look::reference(), "training samples alone")
      .counted(rows_of(runs, {"fraction", value}), larger(style), networks_label)
      .bars(rows_of(means, {"fraction", value}, {value + "_low", value + "_high"}), look::summary(),
            "mean, 95% interval")
      .points(rows_of(means, {"fraction", "ideal_accuracy"}), ideal, "ideal accuracy, mean");
}

Panel agreement_panel(const AccuracyData& data, const CsvTable& runs) {
  return Panel(linear_axis("predicted accuracy", 0, 1.04), share_axis("accuracy"))
      .title("One against the other")
      .law("x", look::reference(), "equal")
      .counted(rows_of(runs, {"predicted_accuracy", "accuracy"}), larger(look::networks()),
               networks_label)
      .note("correlation " + with_interval(data.correlation.estimate))
      .note("mean |difference| " + with_interval(data.difference.estimate, 2));
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const AccuracyData data = toy::collect_accuracy(runs.runs, runs.records);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

}  // namespace

Sheet sheet_of(const AccuracyData& data) {
  const CsvTable means = mean_table(data), runs = run_table(data);
  Style predicted = look::networks();
  predicted.colour = look::green;
  Sheet sheet;
  sheet.table("ab", means).table("c", runs);
  sheet.row({fraction_panel(runs, means, "accuracy", look::networks(), "accuracy")
                 .title("Trained networks"),
             fraction_panel(runs, means, "predicted_accuracy", predicted, "predicted accuracy")
                 .title("From the representation alone"),
             agreement_panel(data, runs)});
  return sheet.caption(fmt::format(
      "Accuracies are over all of D0; intervals resample seeds. c: {} networks of {} seeds.",
      data.correlation.count, data.correlation.groups));
}

std::string report_of(const AccuracyData& data) {
  const std::int64_t n = data.correlation.count;
  return fmt::format(
             "  {} networks ({} diverged and left out), {} seeds; 95% intervals by resampling "
             "seeds, {} resamples\n"
             "  correlation of Acc and predicted Acc    {}\n"
             "  mean |Acc - predicted Acc|              {}, largest {}\n"
             "  mean (Acc - predicted Acc)              {}\n"
             "  equal {} of {}: {}; Acc above {}, below {}\n"
             "  predicted Acc above the ideal accuracy  {} of {}: {}\n",
             n, data.diverged, data.correlation.groups, figure_resamples,
             with_interval(data.correlation.estimate, 4), with_interval(data.difference.estimate),
             rounded(data.largest_difference), with_interval(data.signed_difference.estimate),
             data.equal, n, with_interval(data.equal_share), data.above, data.below,
             data.beyond_ideal, n, with_interval(data.beyond_ideal_share)) +
         text_table(mean_table(data), {{"train", "|D|"},
                                       {"fraction", "fraction"},
                                       {"networks", "n"},
                                       {"accuracy", "Acc"},
                                       {"predicted_accuracy", "predicted Acc"},
                                       {"ideal_accuracy", "ideal"}});
}

std::vector<Claim> claims_of(const AccuracyData& data) {
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
