// nets/toy/parameters.hpp: a trained network as bytes, for the store: float32 networks as float32.
#pragma once

#include <string>

#include "nets/toy/initial_state.hpp"

namespace grok::toy {

/// Exact. Little-endian: [number of samples] i, j ...; then embeddings, labels (float64), and
/// weight and bias of each layer, each as [rows] [columns] [count] and its numbers, row by row.
std::string packed_parameters(const RunSpec& resolved, const InitialState& trained);
/// Throws Error "where: ..." for bytes that are none of this run.
InitialState unpacked_parameters(const RunSpec& resolved, const std::string& bytes,
                                 const std::string& where);

}  // namespace grok::toy
