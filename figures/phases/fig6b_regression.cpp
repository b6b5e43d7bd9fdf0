// Sample run:  groktheory figure fig6b --profile quick
#include "figures/phases/fig6b_regression.hpp"

#include <fmt/format.h>

#include "figures/panels/text.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

// The goal: at most these runs of the full grid, and surely more than these borders of it, each
// within one cell.
constexpr double wanted_share = 0.2, wanted_borders = 0.9;

std::string counted(const CountedShare& share) {
  return share.share
             ? fmt::format("{} of {}, {}", share.count, share.of, with_interval(*share.share, 2))
             : "none";
}

std::string runs_text(std::int64_t trained, std::int64_t points) {
  return fmt::format("{} of {} runs, {}", trained, points,
                     rounded(static_cast<double>(trained) / static_cast<double>(points)));
}

}  // namespace

Verdict refinement_verdict(double share, const std::optional<Estimate>& borders) {
  if (share > wanted_share || (borders && borders->high <= wanted_borders)) {
    return Verdict::differs;
  }
  return !borders                        ? Verdict::open
         : borders->low > wanted_borders ? Verdict::agrees
                                         : Verdict::partly;
}

Claim refinement_claim(const PhaseDiagram& diagram) {
  const ReplayedDiagram replayed = replay_diagram(diagram);
  const ReplayedRefinement& r = replayed.found;
  Claim claim{
      "active refinement finds the borders of the full grid with a fifth of the runs",
      "ours (goal)",
      fmt::format("at most {} of the runs, over {} of the borders within one cell", wanted_share,
                  wanted_borders),
      fmt::format("{}; borders within one cell: {}; exactly: {}", runs_text(r.trained, r.points),
                  counted(r.borders_within_one), counted(r.borders_exact))};
  claim.verdict = refinement_verdict(static_cast<double>(r.trained) / static_cast<double>(r.points),
                                     r.borders_within_one.share);
  add_remark(claim,
             fmt::format("{} of the {} points have a neighbour of another phase: they "
                         "cannot be spared; Wilson intervals, as if borders were independent",
                         replayed.beside_borders, r.points));
  if (replayed.plain_rows > 0 && replayed.other_points > 0) {
    add_remark(claim, fmt::format("{} of the {} rows are of one phase throughout, which costs "
                                  "little; in the others {}",
                                  replayed.plain_rows, replayed.rows,
                                  runs_text(replayed.other_trained, replayed.other_points)));
  }
  if (!is_published_setting(diagram)) {
    add_remark(claim, setting_text(diagram));
    claim.verdict = claim.verdict == Verdict::agrees ? Verdict::partly : claim.verdict;
  }
  return claim;
}

std::string refinement_report(const PhaseDiagram& diagram) {
  const ReplayedRefinement r = replay_diagram(diagram).found;
  return fmt::format(
      "  active borders, replayed on the first seed's grid (stride 4): {}\n"
      "    phases right: {}; of the predicted ones: {}\n"
      "    borders of the full grid found: exactly {}; within one cell {}\n",
      runs_text(r.trained, r.points), counted(r.right), counted(r.predicted_right),
      counted(r.borders_exact), counted(r.borders_within_one));
}

namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const PhaseData data = collect_phases(
      figure, context, decoder_decay_figure("Liu et al. 2022, Fig. 6(b)", {17, 60, 60, 39}));
  const PhaseDiagram& diagram = data.diagrams.at(0);
  publish(figure, context, sheet_of(data), report_of(data) + refinement_report(diagram));
  std::vector<Claim> claims = claims_of(data);
  claims.push_back(refinement_claim(diagram));
  return claims;
}

}  // namespace

Figure fig6b_regression(std::string_view toml) {
  return {"fig6b_regression", "Phases: decoder decay, regression", true, toml, draw, toml};
}

}  // namespace grok
