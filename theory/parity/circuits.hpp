// theory/parity/circuits.hpp: networks that compute a parity exactly, and the cheapest of them.
//   Each is over the k bits of the parity; more inputs have weight 0.
#pragma once

#include <Eigen/Core>

#include "theory/parity/critical_decay.hpp"

namespace grok::parity {

/// f(x) = u.relu(W x + b).
struct Circuit {
  Eigen::MatrixXd W;  // m x k
  Eigen::VectorXd b, u;

  Index width() const { return u.size(); }
  /// f of each row of `strings` (N x n, n >= k; what lies beyond the first k bits is ignored).
  Eigen::VectorXd outputs(const Eigen::MatrixXd& strings) const;
  /// V = sum_j |u_j| |(w_j, b_j)|.
  double path_norm() const;
  double squared_norm() const;  // |theta|^2
};

/// 2^k neurons, one for each pattern s: relu(s.x - (k - 1)), u = prod s; f = y exactly.
/// Merrill, Tsilivis & Shukla 2023, Prop. 1.
Circuit pattern_circuit(Index k);

/// k + 1 neurons that read the sum of the bits alone: f = y exactly. Derived in docs/theory.md.
Circuit sum_circuit(Index k);

/// Six neurons for k = 3 (their Prop. 2): f = 10, 7 or -1, its sign is y.
Circuit six_neurons();
/// Four for k = 3 (their Prop. 3): f = y exactly.
Circuit four_neurons();
/// Two for k = 2 (the thesis): f = 1 for y = 1 and 0 for y = -1. Two neurons whose f has the sign
/// of y everywhere do not exist (docs/theory.md).
Circuit two_neurons();

/// The cheapest: margin 1 with V = 1/M_k, 2^k balanced neurons of one size (one solution of many
/// for k >= 3). Throws InputError unless 1 <= k < most_listed_bits.
Circuit minimal_circuit(Index k);

/// Masses +-|u_j| |v_j| (the sign is that of u_j), a number a direction, of a cheapest circuit with
/// margin 1 from neurons in `directions` (rows, bias last, of length 1). Of k >= 3 there are many;
/// `preference` (a number a direction; empty: none) takes the one with the least sum of
/// preference |mass|, a vertex. Throws ConvergenceError if there is none.
Eigen::VectorXd least_masses(Index k, const Eigen::MatrixXd& directions,
                             const Eigen::VectorXd& preference = {});

}  // namespace grok::parity
