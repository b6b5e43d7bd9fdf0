// theory/decayed_loss.hpp: embeddings with weight decay: any effective loss plus (decay/2) Z0.
//   l_decay(x) = l(x) + (decay/2) |x|^2
//   Gradient flow: dx/dt = -grad l - decay x. Here a decay in the loss and a decoupled one (AdamW)
//   are the same. If l is free of scale, Z0(t) = Z0(0) e^{-2 decay t}, and the direction moves as
//   without decay in the time tau = (e^{2 decay t} - 1)/(2 decay): decay hastens learning.
//   Adam: the decay in the loss passes through Adam's division by the size of the gradient (L2).
//   The networks have AdamW's decoupled decay instead: AdamConstants::decay (theory/flow.hpp).
// Source: weight decay of the embeddings, Liu et al. 2022, App. G; the time tau is ours
// (docs/theory.md, "Effective losses").
#pragma once

#include "core/errors.hpp"
#include "theory/effective_loss.hpp"

namespace grok {

class DecayedLoss {
 public:
  /// Throws InputError unless decay is in [0, 1e6] [loss / x^2].
  DecayedLoss(LossFunctions loss, double decay) : loss_(std::move(loss)), decay_(decay) {
    require_in_range("DecayedLoss", "decay", decay, 0.0, 1e6);
  }
  std::int64_t dimension() const { return loss_.dimension; }
  double value(const Eigen::VectorXd& x) const {
    return loss_.value(x) + 0.5 * decay_ * x.squaredNorm();
  }
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
    loss_.gradient(x, out);
    out += decay_ * x;
  }
  /// Throws InputError if the loss has no hessian_times.
  void hessian_times(const Eigen::VectorXd& x, const Eigen::VectorXd& v,
                     Eigen::VectorXd& out) const {
    if (!loss_.hessian_times) {
      reject("DecayedLoss", "hessian_times", "none", "a loss that has one");
    }
    loss_.hessian_times(x, v, out);
    out += decay_ * v;
  }

 private:
  LossFunctions loss_;
  double decay_;
};
static_assert(TwiceSmoothLoss<DecayedLoss>);

}  // namespace grok
