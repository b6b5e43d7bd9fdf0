// Sample run:  groktheory figure fig6c --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {

Figure fig6c_classification(std::string_view toml) {
  return phase_figure("fig6c_classification", "Phases: decoder decay, classification", true, toml,
                      decoder_decay_figure("Liu et al. 2022, Fig. 6(c)", {30, 85, 50, 11}));
}

}  // namespace grok
