// compare/phases/phase_diagram.hpp: which phase a network ends in, over two settings and many
// seeds.
//   Of any model; one whose outcomes have no result of role `phase` has the phase `none` alone.
//   A study sweeps two keys, `seed` and perhaps `loss`; there is one diagram per loss. Its first
//   seed is the published one.
//   Orders: x is the first swept key of the setting, y the second; cells[y * x_count + x].
// Source: Liu et al. 2022, Table 1 (phases), Fig. 6, 13-15.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

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

std::string phase_name(Phase phase);
/// Throws InputError for an outcome with a phase of another name.
Phase phase_of_outcome(const Outcome& outcome);

/// A swept key of a run and its distinct values, ascending.
struct PhaseAxis {
  std::string key;
  std::vector<double> values;
};

struct PhaseRun {
  std::int64_t seed = 0;  // the first key of role `seed`; 0: its model has none
  Phase phase = Phase::none;
  std::optional<std::int64_t> steps_to_train, steps_to_validation;  // results of these keys
  std::int64_t steps_done = 0;  // the result of role `steps`, or the budget
};

struct PhaseCell {
  std::vector<PhaseRun> runs;  // in the order of the seeds; a seed may be missing
};
/// The run of a seed; null if it is missing.
const PhaseRun* find_run(const PhaseCell& cell, std::int64_t seed);

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

/// One diagram per loss, in the order of the runs. Throws InputError for no runs, lengths that
/// differ, budgets that differ, two runs of one loss in one cell with one seed.
std::vector<PhaseDiagram> collect_phase_diagrams(std::span<const Run> runs,
                                                 std::span<const Outcome> outcomes,
                                                 const std::string& x_key,
                                                 const std::string& y_key);

/// "decoder_widths = [64, 64] instead of [200, 200]", "decoder_decay: 41 values, 0 to 10, instead
/// of 11, 0 to 10": keys in which the runs of one loss differ from the `published` ones of that
/// loss, those of the axes by their values. Seeds, budget and loss are left out. `published` may be
/// empty: then nothing is known to differ.
std::vector<std::string> differing_keys(std::span<const Run> runs, std::span<const Run> published,
                                        const std::string& loss, const std::string& x_key,
                                        const std::string& y_key);

}  // namespace grok
