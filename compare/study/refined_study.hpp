// compare/study/refined_study.hpp: a study with [refine]: which of its runs are needed, from the
// records there are, and the phases of all its points.
//   point    a pair of values of the two axes of [refine]
//   diagram  runs that differ in nothing but these two keys and the seeds, refined by itself.
//            Other axes of the study (loss, train, ...) give one diagram for each of their values.
//   vote     the runs of a point in a diagram differ in seeds alone; its phase is the most frequent
//            one, the first of phase_names if several are. Certain: its share is at least `share`.
//   Decisions depend on the records of finished rounds alone, so an interrupted study goes on as
//   if it had not been, in whatever order and on however many threads its runs are trained.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/study/refine.hpp"
#include "compare/study/run_study.hpp"
#include "compare/study/study.hpp"

namespace grok {

struct Vote {
  PointPhase phase;
  std::int64_t votes = 0, runs = 0;  // seeds with that phase, seeds
};
/// Throws InputError for no outcome, or one with a phase that is not in phase_names
/// (nets/phase.hpp). A model without a phase: all are "none".
Vote vote(std::span<const Outcome> outcomes, double share);

/// Which runs make up the diagrams of a study.
struct StudyGrid {
  struct Diagram {
    std::string name;                              // "loss = mse, train = 45"; may be empty
    std::vector<std::vector<std::size_t>> points;  // numbers of its runs in study.runs
  };
  std::array<std::vector<double>, 2> values;  // of the rows, of the columns, in the study's order
  GridSize size;
  std::vector<Diagram> diagrams;
};
/// Throws InputError: a key that is no number or is not set, a point without a run (two values that
/// ask for the same run, or a study that is no full grid over the two keys).
StudyGrid study_grid(const Study& study, const std::array<std::string, 2>& axes);

/// What refinement of a study whose runs are all known would have needed and found: one per
/// diagram. `outcomes` are in the order of study.runs.
std::vector<ReplayedRefinement> replay_study(const Study& study, const RefineSpec& spec,
                                             std::span<const Outcome> outcomes);

class RefinedStudy {
 public:
  /// Throws InputError without [refine], or as study_grid.
  explicit RefinedStudy(const Study& study);

  /// Goes as far as the records in the store lead.
  void advance(const Store& store);
  /// As of the last advance (before the first: of no record): runs of the rounds at hand that the
  /// store lacks; none: it is complete.
  const std::vector<Run>& missing() const { return missing_; }
  /// Runs of all points decided so far, in the order of the study.
  std::vector<Run> trained_runs() const { return runs_of_points(false); }
  /// Those, and all of the rounds at hand.
  std::vector<Run> needed_runs() const { return runs_of_points(true); }
  /// The first round that a diagram waits for, from 0, and the points that diagrams wait for.
  std::int64_t round() const;
  std::int64_t wanted() const;

  const StudyGrid& grid() const { return grid_; }
  const RefineSpec& spec() const { return spec_; }
  const Refinement& refinement(std::size_t diagram) const { return refiners_[diagram].result(); }
  /// Of a point that was trained.
  const Vote& vote_of(std::size_t diagram, std::int64_t point) const {
    return votes_[diagram][static_cast<std::size_t>(point)];
  }

 private:
  std::vector<Run> runs_of_points(bool wanted) const;

  std::vector<Run> runs_;
  RefineSpec spec_;
  StudyGrid grid_;
  std::vector<Refiner> refiners_;
  std::vector<std::vector<Vote>> votes_;
  std::vector<Run> missing_;
};

struct RefinedOutcome {
  RefinedStudy state;
  std::vector<Outcome> outcomes;  // of state.trained_runs()
  Workers workers;                // of the last round that trained a run
  std::int64_t trained_now = 0;
};

/// Trains the runs that refinement needs, round by round, as run_missing does. `training.notice` is
/// told of every round: its points, and the runs of them that are missing.
RefinedOutcome run_refined(const Study& study, Store& store, const StudyTraining& training);

/// A row per diagram and point: diagram (its name), the two keys, phase, state ("trained" or
/// "predicted"), and of trained points round, votes and runs. Throws InputError if incomplete.
CsvTable refined_table(const RefinedStudy& state);

}  // namespace grok
