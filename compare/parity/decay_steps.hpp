// compare/parity/decay_steps.hpp: at which decay networks lose a parity, on a grid of decays,
// beside what theory says of their training set before training (theory/parity/staircase.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/summary.hpp"
#include "nets/parity/record.hpp"
#include "nets/parity/run_spec.hpp"
#include "theory/parity/staircase.hpp"

namespace grok::parity {

/// A trained network; all but `decay` (with `late`: but the late decay) is alike within a seed.
struct DecayRun {
  std::int64_t seed = 0;  // of the training strings
  bool late = false;      // the decay came with memorisation
  double decay = 0;
  double accuracy = 0;      // on new strings, at the end
  double squared_norm = 0;  // |theta|^2
  bool diverged = false;
};

/// Between two decays of the grid: what holds at `low` and below does not at `high`. Without an end
/// it holds nowhere, or everywhere, on the grid; without both a run diverged before.
struct Bracket {
  std::optional<double> low, high;
  std::optional<double> middle() const {
    return low && high ? std::optional((*low + *high) / 2) : std::nullopt;
  }
};

/// The networks of one seed, from the start or late, and what was predicted for them.
struct DecaySeed {
  std::int64_t seed = 0;
  bool late = false;
  std::vector<std::int64_t> counts;  // strings of each of the four patterns
  Staircase stairs;
  Bracket first_loss;         // accuracy above 7/8: half way from four patterns to three
  Bracket collapse;           // |theta|^2 above sqrt(2)/2: half of what one pattern costs
  double zero_stability = 0;  // of all bits: the staircase knows two
};

/// A step of every seed, and whether it is within `share` of the prediction: measured is the middle
/// of its bracket, NaN without one, which is a miss.
struct DecayRatios {
  std::vector<double> measured_over_predicted;
  std::vector<bool> close;
  std::vector<std::int64_t> seeds;
  double share = 0;
};

struct DecaySteps {
  std::vector<DecayRun> runs;        // by seed, late, decay
  std::vector<DecaySeed> seeds;      // by late, seed
  DecayRatios first_loss, collapse;  // over all of them
  DecayRatios stability;             // collapse over zero_stability
  /// Of each seed trained both ways, first loss and collapse: the same cell of the grid.
  std::vector<bool> modes_alike;
  std::vector<std::int64_t> modes_seeds;
};

/// Runs of two-bit parity. Throws InputError for another parity, or no runs.
DecaySteps collect_decay_steps(std::span<const RunSpec> specs, std::span<const Record> records,
                               double first_loss_share, double collapse_share);

/// All strings, one value of k: which share of the critical decay it lives with.
struct SurvivalRun {
  std::int64_t parity = 0, seed = 0;
  bool circuit = false;     // it began at the exact network
  double ratio = 0;         // decay/M_k
  double squared_norm = 0;  // over N_k
  bool diverged = false;
};
struct Survival {
  std::int64_t parity = 0;
  bool circuit = false;
  double predicted = 0;         // M_k
  std::vector<Bracket> decays;  // of each seed
  std::vector<std::int64_t> seeds;
};
struct Survivals {
  std::vector<SurvivalRun> runs;
  std::vector<Survival> of;  // by circuit, parity
};
/// Alive: |theta|^2 above N_k/4. Throws InputError unless every run trains on all 2^bits strings.
Survivals collect_survival(std::span<const RunSpec> specs, std::span<const Record> records);

}  // namespace grok::parity
