// compare/referee/within_cells.hpp: what a forecast says of runs that differ in their seeds alone.
//   Between cells |D| and the rates vary, and whoever knows their trends ranks well; within a cell
//   nothing is left but which D, and which network, is the faster one.
//   A value counts as its difference to the mean of its cell, taken anew over the seeds drawn; a
//   cell of which one seed is drawn says nothing.
#pragma once

#include "compare/referee/forecast_scores.hpp"

namespace grok {

/// Least-squares slope of y on x within cells: the sum over cells of (x - mean)(y - mean) over that
/// of (x - mean)^2. NaN where x does not vary within any cell. Throw InputError for no values, or
/// columns of different lengths.
SeedStatistic within_cell_slope(std::span<const double> x, std::span<const double> y,
                                std::span<const std::int64_t> cells, Groups groups);
/// Spearman's coefficient of the differences to the means; NaN where either does not vary.
SeedStatistic within_cell_rank(std::span<const double> x, std::span<const double> y,
                               std::span<const std::int64_t> cells, Groups groups);

/// Pairs of runs of which is known who was first, by who of them got there and whether they share a
/// cell.
struct PairKinds {
  std::int64_t both_same_cell = 0, one_same_cell = 0;  // both got there; one of them
  std::int64_t both_other_cell = 0, one_other_cell = 0;

  std::int64_t same_cell() const { return both_same_cell + one_same_cell; }
  std::int64_t all() const { return same_cell() + both_other_cell + one_other_cell; }
};
/// Throws InputError for lengths that differ.
PairKinds count_pairs(std::span<const Waiting> measured, std::span<const std::int64_t> cells);

}  // namespace grok
