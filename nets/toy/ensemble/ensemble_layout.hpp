// nets/toy/ensemble/ensemble_layout.hpp: the shape that the members of an ensemble share, and what
// it takes.
//   A member's parameters are one row: embeddings (p x d), then weight (outputs x inputs) and bias
//   of every layer, all row-major, each block padded to whole cache lines. Gradients and moments
//   are laid out alike, so that the optimiser is one pass.
#pragma once

#include <string>
#include <vector>

#include "nets/toy/initial_state.hpp"

namespace grok::toy {

struct EnsembleLayout {
  explicit EnsembleLayout(const RunSpec& resolved);

  struct Layer {
    Index inputs, outputs, weight, bias;  // the last two: where in the row
  };
  Index symbols;             // vectors of embeddings: Task::embeddings
  Index dimensions, inputs;  // of an embedding; of what the first layer takes
  Index outputs, classes, padded_classes;
  Index matrix_size;            // k where embeddings are k x k matrices that multiply, else 0
  Index samples, train, batch;  // batch 0: all of D
  std::vector<Layer> layers;
  Index embedding_size, stride;
  Index parallelograms;
  Index rqi_size;  // doubles that RQI needs room for
  Index real_bytes;

  Index learnt() const { return batch > 0 ? batch : train; }  // samples of a gradient
  /// Bytes of an ensemble of so many members, `steps` of mini-batches drawn ahead.
  Index bytes(Index members, Index steps) const;
};

/// Runs with the same text can be members of one ensemble.
std::string shape_text(const RunSpec& resolved);

}  // namespace grok::toy
