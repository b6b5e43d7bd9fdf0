// Sample run:  groktheory figure fig6b --profile quick
#include "figures/phase_diagram_figure.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const PhaseResult result = make_phase_figure(
      figure, context, decoder_decay_figure("Liu et al. 2022, Fig. 6(b)", {17, 60, 60, 39}));
  // What a finer search of the borders finds joins here: result.text, .drawing, .claims.
  publish(figure, context, result.drawing, result.text);
  return result.claims;
}

}  // namespace

Figure fig6b_regression(std::string_view toml) {
  return {"fig6b_regression", "Phases: decoder decay, regression", true, toml, draw, toml};
}

}  // namespace grok
