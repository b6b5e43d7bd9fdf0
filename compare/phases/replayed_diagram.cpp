#include "compare/phases/replayed_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compare/phases/phase_shares.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

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

void count_plain_rows(ReplayedDiagram& replay, const Refinement& refinement,
                      const std::vector<PointPhase>& phases, std::size_t columns) {
  for (std::size_t first = 0; first < phases.size(); first += columns) {
    ++replay.rows;
    const auto row = std::span(phases).subspan(first, columns);
    if (std::ranges::all_of(row, [&](const PointPhase& p) { return p.phase == row[0].phase; })) {
      ++replay.plain_rows;
      continue;
    }
    replay.other_points += std::ssize(row);
    for (std::size_t k = first; k < first + columns; ++k) {
      replay.other_trained += refinement.points[k].round ? 1 : 0;
    }
  }
}

std::vector<PointPhase> phases_of(const PhaseDiagram& diagram, std::int64_t seed) {
  std::vector<PointPhase> phases;
  for (const PhaseCell& cell : diagram.cells) {
    const PhaseRun* run = find_run(cell, seed);
    if (run == nullptr) {
      reject("replay_diagram", "cell", fmt::format("no run of seed {}", seed), "one in every cell");
    }
    phases.push_back({static_cast<int>(run->phase), true});
  }
  return phases;
}

/// One part of all seeds.
struct Sum {
  ReplayedDiagram::Part* part;
  SeedTrials trials = {};

  void add(const CountedShare& of_seed, std::int64_t seed) {
    part->count += of_seed.count;
    part->of += of_seed.of;
    trials.add(of_seed.count, of_seed.of, seed);
  }
  void finish() const {
    part->share =
        part->of > 0 ? trials.share().estimate : Estimate{not_a_number, not_a_number, not_a_number};
  }
};

}  // namespace

ReplayedDiagram replay_diagram(const PhaseDiagram& diagram, std::int64_t stride) {
  ReplayedDiagram result;
  Sum trained{&result.trained}, right{&result.right}, predicted{&result.predicted_right},
      exact{&result.borders_exact}, within_one{&result.borders_within_one};
  const auto columns = std::ssize(diagram.x.values);
  for (const std::int64_t seed : diagram.seeds) {
    const std::vector<PointPhase> phases = phases_of(diagram, seed);
    const ReplayedRefinement found = replay_refinement({std::ssize(diagram.y.values), columns},
                                                       {.start = {stride, stride}}, phases);
    trained.add({found.trained, found.points, {}}, seed);
    right.add(found.right, seed);
    predicted.add(found.predicted_right, seed);
    exact.add(found.borders_exact, seed);
    within_one.add(found.borders_within_one, seed);
    result.beside_borders += count_beside_borders(phases, columns);
    count_plain_rows(result, found.refinement, phases, diagram.x.values.size());
  }
  for (const Sum* sum : {&trained, &right, &predicted, &exact, &within_one}) {
    sum->finish();
  }
  return result;
}

}  // namespace grok
