#include "compare/parity/decay_steps.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "nets/parity/strings.hpp"

namespace grok::parity {
namespace {

// What a network must keep to count as having it.
constexpr double accuracy_of_four = 7.0 / 8;    // half way from four patterns to three
const double norm_of_one = std::sqrt(2.0) / 2;  // half of what one pattern costs
constexpr double norm_of_any = 0.25;            // of N_k

/// Where `holds` ends as decays ascend: at the first that does not. A run that diverged says
/// neither: no bracket.
template <class Runs, class Decay, class Holds>
Bracket bracket(const Runs& ascending, Decay decay, Holds holds) {
  Bracket found;
  for (const auto& run : ascending) {
    if (run.diverged) {
      return {};
    }
    if (!holds(run)) {
      found.high = decay(run);
      return found;
    }
    found.low = decay(run);
  }
  return found;
}

std::vector<DecayRun> runs_of(std::span<const RunSpec> specs, std::span<const Record> records) {
  std::vector<DecayRun> runs;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    const RunSpec& spec = specs[k];
    if (spec.parity != 2) {
      reject("decay steps", "parity", std::to_string(spec.parity), "2, whose patterns decouple");
    }
    const bool late = spec.late_decay.has_value();
    runs.push_back({*spec.data_seed, late, late ? *spec.late_decay : spec.decay,
                    records[k].test_accuracy, records[k].squared_norm,
                    records[k].state == "diverged"});
  }
  std::ranges::stable_sort(
      runs, {}, [](const DecayRun& run) { return std::tuple(run.late, run.seed, run.decay); });
  return runs;
}

DecaySeed seed_of(std::span<const DecayRun> runs, const RunSpec& spec) {
  DecaySeed seed{runs.front().seed, runs.front().late, {}, {}, {}, {}};
  const Strings strings = make_strings(spec);
  seed.counts = pattern_counts(strings.train, 2);
  seed.zero_stability = zero_stability(samples_of(strings.train, strings.truth), {});
  seed.stairs = staircase(seed.counts);
  const auto decay = [](const DecayRun& run) { return run.decay; };
  seed.first_loss =
      bracket(runs, decay, [](const DecayRun& run) { return run.accuracy > accuracy_of_four; });
  seed.collapse =
      bracket(runs, decay, [](const DecayRun& run) { return run.squared_norm > norm_of_one; });
  return seed;
}

template <class Measured, class Predicted>
DecayRatios ratios_of(const std::vector<DecaySeed>& seeds, double share, Measured measured,
                      Predicted predicted) {
  DecayRatios ratios;
  ratios.share = share;
  for (const DecaySeed& seed : seeds) {
    const auto middle = measured(seed).middle();
    const double ratio = middle ? *middle / predicted(seed) : not_a_number;
    ratios.measured_over_predicted.push_back(ratio);
    ratios.close.push_back(std::abs(ratio - 1) <= share);
    ratios.seeds.push_back(seed.seed);
  }
  return ratios;
}

void compare_modes(DecaySteps& steps) {
  std::map<std::int64_t, std::vector<const DecaySeed*>> modes;
  for (const DecaySeed& seed : steps.seeds) {
    modes[seed.seed].push_back(&seed);
  }
  const auto alike = [](const Bracket& a, const Bracket& b) {
    return a.low == b.low && a.high == b.high;
  };
  for (const auto& [seed, both] : modes) {
    if (both.size() == 2) {
      steps.modes_alike.push_back(alike(both[0]->first_loss, both[1]->first_loss));
      steps.modes_alike.push_back(alike(both[0]->collapse, both[1]->collapse));
      steps.modes_seeds.insert(steps.modes_seeds.end(), 2, seed);
    }
  }
}

}  // namespace

DecaySteps collect_decay_steps(std::span<const RunSpec> specs, std::span<const Record> records,
                               double first_loss_share, double collapse_share) {
  if (specs.empty() || specs.size() != records.size()) {
    reject("decay steps", "runs", std::to_string(specs.size()), "one or more, a record each");
  }
  DecaySteps steps;
  steps.runs = runs_of(specs, records);
  std::map<std::int64_t, const RunSpec*> by_seed;
  for (const RunSpec& spec : specs) {
    by_seed[*spec.data_seed] = &spec;
  }
  for (auto first = steps.runs.begin(); first != steps.runs.end();) {
    const auto last = std::find_if(first, steps.runs.end(), [&](const DecayRun& run) {
      return run.seed != first->seed || run.late != first->late;
    });
    steps.seeds.push_back(seed_of({first, last}, *by_seed.at(first->seed)));
    first = last;
  }
  steps.first_loss = ratios_of(
      steps.seeds, first_loss_share, [](const DecaySeed& seed) { return seed.first_loss; },
      [](const DecaySeed& seed) { return seed.stairs.first_loss; });
  steps.collapse = ratios_of(
      steps.seeds, collapse_share, [](const DecaySeed& seed) { return seed.collapse; },
      [](const DecaySeed& seed) { return seed.stairs.collapse; });
  steps.stability = ratios_of(
      steps.seeds, collapse_share, [](const DecaySeed& seed) { return seed.collapse; },
      [](const DecaySeed& seed) { return seed.zero_stability; });
  compare_modes(steps);
  return steps;
}

Survivals collect_survival(std::span<const RunSpec> specs, std::span<const Record> records) {
  Survivals survivals;
  using Cell = std::pair<bool, std::int64_t>;  // circuit, parity
  std::map<Cell, std::map<std::int64_t, std::vector<SurvivalRun>>> cells;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    const RunSpec& spec = specs[k];
    if (spec.bits > 20 || spec.train != std::int64_t{1} << spec.bits) {
      reject("survival", "train", std::to_string(spec.train), "all 2^bits strings");
    }
    const SurvivalRun run{spec.parity,
                          spec.seed,
                          spec.start == "circuit",
                          spec.decay / critical_decay(spec.parity),
                          records[k].squared_norm / least_norm(spec.parity),
                          records[k].state == "diverged"};
    survivals.runs.push_back(run);
    cells[{run.circuit, run.parity}][run.seed].push_back(run);
  }
  for (auto& [cell, seeds] : cells) {
    Survival survival{cell.second, cell.first, critical_decay(cell.second), {}, {}};
    for (auto& [seed, runs] : seeds) {
      std::ranges::stable_sort(runs, {}, &SurvivalRun::ratio);
      survival.decays.push_back(bracket(
          runs, [&](const SurvivalRun& run) { return run.ratio * survival.predicted; },
          [](const SurvivalRun& run) { return run.squared_norm > norm_of_any; }));
      survival.seeds.push_back(seed);
    }
    survivals.of.push_back(std::move(survival));
  }
  return survivals;
}

}  // namespace grok::parity
