// Sample run:  groktheory figure fig15 --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {

Figure fig15_embedding_decay(std::string_view toml) {
  return phase_figure("fig15_embedding_decay", "Phases: decay of the embeddings", false, toml,
                      {.y = {"representation_decay",
                             {.label = "weight decay of the embeddings",
                              .downward = true}},  // as the decay in Fig. 6
                       .questions = {hardly_matters("weight decay of the embeddings hardly matters",
                                                    "Liu et al. 2022, Fig. 15")}});
}

}  // namespace grok
