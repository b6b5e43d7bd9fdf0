// Hand-made studies for tests of the referee: no network is trained.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "compare/referee/forecast.hpp"
#include "nets/toy/record.hpp"

namespace grok {

struct HandMade {
  std::vector<RunSpec> runs;
  std::vector<Record> records;
};

/// Steps of a run, empty if it is not there within 10,000.
using StepsOf = std::function<std::optional<double>(const RunSpec&)>;

/// 4 x 3 rates and `seeds` seeds of small networks; what happened is `steps`.
inline HandMade hand_made(std::int64_t seeds, const StepsOf& steps) {
  HandMade study;
  for (const double embedding_rate : {1e-4, 1e-3, 2e-3, 1e-2}) {
    for (const double decoder_rate : {1e-4, 1e-3, 1e-2}) {
      for (std::int64_t seed = 0; seed < seeds; ++seed) {
        RunSpec spec;
        spec.symbols = 5;
        spec.train = 12;
        spec.seed = seed;
        spec.decoder_widths = {4};
        spec.output_dimension = 3;
        spec.representation_rate = embedding_rate;
        spec.decoder_rate = decoder_rate;
        spec.steps = 10'000;
        study.runs.push_back(resolve(spec, "test"));
        Record record;
        const auto time = steps(study.runs.back());
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
inline Theory formula(const std::string& key, std::function<Forecast(const RunSpec&)> says) {
  Theory theory;
  theory.key = key;
  theory.name = key;
  theory.source = "test";
  theory.what = "a formula";
  theory.applies = [](const RunSpec&) { return true; };
  theory.forecast = [says = std::move(says)](const Known& known) { return says(known.spec); };
  return theory;
}

}  // namespace grok
