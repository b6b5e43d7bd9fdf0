#include "compare/phases/replayed_diagram.hpp"

#include <algorithm>

#include "core/errors.hpp"

namespace grok {
namespace {

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

void count_plain_rows(ReplayedDiagram& replay, const std::vector<PointPhase>& phases,
                      std::size_t columns) {
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

}  // namespace

ReplayedDiagram replay_diagram(const PhaseDiagram& diagram) {
  std::vector<PointPhase> phases;
  for (const PhaseCell& cell : diagram.cells) {
    const PhaseRun* run = find_run(cell, diagram.seeds.at(0));
    if (run == nullptr) {
      reject("replay_diagram", "cell", "no run of the first seed", "one in every cell");
    }
    phases.push_back({static_cast<int>(run->phase), true});
  }
  const auto columns = std::ssize(diagram.x.values);
  ReplayedDiagram result;
  result.found = replay_refinement({std::ssize(diagram.y.values), columns}, {}, phases);
  result.beside_borders = count_beside_borders(phases, columns);
  count_plain_rows(result, phases, diagram.x.values.size());
  return result;
}

}  // namespace grok
