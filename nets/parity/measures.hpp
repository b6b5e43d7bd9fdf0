// nets/parity/measures.hpp: what is measured on a network of a parity run.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "nets/parity/network.hpp"

namespace grok::parity {

/// Largest singular value of W.
double spectral_norm(const Eigen::MatrixXd& W);
/// V = sum_j |u_j| |(w_j, b_j)|; |theta|^2 = 2V where the layers are balanced.
double path_norm(const Weights& weights);
double squared_norm(const Weights& weights);  // |theta|^2
/// Share of V whose neurons lie within a cosine of 0.98 of a tight direction of the first k bits
/// (theory/parity/critical_decay.hpp), the other bits being 0 there. 0 of a network without V.
/// In closed form: each neuron beside the tight
/// direction of its own signs. O(m n).
double tight_share(const Weights& weights, Eigen::Index k);

/// Neurons by |w_j| (incoming weights without bias), the largest first; equal ones in their order.
std::vector<Eigen::Index> by_norm(const Weights& weights);

/// How many neurons the network needs: the fewest of largest norm, the others' activations masked.
struct Sparsity {
  std::optional<std::int64_t> by_predictions;  // from there on every sign on `strings` is the full
                                               // network's (the paper); empty: never but with all
  std::optional<std::int64_t> by_accuracy;     // the first with its accuracy (the published code)
};
/// Exact, by cumulative sums over neurons: O(N m n). `labels`: what accuracy is held against.
Sparsity sparsity(const Weights& weights, const Eigen::MatrixXd& strings,
                  const Eigen::VectorXd& labels, bool strict_sign);

/// +1, -1, or 0 for f = 0 (which is -1 unless `strict_sign`).
Eigen::VectorXd answers(const Eigen::VectorXd& f, bool strict_sign);

/// Share of `strings` on which the neurons of `set` alone answer as all do.
double faithfulness(const Weights& weights, const std::vector<Eigen::Index>& set,
                    const Eigen::MatrixXd& strings, bool strict_sign);

/// n times the share of (string, flipped bit) pairs whose answer changes: k for an exact parity.
double sensitivity(const Weights& weights, const Eigen::MatrixXd& strings, bool strict_sign);

/// Of neuron j: how many of its incoming weights, the largest first, keep every answer on
/// `strings` as they are when the others are pruned; bisection over a number that the published
/// code takes for monotone, by rank.
std::int64_t arity(const Weights& weights, Eigen::Index j, const Eigen::MatrixXd& strings,
                   bool strict_sign);

}  // namespace grok::parity
