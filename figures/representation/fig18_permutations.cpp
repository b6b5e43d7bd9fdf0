// groktheory figure fig18: S3 with matrix embeddings against the training fraction
// (compare/toy/permutation_runs.hpp); how often D implies all of P0 is by deduction, a lower bound.
// Source: Liu et al. 2022, App. H.2 and Fig. 18; f is ours.
#include <fmt/format.h>

#include "compare/statistics/over_seeds.hpp"
#include "figures/panels/waiting.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"

namespace grok {
namespace {

using toy::PermutationRuns;

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto seed = static_cast<std::uint64_t>(settings.whole("theory_seed", 0, 1'000'000));
  const auto draws = settings.whole("draws", 1, 1'000'000);
  settings.done();
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const auto implied = [&](Deduction deduction) {
    return summarise_threshold(
        count_complete(task_of(runs.runs.at(0)), draws, seed, context.workers.threads, deduction));
  };
  const PermutationData data{toy::collect_permutations(runs.runs, runs.records),
                             implied(Deduction::chain_and_flip), implied(Deduction::chain)};
  return publish(figure, context, sheet_of(data), claims_of(data));
}

CsvTable run_table(const PermutationRuns& networks) {
  using One = toy::PermutationRun;
  return table_of(networks.runs, column("train", &One::train), column("seed", &One::seed),
                  column("fraction", &One::fraction), column("rqi", &One::rqi),
                  column("steps_to_rqi", &One::steps),
                  column("budget", [&](const One&) { return networks.budget; }),
                  column("accuracy", &One::accuracy), column("predicted_accuracy", &One::predicted),
                  column("ideal_rqi", &One::ideal_rqi),
                  column("ideal_accuracy", &One::ideal_accuracy),
                  column("complete", &One::complete), column("diverged", &One::diverged));
}

CsvTable size_table(const PermutationRuns& networks) {
  using Size = toy::PermutationSize;
  return table_of(
      networks.sizes, column("train", &Size::train), column("fraction", &Size::fraction),
      column("networks", inside(&Size::waiting, &KaplanMeier::count)),
      column("finished", &Size::finished), column("reached", &Size::reached),
      column("best_steps", &Size::best_steps),
      column("median_steps", inside(&Size::waiting, &KaplanMeier::median)),
      column("best_rqi", &Size::best_rqi), column("rqi", &Size::rqi),
      column("accuracy", &Size::accuracy), column("predicted_accuracy", &Size::predicted),
      column("budget", [&](const Size&) { return networks.budget; }),
      column("best_accuracy", &Size::best_accuracy), column("ideal_rqi", &Size::ideal_rqi),
      column("ideal_accuracy", &Size::ideal_accuracy));
}

Style many_networks() { return sized(look::networks(), 7); }  // where most are at one place
Style best_style() { return {.colour = look::black, .width = 0.8, .dash = Dash::dotted}; }
Style begins() { return {.colour = look::black, .width = 0.8, .dash = Dash::dash_dot}; }
Style implied() {
  return {.colour = look::vermilion, .width = 0.9, .symbol = Symbol::square, .size = 3.6};
}

/// One number of every network against the fraction, and its mean.
Panel share_panel(const Sheet& sheet, const std::string& label, const std::string& column,
                  const std::string& title) {
  return Panel(fraction_axis(), share_axis(label))
      .title(title)
      .counted(rows_of(sheet.table("abcde"), {"fraction", column}), many_networks())
      .bars(bars_of(sheet.table("means"), "fraction", column), look::summary());
}

Panel waiting_panel(const PermutationRuns& networks, const CsvTable& runs, const CsvTable& means) {
  Panel panel = waiting(fraction_axis(), "steps to RQI > 0.95",
                        static_cast<double>(networks.budget), runs, "fraction", "steps_to_rqi");
  panel.title("When it is there")
      .line(rows_of(means, {"fraction", "best_steps"}), best_style())
      .points(rows_of(means, {"fraction", "median_steps"}), look::summary(),
              "median (Kaplan–Meier)")
      .mark(0.5, {.colour = look::grey, .width = 0.7, .dash = Dash::dotted},
            "published {/:Italic r}_c = 0.5");
  if (networks.best_critical) {
    panel.mark(networks.best_critical->estimate, begins(),
               "best from " + with_interval(networks.best_critical->estimate, 2));
  }
  return panel;
}

Panel reached_panel(const PermutationData& data, const CsvTable& means) {
  const auto share = [](const ThresholdCurve& curve) {
    return each_of(curve.points, [](const ThresholdPoint& at) {
      return std::vector{at.fraction, at.probability.value};
    });
  };
  Panel panel(fraction_axis(), share_axis("probability"));
  panel.title("Who gets there")
      .line(share(data.both), look::theory(), "{/:Italic D} implies all of {/:Italic P}_0")
      .line(share(data.chain), dashed(look::theory(), Dash::dashed), "by the paper's rule alone")
      .bars(bars_of(means, "fraction", "reached"), look::summary(), "share of networks");
  if (const auto& critical = data.networks.critical.critical) {
    panel.mark(critical->estimate, begins(),
               "half of them: " + with_interval(critical->estimate, 2));
  }
  return panel;
}

Claim critical_claim(const PermutationData& data) {
  const PermutationRuns& networks = data.networks;
  const auto count = networks.runs.size();
  Claim claim = open_claim(
      "steps to RQI > 0.95 of the best seed fall at a critical training fraction",
      "Liu et al. 2022, App. H.2, Fig. 18(b)", "r_c = 0.5, 11 seeds",
      fmt::format("no network gets there in {} steps, {} networks", networks.budget, count));
  if (const auto& best = networks.best_critical, &half = networks.critical.critical; best) {
    claim.ours = fmt::format(
        "{}, best of {} seeds; half of the networks{}", with_interval(best->estimate), best->groups,
        half ? fmt::format(" at {}, {} networks", with_interval(half->estimate), count)
             : ": " + networks.critical.none);
    claim.remark = fmt::format(
        "published budget, learning rates and sizes are unknown, and the fraction depends on them: "
        "no comparison; ours: {} steps. Resampling seeds moves the best one later only, so more "
        "seeds may come earlier. Deduction from D is complete for half of the sets from {} (the "
        "paper's rule: {})",
        networks.budget, with_interval(data.both.critical_fraction),
        with_interval(data.chain.critical_fraction));
  }
  return claim;
}

/// A network with accuracy 1 cannot be below: of the others.
Claim bound_claim(const PermutationRuns& networks) {
  const BoundCheck& bound = networks.bound;
  return remarked(
      none_claim("predicted accuracy is a lower bound of accuracy: networks below it",
                 "Liu et al. 2022, App. H.2, Fig. 18(e)", bound.below, bound.binding,
                 bound.below_share),
      fmt::format("of the {} with accuracy below 1, by {} seeds; of all {}: above {}, "
                  "equal {}",
                  bound.binding, networks.seeds, bound.compared, bound.above, bound.equal));
}

}  // namespace

