// nets/toy/initial_state.hpp: everything random about a run, as numbers: what an engine starts
// from. Drawn from the streams of a spec, or given, so that any framework's run can be replayed.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "nets/toy/run_spec.hpp"

namespace grok::toy {

struct Layer {
  Eigen::MatrixXd weight;  // outputs x inputs
  Eigen::VectorXd bias;    // outputs
};

struct InitialState {
  std::vector<Sample> train;   // D, in the order of D0
  Eigen::MatrixXd embeddings;  // p x d; 2p x d where E and F differ (Task::embeddings)
  Eigen::MatrixXd labels;      // C x output_dimension: targets; empty for cross-entropy
  std::vector<Layer> decoder;  // hidden layers, then the output layer
};

/// What the decoder sees (d numbers, or 2d of a concatenation), the widths of the hidden layers,
/// the output dimension.
std::vector<Index> layer_widths(const RunSpec& resolved);

/// Streams: "split" (split_seed), "labels" (label_seed), "embeddings", "decoder" (init_seed).
/// Embeddings U(-1/2,1/2) or N(0,1), scaled; targets N(0,1) or one-hot, scaled; a layer's weights
/// and biases U(-1/sqrt(inputs), 1/sqrt(inputs)) scaled (PyTorch's Linear).
InitialState draw_initial_state(const RunSpec& resolved);

/// Throws InputError "where: decoder[1].weight = 3 x 4, allowed 200 x 200" unless every shape fits
/// the spec, every number is finite and the training set is one.
void check_initial_state(const InitialState& state, const RunSpec& resolved,
                         const std::string& where);

}  // namespace grok::toy
