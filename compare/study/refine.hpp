// compare/study/refine.hpp: the phases of a grid of two settings from few of its points: a coarse
// grid first, then the points along the borders.
//   point      row * columns + column; the rows are values of one setting, the columns of the other
//   neighbours one step apart in one setting
//   region     points of one phase, each reached from any other over neighbours in it
//   lines      rows and columns that are multiples of the stride, and the last ones
//   nearest    least squared distance in steps of the grid; of equally near points the first
//   expected   of a point inside a rectangle of lines that are finished: the phase that fills most
//   of
//              its horizon, all directions from it to the rectangle; a piece between two points is
//              half of each. A straight border is so continued straight. In a tie (to 1e-9 rad):
//              what it was predicted, else what comes first from the upper left corner on. Of a
//              point on finished lines: what it is there. Nothing is expected before the first are
//              finished.
//   predicted  of a point that was not trained: as expected, unless the nearest trained point came
//              out otherwise than expected, or nothing is: then as that one
//   border     between neighbours that differ in phase, trained or predicted, or of which one is
//              trained and uncertain (its seeds disagree); open unless between two trained points
// The rule. Round 0 trains where lines of stride `start` cross. Each later round trains points at
// open borders on lines: the one at most open borders first, of equals the first, and none whose
// open borders all lead to points picked before it. When there is none the lines are finished:
// strides are halved (rounded down, at least `stop`), and after `stop` it ends.
// What holds at the end, with stop 1: every border lies between two trained points. So a region
// with one trained point in it is right as a whole (walk through it from that point: a step to a
// wrong point would be a border, and its far side trained), whatever its shape; what is wrong are
// whole regions without a trained point. Any region with a point of the start grid is right.
//   With a larger stop the same holds along the lines of that stride; between them is prediction.
// Cost: the points on both sides of every border cannot be spared, and little more is trained. So a
// smooth border in a grid of n by n takes O(n) runs beside the start grid, a share of O(1/n).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

struct GridSize {
  std::int64_t rows = 0, columns = 0;

  std::int64_t points() const { return rows * columns; }
  friend bool operator==(const GridSize&, const GridSize&) = default;
};

/// Of rows (how far one line is from the next) and of columns. Larger than the grid: its two ends.
struct RefineStrides {
  std::array<std::int64_t, 2> start = {4, 4};
  std::array<std::int64_t, 2> stop = {1, 1};
};

/// What a study's [refine] says.
struct RefineSpec {
  std::array<std::string, 2> axes;  // keys of the rows and of the columns
  RefineStrides strides;
  /// A point is certain if its most frequent phase has at least this share of its seeds.
  double share = 0.5;
};

/// What the runs of a point say. Phases are numbers >= 0 that the caller gives.
struct PointPhase {
  int phase = 0;
  bool certain = true;
  friend bool operator==(const PointPhase&, const PointPhase&) = default;
};

struct RefinedPoint {
  int phase = -1;                     // -1: nothing is known yet
  bool certain = true;                // false: trained, and its seeds disagree
  std::optional<std::int64_t> round;  // in which it was trained; empty: predicted
  friend bool operator==(const RefinedPoint&, const RefinedPoint&) = default;
};

struct Refinement {
  GridSize size;
  std::vector<RefinedPoint> points;
  std::vector<std::vector<std::int64_t>> rounds;  // points trained in each, ascending

  std::int64_t trained() const;
};

/// The rule, round by round, for a caller that trains the points itself. Same answers, same rounds:
/// nothing else decides. A round costs O(points * stride).
class Refiner {
 public:
  /// Throws InputError: an empty grid, a stride below 1, a stop above its start.
  Refiner(GridSize size, const RefineStrides& strides);

  /// The points of the round at hand, ascending; empty when it is done.
  const std::vector<std::int64_t>& wanted() const { return wanted_; }
  /// Phases of wanted(), in its order. Throws InputError for another number of them, or one < 0.
  void answer(std::span<const PointPhase> phases);
  /// As of the rounds answered.
  const Refinement& result() const { return result_; }

 private:
  std::vector<std::int64_t> nearest_trained() const;
  void predict();
  void expect();
  bool open(std::int64_t a, std::int64_t b) const;
  bool on_lines(std::int64_t point) const;
  std::vector<std::int64_t> neighbours(std::int64_t point) const;
  std::vector<std::int64_t> pick() const;

  std::array<std::int64_t, 2> stride_, stop_;
  std::vector<std::int64_t> wanted_;
  std::vector<int> expected_;  // phases; -1: nothing
  Refinement result_;
};

/// Phases of these points, in their order.
using PhasesOfPoints = std::function<std::vector<PointPhase>(std::span<const std::int64_t>)>;
Refinement refine(GridSize size, const RefineStrides& strides, const PhasesOfPoints& phases_of);

/// count of `of`, with Wilson's interval; that takes the points as drawn one by one, which
/// neighbours are not. Empty if `of` is 0.
struct CountedShare {
  std::int64_t count = 0, of = 0;
  std::optional<Estimate> share;
};

/// What refinement would have found of a grid that is known in full.
struct ReplayedRefinement {
  Refinement refinement;
  std::int64_t points = 0, trained = 0;
  CountedShare right;            // phases; trained points are right by definition
  CountedShare predicted_right;  // of the predicted ones alone
  CountedShare start_right;  // what the start grid alone would give: round 0, the rest predicted
  /// Borders of the full grid (neighbours with different phases) that the refined grid has: the
  /// same two points with the same phases; or two neighbours with these phases, each at most one
  /// step in each setting from where it should be.
  CountedShare borders_exact, borders_within_one;
  /// The reverse: borders of the refined grid that have one of the full grid as near.
  CountedShare drawn_within_one;
};

/// `full`: every point of the grid. Throws InputError as Refiner, or if `full` is of another size.
ReplayedRefinement replay_refinement(GridSize size, const RefineStrides& strides,
                                     std::span<const PointPhase> full);

}  // namespace grok
