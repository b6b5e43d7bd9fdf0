// figures/parity/parity_decay.hpp: the decay at which networks lose a parity, predicted before
// training: by the closed form of all strings, and by the counts of each training set.
#pragma once

#include "compare/parity/decay_steps.hpp"
#include "figures/figure.hpp"

namespace grok {

struct ParityDecay {
  parity::DecaySteps steps;
  parity::Survivals survivals;
  std::int64_t shown_seed = 0;
};
Sheet sheet_of(const ParityDecay& data);
std::vector<Claim> claims_of(const ParityDecay& data);

Figure parity_decay(std::string_view toml);

}  // namespace grok
