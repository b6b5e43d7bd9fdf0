// Sample run:  groktheory figure fig6b --profile quick
#include <fmt/format.h>

#include "compare/refine.hpp"
#include "figures/phase_diagram_figure.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr double wanted_share = 0.2;  // of the runs of the full grid

struct Replay {
  ReplayedRefinement found;
  std::int64_t beside_borders = 0;  // points with a neighbour of another phase
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

// What [refine] with stride 4 would have trained of the first seed's grid.
Replay replay(const PhaseDiagram& diagram) {
  PhaseDiagram single = diagram;
  std::vector<PointPhase> phases;
  for (PhaseCell& cell : single.cells) {
    std::erase_if(cell.runs, [&](const PhaseRun& run) { return run.seed != diagram.seeds.at(0); });
    phases.push_back({static_cast<int>(main_phase(cell).value()), true});
  }
  const auto columns = std::ssize(diagram.x.values);
  return {replay_refinement({std::ssize(diagram.y.values), columns}, {}, phases),
          count_beside_borders(phases, columns)};
}

std::string counted(const CountedShare& share) {
  return share.share
             ? fmt::format("{} of {}, {}", share.count, share.of, with_interval(*share.share, 2))
             : "none";
}

void add_refinement(PhaseResult& result) {
  const Replay replayed = replay(result.diagrams.at(0));
  const ReplayedRefinement& r = replayed.found;
  const double share = static_cast<double>(r.trained) / static_cast<double>(r.points);
  result.text += fmt::format(
      "  active borders, replayed on the first seed's grid (stride 4): {} of {} runs, {}\n"
      "    phases right: {}; of the predicted ones: {}\n"
      "    borders of the full grid found: exactly {}; within one cell {}\n",
      r.trained, r.points, rounded(share), counted(r.right), counted(r.predicted_right),
      counted(r.borders_exact), counted(r.borders_within_one));
  result.claims.push_back(
      {"active refinement finds the borders of the full grid with a fifth of the runs",
       "ours (goal)", fmt::format("{} of the runs", wanted_share),
       fmt::format("{} of {} runs, {}; borders within one cell: {}", r.trained, r.points,
                   rounded(share), counted(r.borders_within_one)),
       share <= wanted_share ? Verdict::agrees : Verdict::differs,
       fmt::format("{} of the {} points have a neighbour of another phase: they cannot be spared",
                   replayed.beside_borders, r.points)});
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  PhaseResult result = make_phase_figure(
      figure, context, decoder_decay_figure("Liu et al. 2022, Fig. 6(b)", {17, 60, 60, 39}));
  add_refinement(result);
  publish(figure, context, result.drawing, result.text);
  return result.claims;
}

}  // namespace

Figure fig6b_regression(std::string_view toml) {
  return {"fig6b_regression", "Phases: decoder decay, regression", true, toml, draw, toml};
}

}  // namespace grok
