// theory/parity/critical_decay.hpp: the weight decay at which a wide network loses a parity, and
// the norm of the cheapest network that has it, in closed form.
//   f(x) = sum_j u_j relu(w_j.x + b_j), x in {-1, +1}^n, y = x_1 ... x_k; hinge loss + (decay/2)
//   |theta|^2, decay on every parameter. A neuron's incoming vector v = (w, b) has its bias in it;
//   V = sum_j |u_j| |v_j|, |theta|^2 = 2V where the layers are balanced.
//   With M_k = max over |v| = 1 of |E[y relu(v.(x, 1))]|, all strings, width without bound:
//     decay > M_k   zero is the global minimum, and stable; decay < M_k: zero is unstable. The two
//                   thresholds are one: no hysteresis
//     decay < M_k   the minimum is the network of margin 1 and least norm, V = 1/M_k, whatever the
//                   decay; loss + penalty = decay/M_k
// Derived in docs/theory.md, section 13. M_k is computed numerically to k = 8 in the tests; that
// the symmetric neuron is the best one for every k is not proved.
#pragma once

#include <Eigen/Core>

namespace grok::parity {

using Index = Eigen::Index;

/// Bits whose 2^k patterns are listed.
inline constexpr Index most_listed_bits = 16;

/// M_k: the decay from which on every weight vanishes. 1 <= k <= 1000; O(k).
/// Throws InputError for another k.
double critical_decay(Index k);

/// N_k = 2/M_k: |theta|^2 of the cheapest network with margin 1.
double least_norm(Index k);

/// All sign patterns of k bits (2^k x k): bit i of row s is -1 where bit i of the number s is set.
/// Throws InputError unless 1 <= k <= most_listed_bits.
Eigen::MatrixXd patterns(Index k);

/// The products of the first k entries of each row (+-1).
Eigen::VectorXd parities(const Eigen::MatrixXd& strings, Index k);

/// E over all patterns of y relu(v.(x, 1)), v of k + 1 numbers, its bias last. O(k 2^k).
double correlation(const Eigen::VectorXd& v);

/// Unit vectors v (rows, bias last) with |correlation| = M_k: all neurons that the minimum may
/// have. k even: the patterns over sqrt(k), no bias; k odd from 3 on: patterns of k + 1 bits over
/// sqrt(k + 1); k = 1: two. Complete for k <= 4 (tests), for larger k not proved.
/// Throws InputError unless 1 <= k < most_listed_bits.
Eigen::MatrixXd tight_directions(Index k);

}  // namespace grok::parity
