// Small networks for tests of studies and stores.
#pragma once

#include <optional>
#include <vector>

#include "compare/store/store.hpp"
#include "nets/toy/model.hpp"

namespace grok {

/// `steps` sets how long one takes, as no run ends before its budget.
inline toy::RunSpec small_spec(std::int64_t seed, std::int64_t steps) {
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 10;
  spec.seed = seed;
  spec.decoder_widths = {16};
  spec.output_dimension = 4;
  spec.steps = steps;
  spec.stop = "budget";
  return spec;
}

inline std::vector<Run> small_runs(std::int64_t count, std::int64_t steps) {
  std::vector<Run> runs;
  for (std::int64_t seed = 0; seed < count; ++seed) {
    runs.push_back(toy::run_of(small_spec(seed, steps)));
  }
  return runs;
}

inline std::optional<toy::Record> record_in(const Store& store, const Run& run) {
  const auto outcome = store.find(run);
  return outcome ? std::optional(outcome->as<toy::Record>()) : std::nullopt;
}

inline void insert(Store& store, const Run& run, const toy::Record& record) {
  store.insert(run, toy::outcome_of(record));
}

}  // namespace grok
