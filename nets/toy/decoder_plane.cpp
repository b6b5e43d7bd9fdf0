#include "nets/toy/decoder_plane.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "nets/toy/decoder.hpp"

namespace grok::toy {

namespace {

void require_planar(const char* where, const Eigen::MatrixXd& E) {
  require_in_range(where, "symbols", Index{E.rows()}, Index{3}, max_symbols);
  require_in_range(where, "dimensions", Index{E.cols()}, Index{2}, Index{2});
}

}  // namespace

Plane decode_plane(const RunSpec& spec, const InitialState& network, Index cells) {
  constexpr double margin = 0.14;  // around the embeddings, of their extent, on every side
  const Eigen::MatrixXd& E = network.embeddings;
  require_planar("decode_plane", E);
  require_in_range("decode_plane", "cells", cells, Index{2}, Index{10'000});
  const Eigen::RowVector2d low = E.colwise().minCoeff(), high = E.colwise().maxCoeff();
  const double spread = (high - low).maxCoeff();
  const double extent = (spread > 0 ? spread : 1.0) * (1 + 2 * margin);
  Plane plane;
  plane.cells = cells;
  plane.cell = extent / static_cast<double>(cells);
  plane.left = (low(0) + high(0) - extent) / 2;
  plane.bottom = (low(1) + high(1) - extent) / 2;
  plane.answers.reserve(static_cast<std::size_t>(cells * cells));
  Eigen::MatrixXd inputs(cells, 2);
  for (Index row = 0; row < cells; ++row) {
    for (Index column = 0; column < cells; ++column) {
      inputs(column, 0) = 2 * (plane.left + (static_cast<double>(column) + 0.5) * plane.cell);
      inputs(column, 1) = 2 * (plane.bottom + (static_cast<double>(row) + 0.5) * plane.cell);
    }
    const auto answers = decoder_answers(spec, network, inputs);
    plane.answers.insert(plane.answers.end(), answers.begin(), answers.end());
  }
  return plane;
}

std::vector<PlanePair> decode_pairs(const RunSpec& spec, const InitialState& network) {
  require_planar("decode_pairs", network.embeddings);
  const Task task = task_of(spec);
  require_combination("decode_pairs", task, Combination::sum);
  const std::vector<Sample> all = task.samples();
  const Eigen::MatrixXd inputs = decoder_inputs(spec, network, all);
  const auto answers = decoder_answers(spec, network, inputs);
  std::vector<PlanePair> pairs;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto row = static_cast<Index>(k);
    pairs.push_back({all[k], inputs(row, 0) / 2, inputs(row, 1) / 2,
                     std::ranges::binary_search(network.train, all[k]), task.output(all[k]),
                     answers[k]});
  }
  return pairs;
}

}  // namespace grok::toy
