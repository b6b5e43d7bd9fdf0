// Hand-made studies for tests of the referee: no network is trained.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "compare/toy/known.hpp"
#include "nets/toy/model.hpp"

namespace grok {

struct HandMade {
  std::vector<Run> runs;
  std::vector<toy::Record> records;

  std::vector<Outcome> outcomes() const {
    std::vector<Outcome> all;
    for (const toy::Record& record : records) {
      all.push_back(toy::outcome_of(record));
    }
    return all;
  }
};

/// Steps of a run, empty if it is not there within 10,000.
using StepsOf = std::function<std::optional<double>(const toy::RunSpec&)>;

/// 4 x 3 rates and `seeds` seeds of small networks; what happened is `steps`.
inline HandMade hand_made(std::int64_t seeds, const StepsOf& steps) {
  HandMade study;
  for (const double embedding_rate : {1e-4, 1e-3, 2e-3, 1e-2}) {
    for (const double decoder_rate : {1e-4, 1e-3, 1e-2}) {
      for (std::int64_t seed = 0; seed < seeds; ++seed) {
        toy::RunSpec spec;
        spec.symbols = 5;
        spec.train = 12;
        spec.seed = seed;
        spec.decoder_widths = {4};
        spec.output_dimension = 3;
        spec.representation_rate = embedding_rate;
        spec.decoder_rate = decoder_rate;
        spec.steps = 10'000;
        study.runs.push_back(toy::run_of(spec));
        toy::Record record;
        const auto time = steps(study.runs.back().as<toy::RunSpec>());
        if (time && *time <= 10'000) {
          record.steps_to_rqi = static_cast<std::int64_t>(std::lround(*time));
        }
        record.steps_done = record.steps_to_rqi.value_or(10'000);
        record.accuracy = record.steps_to_rqi ? 1.0 : 0.4;
        study.records.push_back(record);
      }
    }
  }
  return study;
}

/// A theory that is a formula of the spec.
inline Theory formula(const std::string& key, std::function<Forecast(const toy::RunSpec&)> says) {
  Theory theory;
  theory.key = key;
  theory.name = key;
  theory.source = "test";
  theory.what = "a formula";
  theory.applies = [](const Run&) { return true; };
  theory.forecast = [says = std::move(says)](const Asked& asked) {
    return says(asked.run.as<toy::RunSpec>());
  };
  return theory;
}

}  // namespace grok
