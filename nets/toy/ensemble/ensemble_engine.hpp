// nets/toy/ensemble/ensemble_engine.hpp: the torch engine (nets/torch_engine.hpp), for those who link it instead
// of loading it.
#pragma once

#include "nets/toy/milestones.hpp"
#include "nets/torch_engine.hpp"

namespace grok {

const TorchEngine& ensemble_engine();

std::vector<Record> train_ensembles(std::span<const RunSpec> specs, const EnsembleOptions& options);

struct PlainLoopResult {
  double seconds = 0;
  std::int64_t steps = 0;  // made, those before the clock started included
  Metrics last;            // of the state before the last of them
};
PlainLoopResult plain_loop(const RunSpec& resolved, std::int64_t steps, int threads);

}  // namespace grok
