// Sample run:  groktheory figure fig5 --profile quick
#include "figures/representation/fig5_grokking_rate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr std::uint64_t theory_seed = 58;  // as `threshold` and `rates` without --seed

template <class T>
std::optional<double> as_double(const std::optional<T>& value) {
  return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

template <class Choose>
Predictor predictor(const std::string& key, const std::string& title,
                    std::span<const toy::PairedRow> rows, Choose&& choose) {
  Predictor result;
  result.key = key;
  result.title = title;
  std::vector<bool> reached;  // of those predicted within the budget
  std::vector<std::int64_t> seeds;
  for (const toy::PairedRow& row : rows) {
    const auto budget = static_cast<double>(row.spec.steps);
    const auto predicted = as_double(choose(row)), measured = as_double(row.record.steps_to_rqi);
    result.pairs.push_back({predicted, measured, budget, row.spec.seed});
    if (predicted && *predicted <= budget) {
      reached.push_back(measured.has_value());
      seeds.push_back(row.spec.seed);
    }
  }
  result.agreement = agreement(result.pairs, figure_resamples, figure_bootstrap_seed);
  result.in_budget = std::ssize(reached);
  result.reached = std::count(reached.begin(), reached.end(), true);
  if (result.in_budget > 0) {
    result.reached_share =
        grouped_share(reached, seeds, figure_resamples, figure_bootstrap_seed).estimate;
  }
  return result;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const auto rows = pair_with_theory(runs.runs, runs.records, context.workers.threads);
  const Task task = task_of(runs.runs.at(0));
  const std::int64_t draws = theory_draws(context);
  auto rates = summarise_rates(
      draw_rates(task, draws, theory_seed, context.workers.threads, Normalisation::sum),
      task.sample_count());
  const auto data = collect_grokking_rate(std::move(rates), draws, rows);
  publish(figure, context, draw_grokking_rate(data, command_of(figure, context)),
          report_grokking_rate(data));
  return claims_of_grokking_rate(data);
}

std::string interval_or_none(const BootstrapInterval& interval) {
  return interval.count == 0 ? "undetermined" : with_interval(interval.estimate, 3);
}

std::string share_lines(const std::string& what, const std::array<FactorShare, 3>& shares) {
  std::string text;
  for (const FactorShare& s : shares) {
    text += fmt::format("      {} a factor {:<5} {} of {}, {}; {} undecided\n", what,
                        fmt::format("{}:", s.factor), s.inside, s.inside + s.outside,
                        with_interval(s.share, 2), s.undecided);
  }
  return text;
}

std::string predictor_lines(const Predictor& p) {
  const Agreement& a = p.agreement;
  std::string text = fmt::format(
      "  {}: {}; {} predicted and there, {} predicted and not there, {} there without prediction, "
      "{} neither\n",
      p.key, runs_in_seeds(std::ssize(p.pairs), a.groups), a.count, a.censored, a.unpredicted,
      a.neither);
  if (p.in_budget > 0) {
    text += fmt::format("      predicted within the budget: {}; of these get there {}: {}\n",
                        p.in_budget, p.reached, with_interval(p.reached_share));
  }
  if (a.count > 0) {
    text += fmt::format(
        "      of the {} that got there: kappa = measured/predicted {}   slope of ln {}   Spearman "
        "{}\n",
        a.count, with_interval(a.kappa), interval_or_none(a.slope), interval_or_none(a.rank));
  }
  return a.count + a.censored == 0 ? text
                                   : text + share_lines("within", a.within) +
                                         share_lines("over kappa, within", a.within_scaled);
}

}  // namespace

