// compare/toy/variations.hpp: runs of which one thing at a time differs from a base, and what
// becomes of the two-rate law and of the mode flow.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "compare/toy/flow_runs.hpp"

namespace grok::toy {

/// What may differ, keys of RunSpec.
inline constexpr std::array varied_keys = {
    "decoder_decay", "decoder_widths", "representation_init_scale", "decoder_init_scale", "symbols",
    "train",         "loss",           "decoder_activation"};

/// Runs that differ in their seeds alone.
struct Variation {
  std::string key;   // what differs from the base; empty: the base
  std::string name;  // "decoder_decay = 5", "base: p = 10, |D| = 48"
  double decoder_rate = 0;
  std::vector<FlowRun> runs;
  Estimate constant;  // C of steps = C/sqrt(eta_E eta_D); NaN: nobody got there
  Estimate ratio;     // over that of the base at the same rates
  FlowScore score;
};

/// In the order of the runs; the base is what the first has. Throws InputError for no runs, and for
/// a run that differs from the base in two things (p and |D| count as one).
std::vector<Variation> collect_variations(std::span<const FlowRun> runs);

}  // namespace grok::toy
