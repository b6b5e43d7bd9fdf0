// Sample run:  groktheory figure fig3 --profile quick
#include "figures/representation/fig3_accuracy.hpp"

#include <fmt/format.h>

#include "compare/statistics/intervals.hpp"
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
                  column("ideal_accuracy", &Run::ideal), column("unseen_accuracy", &Run::unseen),
                  column("unseen_predicted_accuracy", &Run::unseen_predicted));
}

CsvTable agreement_table(const AccuracyData& data) {
  using Of = toy::AccuracyAgreement;
  return table_of(std::vector{data.all, data.unseen}, column("samples", &Of::samples),
                  column("networks", &Of::networks), column("correlation", &Of::correlation),
                  column("correlation_within", &Of::correlation_within),
                  column("correlation_of_size", &Of::correlation_of_size),
                  column("difference", &Of::difference),
                  column("signed_difference", &Of::signed_difference),
                  column("largest_difference", &Of::largest_difference),
                  column("equal", &Of::equal), column("above", &Of::above),
                  column("below", &Of::below), column("equal_share", &Of::equal_share));
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

/// Over samples that are not in D: those of D are right in both.
Panel agreement_panel(const AccuracyData& data, const CsvTable& runs) {
  Panel panel(share_axis("predicted accuracy, unseen"), share_axis("accuracy, unseen"));
  panel.title("Over samples not in {/:Italic D}")
      .law("x", look::reference(), "equal")
      .counted(rows_of(runs, {"unseen_predicted_accuracy", "unseen_accuracy"}),
               larger(look::networks()), networks_label)
      .note("correlation " + with_interval(data.unseen.correlation))
      .note("at one |{/:Italic D}|: " + with_interval(data.unseen.correlation_within));
  return panel;
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
  sheet.table("ab", means).table("c", runs).table("numbers", agreement_table(data));
  sheet.row({fraction_panel(runs, means, "accuracy", look::networks(), "accuracy")
                 .title("Trained networks"),
             fraction_panel(runs, means, "predicted_accuracy", predicted, "predicted accuracy")
                 .title("From the representation alone"),
             agreement_panel(data, runs)});
  return sheet.caption(fmt::format(
      "a, b: over all of D0, samples of D included; c: over those that are not in D, {} networks "
      "of {} seeds; at one |D|: of the deviations from its means. Intervals resample seeds.",
      data.unseen.networks, data.unseen.seeds));
}

std::string report_of(const AccuracyData& data) {
  return fmt::format(
             "  {} networks ({} diverged and left out), {} seeds; 95% intervals by resampling "
             "seeds, {} resamples\n"
             "  Acc and predicted Acc over all of D0, and over the samples that are not in D; "
             "r: Pearson's\n",
             data.all.networks, data.diverged, data.all.seeds, figure_resamples) +
         text_table(agreement_table(data)) +
         fmt::format("  predicted Acc above the ideal accuracy: {} of {}, {}\n", data.beyond_ideal,
                     data.all.networks, with_interval(data.beyond_ideal_share)) +
         text_table(mean_table(data));
}

std::vector<Claim> claims_of(const AccuracyData& data) {
  const std::string source = "Liu et al. 2022, Fig. 3 and its data (33 networks)";
  const auto of = [](const toy::AccuracyAgreement& a) {
    return fmt::format("{} networks, {} seeds", a.networks, a.seeds);
  };
  const toy::AccuracyAgreement &all = data.all, &unseen = data.unseen;
  const Estimate published_equal = wilson(15, 33);
  std::vector<Claim> claims = {
      number_claim("accuracy and the accuracy predicted from the representation go together: "
                   "correlation",
                   source, says(0.9964, or_larger(within_difference(0.9964, 0.003))),
                   all.correlation, of(all), 4),
      number_claim("their mean absolute difference is small", source,
                   says(0.019, or_smaller(within_difference(0.019, 0.005))), all.difference,
                   of(all)),
      open_claim("and so is the largest", source, "0.127",
                 fmt::format("{}, {}", rounded(all.largest_difference), of(all)),
                 "a largest value grows with the number of networks"),
      comparison_claim(
          "often they are exactly equal", source, "15 of 33, " + with_interval(published_equal, 2),
          fmt::format("{} of {}, {}", all.equal, all.networks, with_interval(all.equal_share, 2)),
          "difference", difference_of(all.equal_share, published_equal),
          or_larger(within_difference(0, 0.1)))};
  if (unseen.networks > 0) {
    claims.push_back(number_claim(
        "of training sets of one size, the representation tells the accuracy on samples that are "
        "not in them: correlation at one |D|",
        our_own("docs/discussion.md"), says(above(0.9)), unseen.correlation_within, of(unseen)));
    claims.back().remark = fmt::format(
        "pooled over all |D| {}, where |D| alone has {} with the accuracy",
        with_interval(unseen.correlation, 4), with_interval(unseen.correlation_of_size));
  }
  return claims;
}

Figure fig3_accuracy(std::string_view toml) {
  return {"fig3_accuracy", "Accuracy and predicted accuracy", true, toml, draw, toml};
}

}  // namespace grok