GrokkingRateData collect_grokking_rate(std::vector<RatePoint> rates, std::int64_t draws,
                                       std::span<const toy::PairedRow> rows) {
  GrokkingRateData data;
  data.rates = std::move(rates);
  data.draws = draws;
  for (const toy::PairedRow& row : rows) {
    if (data.budget != 0 && row.spec.steps != data.budget) {
      reject("collect_grokking_rate", "steps", fmt::format("{}", row.spec.steps),
             fmt::format("the same budget in every run ({})", data.budget));
    }
    data.budget = row.spec.steps;
    data.diverged += row.record.state == "diverged" ? 1 : 0;
    data.rows.push_back(row);
  }
  data.predictors = {
      predictor("n_h_sum", "{/:Italic n}_h = 1/(λ_3 η)", data.rows,
                [](const toy::PairedRow& row) { return row.sum.n_h; }),
      predictor("gradient_flow_sum", "Gradient flow, all modes", data.rows,
                [](const toy::PairedRow& row) { return row.sum.gradient_flow; }),
      predictor("adam_flow", "Adam flow", data.rows,
                [](const toy::PairedRow& row) { return row.sum.adam_flow; }),
      predictor("n_h_mean", "", data.rows, [](const toy::PairedRow& row) { return row.mean.n_h; }),
      predictor("gradient_flow_mean", "", data.rows,
                [](const toy::PairedRow& row) { return row.mean.gradient_flow; })};
  return data;
}

std::string report_grokking_rate(const GrokkingRateData& data) {
  std::string text = fmt::format(
      "  lambda_3 [1/time], normalisation sum, {} random D per size; every 5th size here\n"
      "  |D|  fraction  median (95% interval)    quartiles            share of zeros (95% "
      "interval)\n",
      data.draws);
  for (const RatePoint& point : data.rates) {
    if (point.train % 5 == 0) {
      text += fmt::format(
          "  {:<4} {:<9} {:<24} {:<20} {}\n", point.train, rounded(point.fraction),
          with_interval(point.median),
          fmt::format("[{}, {}]", rounded(point.lower_quartile), rounded(point.upper_quartile)),
          with_interval(point.zero));
    }
  }
  text += fmt::format(
      "  steps to RQI > 0.95, budget {} steps: {} networks, {} diverged (not there before: counted "
      "as not reached)\n"
      "  95% intervals by resampling seeds, {} resamples; outside: also who is not there after "
      "factor x prediction steps\n",
      data.budget, data.rows.size(), data.diverged, figure_resamples);
  for (const Predictor& p : data.predictors) {
    text += predictor_lines(p);
  }
  return text;
}

namespace {

Claim trend_claim(const Predictor& p) {
  const Estimate& rank = p.agreement.rank.estimate;
  const bool known = p.agreement.rank.count > 0 && std::isfinite(rank.low);
  return {"more data, a larger lambda_3, fewer steps: Spearman of predicted and measured",
          "Liu et al. 2022, Fig. 5(b)", "the same trend",
          fmt::format("{}, {} networks that got there", interval_or_none(p.agreement.rank),
                      p.agreement.rank.count),
          !known         ? Verdict::open
          : rank.low > 0 ? Verdict::agrees
                         : Verdict::differs};
}

Claim scale_claim(const Predictor& p, const std::string& statement, const std::string& source) {
  const Agreement& a = p.agreement;
  return {statement, source, source.starts_with("ours") ? "1" : "a gap, no number",
          a.count == 0 ? "no network got there"
                       : fmt::format("{}, {} networks that got there, {} that did not",
                                     with_interval(a.kappa), a.count, a.censored),
          a.count == 0                          ? Verdict::open
          : source.starts_with("ours")          ? compare_with(a.kappa, 1)
          : a.kappa.low > 1 || a.kappa.high < 1 ? Verdict::agrees
                                                : Verdict::differs};
}

}  // namespace

std::vector<Claim> claims_of_grokking_rate(const GrokkingRateData& data) {
  const std::string paper = "Liu et al. 2022, Fig. 5(b)";
  const Predictor &n_h = data.predictors.at(0), &adam = data.predictors.at(2);
  return {
      trend_claim(n_h),
      scale_claim(n_h, "n_h = 1/(lambda_3 eta) misses the scale: measured over predicted", paper),
      scale_claim(adam, "Adam on the effective loss has the scale: measured over predicted",
                  "ours (docs/theory.md)")};
}

Figure fig5_grokking_rate(std::string_view toml) {
  return {"fig5_grokking_rate", "Grokking rate", true, toml, draw, toml};
}

}  // namespace grok
