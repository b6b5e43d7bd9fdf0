// How well refinement would have found a grid that is known in full: replay_refinement.
#include <cstdlib>

#include "compare/study/refine.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

using I = std::int64_t;

std::size_t at(I point) { return static_cast<std::size_t>(point); }

CountedShare counted(I count, I of) {
  CountedShare result{count, of, {}};
  if (of > 0) {
    result.share = wilson(count, of);
  }
  return result;
}

struct Place {
  I row = 0, column = 0;
};

// Phases of a whole grid, without where they come from.
struct PhaseMap {
  GridSize size;
  std::vector<int> phases;

  // -1 outside of the grid
  int phase(const Place& p) const {
    const bool inside = p.row >= 0 && p.row < size.rows && p.column >= 0 && p.column < size.columns;
    return inside ? phases[at(p.row * size.columns + p.column)] : -1;
  }
};

// A point, a neighbour, and the phases there.
struct Border {
  Place first, second;
  int first_phase = 0, second_phase = 0;
};

bool near(const Place& a, const Place& b, I steps) {
  return std::abs(a.row - b.row) <= steps && std::abs(a.column - b.column) <= steps;
}

// Two neighbours with these phases, each at most so many steps from where it was.
bool found_within(const PhaseMap& map, const Border& border, I steps) {
  const auto& [at_row, at_column] = border.first;
  for (I row = at_row - steps; row <= at_row + steps; ++row) {
    for (I column = at_column - steps; column <= at_column + steps; ++column) {
      if (map.phase({row, column}) != border.first_phase) {
        continue;
      }
      for (const Place& other : {Place{row - 1, column}, Place{row, column - 1},
                                 Place{row, column + 1}, Place{row + 1, column}}) {
        if (near(other, border.second, steps) && map.phase(other) == border.second_phase) {
          return true;
        }
      }
    }
  }
  return false;
}

// Borders of `from` that `in` has, at most so many steps away.
CountedShare borders_found(const PhaseMap& from, const PhaseMap& in, I steps) {
  I count = 0, of = 0;
  for (I row = 0; row < from.size.rows; ++row) {
    for (I column = 0; column < from.size.columns; ++column) {
      for (const Place& other : {Place{row + 1, column}, Place{row, column + 1}}) {
        const Border border{{row, column}, other, from.phase({row, column}), from.phase(other)};
        if (border.second_phase >= 0 && border.first_phase != border.second_phase) {
          ++of;
          count += found_within(in, border, steps) ? 1 : 0;
        }
      }
    }
  }
  return counted(count, of);
}

}  // namespace

ReplayedRefinement replay_refinement(GridSize size, const RefineStrides& strides,
                                     std::span<const PointPhase> full) {
  Refiner refiner(size, strides);
  require_in_range("replay_refinement", "phases", std::ssize(full), size.points(), size.points());
  const auto count_right = [&] {
    I right = 0;
    for (std::size_t k = 0; k < full.size(); ++k) {
      right += full[k].phase == refiner.result().points[k].phase ? 1 : 0;
    }
    return right;
  };
  ReplayedRefinement result;
  result.points = size.points();
  while (!refiner.wanted().empty()) {
    std::vector<PointPhase> phases;
    for (const I point : refiner.wanted()) {
      phases.push_back(full[at(point)]);
    }
    refiner.answer(phases);
    if (refiner.result().rounds.size() == 1) {
      result.start_right = counted(count_right(), result.points);
    }
  }
  result.refinement = refiner.result();
  result.trained = result.refinement.trained();
  result.right = counted(count_right(), result.points);
  result.predicted_right =
      counted(result.right.count - result.trained, result.points - result.trained);
  PhaseMap known{size, {}}, found{size, {}};
  for (std::size_t k = 0; k < full.size(); ++k) {
    known.phases.push_back(full[k].phase);
    found.phases.push_back(result.refinement.points[k].phase);
  }
  result.borders_exact = borders_found(known, found, 0);
  result.borders_within_one = borders_found(known, found, 1);
  result.drawn_within_one = borders_found(found, known, 1);
  return result;
}

}  // namespace grok
