// groktheory figure fig3: does the representation alone tell the accuracy?
// Source: Liu et al. 2022, Fig. 3 and App. D (eq. 13).
#include <fmt/format.h>

#include "compare/statistics/intervals.hpp"
#include "figures/representation/representation.hpp"

namespace grok {
namespace {

using toy::AccuracyAgreement, toy::AccuracyData;

constexpr const char* networks_label = "networks (area by number)";

Style larger(const Style& style) { return faded(sized(style, 8), 0.6); }

/// One accuracy of every network against the training fraction, and its mean.
Panel fraction_panel(const CsvTable& runs, const CsvTable& means, const std::string& value,
                     const Style& style, const std::string& label) {
  const Style ideal = shaped(sized(look::theory(), 4), Symbol::square);
  return Panel(fraction_axis(), share_axis(label))
      .law("x", look::reference(), "training samples alone")
      .counted(rows_of(runs, {"fraction", value}), larger(style), networks_label)
      .bars(bars_of(means, "fraction", value), look::summary(), "mean, 95% interval")
      .points(rows_of(means, {"fraction", "ideal_accuracy"}), ideal, "ideal accuracy, mean");
}

/// Over samples that are not in D: those of D are right in both.
Panel agreement_panel(const AccuracyData& data, const CsvTable& runs) {
  return Panel(share_axis("predicted accuracy, unseen"), share_axis("accuracy, unseen"))
      .title("Over samples not in {/:Italic D}")
      .law("x", look::reference(), "equal")
      .counted(rows_of(runs, {"unseen_predicted_accuracy", "unseen_accuracy"}),
               larger(look::networks()), networks_label)
      .note("correlation " + with_interval(data.unseen.correlation))
      .note("at one |{/:Italic D}|: " + with_interval(data.unseen.correlation_within));
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const AccuracyData data = toy::collect_accuracy(runs.runs, runs.records);
  return publish(figure, context, sheet_of(data), claims_of(data));
}

}  // namespace

Sheet sheet_of(const AccuracyData& data) {
  using One = toy::AccuracyRun;
  using Mean = toy::AccuracyMean;
  using Of = AccuracyAgreement;
  const CsvTable means = table_of(
      data.means, column("train", &Mean::train), column("fraction", &Mean::fraction),
      column("networks", &Mean::count), column("accuracy", &Mean::accuracy),
      column("predicted_accuracy", &Mean::predicted), column("ideal_accuracy", &Mean::ideal));
  const CsvTable runs =
      table_of(data.runs, column("train", &One::train), column("seed", &One::seed),
               column("fraction", &One::fraction), column("accuracy", &One::accuracy),
               column("predicted_accuracy", &One::predicted), column("ideal_accuracy", &One::ideal),
               column("unseen_accuracy", &One::unseen),
               column("unseen_predicted_accuracy", &One::unseen_predicted));
  const CsvTable numbers = table_of(
      std::vector{data.all, data.unseen}, column("samples", &Of::samples),
      column("networks", &Of::networks), column("correlation", &Of::correlation),
      column("correlation_within", &Of::correlation_within),
      column("correlation_of_size", &Of::correlation_of_size),
      column("difference", &Of::difference), column("signed_difference", &Of::signed_difference),
      column("largest_difference", &Of::largest_difference), column("equal", &Of::equal),
      column("above", &Of::above), column("below", &Of::below),
      column("equal_share", &Of::equal_share));
  const Style predicted{.colour = look::green, .width = 0.3, .opacity = 0.55};
  Sheet sheet;
  sheet.table("ab", means).table("c", runs).table("numbers", numbers);
  sheet.row({fraction_panel(runs, means, "accuracy", look::networks(), "accuracy")
                 .title("Trained networks"),
             fraction_panel(runs, means, "predicted_accuracy", predicted, "predicted accuracy")
                 .title("From the representation alone"),
             agreement_panel(data, runs)});
  sheet.report(runs_line(data.all.networks, data.all.seeds, data.diverged, "left out") +
               fmt::format("  predicted accuracy above the ideal one: {} of {}, {}\n",
                           data.beyond_ideal, data.all.networks,
                           with_interval(data.beyond_ideal_share)) +
               text_table(numbers) + text_table(means));
  return sheet.caption(fmt::format(
      "a, b: over all of D0, samples of D included; c: over those that are not in D, {} networks "
      "of {} seeds; at one |D|: of the deviations from its means. Intervals resample seeds.",
      data.unseen.networks, data.unseen.seeds));
}

std::vector<Claim> claims_of(const AccuracyData& data) {
  const std::string source = "Liu et al. 2022, Fig. 3 and its data (33 networks)";
  const auto of = [](const AccuracyAgreement& a) {
    return fmt::format("{} networks, {} seeds", a.networks, a.seeds);
  };
  const AccuracyAgreement &all = data.all, &unseen = data.unseen;
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
    claims.push_back(remarked(
        number_claim("of training sets of one size, the representation tells the accuracy on "
                     "samples that are not in them: correlation at one |D|",
                     our_own("docs/discussion.md"), says(above(0.9)), unseen.correlation_within,
                     of(unseen)),
        fmt::format("pooled over all |D| {}, where |D| alone has {} with the accuracy",
                    with_interval(unseen.correlation, 4),
                    with_interval(unseen.correlation_of_size))));
  }
  return claims;
}

Figure fig3_accuracy(std::string_view toml) {
  return {"fig3_accuracy", "Accuracy and predicted accuracy", true, toml, draw, toml};
}

}  // namespace grok
