// Sample run:  groktheory figure fig5 --profile quick
#include "figures/fig5_grokking_rate.hpp"

#include <fmt/format.h>

#include "core/errors.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"
#include "figures/summary.hpp"

namespace grok {
namespace {

constexpr std::uint64_t theory_seed = 0;

template <class T>
std::optional<double> as_double(const std::optional<T>& value) {
  return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

template <class Choose>
Predictor predictor(const std::string& key, const std::string& title,
                    std::span<const PairedRow> rows, Choose&& choose) {
  Predictor result;
  result.key = key;
  result.title = title;
  for (const PairedRow& row : rows) {
    result.steps.push_back(as_double(choose(row)));
  }
  return result;
}

void draw(const Figure& figure, const FigureContext& context) {
  const StudyRuns runs = run_figure_study(figure, context);
  const auto rows = pair_with_theory(runs.study.runs, runs.records, context.threads);
  const Task task = task_of(runs.study.runs.at(0));
  const std::int64_t draws = theory_draws(context);
  auto rates =
      summarise_rates(draw_rates(task, draws, theory_seed, context.threads, Normalisation::sum),
                      task.sample_count());
  const auto data = collect_grokking_rate(std::move(rates), draws, rows);
  publish(figure, context, draw_grokking_rate(data, command_of(figure, context)),
          report_grokking_rate(data));
}

std::string share(const Estimate& estimate) { return with_interval(estimate, 2); }

std::string interval_or_none(const BootstrapInterval& interval) {
  return interval.count == 0 ? "undetermined" : with_interval(interval.estimate, 3);
}

std::string predictor_lines(const Predictor& p) {
  const Agreement& a = p.agreement;
  std::string text = fmt::format("  {:<20} n = {}, censored {}", p.key, a.count, a.censored);
  if (p.in_budget > 0) {
    text += fmt::format("; of {} networks predicted within the budget {} get there: {}",
                        p.in_budget, p.reached, with_interval(p.reached_share));
  }
  if (a.count == 0) {
    return text + "\n";
  }
  return text + fmt::format(
                    "\n      kappa = measured/predicted {}   slope of ln {}   Spearman {}\n"
                    "      within a factor 1.25: {}   1.5: {}   2: {}\n"
                    "      and divided by kappa: {}   1.5: {}   2: {}\n",
                    with_interval(a.kappa), interval_or_none(a.slope), interval_or_none(a.rank),
                    share(a.within_1_25), share(a.within_1_5), share(a.within_2),
                    share(a.within_1_25_scaled), share(a.within_1_5_scaled),
                    share(a.within_2_scaled));
}

}  // namespace

GrokkingRateData collect_grokking_rate(std::vector<RatePoint> rates, std::int64_t draws,
                                       std::span<const PairedRow> rows) {
  GrokkingRateData data;
  data.rates = std::move(rates);
  data.draws = draws;
  for (const PairedRow& row : rows) {
    if (data.budget != 0 && row.spec.steps != data.budget) {
      reject("collect_grokking_rate", "steps", fmt::format("{}", row.spec.steps),
             fmt::format("the same budget in every run ({})", data.budget));
    }
    data.budget = row.spec.steps;
    if (row.record.state == "diverged") {
      ++data.diverged;
      continue;
    }
    data.rows.push_back(row);
    data.measured.push_back(as_double(row.record.steps_to_rqi));
  }
  data.predictors = {
      predictor("n_h_sum", "{/:Italic n}_h = 1/(λ_3 η)", data.rows,
                [](const PairedRow& row) { return row.sum.n_h; }),
      predictor("gradient_flow_sum", "Gradient flow, all modes", data.rows,
                [](const PairedRow& row) { return row.sum.gradient_flow; }),
      predictor("adam_flow", "Adam flow", data.rows,
                [](const PairedRow& row) { return row.sum.adam_flow; }),
      predictor("n_h_mean", "", data.rows, [](const PairedRow& row) { return row.mean.n_h; }),
      predictor("gradient_flow_mean", "", data.rows,
                [](const PairedRow& row) { return row.mean.gradient_flow; })};
  for (Predictor& p : data.predictors) {
    p.agreement = agreement(p.steps, data.measured, figure_resamples, 0);
    for (std::size_t k = 0; k < p.steps.size(); ++k) {
      const bool predicted = p.steps[k] && *p.steps[k] <= static_cast<double>(data.budget);
      p.in_budget += predicted ? 1 : 0;
      p.reached += predicted && data.measured[k] ? 1 : 0;
    }
    if (p.in_budget > 0) {
      p.reached_share = wilson(p.reached, p.in_budget);
    }
  }
  return data;
}

std::string report_grokking_rate(const GrokkingRateData& data) {
  std::string text = fmt::format(
      "  lambda_3 [1/time], normalisation sum, {} random D per size; every 5th size here\n"
      "  |D|  fraction  median   quartiles            share of zeros (95% interval)\n",
      data.draws);
  for (const RatePoint& point : data.rates) {
    if (point.train % 5 == 0) {
      text += fmt::format(
          "  {:<4} {:<9} {:<8} {:<20} {}\n", point.train, rounded(point.fraction),
          rounded(point.median),
          fmt::format("[{}, {}]", rounded(point.lower_quartile), rounded(point.upper_quartile)),
          with_interval(point.zero));
    }
  }
  text += fmt::format(
      "  steps to RQI > 0.95, budget {} steps: {} networks, {} diverged and left out; censored: "
      "prediction or network not there\n",
      data.budget, data.rows.size(), data.diverged);
  for (const Predictor& p : data.predictors) {
    text += predictor_lines(p);
  }
  return text;
}

Figure fig5_grokking_rate(std::string_view toml) {
  return {"fig5_grokking_rate", "Grokking rate", true, toml, draw, toml};
}

}  // namespace grok
