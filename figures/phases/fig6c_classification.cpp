// Sample run:  groktheory figure fig6c --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  return publish_phases(figure, context,
                        decoder_decay_figure("Liu et al. 2022, Fig. 6(c)", {30, 85, 50, 11}));
}

}  // namespace

Figure fig6c_classification(std::string_view toml) {
  return {"fig6c_classification", "Phases: decoder decay, classification", true, toml, draw, toml};
}

}  // namespace grok