std::vector<Claim> claims_of(const PermutationData& data) {
  return {critical_claim(data), bound_claim(data.networks)};
}

Sheet sheet_of(const PermutationData& data) {
  const PermutationRuns& networks = data.networks;
  Sheet sheet;
  sheet.table("abcde", run_table(networks)).table("means", size_table(networks));
  using Point = ThresholdPoint;
  CsvTable theory = table_of(data.both.points, column("train", &Point::train),
                             column("fraction", &Point::fraction), column("draws", &Point::draws),
                             column("complete", &Point::unique));
  beside(theory, table_of(data.chain.points, column("complete_chain_alone", &Point::unique)));
  sheet.table("f", theory);
  const CsvTable &runs = sheet.table("abcde"), &means = sheet.table("means");
  sheet.row({share_panel(sheet, "RQI at the last step", "rqi", "What is learnt")
                 .points(rows_of(means, {"fraction", "ideal_rqi"}), implied())
                 .line(rows_of(means, {"fraction", "best_rqi"}), best_style()),
             waiting_panel(networks, runs, means),
             share_panel(sheet, "accuracy over {/:Italic D}_0", "accuracy", "How accurate they are")
                 .law("x", look::reference())
                 .line(rows_of(means, {"fraction", "best_accuracy"}), best_style())});
  sheet.row({share_panel(sheet, "predicted accuracy", "predicted_accuracy", "Predicted accuracy")
                 .law("x", look::reference())
                 .points(rows_of(means, {"fraction", "ideal_accuracy"}), implied()),
             Panel(share_axis("predicted accuracy"), share_axis("accuracy"))
                 .title("Is it a lower bound?")
                 .law("x", look::reference(), "equal")
                 .counted(rows_of(runs, {"predicted_accuracy", "accuracy"}), many_networks())
                 .note(fmt::format("below: {} of {} with accuracy < 1", networks.bound.below,
                                   networks.bound.binding)),
             reached_panel(data, means)});
  sheet.legend({{Swatch::points, many_networks(), "networks (area by number)"},
                {Swatch::bars, look::summary(), "mean or share, 95% interval"},
                {Swatch::line, best_style(), "best network"},
                {Swatch::points, implied(), "{/:Italic D} implies at least, mean"},
                {Swatch::line, look::reference(), "the training samples alone"}});
  const toy::Reached &complete = networks.complete, &other = networks.incomplete;
  sheet.report(
      runs_line(std::ssize(networks.runs), networks.seeds, networks.diverged,
                "not there, left out of means") +
      fmt::format("  RQI > 0.95 reached by {} of {} where D implies all of P0 (deduction), "
                  "by {} of {} others\n",
                  complete.reached, complete.networks, other.reached, other.networks) +
      text_table(means));
  return sheet.caption(fmt::format(
      "a–d: intervals of the mean over {} seeds. b: triangles are networks that are not there "
      "within the budget; the grey line is the published critical fraction, of other settings. c, "
      "d: the dashed line is the accuracy of who knows the training samples alone. f: {} random "
      "training sets per size, deduction by both rules and by the paper's alone.",
      networks.seeds, data.both.points.front().draws));
}

Figure fig18_permutations(std::string_view toml) {
  return {"fig18_permutations", "Permutations against training fraction", false, toml, draw, toml};
}

}  // namespace grok
