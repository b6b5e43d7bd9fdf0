// tests/compare/toy/accuracy_runs.hpp: networks with accuracies in 55ths, made up.
#pragma once

#include <vector>

#include "compare/toy/predicted_accuracy.hpp"

/// All of D is learnt: what is right beyond |D| is unseen.
struct AccuracyRuns {
  std::vector<grok::toy::RunSpec> specs;
  std::vector<grok::toy::Record> records;
  void add(std::int64_t train, std::int64_t seed, double accuracy, double predicted, double ideal) {
    grok::toy::RunSpec spec;
    spec.train = train;
    spec.seed = seed;
    specs.push_back(grok::toy::resolve(spec, "test"));
    grok::toy::Record record;
    record.accuracy = accuracy / 55;
    record.predicted_accuracy = predicted / 55;
    record.ideal_accuracy = ideal / 55;
    if (train < 55) {
      const auto seen = static_cast<double>(train);
      record.validation_accuracy = (accuracy - seen) / (55 - seen);
    }
    records.push_back(record);
  }
};

inline AccuracyRuns accuracy_example() {
  AccuracyRuns runs;
  runs.add(11, 0, 11, 11, 11);
  runs.add(11, 1, 13, 11, 11);
  runs.add(44, 0, 55, 55, 55);
  runs.add(44, 1, 50, 54, 52);
  return runs;
}
