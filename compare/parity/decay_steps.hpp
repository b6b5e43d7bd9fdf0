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
/// it holds nowhere, or everywhere, on the grid.
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
  Bracket first_loss;  // accuracy above 7/8: half way from four patterns to three
  Bracket collapse;    // |theta|^2 above sqrt(2)/2: half of what one pattern costs
};

/// A step that was predicted and bracketed: measured is the middle.
struct DecayRatios {
  std::vector<double> measured_over_predicted;
  std::vector<std::int64_t> seeds;
  std::int64_t open = 0;   // not bracketed by the grid
  std::int64_t close = 0;  // within `share` of the prediction
  double share = 0;
};

struct DecaySteps {
  std::vector<DecayRun> runs;                        // by seed, late, decay
  std::vector<DecaySeed> seeds;                      // by late, seed
  DecayRatios first_loss, collapse;                  // over all of them
  std::int64_t modes_compared = 0, modes_alike = 0;  // seeds whose two brackets are the same cell
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
