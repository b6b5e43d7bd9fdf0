#include "nets/toy/initial_state.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "theory/training_set.hpp"

namespace grok::toy {
namespace {

std::uint64_t seed_or(const std::optional<std::int64_t>& own, std::int64_t seed) {
  return static_cast<std::uint64_t>(own.value_or(seed));
}

// Row by row, so that a matrix of more rows starts with the same numbers.
template <class Draw>
Eigen::MatrixXd filled(Index rows, Index columns, Draw&& draw) {
  Eigen::MatrixXd matrix(rows, columns);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < columns; ++c) {
      matrix(r, c) = draw();
    }
  }
  return matrix;
}

void require_shape(const Eigen::MatrixXd& matrix, Index rows, Index columns,
                   const std::string& name, const std::string& where) {
  if (matrix.rows() != rows || matrix.cols() != columns) {
    reject(where, name, fmt::format("{} x {}", matrix.rows(), matrix.cols()),
           fmt::format("{} x {}", rows, columns));
  }
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < columns; ++c) {
      if (!std::isfinite(matrix(r, c))) {
        reject(where, fmt::format("{}[{}][{}]", name, r, c), to_text(matrix(r, c)),
               "finite numbers");
      }
    }
  }
}

}  // namespace

std::vector<Index> layer_widths(const RunSpec& resolved) {
  std::vector<Index> widths = {resolved.representation_dimension *
                               (task_of(resolved).concatenates() ? 2 : 1)};
  widths.insert(widths.end(), resolved.decoder_widths.begin(), resolved.decoder_widths.end());
  widths.push_back(*resolved.output_dimension);
  return widths;
}

InitialState draw_initial_state(const RunSpec& spec) {
  InitialState state;
  state.train = training_set_of(spec);
  RandomStream embeddings(seed_or(spec.init_seed, spec.seed), "embeddings");
  const bool normal = spec.representation_distribution == "normal";
  state.embeddings = filled(task_of(spec).embeddings(), spec.representation_dimension, [&] {
    return spec.representation_init_scale *
           (normal ? embeddings.normal() : embeddings.uniform(-0.5, 0.5));
  });
  if (spec.loss == "mse" && spec.targets == "one-hot") {
    state.labels = spec.label_scale *
                   Eigen::MatrixXd::Identity(*spec.output_dimension, *spec.output_dimension);
  } else if (spec.loss == "mse") {
    RandomStream labels(seed_or(spec.label_seed, spec.seed), "labels");
    state.labels = filled(task_of(spec).outputs(), *spec.output_dimension,
                          [&] { return spec.label_scale * labels.normal(); });
  }
  RandomStream decoder(seed_or(spec.init_seed, spec.seed), "decoder");
  const std::vector<Index> widths = layer_widths(spec);
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(widths[l]));
    const auto draw = [&] { return spec.decoder_init_scale * decoder.uniform(-bound, bound); };
    Layer layer;
    layer.weight = filled(widths[l + 1], widths[l], draw);
    layer.bias = filled(widths[l + 1], 1, draw);
    state.decoder.push_back(std::move(layer));
  }
  return state;
}

void check_initial_state(const InitialState& state, const RunSpec& spec, const std::string& where) {
  const Task task = task_of(spec);
  if (canonical_training_set(task, state.train, where) != state.train) {
    throw InputError(where + ": train is not in the order of D0");
  }
  require_shape(state.embeddings, task.embeddings(), spec.representation_dimension, "embeddings",
                where);
  const bool regression = spec.loss == "mse";
  require_shape(state.labels, regression ? task.outputs() : 0,
                regression ? *spec.output_dimension : 0, "labels", where);
  const std::vector<Index> widths = layer_widths(spec);
  require_in_range(where, "decoder layers", static_cast<Index>(state.decoder.size()),
                   static_cast<Index>(widths.size()) - 1, static_cast<Index>(widths.size()) - 1);
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    require_shape(state.decoder[l].weight, widths[l + 1], widths[l],
                  fmt::format("decoder[{}].weight", l), where);
    require_shape(state.decoder[l].bias, widths[l + 1], 1, fmt::format("decoder[{}].bias", l),
                  where);
  }
}

}  // namespace grok::toy
