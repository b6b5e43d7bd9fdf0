// theory/effective_loss.hpp: what an effective loss is. A model of these concepts works with every
// flow (theory/flow.hpp), tool (theory/loss_tools.hpp) and RQI time (theory/prediction.hpp).
// theory/automatic_loss.hpp makes one from `value` alone; docs/extending.md walks through it.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

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

/// Any effective loss behind functions, so that what works on losses compiles once.
struct LossFunctions {
  std::function<double(const Eigen::VectorXd&)> value;
  std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)> gradient;
  /// Empty where the loss is not a TwiceSmoothLoss.
  std::function<void(const Eigen::VectorXd&, const Eigen::VectorXd&, Eigen::VectorXd&)>
      hessian_times = {};
  std::int64_t dimension = 0;  // n
};

/// Refers to `loss`, which must outlive the result.
template <EffectiveLoss L>
LossFunctions functions_of(const L& loss) {
  using Eigen::VectorXd;
  LossFunctions functions;
  functions.value = [&loss](const VectorXd& x) { return loss.value(x); };
  functions.gradient = [&loss](const VectorXd& x, VectorXd& out) { loss.gradient(x, out); };
  if constexpr (TwiceSmoothLoss<L>) {
    functions.hessian_times = [&loss](const VectorXd& x, const VectorXd& v, VectorXd& out) {
      loss.hessian_times(x, v, out);
    };
  }
  functions.dimension = loss.dimension();
  return functions;
}
template <EffectiveLoss L>
LossFunctions functions_of(const L&&) = delete;

/// The same, keeping the loss: the result may outlive everything.
template <EffectiveLoss L>
LossFunctions keep(L loss) {
  const auto kept = std::make_shared<const L>(std::move(loss));
  LossFunctions functions = functions_of(*kept);
  // Every function shares the loss, so that a copy of one of them is safe on its own.
  functions.value = [kept, f = std::move(functions.value)](const auto& x) { return f(x); };
  functions.gradient = [kept, f = std::move(functions.gradient)](const auto& x, auto& out) {
    f(x, out);
  };
  if (functions.hessian_times) {
    functions.hessian_times = [kept, f = std::move(functions.hessian_times)](
                                  const auto& x, const auto& v, auto& out) { f(x, v, out); };
  }
  return functions;
}

}  // namespace grok
