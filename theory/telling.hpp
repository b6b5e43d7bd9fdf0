// theory/telling.hpp: one parallelogram that tells a good representation from a poor one, to show.
#pragma once

#include <Eigen/Core>
#include <optional>

#include "theory/representation.hpp"

namespace grok {

/// The parallelogram of four different symbols that fails most in `poor` (largest standardised
/// defect) of those that hold in `good`; empty if none of them fails. O(|P0| d).
std::optional<Parallelogram> telling_parallelogram(const Task& task, const Eigen::MatrixXd& good,
                                                   const Eigen::MatrixXd& poor, double tolerance);

}  // namespace grok
