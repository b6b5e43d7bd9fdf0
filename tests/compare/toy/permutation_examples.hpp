// Records of networks of S3 as tests want them.
#pragma once

#include <optional>
#include <vector>

#include "compare/toy/permutation_runs.hpp"

namespace grok::toy {

struct PermutationExample {
  std::vector<RunSpec> specs;
  std::vector<Record> records;
  Record& add(std::int64_t train, std::int64_t seed, std::optional<std::int64_t> steps,
              double accuracy, double predicted) {
    RunSpec spec;
    spec.task = "permutations";
    spec.symbols = 6;
    spec.representation_dimension = 9;
    spec.train = train;
    spec.seed = seed;
    spec.steps = 1000;
    specs.push_back(resolve(spec, "test"));
    Record record;
    record.steps_to_rqi = steps;
    record.rqi = steps ? 1.0 : 0.25;
    record.accuracy = accuracy;
    record.predicted_accuracy = predicted;
    record.ideal_rqi = train >= 18 ? 1.0 : 0.5;
    record.ideal_accuracy = train >= 18 ? 1.0 : 0.6;
    records.push_back(record);
    return records.back();
  }
  PermutationRuns collect() const { return collect_permutations(specs, records); }
};

/// Sizes 9, 18, 27 of 36, six seeds: none, one, five get there.
inline PermutationExample permutation_example() {
  PermutationExample runs;
  const auto reached = [](bool yes, std::int64_t steps) {
    return yes ? std::optional(steps) : std::optional<std::int64_t>();
  };
  for (std::int64_t seed = 0; seed < 6; ++seed) {
    runs.add(9, seed, {}, 0.5, 0.25);
    runs.add(18, seed, reached(seed == 4, 900), 0.75, 0.75);
    runs.add(27, seed, reached(seed != 2, 300 + 10 * seed), 1,
             0.9 + 0.01 * static_cast<double>(seed));
  }
  return runs;
}

}  // namespace grok::toy
