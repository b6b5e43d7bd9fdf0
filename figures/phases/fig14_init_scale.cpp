// Sample run:  groktheory figure fig14 --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {

Figure fig14_init_scale(std::string_view toml) {
  return phase_figure(
      "fig14_init_scale", "Phases: scale of the initial embeddings", false, toml,
      {.y = {"representation_init_scale",
             {.label = "scale of the initial embeddings",
              .scale = CellScale::logarithmic,
              .downward = true}},  // as published: small scales on top
       .questions = {
           more_of("small initial embeddings lead to comprehension", "Liu et al. 2022, Fig. 14",
                   {Phase::comprehension, in_halves(Half::any, Half::low),
                    in_halves(Half::any, Half::high), "with small scales", "with large ones"})}});
}

}  // namespace grok
