// Sample run:  groktheory figure fig6d --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {

Figure fig6d_permutations(std::string_view toml) {
  return phase_figure("fig6d_permutations", "Phases: decoder decay, permutations", true, toml,
                      decoder_decay_figure("Liu et al. 2022, Fig. 6(d)", {73, 31, 62, 10}));
}

}  // namespace grok
