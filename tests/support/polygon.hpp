// tests/support/polygon.hpp: symbols on a circle in the plane.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>
#include <vector>

#include "theory/task.hpp"

namespace grok {

/// Symbol order[n] at the n-th corner of a regular polygon.
inline Eigen::MatrixXd polygon(const std::vector<Index>& order, double radius = 1, double x = 0,
                               double y = 0) {
  Eigen::MatrixXd E(std::ssize(order), 2);
  for (std::size_t n = 0; n < order.size(); ++n) {
    const double angle =
        0.3 + 2 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(order.size());
    E.row(order[n]) << x + radius * std::cos(angle), y + radius * std::sin(angle);
  }
  return E;
}

/// 0, step, 2 step, ... modulo p.
inline std::vector<Index> steps_of(Index p, Index step) {
  std::vector<Index> order;
  for (Index k = 0; k < p; ++k) {
    order.push_back(k * step % p);
  }
  return order;
}

}  // namespace grok
