// nets/toy/decoder_plane.hpp: what a decoder makes of the plane of its embeddings.
//   The colour of a point x in a picture is the answer to 2x, so that the middle of two embeddings
//   lies in that of the pair, and an embedding itself in that of the pair (i, i).
#pragma once

#include "nets/toy/initial_state.hpp"

namespace grok::toy {

/// A square of the plane around all embeddings (of side 1 if they coincide), in cells x cells
/// pixels.
struct Plane {
  double left = 0, bottom = 0, cell = 0;  // units of the embeddings
  Index cells = 0;
  std::vector<std::int32_t> answers;  // row by row from below: the decoder's to twice the middle
};

/// Throws InputError unless there are 3 symbols or more in 2 dimensions, and 2 <= cells <= 10^4.
/// Cost: cells^2 answers of the decoder.
Plane decode_plane(const RunSpec& resolved, const InitialState& network, Index cells);

/// A pair in the plane: where its answer is read, and what that is.
struct PlanePair {
  Sample pair;
  double x = 0, y = 0;           // the middle of its embeddings
  bool trained = false;          // in D
  Index output = 0, answer = 0;  // of the task, of the decoder
};
/// All of D0, in its order. Throws InputError for embeddings that are not in the plane.
std::vector<PlanePair> decode_pairs(const RunSpec& resolved, const InitialState& network);

}  // namespace grok::toy
