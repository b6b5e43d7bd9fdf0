// Points in the plane and a small study for the tests of fig2.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>
#include <vector>

#include "theory/task.hpp"

namespace grok {

inline constexpr const char* fig2_small_study = R"(
[run]
symbols = 5
representation_dimension = 2
representation_distribution = "normal"
decoder_activation = "relu"
stop = "budget"
[profiles.quick.zip]
task = ["addition", "addition", "modular-addition", "modular-addition"]
train = [9, 12, 12, 13]
decoder_widths = [[16], [12], [10], [14]]
loss = ["mse", "mse", "cross-entropy", "cross-entropy"]
targets = ["one-hot", "one-hot", "random", "random"]
steps = [30, 60, 20, 80]
[profiles.quick.axes]
seed = [4, 5, 6]
)";

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
