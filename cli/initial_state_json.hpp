// cli/initial_state_json.hpp: reads the file of --initial-state, so that any framework's run can be
// replayed step by step:
//   {"train": [[i, j], ...],            |D| samples
//    "embeddings": [[..], ...],         p x d
//    "labels": [[..], ...],             C x output_dimension (loss mse only)
//    "decoder": [{"weight": [[..], ...], "bias": [..]}, ...]}   outputs x inputs, outputs
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "nets/toy/initial_state.hpp"

namespace grok {

/// Three million numbers in full precision. Parsed, a file takes up to 20 times its size.
inline constexpr std::int64_t max_json_bytes = std::int64_t{64} << 20;
/// The format has 5 levels: the object, decoder, a layer, its weight, a row.
inline constexpr int max_json_depth = 5;

/// What stands in the file, before it is held against a run. Every key is optional here.
struct InitialStateFile {
  std::filesystem::path path;
  std::optional<std::vector<Sample>> train;  // in the order of the file
  std::optional<Eigen::MatrixXd> embeddings;
  std::optional<Eigen::MatrixXd> labels;
  std::optional<std::vector<toy::Layer>> decoder;
};

/// Throws InputError "file: key = found, allowed ..." for what is not JSON, an unknown or doubled
/// key, a wrong type, rows of different lengths, more than the limits above.
InitialStateFile read_initial_state(const std::filesystem::path& path);

/// `spec` with the training set of the file: that of the file, which must have the size (or, if a
/// pairs file was named, the samples) that `spec` asks for where `given` says that it does ask.
toy::RunSpec with_training_set(toy::RunSpec spec, const InitialStateFile& file, bool given);

/// The state a run of `resolved` starts from. Throws InputError if a key is missing or a shape does
/// not fit.
toy::InitialState initial_state_of(const InitialStateFile& file, const toy::RunSpec& resolved);

}  // namespace grok
