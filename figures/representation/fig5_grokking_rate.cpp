// Sample run:  groktheory figure fig5 --profile quick
#include "figures/representation/fig5_grokking_rate.hpp"

#include <fmt/format.h>

#include <algorithm>

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

/// Numbers of every prediction, and what |D| alone tells.
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
  if (const auto& rank = data.size_rank; rank.count > 0) {
    auto& row = all.rows.emplace_back();
    row = {"train", "spearman of those there, with -|D|"};
    add_cells(row, rank.count);
    add_cells(row, 0);
    add_cells(row, rank.estimate);
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
          "networks that got there; at one |D|, a prediction as good as chance has 0.",
          runs_in_seeds(std::ssize(data.rows), data.predictors.front().agreement.groups)));
}

/// What a rank over all networks is made of.
std::string pairs_text(const PairKinds& pairs) {
  return fmt::format(
      "  pairs of networks of which is known who was first: {}; of one |D| {} that both got there "
      "and {} of which one did, of two sizes {} and {}\n",
      pairs.all(), pairs.both_same_cell, pairs.one_same_cell, pairs.both_other_cell,
      pairs.one_other_cell);
}

std::string report_of(const RatePredictions& data) {
  CsvTable rates = rate_table(data);
  std::erase_if(rates.rows, [](const auto& row) { return (row[0].back() - '0') % 5 != 0; });
  std::string text =
      fmt::format("  lambda_3 [1/time], normalisation sum, {} random D per size; every 5th size\n",
                  data.rates.front().draws) +
      text_table(rates);
  text += fmt::format(
      "  steps to RQI > 0.95, budget {} steps: {}, {} diverged (not there before: counted as not "
      "reached)\n  95% intervals by resampling seeds, {} resamples; within a factor: of all that "
      "are "
      "predicted and decided; outside also who is not there after factor x prediction steps\n",
      data.budget, runs_in_seeds(std::ssize(data.rows), data.predictors.front().agreement.groups),
      data.diverged, figure_resamples);
  text += pairs_text(data.predictors.front().pairs);
  return text + text_table(number_table(data));
}

namespace {

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
  Claim claim = number_claim(statement, source, published, ours,
                             fmt::format("{}, {} that did not", there_text(a.count), a.censored));
  const FactorShare& share = a.within.at(1);
  claim.remark =
      fmt::format("of the {} predicted networks that are decided, {} within a factor {}",
                  share.inside + share.outside, with_interval(share.share, 2), share.factor);
  return claim;
}

/// A ratio or its inverse: how far it is from 1, on either side.
Estimate factor_of(const Estimate& ratio) {
  const bool around = ratio.low < 1 && ratio.high > 1;
  const double one = ratio.low, other = ratio.high;
  return {std::max(ratio.value, 1 / ratio.value),
          around ? 1 : std::min(std::max(one, 1 / one), std::max(other, 1 / other)),
          std::max({one, 1 / one, other, 1 / other})};
}

}  // namespace

std::vector<Claim> claims_of(const RatePredictions& data) {
  const Predictor &n_h = data.predictors.at(0), &adam = data.predictors.at(2);
  const std::string paper = "Liu et al. 2022, Fig. 5(b)";
  Claim trend = interval_claim(
      "more data, a larger lambda_3, fewer steps: Spearman of n_h and "
      "measured steps",
      paper, says("the same trend", above(0)), n_h.agreement.rank);
  if (data.size_rank.count > 0) {
    trend.remark = fmt::format("a trend in |D|, which alone has {} with the steps",
                               with_interval(data.size_rank.estimate));
  }
  return {trend,
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
