// Records of networks that get there or not, as tests want them.
#pragma once

#include <optional>
#include <vector>

#include "compare/toy/waiting_runs.hpp"

namespace grok::toy {

struct WaitingExample {
  std::vector<RunSpec> specs;
  std::vector<Record> records;
  void add(std::int64_t train, std::optional<std::int64_t> steps, bool unique) {
    RunSpec spec;
    spec.train = train;
    spec.seed = std::ssize(specs);
    spec.steps = 10'000;
    specs.push_back(resolve(spec, "test"));
    Record record;
    record.steps_to_rqi = steps;
    record.unique = unique;
    records.push_back(record);
  }
  WaitingRuns collect() const { return collect_waiting(specs, records); }
};

/// Sizes 11, 22, 44 of 55, six networks each: none, two, six get there.
inline WaitingExample waiting_example() {
  WaitingExample runs;
  for (int k = 0; k < 6; ++k) {
    runs.add(11, std::nullopt, false);
    runs.add(22, k < 2 ? std::optional<std::int64_t>(3000 + k) : std::nullopt, k < 3);
    runs.add(44, 700 + 100 * k, true);
  }
  return runs;
}

}  // namespace grok::toy
