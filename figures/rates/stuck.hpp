// figures/rates/stuck.hpp: which networks never find the linear structure that their training set
// implies?
//   Every score is computed before training; its ROC area over the networks says how well it tells
//   those that reach the RQI threshold from those that do not. 1/2: not at all.
//   Swaps: the mode flow (theory/mode_flow.hpp) of the run's own D, embeddings, labels and decoder,
//   and with one of the four drawn anew: what is lost is what that one decides.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "compare/toy/known.hpp"
#include "figures/figure.hpp"

namespace grok {

struct StuckScore {
  std::string key;   // of the CSV: "lambda3"
  std::string name;  // of the picture
  bool swap = false;
};
/// In the order of StuckRun::scores. `draws`: how often a swapped ingredient is drawn.
std::vector<StuckScore> stuck_scores(std::int64_t draws);

struct StuckRun {
  std::int64_t seed = 0;
  bool reached = false;        // RQI above the threshold within the budget
  std::vector<double> scores;  // the higher, the likelier it is reached; may be -inf
};

/// Steps to the RQI threshold in the mode flow of the run, and of its swaps: `draws` each with
/// other decoders, embeddings, targets and D. Empty: never, as far as the flow is followed.
struct StuckFlows {
  std::optional<std::int64_t> own;
  std::array<std::vector<std::optional<std::int64_t>>, 4> swapped;
};
/// Cost: 1 + 4 draws mode flows.
StuckFlows follow_stuck(const toy::Known& known, std::int64_t draws);

/// The flows of a run in a store, so that they are followed once. The name says what they depend on
/// beside the run: number of modes, how far they are followed, how often and how a swap is drawn,
/// and two versions, of mode_flow_of and of `swapped` (stuck_scores.cpp), which whoever changes
/// those raises. On another processor a flow may round differently; it is read all the same, as a
/// record.
std::string stuck_flows_name(std::int64_t draws);
std::string packed_flows(const StuckFlows& flows);
/// Throws Error for bytes that are not of so many draws.
StuckFlows unpacked_flows(const std::string& bytes, std::int64_t draws);

/// Scores of a run, from what is known before training.
std::vector<double> score_before_training(const toy::Known& known, const StuckFlows& flows);

/// |correlation| of the first left singular vector of M with k, where row k of M sums the centred
/// targets of the samples of D that hold k: the direction in which a decoder that is still linear
/// pulls the embeddings. 0..1. p >= 2; targets of mse.
double label_order(const toy::Known& known);

struct StuckResult {
  StuckScore score;
  Estimate area;  // ROC area, interval by resampling seeds
};
struct StuckData {
  std::vector<StuckRun> runs;
  std::vector<StuckResult> results;
  std::int64_t reached = 0, not_unique = 0;  // the latter are left out
  std::int64_t draws = 0;
};
/// Throws InputError unless there are networks of both kinds.
StuckData collect_stuck(std::vector<StuckRun> runs, std::int64_t draws);

Drawing draw_stuck(const StuckData& data, const std::string& command);
std::vector<Claim> claims_of_stuck(const StuckData& data);

Figure stuck(std::string_view toml);

}  // namespace grok
