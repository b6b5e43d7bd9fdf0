// tests/nets/ensemble_checks.hpp: what the tests of the torch engine share.
#pragma once

#include <string>
#include <vector>

#include "nets/ensemble.hpp"
#include "nets/ensemble_device.hpp"
#include "tests/catch.hpp"

namespace grok {

/// "cpu", and "cuda" where it answers; says so where it does not.
inline std::vector<std::string> devices() {
  const CudaReport cuda = cuda_report();
  if (cuda.devices > 0) {
    return {"cpu", "cuda"};
  }
  WARN("skipped on cuda: no CUDA device" << (cuda.built ? "" : ", built without CUDA"));
  return {"cpu"};
}

/// Members of different seeds, rates, decays and splits, all at step 0.
inline std::vector<RunSpec> varied(RunSpec spec, int count) {
  std::vector<RunSpec> specs;
  for (int b = 0; b < count; ++b) {
    spec.seed = 58 + b;
    spec.representation_rate = 1e-3 * (1 + b);
    spec.decoder_rate = 5e-4 * (1 + 2 * b);
    spec.decoder_decay = 0.7 * b;
    spec.representation_decay = 0.1 * b;
    specs.push_back(resolve(spec, "test"));
  }
  return specs;
}

inline std::unique_ptr<Ensemble> loaded(std::unique_ptr<Ensemble> ensemble,
                                        const std::vector<RunSpec>& specs) {
  for (std::size_t b = 0; b < specs.size(); ++b) {
    ensemble->load(static_cast<Index>(b), specs[b], draw_initial_state(specs[b]));
  }
  return ensemble;
}

inline std::unique_ptr<Ensemble> loaded(const std::vector<RunSpec>& specs,
                                        const std::string& device) {
  return loaded(make_ensemble(specs.front(), std::ssize(specs), device), specs);
}

}  // namespace grok
