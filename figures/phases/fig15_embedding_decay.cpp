// Sample run:  groktheory figure fig15 --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  return publish_phases(
      figure, context,
      {.x = decoder_rate(),
       .y = {"representation_decay",
             {.label = "weight decay of the embeddings",
              .downward = true}},  // as the decay in Fig. 6
       .questions = {hardly_matters("weight decay of the embeddings hardly matters",
                                    "Liu et al. 2022, Fig. 15")}});
}

}  // namespace

Figure fig15_embedding_decay(std::string_view toml) {
  return {"fig15_embedding_decay", "Phases: decay of the embeddings", false, toml, draw, toml};
}

}  // namespace grok
