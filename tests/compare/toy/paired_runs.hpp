// tests/compare/toy/paired_runs.hpp: networks beside their predictions, made up.
#pragma once

#include <optional>
#include <vector>

#include "compare/toy/rate_predictions.hpp"

inline grok::toy::PairedRow row_of(std::int64_t seed, std::optional<double> n_h,
                                   std::optional<std::int64_t> flow,
                                   std::optional<std::int64_t> adam,
                                   std::optional<std::int64_t> measured) {
  grok::toy::RunSpec spec;
  spec.seed = seed;
  spec.steps = 10'000;
  grok::toy::PairedRow result;
  result.spec = grok::toy::resolve(spec, "test");
  result.record.steps_to_rqi = measured;
  result.sum = {n_h, flow, adam};
  if (n_h) {
    result.mean.n_h = 50 * *n_h;
  }
  return result;
}

/// Measured is twice n_h throughout, and three times the Adam flow.
inline std::vector<grok::toy::PairedRow> paired_example() {
  std::vector<grok::toy::PairedRow> rows;
  for (int k = 1; k <= 8; ++k) {
    rows.push_back(row_of(k, 200.0 * k, 300 * k, 400 * k / 3, 400 * k));
  }
  rows.push_back(row_of(20, 5000.0, std::nullopt, 9000, std::nullopt));        // network censored
  rows.push_back(row_of(21, std::nullopt, std::nullopt, std::nullopt, 7000));  // not predicted
  rows.push_back(row_of(22, std::nullopt, std::nullopt, std::nullopt, std::nullopt));
  return rows;
}

inline std::vector<grok::RatePoint> example_rates() {
  return grok::summarise_rates(
      grok::draw_rates(grok::Task::addition(6), 50, 1, 1, grok::Normalisation::sum), 21);
}
