// How well refinement would have found a grid that is known in full: replay_refinement.
#include <algorithm>

#include "compare/refine.hpp"
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

// Phases of a whole grid, without where they come from.
struct PhaseMap {
  GridSize size;
  std::vector<int> phases;

  bool inside(I row, I column) const {
    return row >= 0 && row < size.rows && column >= 0 && column < size.columns;
  }
  int phase(I row, I column) const { return phases[at(row * size.columns + column)]; }
};

// The pair of a point and the next one down (in_row false) or to the right.
struct Side {
  I row = 0, column = 0;
  bool in_row = false;
};

// The two phases beside a side, in order; empty outside of the grid or without a border.
std::optional<std::array<int, 2>> border_at(const PhaseMap& map, const Side& side) {
  const I row = side.row + (side.in_row ? 0 : 1), column = side.column + (side.in_row ? 1 : 0);
  if (!map.inside(side.row, side.column) || !map.inside(row, column)) {
    return {};
  }
  const std::array<int, 2> phases = {map.phase(side.row, side.column), map.phase(row, column)};
  if (phases[0] == phases[1]) {
    return {};
  }
  return phases;
}

bool found_within(const PhaseMap& map, const Side& side, const std::array<int, 2>& phases,
                  I steps) {
  for (I row = side.row - steps; row <= side.row + steps; ++row) {
    for (I column = side.column - steps; column <= side.column + steps; ++column) {
      if (border_at(map, {row, column, side.in_row}) == phases) {
        return true;
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
      for (const bool in_row : {false, true}) {
        const Side side{row, column, in_row};
        if (const auto phases = border_at(from, side)) {
          ++of;
          count += found_within(in, side, *phases, steps) ? 1 : 0;
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
