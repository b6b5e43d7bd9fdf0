// theory/effective_loss.hpp: what an effective loss is. A model of these concepts works with every
// flow (theory/flow.hpp); theory/parallelogram_loss.hpp is the first.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstdint>

namespace grok {

/// A scalar function l: R^n -> R of the representation, flattened column by column (dimension after
/// dimension). `gradient` is the exact derivative of `value`; members are pure and thread-safe.
template <class L>
concept EffectiveLoss = requires(const L& loss, const Eigen::VectorXd& x, Eigen::VectorXd& out) {
  { loss.dimension() } -> std::convertible_to<std::int64_t>;  // n
  { loss.value(x) } -> std::same_as<double>;                  // l(x)
  { loss.gradient(x, out) } -> std::same_as<void>;            // out := dl/dx, resized to n
};

/// Adds curvature without a matrix: out := (d^2 l / dx^2) v.
template <class L>
concept TwiceSmoothLoss = EffectiveLoss<L> &&
    requires(const L& loss, const Eigen::VectorXd& x, const Eigen::VectorXd& v,
             Eigen::VectorXd& out) {
  { loss.hessian_times(x, v, out) } -> std::same_as<void>;
};

}  // namespace grok
