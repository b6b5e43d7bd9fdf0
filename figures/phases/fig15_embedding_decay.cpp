// Sample run:  groktheory figure fig15 --profile quick
#include "figures/phases/phase_diagram_figure.hpp"

namespace grok {
namespace {

PhaseFigure content() {
  return {.x = decoder_rate_axis(),
          .y = {.key = "representation_decay",
                .label = "weight decay of the embeddings",
                .scale = AxisScale::linear,
                .downward = true},  // as the decay in Fig. 6
          .questions = {hardly_matters("weight decay of the embeddings hardly matters",
                                       "Liu et al. 2022, Fig. 15")}};
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  return publish_phase_figure(figure, context, content());
}

}  // namespace

Figure fig15_embedding_decay(std::string_view toml) {
  return {"fig15_embedding_decay", "Phases: decay of the embeddings", false, toml, draw, toml};
}

}  // namespace grok
