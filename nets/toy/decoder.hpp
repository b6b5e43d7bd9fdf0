// nets/toy/decoder.hpp: what the decoder of a network makes of any input, in plain double
// arithmetic: for drawings and checks. The engines have faster forward passes
// (nets/toy/network.hpp).
//   input    what the decoder sees of a sample (i, j): E_i + E_j, or the matrix product E_i E_j, or
//            E_i and F_j one after the other (theory/task.hpp)
//   answer   an output of the task, 0..C-1: the nearest target (mse), or that of the largest
//            number (other losses); of equally good ones the first
// Every function throws InputError if the network does not fit the spec (check_initial_state).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "nets/toy/initial_state.hpp"
#include "theory/decoder_network.hpp"

namespace grok::toy {

/// The layers of a decoder as the theory sees them.
std::vector<DecoderLayer> decoder_layers(std::span<const Layer> decoder);

/// Inputs of `samples`, n x layer_widths().front(), from the network's embeddings.
Eigen::MatrixXd decoder_inputs(const RunSpec& resolved, const InitialState& network,
                               std::span<const Sample> samples);

/// Outputs of the MLP, n x output_dimension, for any inputs, a row each. Throws InputError for
/// another number of columns. Cost: 2 n times the number of weights; memory O(n), whatever the
/// widths.
Eigen::MatrixXd decode(const RunSpec& resolved, const InitialState& network,
                       const Eigen::MatrixXd& inputs);

/// Answers to `inputs`, n of them.
std::vector<std::int32_t> decoder_answers(const RunSpec& resolved, const InitialState& network,
                                          const Eigen::MatrixXd& inputs);

}  // namespace grok::toy
