// compare/phases/phase_shares.hpp: counts of phases, and shares with intervals by resampling seeds,
// in one cell, in regions and over all of a phase diagram. No interval (NaN) where there is one
// seed alone, or where most resamples have no such number.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "compare/phases/phase_diagram.hpp"
#include "compare/statistics/statistics.hpp"

namespace grok {

/// Successes and the seed of each, for their share.
class SeedTrials {
 public:
  void add(std::int64_t count, std::int64_t of, std::int64_t seed);
  std::int64_t count() const { return std::ssize(seeds_); }
  std::int64_t successes() const { return std::ranges::count(success_, true); }
  /// As grouped_share; no interval with one seed. Throws InputError without a trial.
  BootstrapInterval share() const;

 private:
  std::vector<bool> success_;
  std::vector<std::int64_t> seeds_;
};

using PhaseCounts = std::array<std::int64_t, phase_count>;

PhaseCounts count_phases(const PhaseCell& cell);
/// Over all cells, of one seed (missing runs are not counted).
PhaseCounts count_phases(const PhaseDiagram& diagram, std::int64_t seed);
std::int64_t total(const PhaseCounts& counts);

/// The largest number of cells that can be equal in two diagrams with these counts: the sum over
/// phases of the smaller one. InputError unless both have as many cells.
std::int64_t common_cells(const PhaseCounts& a, const PhaseCounts& b);

/// How like ours another diagram of as many cells is by its counts: the share of cells it can have
/// in common with each of ours, mean, minus that of one more diagram of ours with the others. The
/// interval is of one more of ours (Student's t, sqrt(1 + 1/n) times the spread), so it holds 0 for
/// 19 of 20 diagrams drawn as ours are. NaN with fewer than five seeds.
Estimate overlap_difference(const PhaseDiagram& diagram, const PhaseCounts& other);
/// Every cell has a run of every seed.
bool is_complete(const PhaseDiagram& diagram);

/// The phase most frequent in a cell, the first in their order in a tie; empty if no run.
std::optional<Phase> main_phase(const PhaseCell& cell);

/// Steps to validation accuracy: Kaplan-Meier over the runs of a cell, empty if it has none. A run
/// that diverged before counts as not there within the budget: it never will be.
std::optional<KaplanMeier> steps_to_generalise(const PhaseCell& cell, std::int64_t budget);

/// One phase over all cells: how often in the first seed, fewest and most in a seed, its share of
/// all runs. Of the phases of Table 1, and of the others those that occur.
struct PhaseTotal {
  std::string phase;
  std::int64_t first = 0, fewest = 0, most = 0;
  Estimate share;
};
std::vector<PhaseTotal> phase_totals(const PhaseDiagram& diagram);

/// Share of cells with the same phase in two seeds (of those where both have a run), mean over
/// pairs of seeds; what is drawn is a seed, pairs of a seed with itself are left out. Empty with
/// one seed.
std::optional<BootstrapInterval> equal_cells_between_seeds(const PhaseDiagram& diagram);

/// Which cells of a diagram.
using CellTest = std::function<bool(const PhaseDiagram&, std::size_t ix, std::size_t iy)>;
/// The lower or upper half of the values of an axis; the middle one of an odd number is in neither.
enum class Half { any, low, high };
CellTest in_halves(Half x, Half y);
CellTest outside(CellTest inside);

/// Share of `phase` among the runs of the cells `inside` minus that of the cells `against`.
struct ShareContrast {
  Phase phase = Phase::comprehension;
  CellTest inside, against;
  std::string inside_name, against_name;
};
struct ShareDifference {
  double inside = 0, against = 0;  // the two shares; NaN without a run
  BootstrapInterval difference;
};
ShareDifference share_difference(const PhaseDiagram& diagram, const ShareContrast& contrast);

/// Columns (one x, one seed) with memorization and, further up y, confusion: how many of them have
/// comprehension or grokking in between.
struct Between {
  std::int64_t columns = 0, with_generalisation = 0;
  std::optional<BootstrapInterval> share;  // empty without such a column
};
Between between_memorization_and_confusion(const PhaseDiagram& diagram);

/// Share of runs with y above its smallest value that have the phase of the run with the same x and
/// seed at that value.
BootstrapInterval same_phase_as_first_row(const PhaseDiagram& diagram);

}  // namespace grok
