// Sample run:  groktheory figure fig5 --profile quick
#include "figures/representation/fig5_grokking_rate.hpp"

#include <fmt/format.h>

#include <cmath>

#include "compare/statistics/summary.hpp"
#include "figures/panels/pairs.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using toy::Predictor;
using toy::RatePredictions;

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
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

CsvTable rate_table(const RatePredictions& data) {
  using Point = RatePoint;
  return table_of(data.rates, column("train", &Point::train), column("fraction", &Point::fraction),
                  column("draws", &Point::draws),
                  column("normalisation", [](const Point&) { return std::string("sum"); }),
                  column("median", &Point::median),
                  column("lower_quartile", &Point::lower_quartile),
                  column("upper_quartile", &Point::upper_quartile), column("zero", &Point::zero));
}

CsvTable number_table(const RatePredictions& data) {
  CsvTable all;
  for (const Predictor& p : data.predictors) {
    const CsvTable table = table_of(
        numbers_of(p), column("prediction", [&p](const AgreementNumber&) { return p.key; }),
        column("quantity", &AgreementNumber::name), column("pairs", &AgreementNumber::pairs),
        column("undecided", &AgreementNumber::undecided),
        column("value", "low", "high", &AgreementNumber::value));
    all.columns = table.columns;
    append(all, table);
  }
  return all;
}

/// A curve of theory over the training fraction, with its interval.
Panel theory_panel(const CsvTable& rates, const std::string& label, const std::string& value,
                   const std::string& legend) {
  Style interval = look::theory();
  interval.opacity = 0.4;
  return Panel(fraction_axis(), linear_axis(label, 0))
      .band(rows_of(rates, {"fraction", value + "_low", value + "_high"}), interval)
      .line(rows_of(rates, {"fraction", value}), look::theory())
      .points(rows_of(rates, {"fraction", value}), look::theory())
      .entry({Swatch::both, look::theory(), legend});
}

constexpr std::size_t named_factor = 2;  // of agreement_factors: what a picture says

Panel pair_panel(const RatePredictions& data, std::size_t k, const CsvTable& runs,
                 const std::string& title, const std::string& label) {
  const Predictor& p = data.predictors.at(k);
  const FactorShare& share = p.agreement.within.at(named_factor);
  Panel panel = pairs(label, "measured steps", runs, p.key, "measured",
                      {.budget = static_cast<double>(data.budget),
                       .factor = share.factor,
                       .also = {"n_h_sum", "gradient_flow_sum", "adam_flow"}});
  panel.title(title);
  if (p.agreement.count > 0) {
    panel.note("measured/predicted " + with_interval(p.agreement.kappa));
  }
  if (share.inside + share.outside > 0) {
    panel.note(fmt::format("within {}×: {}", share.factor, with_interval(share.share, 2)));
  }
  return panel;
}

}  // namespace

Sheet sheet_of(const RatePredictions& data) {
  const CsvTable rates = rate_table(data), runs = paired_table(data.rows);
  Sheet sheet;
  sheet.table("ab", rates).table("cde", runs).table("numbers", number_table(data));
  Style quartiles = look::theory();
  quartiles.opacity = 0.2;
  sheet.row({theory_panel(rates, "grokking rate λ_3 [1/time]", "median", "theory: median")
                 .title("Grokking rate of random training sets")
                 .band(rows_of(rates, {"fraction", "lower_quartile", "upper_quartile"}), quartiles,
                       "quartiles"),
             theory_panel(rates, "share with λ_3 = 0", "zero", "theory: structure not unique")
                 .title("Where the rate vanishes")});
  sheet.row(
      {pair_panel(data, 0, runs, "{/:Italic n}_h = 1/(λ_3 η)", "predicted {/:Italic n}_h [steps]"),
       pair_panel(data, 1, runs, "Gradient flow, all modes", "predicted steps"),
       pair_panel(data, 2, runs, "Adam flow", "predicted steps")});
  return sheet
      .caption(fmt::format("a, b: {} random training sets per size, normalisation: sum over P0(D); "
                           "95% intervals.",
                           data.rates.front().draws))
      .caption(fmt::format(
          "c, d, e: steps to RQI > 0.95, {}; measured/predicted is the geometric mean over the "
          "networks that got there, the share within a factor is of all that can be decided.",
          runs_in_seeds(std::ssize(data.rows), data.predictors.front().agreement.groups)));
}

std::string report_of(const RatePredictions& data) {
  CsvTable rates = rate_table(data);
  std::erase_if(rates.rows, [](const auto& row) { return (row[0].back() - '0') % 5 != 0; });
  std::string text =
      fmt::format("  lambda_3 [1/time], normalisation sum, {} random D per size; every 5th size\n",
                  data.rates.front().draws) +
      text_table(rates, {{"train", "|D|"},
                         {"fraction", "fraction"},
                         {"median", "median, 95% interval"},
                         {"lower_quartile", "lower"},
                         {"upper_quartile", "upper quartile"},
                         {"zero", "share of zeros"}});
  text += fmt::format(
      "  steps to RQI > 0.95, budget {} steps: {}, {} diverged (not there before: counted as not "
      "reached)\n  95% intervals by resampling seeds, {} resamples; outside a factor: also who is "
      "not there after factor x prediction steps\n",
      data.budget, runs_in_seeds(std::ssize(data.rows), data.predictors.front().agreement.groups),
      data.diverged, figure_resamples);
  return text + text_table(number_table(data), {{"prediction", "prediction"},
                                                {"quantity", "quantity"},
                                                {"pairs", "of"},
                                                {"undecided", "undecided"},
                                                {"value", "value"}});
}

namespace {

Claim trend_claim(const Predictor& p) {
  const BootstrapInterval& rank = p.agreement.rank;
  const bool known = rank.count > 0 && std::isfinite(rank.estimate.low);
  return {"more data, a larger lambda_3, fewer steps: Spearman of predicted and measured",
          "Liu et al. 2022, Fig. 5(b)", "the same trend",
          fmt::format("{}, {} networks that got there",
                      rank.count == 0 ? "undetermined" : with_interval(rank.estimate), rank.count),
          !known                  ? Verdict::open
          : rank.estimate.low > 0 ? Verdict::agrees
                                  : Verdict::differs};
}

std::string scale_text(const Agreement& a) {
  return a.count == 0 ? "no network got there"
                      : fmt::format("{}, {} networks that got there, {} that did not",
                                    with_interval(a.kappa), a.count, a.censored);
}

}  // namespace

std::vector<Claim> claims_of(const RatePredictions& data) {
  const Agreement &n_h = data.predictors.at(0).agreement, &adam = data.predictors.at(2).agreement;
  const bool gap = n_h.kappa.low > 1 || n_h.kappa.high < 1;
  return {
      trend_claim(data.predictors.at(0)),
      {"n_h = 1/(lambda_3 eta) misses the scale: measured over predicted",
       "Liu et al. 2022, Fig. 5(b)", "a gap, no number", scale_text(n_h),
       n_h.count == 0 ? Verdict::open
       : gap          ? Verdict::agrees
                      : Verdict::differs},
      {"Adam on the effective loss has the scale: measured over predicted", "ours (docs/theory.md)",
       "1", scale_text(adam), adam.count == 0 ? Verdict::open : compare_with(adam.kappa, 1)}};
}

Figure fig5_grokking_rate(std::string_view toml) {
  return {"fig5_grokking_rate", "Grokking rate", true, toml, draw, toml};
}

}  // namespace grok
