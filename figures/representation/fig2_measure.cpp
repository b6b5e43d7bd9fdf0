// What is measured of figures/representation/fig2_embeddings.hpp: rings, parallelograms, the plane.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors.hpp"
#include "figures/representation/fig2_embeddings.hpp"
#include "nets/toy/decoder.hpp"
#include "theory/representation.hpp"

namespace grok {
namespace {

constexpr double margin = 0.14;  // around the embeddings, of their extent, on every side

bool four_symbols(const Parallelogram& q) {
  const std::array<std::int32_t, 4> s = {q.first.i, q.first.j, q.second.i, q.second.j};
  for (std::size_t a = 0; a < s.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (s[a] == s[b]) {
        return false;
      }
    }
  }
  return true;
}

double squared_defect(const Eigen::MatrixXd& standardised, const Parallelogram& q) {
  const auto& R = standardised;
  return (R.row(q.first.i) + R.row(q.first.j) - R.row(q.second.i) - R.row(q.second.j))
      .squaredNorm();
}

void require_planar(const char* where, const Eigen::MatrixXd& embeddings) {
  require_in_range(where, "symbols", Index{embeddings.rows()}, Index{3}, max_symbols);
  require_in_range(where, "dimensions", Index{embeddings.cols()}, Index{2}, Index{2});
}

}  // namespace

std::optional<Parallelogram> telling_parallelogram(const Task& task, const Eigen::MatrixXd& good,
                                                   const Eigen::MatrixXd& poor, double tolerance) {
  std::vector<Parallelogram> held;
  for (const Parallelogram& q : list_parallelograms(group_by_output(task))) {
    if (four_symbols(q) && holding(good, std::span(&q, 1), tolerance).front() &&
        !holding(poor, std::span(&q, 1), tolerance).front()) {
      held.push_back(q);
    }
  }
  if (held.empty()) {
    return {};
  }
  const Eigen::MatrixXd standard = standardise(poor);
  return *std::ranges::max_element(
      held, {}, [&](const Parallelogram& q) { return squared_defect(standard, q); });
}

Plane decode_plane(const toy::RunSpec& spec, const toy::InitialState& network, Index cells) {
  require_planar("decode_plane", network.embeddings);
  require_in_range("decode_plane", "cells", cells, Index{2}, Index{10'000});
  const Eigen::RowVector2d low = network.embeddings.colwise().minCoeff();
  const Eigen::RowVector2d high = network.embeddings.colwise().maxCoeff();
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

}  // namespace grok
