// Sample run:  groktheory figure fig6b --profile quick
#include "figures/phases/fig6b_regression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "compare/study/refine.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

// The goal: at most these runs of the full grid, and surely more than these borders of it, each
// within one cell.
constexpr double wanted_share = 0.2, wanted_borders = 0.9;

struct Replay {
  ReplayedRefinement found;
  std::int64_t beside_borders = 0;  // points with a neighbour of another phase
  // Rows of one phase throughout cost little, so they flatter the share: without them.
  std::int64_t rows = 0, plain_rows = 0, other_points = 0, other_trained = 0;
};

std::int64_t count_beside_borders(const std::vector<PointPhase>& phases, std::int64_t columns) {
  std::int64_t count = 0;
  const auto size = std::ssize(phases);
  const auto differ = [&](std::int64_t a, std::int64_t b) {
    return b >= 0 && b < size &&
           phases[static_cast<std::size_t>(a)].phase != phases[static_cast<std::size_t>(b)].phase;
  };
  for (std::int64_t k = 0; k < size; ++k) {
    const bool beside = differ(k, k - columns) || differ(k, k + columns) ||
                        (k % columns > 0 && differ(k, k - 1)) ||
                        (k % columns + 1 < columns && differ(k, k + 1));
    count += beside ? 1 : 0;
  }
  return count;
}

void count_plain_rows(Replay& replay, const std::vector<PointPhase>& phases, std::size_t columns) {
  for (std::size_t first = 0; first < phases.size(); first += columns) {
    ++replay.rows;
    const auto row = std::span(phases).subspan(first, columns);
    if (std::ranges::all_of(row, [&](const PointPhase& p) { return p.phase == row[0].phase; })) {
      ++replay.plain_rows;
      continue;
    }
    replay.other_points += std::ssize(row);
    for (std::size_t k = first; k < first + columns; ++k) {
      replay.other_trained += replay.found.refinement.points[k].round ? 1 : 0;
    }
  }
}

// What [refine] with stride 4 would have trained of the first seed's grid.
Replay replay(const PhaseDiagram& diagram) {
  PhaseDiagram single = diagram;
  std::vector<PointPhase> phases;
  for (PhaseCell& cell : single.cells) {
    std::erase_if(cell.runs, [&](const PhaseRun& run) { return run.seed != diagram.seeds.at(0); });
    phases.push_back({static_cast<int>(main_phase(cell).value()), true});
  }
  const auto columns = std::ssize(diagram.x.values);
  Replay result;
  result.found = replay_refinement({std::ssize(diagram.y.values), columns}, {}, phases);
  result.beside_borders = count_beside_borders(phases, columns);
  count_plain_rows(result, phases, diagram.x.values.size());
  return result;
}

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
  const Replay replayed = replay(diagram);
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
  const ReplayedRefinement r = replay(diagram).found;
  return fmt::format(
      "  active borders, replayed on the first seed's grid (stride 4): {}\n"
      "    phases right: {}; of the predicted ones: {}\n"
      "    borders of the full grid found: exactly {}; within one cell {}\n",
      runs_text(r.trained, r.points), counted(r.right), counted(r.predicted_right),
      counted(r.borders_exact), counted(r.borders_within_one));
}

namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  PhaseResult result = make_phase_figure(
      figure, context, decoder_decay_figure("Liu et al. 2022, Fig. 6(b)", {17, 60, 60, 39}));
  result.text += refinement_report(result.diagrams.at(0));
  result.claims.push_back(refinement_claim(result.diagrams.at(0)));
  publish(figure, context, result.drawing, result.text);
  return result.claims;
}

}  // namespace

Figure fig6b_regression(std::string_view toml) {
  return {"fig6b_regression", "Phases: decoder decay, regression", true, toml, draw, toml};
}

}  // namespace grok
