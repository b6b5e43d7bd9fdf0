#include "theory/ring.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "core/errors.hpp"

namespace grok {

using Eigen::MatrixXd;
using Eigen::VectorXd;

Ring find_ring(const Eigen::MatrixXd& embeddings) {
  require_in_range("find_ring", "symbols", Index{embeddings.rows()}, Index{3}, max_symbols);
  require_in_range("find_ring", "dimensions", Index{embeddings.cols()}, Index{2}, Index{2});
  const Index p = embeddings.rows();
  const Eigen::MatrixXd centred = embeddings.rowwise() - embeddings.colwise().mean();
  std::vector<Index> order(static_cast<std::size_t>(p));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::sort(order, {}, [&](Index k) { return std::atan2(centred(k, 1), centred(k, 0)); });
  std::vector<Index> count(static_cast<std::size_t>(p / 2 + 1), 0);
  for (std::size_t k = 0; k < order.size(); ++k) {
    const Index difference = std::abs(order[k] - order[(k + 1) % order.size()]);
    ++count[static_cast<std::size_t>(std::min(difference, p - difference))];
  }
  Ring ring;
  const auto most = std::ranges::max_element(count);
  ring.step = most - count.begin();
  ring.in_order = *most;
  const Eigen::ArrayXd radius = centred.rowwise().norm();
  ring.radius_spread =
      std::sqrt((radius - radius.mean()).square().sum() / static_cast<double>(p - 1)) /
      radius.mean();
  return ring;
}

namespace {

// Embeddings in the plane of their f-th Fourier component (p x 2), in a basis that is orthonormal;
// empty where that component is a line.
MatrixXd on_circle(const MatrixXd& embeddings, Index frequency) {
  const Index p = embeddings.rows();
  const VectorXd angle =
      VectorXd::LinSpaced(p, 0, static_cast<double>(p - 1)) *
      (2 * std::numbers::pi * static_cast<double>(frequency) / static_cast<double>(p));
  VectorXd first = embeddings.transpose() * angle.array().cos().matrix();
  VectorXd second = embeddings.transpose() * angle.array().sin().matrix();
  const double size = first.norm();
  if (!(size > 0)) {
    return {};
  }
  first /= size;
  second -= first * first.dot(second);
  const double rest = second.norm();
  if (!(rest > 1e-12 * size)) {
    return {};
  }
  MatrixXd plane(p, 2);
  plane.col(0) = embeddings * first;
  plane.col(1) = embeddings * (second / rest);
  return plane;
}

}  // namespace

std::optional<double> ring_share(const MatrixXd& embeddings) {
  const Index p = embeddings.rows();
  if (embeddings.cols() < 2 || p < 3 || !embeddings.allFinite()) {
    return {};
  }
  const auto share = [p](const Ring& ring) {
    return static_cast<double>(ring.in_order) / static_cast<double>(p);
  };
  if (embeddings.cols() == 2) {
    return share(find_ring(embeddings));
  }
  double best = 0;
  for (Index frequency = 1; 2 * frequency <= p; ++frequency) {
    const MatrixXd plane = on_circle(embeddings, frequency);
    if (plane.size() > 0) {
      best = std::max(best, share(find_ring(plane)));
    }
  }
  return best;
}

}  // namespace grok
