#include "compare/toy/rate_predictions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "compare/statistics/over_seeds.hpp"
#include "compare/statistics/within.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok::toy {
namespace {

constexpr Estimate unknown = {not_a_number, not_a_number, not_a_number};

template <class T>
std::optional<double> as_double(const std::optional<T>& value) {
  return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

/// What is left at one |D|.
void add_within(Predictor& result, std::span<const PairedRow> rows,
                std::span<const StepPair> pairs) {
  std::vector<double> predicted, measured;  // logarithms
  std::vector<std::int64_t> sizes, seeds;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const StepPair& pair = pairs[k];
    if (pair.predicted.value_or(0) > 0 && pair.measured.value_or(0) > 0) {
      predicted.push_back(std::log(*pair.predicted));
      measured.push_back(std::log(*pair.measured));
      sizes.push_back(rows[k].spec.train);
      seeds.push_back(pair.group);
    }
  }
  if (!sizes.empty()) {
    result.slope_within = slope_within(predicted, measured, sizes, seeds);
    result.kendall_within = kendall_within(predicted, measured, sizes, seeds);
  }
}

void add_concordance(Predictor& result, std::span<const PairedRow> rows,
                     std::span<const StepPair> pairs) {
  std::vector<double> forecast;
  std::vector<Waiting> waiting;
  std::vector<std::int64_t> sizes, seeds;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const StepPair& pair = pairs[k];
    forecast.push_back(pair.predicted.value_or(std::numeric_limits<double>::infinity()));
    waiting.push_back({pair.measured.value_or(pair.budget), pair.measured.has_value()});
    sizes.push_back(rows[k].spec.train);
    seeds.push_back(pair.group);
  }
  result.concordance_within = unknown;
  if (!pairs.empty()) {
    result.pairs = count_pairs(waiting, sizes);
    result.concordance_within =
        with_seeds(concordance_statistic(forecast, waiting, seeds, sizes), seeds);
  }
}

template <class Choose>
Predictor predictor(const std::string& key, std::span<const PairedRow> rows, const Choose& choose) {
  Predictor result;
  result.key = key;
  result.networks = std::ssize(rows);
  result.reached_share = unknown;
  std::vector<StepPair> pairs;
  std::vector<bool> reached;  // of those predicted within the budget
  std::vector<std::int64_t> seeds;
  for (const PairedRow& row : rows) {
    const auto budget = static_cast<double>(row.spec.steps);
    const auto predicted = as_double(choose(row)), measured = as_double(row.record.steps_to_rqi);
    pairs.push_back({predicted, measured, budget, row.spec.seed});
    if (predicted && *predicted <= budget) {
      reached.push_back(measured.has_value());
      seeds.push_back(row.spec.seed);
    }
  }
  result.agreement = agreement(pairs, figure_resamples, figure_bootstrap_seed);
  add_within(result, rows, pairs);
  add_concordance(result, rows, pairs);
  result.in_budget = std::ssize(reached);
  result.reached = std::ranges::count(reached, true);
  if (result.in_budget > 0) {
    result.reached_share = grouped_share(reached, seeds).estimate;
  }
  return result;
}

}  // namespace

std::vector<AgreementNumber> numbers_of(const Predictor& predictor) {
  auto numbers = grok::numbers_of(predictor.agreement, predictor.networks);
  if (predictor.in_budget > 0) {
    const auto shares =
        std::ranges::find(numbers, within_name + to_text(1.25), &AgreementNumber::name);
    numbers.insert(shares, {"there if predicted within the budget", predictor.in_budget, 0,
                            predictor.reached_share});
  }
  for (const auto& [name, interval] :
       {std::pair("slope at one |D| of those there", &predictor.slope_within),
        std::pair("kendall at one |D| of those there", &predictor.kendall_within)}) {
    if (interval->count > 0) {
      numbers.push_back({name, interval->count, 0, interval->estimate});
    }
  }
  if (!std::isnan(predictor.concordance_within.value)) {
    numbers.push_back(
        {"concordance at one |D|", predictor.pairs.same_cell(), 0, predictor.concordance_within});
  }
  return numbers;
}

std::vector<std::pair<std::string, AgreementNumber>> numbers_of(const RatePredictions& data) {
  std::vector<std::pair<std::string, AgreementNumber>> all;
  for (const Predictor& p : data.predictors) {
    for (AgreementNumber& number : numbers_of(p)) {
      all.emplace_back(p.key, std::move(number));
    }
  }
  if (const BootstrapInterval& rank = data.size_rank; rank.count > 0) {
    all.emplace_back("train", AgreementNumber{"spearman of those there, with -|D|", rank.count, 0,
                                              rank.estimate});
  }
  return all;
}

RatePredictions collect_predictions(std::vector<RatePoint> rates, std::span<const PairedRow> rows) {
  RatePredictions data;
  data.rates = std::move(rates);
  data.rows.assign(rows.begin(), rows.end());
  for (const PairedRow& row : rows) {
    if (data.budget != 0 && row.spec.steps != data.budget) {
      reject("collect_predictions", "steps", fmt::format("{}", row.spec.steps),
             fmt::format("the same budget in every run ({})", data.budget));
    }
    data.budget = row.spec.steps;
    data.diverged += row.record.state == "diverged" ? 1 : 0;
  }
  std::vector<double> sizes, steps;
  std::vector<std::int64_t> seeds;
  for (const PairedRow& row : rows) {
    if (row.record.steps_to_rqi) {
      sizes.push_back(-static_cast<double>(row.spec.train));
      steps.push_back(static_cast<double>(*row.record.steps_to_rqi));
      seeds.push_back(row.spec.seed);
    }
  }
  data.size_rank = rank_over_seeds(sizes, steps, seeds);
  using Row = PairedRow;
  data.predictors = {
      predictor("n_h_sum", rows, [](const Row& row) { return row.sum.n_h; }),
      predictor("gradient_flow_sum", rows, [](const Row& row) { return row.sum.gradient_flow; }),
      predictor("adam_flow", rows, [](const Row& row) { return row.sum.adam_flow; }),
      predictor("n_h_mean", rows, [](const Row& row) { return row.mean.n_h; }),
      predictor("gradient_flow_mean", rows, [](const Row& row) { return row.mean.gradient_flow; })};
  return data;
}

}  // namespace grok::toy
