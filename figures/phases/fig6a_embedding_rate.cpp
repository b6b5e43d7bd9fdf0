// Sample run:  groktheory figure fig6a --profile quick
#include "figures/phases/phase_figure.hpp"

namespace grok {

Figure fig6a_embedding_rate(std::string_view toml) {
  constexpr const char* source = "Liu et al. 2022, Fig. 6(a)";
  const CellTest fast_decoder_slow_embeddings = in_halves(Half::high, Half::low);
  const CellTest faster_embeddings = [](const PhaseDiagram& d, std::size_t ix, std::size_t iy) {
    return d.y.values[iy] > d.x.values[ix];
  };
  return phase_figure(
      "fig6a_embedding_rate", "Phases: embedding rate", true, toml,
      {.y = {"representation_rate",
             {.label = "learning rate of the embeddings [1/step]",
              .scale = CellScale::logarithmic}},
       .questions = {
           published_counts(source, {29, 31, 109, 0}),
           more_of("a fast decoder with slow embeddings memorizes", source,
                   {Phase::memorization, fast_decoder_slow_embeddings,
                    outside(fast_decoder_slow_embeddings), "in that quarter", "elsewhere"}),
           more_of("a slow decoder with fast embeddings generalises late", source,
                   {Phase::grokking, in_halves(Half::low, Half::high),
                    in_halves(Half::high, Half::high), "in that quarter", "with a fast decoder"}),
           more_of("comprehension needs embeddings faster than the decoder", source,
                   {Phase::comprehension, faster_embeddings, outside(faster_embeddings),
                    "where they are", "elsewhere"})}});
}

}  // namespace grok
