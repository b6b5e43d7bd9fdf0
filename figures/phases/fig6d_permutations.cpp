// Sample run:  groktheory figure fig6d --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  return publish_phases(figure, context,
                        decoder_decay_figure("Liu et al. 2022, Fig. 6(d)", {73, 31, 62, 10}));
}

}  // namespace

Figure fig6d_permutations(std::string_view toml) {
  return {"fig6d_permutations", "Phases: decoder decay, permutations", true, toml, draw, toml};
}

}  // namespace grok
