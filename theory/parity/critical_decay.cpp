#include "theory/parity/critical_decay.hpp"

#include <cmath>

#include "core/errors.hpp"

namespace grok::parity {

double critical_decay(Index k) {
  require_in_range("critical_decay", "parity", k, Index{1}, Index{1000});
  if (k == 1) {
    return std::sqrt(0.5);
  }
  // C(K-2, K/2-1) / (2^(K-1) sqrt(K)), K = k rounded up to even: factor by factor, so that nothing
  // overflows.
  const Index even = k + k % 2, half = even / 2 - 1;
  double value = 0.5 / std::sqrt(static_cast<double>(even));
  for (Index i = 1; i <= half; ++i) {  // C(2m, m)/4^m = prod (2i - 1)/(2i)
    value *= static_cast<double>(2 * i - 1) / static_cast<double>(2 * i);
  }
  return value;
}

double least_norm(Index k) { return 2 / critical_decay(k); }

Eigen::MatrixXd patterns(Index k) {
  require_in_range("patterns", "bits", k, Index{1}, most_listed_bits);
  Eigen::MatrixXd all(Index{1} << k, k);
  for (Index s = 0; s < all.rows(); ++s) {
    for (Index i = 0; i < k; ++i) {
      all(s, i) = ((s >> i) & 1) != 0 ? -1 : 1;
    }
  }
  return all;
}

Eigen::VectorXd parities(const Eigen::MatrixXd& strings, Index k) {
  require_in_range("parities", "parity", k, Index{1}, strings.cols());
  return strings.leftCols(k).rowwise().prod();
}

double correlation(const Eigen::VectorXd& v) {
  const Index k = v.size() - 1;
  const Eigen::MatrixXd all = patterns(k);
  const Eigen::ArrayXd z = ((all * v.head(k)).array() + v[k]).cwiseMax(0);
  return (parities(all, k).array() * z).mean();
}

Eigen::MatrixXd tight_directions(Index k) {
  require_in_range("tight_directions", "parity", k, Index{1}, most_listed_bits - 1);
  if (k == 1) {
    return (Eigen::MatrixXd(2, 2) << 1, 1, -1, 1).finished() * std::sqrt(0.5);
  }
  const Index even = k + k % 2;
  Eigen::MatrixXd directions = Eigen::MatrixXd::Zero(Index{1} << even, k + 1);
  directions.leftCols(even) = patterns(even) / std::sqrt(static_cast<double>(even));
  return directions;
}

}  // namespace grok::parity
