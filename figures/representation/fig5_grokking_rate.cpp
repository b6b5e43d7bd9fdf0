// groktheory figure fig5: does lambda_3 (normalisation `sum`) tell how long a network takes? Three
// predictions for the same D and the same initial embeddings, which may lie beyond the budget.
// Source: Liu et al. 2022, Fig. 5, eq. 8-9; the flows are ours (docs/theory.md).
#include <fmt/format.h>

#include <algorithm>

#include "figures/panels/pairs.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"

namespace grok {
namespace {

using toy::Predictor, toy::RatePredictions;

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto draws = settings.whole("draws", 1, 1'000'000);
  const auto seed = static_cast<std::uint64_t>(settings.whole("seed", 0, 1'000'000));
  settings.done();
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const Task task = task_of(runs.runs.at(0));
  const auto data = toy::collect_predictions(
      summarise_rates(draw_rates(task, draws, seed, context.workers.threads, Normalisation::sum),
                      task.sample_count()),
      pair_with_theory(runs.runs, runs.records, context.workers.threads));
  return publish(figure, context, sheet_of(data), claims_of(data));
}

/// A curve of theory over the training fraction, with its interval.
Panel theory_panel(const CsvTable& rates, const std::string& label, const std::string& value,
                   const std::string& legend) {
  return Panel(fraction_axis(), linear_axis(label, 0))
      .band(rows_of(rates, {"fraction", value + "_low", value + "_high"}),
            faded(look::theory(), 0.4))
      .both(rows_of(rates, {"fraction", value}), look::theory(), legend);
}

Panel pair_panel(const RatePredictions& data, std::size_t k, const CsvTable& runs,
                 const std::string& title, const std::string& label) {
  const Predictor& p = data.predictors.at(k);
  Panel panel = pairs(label, "measured steps", runs, p.key, "measured",
                      {.budget = static_cast<double>(data.budget),
                       .factor = 2,
                       .also = {"n_h_sum", "gradient_flow_sum", "adam_flow"},
                       .legend = k == 0});
  panel.title(title);
  if (p.agreement.count > 0) {
    panel.note("measured/predicted " + with_interval(p.agreement.kappa));
  }
  if (p.kendall_within.count > 0) {
    panel.note("Kendall's τ at one |{/:Italic D}|: " + with_interval(p.kendall_within.estimate, 2));
  }
  return panel;
}

/// Beyond this factor one time scale is not the other.
constexpr double scale_factor = 1.25;

std::string there_text(std::int64_t count) {
  return fmt::format("{} networks that got there", count);
}

/// Of an interval that may not exist.
Claim interval_claim(const std::string& statement, const Source& source, const Published& published,
                     const BootstrapInterval& ours) {
  return ours.count == 0 || !std::isfinite(ours.estimate.low)
             ? open_claim(statement, source, published.text,
                          "no interval, " + there_text(ours.count))
             : number_claim(statement, source, published, ours.estimate, there_text(ours.count));
}

/// `ours`: the scale of the networks that got there over that of the prediction, or how far off.
Claim scale_claim(const std::string& statement, const Source& source, const Published& published,
                  const Predictor& p, const Estimate& ours) {
  const Agreement& a = p.agreement;
  if (a.count == 0) {
    return open_claim(statement, source, published.text, "no network got there");
  }
  const FactorShare& share = a.within.at(1);
  return remarked(
      number_claim(statement, source, published, ours,
                   fmt::format("{}, {} that did not", there_text(a.count), a.censored)),
      fmt::format("of the {} predicted networks that are decided, {} within a factor {}",
                  share.inside + share.outside, with_interval(share.share, 2), share.factor));
}

}  // namespace

