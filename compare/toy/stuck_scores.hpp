// compare/toy/stuck_scores.hpp: what is known of a network before training, as numbers that may
// tell whether it will find the linear structure of its D or get stuck.
//   Swaps: the mode flow (theory/mode_flow.hpp) of the run's own D, embeddings, labels and decoder,
//   and with one of the four drawn anew: what is lost is what that one decides.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/store/store.hpp"
#include "compare/toy/known.hpp"

namespace grok::toy {

struct StuckScore {
  std::string key;   // of a table: "lambda3"
  std::string name;  // of a picture
  bool swap = false;
};
/// In the order of score_before_training.
std::vector<StuckScore> stuck_scores();

/// Steps to the RQI threshold in the mode flow of the run, and of its swaps: `draws` each with
/// other decoders, embeddings, targets and D. Empty: never, as far as the flow is followed.
struct StuckFlows {
  std::optional<std::int64_t> own;
  std::array<std::vector<std::optional<std::int64_t>>, 4> swapped;
};
/// Cost: 1 + 4 draws mode flows.
StuckFlows follow_stuck(const Known& known, std::int64_t draws);

/// The flows of a run in a store, so that they are followed once. The name says what they depend on
/// beside the run: number of modes, how far they are followed, how often and how a swap is drawn,
/// and two versions, of mode_flow_of and of `swapped` (stuck_scores.cpp), which whoever changes
/// those raises. On another processor a flow may round differently; it is read all the same, as a
/// record.
std::string stuck_flows_name(std::int64_t draws);
std::string packed_flows(const StuckFlows& flows);
/// Throws Error for bytes that are not of so many draws.
StuckFlows unpacked_flows(const std::string& bytes, std::int64_t draws);

/// Flows of runs, read from a store, followed where it has none and then kept there, if `keep`.
/// May be asked by several threads.
class KeptFlows {
 public:
  KeptFlows(Store& store, std::int64_t draws, bool keep, std::function<bool()> stop)
      : store_(store), draws_(draws), keep_(keep), stop_(std::move(stop)) {}
  /// Throws Interrupted if `stop` says so before a flow.
  StuckFlows of(const Run& run, const Known& known);

 private:
  Store& store_;
  std::int64_t draws_;
  bool keep_;
  std::function<bool()> stop_;
  std::mutex storing_;  // a store is for one thread at a time
};

/// Scores of a run: the higher, the likelier it gets there; may be -inf.
std::vector<double> score_before_training(const Known& known, const StuckFlows& flows);

/// |correlation| of the first left singular vector of M with k, where row k of M sums the centred
/// targets of the samples of D that hold k: the direction in which a decoder that is still linear
/// pulls the embeddings. 0..1. p >= 2; targets of mse.
double label_order(const Known& known);

}  // namespace grok::toy
