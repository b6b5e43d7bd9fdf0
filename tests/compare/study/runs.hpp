// Small networks for tests of studies and stores.
#pragma once

#include <vector>

#include "nets/toy/run_spec.hpp"

namespace grok {

/// `steps` sets how long one takes, as no run ends before its budget.
inline std::vector<RunSpec> small_runs(std::int64_t count, std::int64_t steps) {
  std::vector<RunSpec> runs;
  for (std::int64_t seed = 0; seed < count; ++seed) {
    RunSpec spec;
    spec.symbols = 5;
    spec.train = 10;
    spec.seed = seed;
    spec.decoder_widths = {16};
    spec.output_dimension = 4;
    spec.steps = steps;
    spec.stop = "budget";
    runs.push_back(resolve(spec, "test"));
  }
  return runs;
}

}  // namespace grok