Sheet sheet_of(const RatePredictions& data) {
  using At = RatePoint;
  using Number = std::pair<std::string, AgreementNumber>;
  const auto of = [](auto member) { return inside(&Number::second, member); };
  const CsvTable rates =
      table_of(data.rates, column("train", &At::train), column("fraction", &At::fraction),
               column("draws", &At::draws),
               column("normalisation", [](const At&) { return std::string("sum"); }),
               column("median", &At::median), column("lower_quartile", &At::lower_quartile),
               column("upper_quartile", &At::upper_quartile), column("zero", &At::zero));
  const CsvTable runs = paired_table(data.rows);
  Sheet sheet;
  sheet.table("ab", rates).table("cde", runs);
  sheet.table("numbers", table_of(numbers_of(data), column("prediction", &Number::first),
                                  column("quantity", of(&AgreementNumber::name)),
                                  column("pairs", of(&AgreementNumber::pairs)),
                                  column("undecided", of(&AgreementNumber::undecided)),
                                  column("value", "low", "high", of(&AgreementNumber::value))));
  sheet.row({theory_panel(rates, "grokking rate λ_3 [1/time]", "median", "theory: median")
                 .title("Grokking rate of random training sets")
                 .band(rows_of(rates, {"fraction", "lower_quartile", "upper_quartile"}),
                       faded(look::theory(), 0.2), "quartiles"),
             theory_panel(rates, "share with λ_3 = 0", "zero", "theory: structure not unique")
                 .title("Where the rate vanishes")});
  sheet.row(
      {pair_panel(data, 0, runs, "{/:Italic n}_h = 1/(λ_3 η)", "predicted {/:Italic n}_h [steps]"),
       pair_panel(data, 1, runs, "Gradient flow, all modes", "predicted steps"),
       pair_panel(data, 2, runs, "Adam flow", "predicted steps")});
  const Predictor& first = data.predictors.front();
  sheet.report(
      runs_line(std::ssize(data.rows), first.agreement.groups, data.diverged,
                "not there before: not reached") +
      fmt::format("  pairs of networks of which is known who was first: {}, {} at one |D|\n",
                  first.pairs.all(), first.pairs.same_cell()) +
      text_table(sheet.table("numbers")));
  return sheet
      .caption(fmt::format("a, b: {} random training sets per size, normalisation: sum over P0(D); "
                           "95% intervals.",
                           data.rates.front().draws))
      .caption(fmt::format(
          "c, d, e: steps to RQI > 0.95, {}; measured/predicted is the geometric mean over the "
          "networks that got there; at one |D|, a prediction as good as chance has 0.",
          runs_in_seeds(std::ssize(data.rows), first.agreement.groups)));
}

std::vector<Claim> claims_of(const RatePredictions& data) {
  const Predictor &n_h = data.predictors.at(0), &adam = data.predictors.at(2);
  const std::string paper = "Liu et al. 2022, Fig. 5(b)";
  return {remarked(interval_claim("more data, a larger lambda_3, fewer steps: Spearman of n_h and "
                                  "measured steps",
                                  paper, says("the same trend", above(0)), n_h.agreement.rank),
                   data.size_rank.count == 0
                       ? ""
                       : fmt::format("a trend in |D|, which alone has {} with the steps",
                                     with_interval(data.size_rank.estimate))),
          interval_claim("of training sets of one size, the one with the smaller n_h is learnt "
                         "sooner: Kendall's at one |D|",
                         our_own("docs/discussion.md"), says(above(0)), n_h.kendall_within),
          scale_claim("n_h = 1/(lambda_3 eta) misses the scale: measured over predicted, or the "
                      "inverse",
                      paper, says("a gap, no number", above(scale_factor)), n_h,
                      factor_of(n_h.agreement.kappa)),
          scale_claim("Adam on the effective loss has the scale: measured over predicted",
                      our_own("docs/theory.md"), says("1", within_factor(1, scale_factor)), adam,
                      adam.agreement.kappa)};
}

Figure fig5_grokking_rate(std::string_view toml) {
  return {"fig5_grokking_rate", "Grokking rate", true, toml, draw, toml};
}

}  // namespace grok
