// compare/toy/narrow_network.hpp: a smaller network as a forecast of a larger one.
//   Each hidden width is divided by 4 and the decoder's rate multiplied by 4: per step a unit's
//   weights move 4 times as far, and a fourth of the units add up, so the outputs move as fast. D,
//   the initial embeddings and the targets are those of the run, since the decoder is drawn from a
//   stream of its own; it is another decoder, though the weights (not the biases) of its first
//   layer are drawn first and so are those of the first units of the larger one.
#pragma once

#include <optional>
#include <string>

#include "nets/toy/run_spec.hpp"

namespace grok::toy {

inline constexpr std::int64_t narrowing = 4;

/// Why a run has no narrow twin, as "decoder_widths = [6, 8], not multiples of 4"; empty: it has.
std::optional<std::string> narrow_refuses(const RunSpec& resolved);

/// The twin, resolved; it stops where the event, "rqi" or "validation", is known. Throws InputError
/// if narrow_refuses.
RunSpec narrow_twin(const RunSpec& resolved, const std::string& event);

/// Trains it on this thread with the cpu engine: steps to the event within the run's budget. Pure.
std::optional<std::int64_t> narrow_steps(const RunSpec& resolved, const std::string& event);

}  // namespace grok::toy
