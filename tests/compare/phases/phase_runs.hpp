// tests/compare/phases/phase_runs.hpp: outcomes written down by hand for the phase diagrams.
#pragma once

#include <string>
#include <vector>

#include "compare/phases/phase_diagram.hpp"
#include "nets/toy/model.hpp"

namespace grok {

struct PhaseRuns {
  std::vector<toy::RunSpec> specs;
  std::vector<toy::Record> records;
  std::int64_t budget = 100'000;
  std::string loss = "mse";

  /// letter: c, g, m, x (confusion), d (diverged), - (no phase). Steps as the phase needs them.
  void add(double rate, double decay, std::int64_t seed, char letter) {
    toy::RunSpec spec;
    spec.decoder_rate = rate;
    spec.decoder_decay = decay;
    spec.seed = seed;
    spec.steps = budget;
    spec.loss = loss;
    specs.push_back(resolve(spec, "test"));
    toy::Record record;
    const std::string letters = "cgmxd";
    const char* names[] = {"comprehension", "grokking", "memorization", "confusion", "diverged"};
    const auto place = letters.find(letter);
    if (place != std::string::npos) {
      record.phase = names[place];
    }
    record.steps_done = letter == 'd' || letter == '-' ? 50 : budget;
    if (letter == 'c' || letter == 'g' || letter == 'm') {
      record.steps_to_train = 400;
    }
    if (letter == 'c' || letter == 'g') {
      record.steps_to_validation = letter == 'c' ? 900 : 2400;
      record.steps_done = *record.steps_to_validation;
    }
    record.state = letter == 'd' ? "diverged" : "done";
    records.push_back(record);
  }

  /// A diagram of one seed: lines for decays 0, 1, 2, ..., letters for rates 1e-4, 2e-4, 4e-4, ...;
  /// a blank: no run.
  void add(std::int64_t seed, const std::vector<std::string>& lines) {
    for (std::size_t y = 0; y < lines.size(); ++y) {
      double rate = 1e-4;
      for (const char letter : lines[y]) {
        if (letter != ' ') {
          add(rate, static_cast<double>(y), seed, letter);
        }
        rate *= 2;
      }
    }
  }

  std::vector<Run> runs() const { return toy::runs_of(specs); }
  std::vector<PhaseDiagram> collect() const {
    std::vector<Outcome> outcomes;
    for (const toy::Record& record : records) {
      outcomes.push_back(toy::outcome_of(record));
    }
    return collect_phase_diagrams(runs(), outcomes, "decoder_rate", "decoder_decay");
  }
  PhaseDiagram diagram() const { return collect().at(0); }
};

/// Of seeds 0, 1, ...
inline PhaseDiagram diagram_of(const std::vector<std::vector<std::string>>& seeds) {
  PhaseRuns runs;
  for (std::size_t k = 0; k < seeds.size(); ++k) {
    runs.add(static_cast<std::int64_t>(k), seeds[k]);
  }
  return runs.diagram();
}

}  // namespace grok
