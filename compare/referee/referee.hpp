// compare/referee/referee.hpp: forecasts of a study, held out by cells and seeds.
//   cell         the runs that differ in their seeds alone: one combination of the other axes
//   fold         cells fall into folds by a named stream, and so do seeds. What is fitted for a run
//                is fitted on runs whose cell and whose seed are both in other folds: on no run of
//                its cell, and on none that shares its D and its initial network. A block is a fold
//                of cells and one of seeds; every run is in one
//   constant     of a theory that has one to fit: the median of measured/forecast over training
//                runs that got there (who never gets there says nothing of how many steps it takes)
//   probability  of the event, by one map for all theories: training runs in bins of the score,
//                `never` (-inf) a bin of its own, the rest in up to 10 bins of equal count with at
//                least 20 runs each, but that equal scores stay together, so that a bin may be
//                smaller; k of n there: (k + 1)/(n + 2) (Laplace)
//   null model   no theory: score 0 for every run (its probability is the base rate of the training
//                runs), the median steps of training runs that got there, the mean accuracy of all
//   same cell    no theory, and more than any theory knows: of the other seeds of the run's own
//                cell the share (k + 1)/(n + 2) that got there, the median steps of those that did
//                (`never`: none did), the mean accuracy of all
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/referee/forecast.hpp"

namespace grok {

/// What happened in a run.
struct Observed {
  std::optional<double> steps;  // to the event; empty: not there within the budget
  double budget = 0;
  double accuracy = 0;    // over all samples, when the run ended; NaN: the model has none
  bool diverged = false;  // not there, unless the event came before
  /// Ended before its budget with another event of its model still to come: what it would have been
  /// in the end is not known.
  bool cut_off = false;
};
/// Throws InputError if the run ended before the event was known (its `stop` does not wait for it).
Observed observe(const Run& resolved, const Outcome& outcome, const Event& event);

/// A line of the league: a theory as it is, the same times a fitted constant, or one of the two
/// that are the referee's own, since they look at other runs.
struct Contestant {
  enum class Kind { null_model, same_cell, theory };
  std::string key, name, source, what;
  Kind kind = Kind::theory;
  std::optional<std::size_t> theory = {};
  bool fitted = false;
  std::optional<double> horizon = {};  // of the theory
};
inline constexpr const char* times_a_constant = ", times a constant";  // ends the name
/// The null model, the same cell, the theories in their order.
std::vector<Contestant> contestants(std::span<const Theory> theories);

/// What a contestant says of a run, all of it without the run. Empty: it says nothing.
struct HeldOut {
  std::optional<double> score;        // as the theory gives it: no constant changes an order
  std::optional<double> probability;  // of the event, in (0, 1)
  std::optional<double> steps;        // >= 0 or `never`
  std::optional<double> unscaled;     // steps without the constant
  std::optional<double> accuracy;
};

struct HeldOutStudy {
  Event event;
  std::vector<Run> runs;
  std::vector<Observed> observed;
  std::int64_t cut_off = 0;  // of them; if there are any, accuracies are NaN: nobody is asked
  std::optional<double> training_seconds;  // of a run, wall time; empty: not measured
  std::vector<std::int64_t> seeds;         // the group of each run: its seeds, numbered
  std::vector<std::int64_t> cells;         // numbered in the order of their texts
  std::vector<std::int64_t> cell_folds, seed_folds;
  std::int64_t cell_count = 0, cell_fold_count = 0, seed_fold_count = 0;
  std::vector<Contestant> contestants;
  std::vector<std::vector<HeldOut>> forecasts;                // [contestant][run]
  std::vector<std::vector<std::optional<double>>> constants;  // [contestant][block]; empty: none

  std::int64_t block_count() const { return cell_fold_count * seed_fold_count; }
  std::int64_t block(std::size_t run) const {
    return cell_folds[run] * seed_fold_count + seed_folds[run];
  }
};

inline constexpr std::int64_t default_folds = 5;  // of cells and of seeds, or as many as there are

/// Forecasts as `forecast_runs` gave them for these theories and runs. The folds depend on the
/// cells, the seeds and fold_seed (streams "referee-folds", "referee-seed-folds"), not on the order
/// of the runs or on outcomes. Throws InputError for sizes that differ, fewer than two cells or
/// seeds, or as `observe`.
HeldOutStudy hold_out(std::span<const Theory> theories, std::span<const Run> runs,
                      std::span<const Outcome> outcomes, const Forecasts& forecasts,
                      const Event& event, std::uint64_t fold_seed = 0);

/// The map from score to probability, from training runs.
class ScoreBins {
 public:
  /// Throws InputError for a score that is NaN, or lengths that differ. None: 1/2 for any score.
  ScoreBins(std::span<const double> scores, const std::vector<bool>& happened);
  double probability(double score) const;

 private:
  struct Count {
    std::int64_t runs = 0, there = 0;
    double share() const;
  };
  std::size_t bin_of(double score) const;
  std::vector<double> edges_;  // ascending; a score equal to an edge is above it
  std::vector<Count> bins_;    // of `never`, then between the edges: two more than edges
};

}  // namespace grok
