// Hand-made studies for tests of the referee: no network is trained.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "compare/referee/referee.hpp"
#include "compare/toy/known.hpp"
#include "core/random.hpp"
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
        record.steps_to_train = record.steps_to_validation = record.steps_to_rqi;
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

/// 5/sqrt(eta_embedding eta_decoder): 500 to 50,000, four of twelve cells beyond the budget.
inline std::optional<double> law(const toy::RunSpec& spec) {
  return 5 / std::sqrt(spec.representation_rate * spec.decoder_rate);
}

inline std::vector<Theory> three_theories() {
  Theory right = formula("right", [](const toy::RunSpec& s) { return Forecast{.steps = *law(s)}; });
  right.fitted = true;
  Theory scaled =
      formula("scaled", [](const toy::RunSpec& s) { return Forecast{.steps = *law(s) / 5}; });
  scaled.as_it_is = false;
  scaled.fitted = true;
  const Theory noise = formula("noise", [](const toy::RunSpec& s) {
    RandomStream random(std::hash<std::string>{}(identity(s)), "noise");
    return Forecast{.steps = std::pow(10, random.uniform(2, 5)), .accuracy = random.uniform(0, 1)};
  });
  return {right, scaled, noise};
}

inline HeldOutStudy held_out(const HandMade& study, const std::vector<Theory>& theories,
                             std::uint64_t fold_seed = 0) {
  return hold_out(theories, study.runs, study.outcomes(),
                  forecast_runs(theories, study.runs, "rqi", 1), "rqi", fold_seed);
}

}  // namespace grok
