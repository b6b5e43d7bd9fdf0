// tests/compare/toy/flow_examples.hpp: runs with their flow, made by hand.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "compare/toy/flow_runs.hpp"

namespace grok::toy {

inline FlowRun flow_run(double representation_rate, double decoder_rate, std::int64_t seed,
                        std::optional<double> measured, std::optional<std::int64_t> flow,
                        const char* optimiser = "adamw") {
  FlowRun result;
  result.spec.representation_rate = representation_rate;
  result.spec.decoder_rate = decoder_rate;
  result.spec.seed = seed;
  result.spec.train = 48;
  result.spec.steps = 10'000;
  result.spec.optimiser = optimiser;
  result.spec = resolve(result.spec, "test");
  result.measured = measured;
  result.flow.steps = flow;
  result.flow.followed = flow.value_or(15'000);
  return result;
}

/// C = 0.3, the flow 10 % late; a slow cell is stuck for both.
inline std::vector<FlowRun> flow_examples(const char* optimiser = "adamw") {
  std::vector<FlowRun> runs;
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    for (const double e : {1e-3, 1e-2}) {
      for (const double d : {1e-5, 1e-4, 1e-3}) {
        const double steps =
            std::round((0.3 + 0.01 * static_cast<double>(seed)) / std::sqrt(e * d));
        const bool stuck = d >= e;
        runs.push_back(flow_run(e, d, seed, stuck ? std::nullopt : std::optional(steps),
                                stuck ? std::nullopt : std::optional(std::lround(1.1 * steps)),
                                optimiser));
      }
    }
  }
  return runs;
}

/// Base and two variations at one rate; C of the wide ones is twice the base's.
inline std::vector<FlowRun> varied_examples() {
  std::vector<FlowRun> runs;
  for (std::int64_t seed = 0; seed < 6; ++seed) {
    for (const int what : {0, 1, 2}) {
      const double steps = (what == 1 ? 1600 : 800) + 10.0 * static_cast<double>(seed);
      FlowRun r = flow_run(1e-3, 1e-4, seed, steps, std::lround(what == 2 ? 2 * steps : steps));
      r.spec.decoder_widths =
          what == 1 ? std::vector<std::int64_t>{500, 500} : r.spec.decoder_widths;
      r.spec.symbols = what == 2 ? 20 : 10;
      r.spec.train = what == 2 ? 175 : 48;
      r.spec.output_dimension.reset();
      r.spec = resolve(r.spec, "test");
      runs.push_back(r);
    }
  }
  return runs;
}

}  // namespace grok::toy
