// Sample run:  groktheory figure fig6b --profile quick
#include "figures/phases/fig6b_regression.hpp"

#include <fmt/format.h>

#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr double wanted_share = 0.2, wanted_borders = 0.9;

std::string part_text(const ReplayedDiagram::Part& part) {
  return part.of == 0 ? "none"
                      : fmt::format("{} of {}, {}", part.count, part.of, with_interval(part.share));
}

}  // namespace

Claim refinement_claim(const PhaseDiagram& diagram, const ReplayedDiagram& r) {
  Claim claim = open_claim(
      "active refinement finds the borders of the full grid with a fifth of the runs",
      our_own("goal"), "-",
      fmt::format(
          "trained {}; phases right: {}; of the predicted ones: {}; borders within one cell: "
          "{}; exactly: {}",
          part_text(r.trained), part_text(r.right), part_text(r.predicted_right),
          part_text(r.borders_within_one), part_text(r.borders_exact)),
      fmt::format("{} of the {} points have a neighbour of another phase: they cannot be spared",
                  r.beside_borders, r.trained.of));
  claim.verdict = all_of({judge(r.trained.share, below(wanted_share)),
                          judge(r.borders_within_one.share, above(wanted_borders))});
  claim.criterion =
      fmt::format("runs below {}, borders within one cell above {}", wanted_share, wanted_borders);
  if (r.plain_rows > 0 && r.other_points > 0) {
    add_remark(claim, fmt::format("{} of the {} rows are of one phase throughout, which costs "
                                  "little; in the others {} of {} runs",
                                  r.plain_rows, r.rows, r.other_trained, r.other_points));
  }
  add_remark(claim, diagram.seeds.size() == 1 ? "one seed: no interval" : "");
  return claim;
}

namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const std::int64_t stride = settings.whole("refine_stride", 0, 1024);
  settings.done();
  PhaseFigure asked = decoder_decay_figure("Liu et al. 2022, Fig. 6(b)", {17, 60, 60, 39});
  if (stride > 0) {
    asked.questions.emplace_back([stride](const PhaseDiagram& diagram) {
      return refinement_claim(diagram, replay_diagram(diagram, stride));
    });
  }
  return publish_phases(figure, context, asked);
}

}  // namespace

Figure fig6b_regression(std::string_view toml) {
  return {"fig6b_regression", "Phases: decoder decay, regression", true, toml, draw, toml};
}

}  // namespace grok
