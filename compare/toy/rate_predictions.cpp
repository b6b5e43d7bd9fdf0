#include "compare/toy/rate_predictions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compare/statistics/over_seeds.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok::toy {
namespace {

constexpr Estimate unknown = {not_a_number, not_a_number, not_a_number};

template <class T>
std::optional<double> as_double(const std::optional<T>& value) {
  return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

template <class Choose>
Predictor predictor(const std::string& key, std::span<const PairedRow> rows, const Choose& choose) {
  Predictor result{
      .key = key, .networks = std::ssize(rows), .agreement = {}, .reached_share = unknown};
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
    const auto shares = std::ranges::find(numbers, "within 1.25", &AgreementNumber::name);
    numbers.insert(shares, {"there if predicted within the budget", predictor.in_budget, 0,
                            predictor.reached_share});
  }
  return numbers;
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
