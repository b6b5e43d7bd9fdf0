// figures/phases/phase_diagram.hpp: which phase a network ends in, over two settings and many
// seeds.
//   Of any model; one whose outcomes have no result of role `phase` has the phase `none` alone.
//   A study sweeps two keys, `seed` and perhaps `loss`; there is one diagram per loss. Its first
//   seed is the published one and is drawn alone; with more seeds a second panel shows the share of
//   each phase in each cell. A cell is drawn as itself: nothing is smoothed or interpolated.
//   Orders: x is the first swept key of the setting, y the second; cells[y * x_count + x].
// Source: Liu et al. 2022, Table 1 (phases), Fig. 6, 13-15.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "nets/model.hpp"
#include "nets/phase.hpp"

namespace grok {

/// Places in phase_names (nets/phase.hpp): Table 1, and what it leaves out; `none`: the outcome has
/// no phase.
enum class Phase { comprehension, grokking, memorization, confusion, diverged, none };
inline constexpr std::size_t phase_count = phase_names.size();
inline constexpr std::array<Phase, phase_count> all_phases = {
    Phase::comprehension, Phase::grokking, Phase::memorization,
    Phase::confusion,     Phase::diverged, Phase::none};
using PhaseCounts = std::array<std::int64_t, phase_count>;

std::string phase_name(Phase phase);
/// Throws InputError for an outcome with a phase of another name.
Phase phase_of_outcome(const Outcome& outcome);

/// How values are spaced in a panel; one row per value, evenly, if they are not even on that scale.
enum class AxisScale { linear, logarithmic, categorical };

struct PhaseAxis {
  std::string key;         // of a run
  std::string label = {};  // gnuplot's markup
  AxisScale scale = AxisScale::linear;
  bool downward = false;            // first value on top
  std::vector<double> values = {};  // ascending
  /// Borders of the cells, one more than values, in the panel's coordinate: the value itself, or
  /// (categorical) its number 0, 1, ... Inner ones are arithmetic (logarithmic axis: geometric)
  /// means of neighbours, the outer ones as far away as the next inner one.
  std::vector<double> edges = {};
};

/// The axis over the distinct `values`. `wanted` is taken where they are evenly spaced on it (one
/// value alone: a cell of width 1, or a factor 10), else categorical. Throws InputError for none.
PhaseAxis make_phase_axis(PhaseAxis wanted, std::vector<double> values);

struct PhaseRun {
  std::int64_t seed = 0;  // the first key of role `seed`; 0: its model has none
  Phase phase = Phase::none;
  std::optional<std::int64_t> steps_to_train, steps_to_validation;  // results of these keys
  std::int64_t steps_done = 0;  // the result of role `steps`, or the budget
};

struct PhaseCell {
  std::vector<PhaseRun> runs;  // in the order of the seeds; a seed may be missing
};

struct PhaseDiagram {
  std::string loss;  // of all its runs; empty: their model has no such key
  PhaseAxis x, y;
  std::vector<std::int64_t> seeds;  // in the order of the study: the first is the published one
  std::vector<PhaseCell> cells;
  std::int64_t budget = 0;  // steps, the same in every run
  /// Where its setting is not the published one, but for the budget: see differing_keys.
  std::vector<std::string> differences = {};

  const PhaseCell& cell(std::size_t ix, std::size_t iy) const {
    return cells[iy * x.values.size() + ix];
  }
};

/// The number under a key of a run; InputError if there is none.
double number_of(const Run& run, const std::string& key);

/// One diagram per loss, in the order of the runs. Of x and y key, label, wanted scale and
/// direction are read. Throws InputError for no runs, lengths that differ, budgets that differ, two
/// runs of one loss in one cell with one seed.
std::vector<PhaseDiagram> collect_phase_diagrams(std::span<const Run> runs,
                                                 std::span<const Outcome> outcomes,
                                                 const PhaseAxis& x, const PhaseAxis& y);

/// "decoder_widths = [64, 64] instead of [200, 200]", "decoder_decay: 41 values, 0 to 10, instead
/// of 11, 0 to 10": keys in which the runs of one loss differ from the `published` ones of that
/// loss, those of the axes by their values. Seeds, budget and loss are left out. `published` may be
/// empty: then nothing is known to differ.
std::vector<std::string> differing_keys(std::span<const Run> runs, std::span<const Run> published,
                                        const std::string& loss, const std::string& x_key,
                                        const std::string& y_key);

PhaseCounts count_phases(const PhaseCell& cell);
/// Over all cells, of one seed (missing runs are not counted).
PhaseCounts count_phases(const PhaseDiagram& diagram, std::int64_t seed);
std::int64_t total(const PhaseCounts& counts);

/// The largest number of cells that can be equal in two diagrams with these counts: the sum over
/// phases of the smaller one. InputError unless both have as many cells.
std::int64_t common_cells(const PhaseCounts& a, const PhaseCounts& b);

/// The phase most frequent in a cell, the first of the order above in a tie; empty if no run.
std::optional<Phase> main_phase(const PhaseCell& cell);

/// Steps to validation accuracy: Kaplan-Meier over the runs of a cell, empty if it has none. A run
/// that diverged before counts as not there within the budget: it never will be.
std::optional<KaplanMeier> steps_to_generalise(const PhaseCell& cell, std::int64_t budget);

/// Per cell: its median (of one seed: its number) of steps to validation accuracy; infinite if that
/// is not reached, NaN without a run.
std::vector<double> median_steps(const PhaseDiagram& diagram);
std::vector<double> first_seed_steps(const PhaseDiagram& diagram);

/// A piece of a contour: the side that two cells share, between corners (x, y) and (x2, y2), which
/// are numbers of edges of the two axes.
struct CellSide {
  std::size_t x = 0, y = 0, x2 = 0, y2 = 0;
  friend bool operator==(const CellSide&, const CellSide&) = default;
  friend auto operator<=>(const CellSide&, const CellSide&) = default;
};

/// 300, 1000, 3000, ... up to the budget.
std::vector<double> contour_levels(std::int64_t budget);

/// Sides of neighbouring cells one of which has steps <= level and the other has not (NaN: no
/// side). `steps` as of median_steps, `columns` cells in a row.
std::vector<CellSide> contour(std::span<const double> steps, std::size_t columns, double level);

/// The sides with those in one line and touching made one: each a longer "side".
std::vector<CellSide> straight_lines(std::vector<CellSide> sides);

}  // namespace grok
