// theory/ring.hpp: how far embeddings lie on a circle in the order of modular addition, where RQI,
// which takes sums as integers, says nothing.
//   ring      points whose order by angle around their mean is 0, g, 2g, ... modulo p
//   circle    of a frequency f: embeddings (p x d) seen in the plane of their f-th Fourier
//             component over the symbols, the span of sum_j E_j cos(2 pi f j/p) and
//             sum_j E_j sin(2 pi f j/p)
#pragma once

#include <Eigen/Core>
#include <optional>

#include "theory/task.hpp"

namespace grok {

struct Ring {
  Index step = 0;            // g, 1 <= g <= p/2: the most frequent difference of neighbours
  Index in_order = 0;        // pairs of neighbours by angle that differ by g modulo p; p: a ring
  double radius_spread = 0;  // standard deviation of the distances from the mean, over their mean
};

/// Of points in the plane (p x 2). Throws InputError for another shape or fewer than 3 points.
Ring find_ring(const Eigen::MatrixXd& embeddings);

/// Share of neighbours in order on the best circle: in_order/p of the plane itself where d = 2,
/// else the largest over frequencies 1 to p/2. Order by chance is not 0: the best of several
/// circles and steps is counted. Empty for d = 1, p < 3, or embeddings that are not finite. Cost:
/// O(p^2 (d + ln p)).
std::optional<double> ring_share(const Eigen::MatrixXd& embeddings);

}  // namespace grok
