// compare/referee/referee.hpp: forecasts of a study held out cell by cell.
//   cell         the runs that differ in their seeds alone: one combination of the other axes
//   fold         cells fall into folds by a named stream; what is fitted for the runs of a fold is
//                fitted on the other folds, so every run is forecast once, without its cell
//   constant     of a theory that has one to fit: the median of measured/forecast over training
//                runs that got there (who never gets there says nothing of how many steps it takes)
//   probability  of the event, by one map for all theories: training runs in bins of the score,
//                `never` (-inf) a bin of its own, the rest in up to 10 bins of equal count with at
//                least 20 runs each, but that equal scores stay together, so that a bin may be
//                smaller; k of n there: (k + 1)/(n + 2) (Laplace)
//   null model   no theory: score 0 for every run (its probability is the base rate of the training
//                cells), the median steps of training runs that got there, the mean accuracy of all
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
};
/// Throws InputError if the run ended before the event was known (its `stop` does not wait for it).
Observed observe(const Run& resolved, const Outcome& outcome, const Event& event);

/// A line of the league: a theory as it is, the same times a fitted constant, or the null model.
struct Contestant {
  std::string key, name, source, what;
  std::optional<std::size_t> theory;  // empty: the null model
  bool fitted = false;
};
std::vector<Contestant> contestants(std::span<const Theory> theories);

/// What a contestant says of a run, all of it without the run's cell. Empty: it says nothing.
struct HeldOut {
  std::optional<double> score;        // as the theory gives it; its steps times the constant
  std::optional<double> probability;  // of the event, in (0, 1)
  std::optional<double> steps;        // >= 0 or `never`
  std::optional<double> accuracy;
};

struct HeldOutStudy {
  Event event;
  std::vector<Run> runs;
  std::vector<Observed> observed;
  std::vector<std::int64_t> seeds;  // the group of each run: its seeds, numbered
  std::vector<std::int64_t> cells;  // numbered in the order of their texts
  std::vector<std::int64_t> folds;  // 0 .. fold_count - 1
  std::int64_t cell_count = 0, fold_count = 0;
  std::vector<Contestant> contestants;
  std::vector<std::vector<HeldOut>> forecasts;                // [contestant][run]
  std::vector<std::vector<std::optional<double>>> constants;  // [contestant][fold]; empty: none
};

inline constexpr std::int64_t default_folds = 5;  // or as many as there are cells

/// Forecasts as `forecast_runs` gave them for these theories and runs. The folds depend on the
/// cells and on fold_seed (stream "referee-folds"), not on the order of the runs or on outcomes.
/// Throws InputError for sizes that differ, fewer than two cells, or as `observe`.
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
