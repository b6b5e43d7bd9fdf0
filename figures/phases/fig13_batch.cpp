// Sample run:  groktheory figure fig13 --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {

Figure fig13_batch(std::string_view toml) {
  constexpr const char* source = "Liu et al. 2022, Fig. 13";
  return phase_figure(
      "fig13_batch", "Phases: batch size", false, toml,
      {.y = {"batch",
             {.label = "samples per step (45: all)",
              .downward = true}},  // as published: small batches on top
       .questions = {
           more_of("small batches are harmful", source,
                   {Phase::comprehension, in_halves(Half::any, Half::high),
                    in_halves(Half::any, Half::low), "with large batches", "with small ones"}),
           more_of("a slow decoder groks with small batches", source,
                   {Phase::grokking, in_halves(Half::low, Half::low),
                    in_halves(Half::low, Half::high), "with small batches", "with large ones"})}});
}

}  // namespace grok
