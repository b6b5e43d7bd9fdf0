#include "nets/parity/measures.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace grok::parity {
namespace {

using Eigen::ArrayXd;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Index = Eigen::Index;

ArrayXd incoming_norms(const Weights& weights) {
  return (weights.W.rowwise().squaredNorm() + weights.b.cwiseAbs2()).cwiseSqrt();
}

bool same_answers(const VectorXd& a, const VectorXd& b) { return (a.array() == b.array()).all(); }

}  // namespace

double spectral_norm(const MatrixXd& W) {
  if (!W.allFinite()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  // Of the smaller Gram matrix: half the digits are more than enough, and it is 50 times faster.
  const MatrixXd gram =
      W.cols() <= W.rows() ? MatrixXd(W.transpose() * W) : MatrixXd(W * W.transpose());
  return std::sqrt(std::max(0.0, gram.selfadjointView<Eigen::Lower>().eigenvalues().maxCoeff()));
}

double path_norm(const Weights& weights) {
  return (incoming_norms(weights) * weights.u.array().abs()).sum();
}

double squared_norm(const Weights& weights) {
  return weights.W.squaredNorm() + weights.b.squaredNorm() + weights.u.squaredNorm();
}

double tight_share(const Weights& weights, Index k) {
  constexpr double close = 0.98;
  const ArrayXd norms = incoming_norms(weights), masses = norms * weights.u.array().abs();
  ArrayXd along = weights.W.leftCols(k).cwiseAbs().rowwise().sum();
  if (k % 2 == 1) {  // of k = 1 the bias is positive
    along += k == 1 ? ArrayXd(weights.b) : ArrayXd(weights.b.cwiseAbs());
  }
  along /= std::sqrt(static_cast<double>(k + k % 2));
  const double tight = (along >= close * norms).select(masses, 0).sum();
  const double total = masses.sum();
  return total > 0 ? tight / total : 0;
}

std::vector<Index> by_norm(const Weights& weights) {
  const VectorXd norms = weights.W.rowwise().squaredNorm();
  std::vector<Index> order(static_cast<std::size_t>(norms.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&norms](Index a, Index b) { return norms[a] > norms[b]; });
  return order;
}

VectorXd answers(const VectorXd& f, bool strict_sign) {
  return f.unaryExpr([strict_sign](double value) {
    return value > 0 ? 1.0 : value < 0 || !strict_sign ? -1.0 : 0.0;
  });
}

Sparsity sparsity(const Weights& weights, const MatrixXd& strings, const VectorXd& labels,
                  bool strict_sign) {
  const MatrixXd h = weights.activations(strings) * weights.u.asDiagonal();
  const std::vector<Index> order = by_norm(weights);
  // The full network summed in this order too: a sum of all neurons is equal to it bit for bit.
  VectorXd full = VectorXd::Zero(strings.rows());
  for (const Index j : order) {
    full += h.col(j);
  }
  const VectorXd wanted = answers(full, strict_sign);
  const auto right = [&labels](const VectorXd& a) { return (a.array() == labels.array()).count(); };
  const Index wanted_right = right(wanted);
  Sparsity found;
  VectorXd f = VectorXd::Zero(strings.rows());
  const auto width = static_cast<std::int64_t>(order.size());
  for (std::int64_t count = 1; count < width; ++count) {
    f += h.col(order[static_cast<std::size_t>(count - 1)]);
    const VectorXd now = answers(f, strict_sign);
    if (!same_answers(now, wanted)) {
      found.by_predictions.reset();
    } else if (!found.by_predictions) {
      found.by_predictions = count;
    }
    if (!found.by_accuracy && right(now) == wanted_right) {
      found.by_accuracy = count;
    }
  }
  return found;
}

double faithfulness(const Weights& weights, const std::vector<Index>& set, const MatrixXd& strings,
                    bool strict_sign) {
  const MatrixXd h = weights.activations(strings);
  VectorXd masked = VectorXd::Zero(h.cols());
  for (const Index j : set) {
    masked[j] = weights.u[j];
  }
  const VectorXd part = answers(h * masked, strict_sign), all = answers(h * weights.u, strict_sign);
  return static_cast<double>((part.array() == all.array()).count()) /
         static_cast<double>(strings.rows());
}

double sensitivity(const Weights& weights, const MatrixXd& strings, bool strict_sign) {
  const VectorXd before = answers(weights.outputs(strings), strict_sign);
  double changed = 0;
  MatrixXd flipped = strings;
  for (Index bit = 0; bit < strings.cols(); ++bit) {
    flipped.col(bit) *= -1;
    const VectorXd after = answers(weights.outputs(flipped), strict_sign);
    changed += static_cast<double>((after.array() != before.array()).count());
    flipped.col(bit) *= -1;
  }
  return changed / static_cast<double>(strings.rows());
}

std::int64_t arity(const Weights& weights, Index j, const MatrixXd& strings, bool strict_sign) {
  const VectorXd h = weights.activations(strings).col(j) * weights.u[j];
  const VectorXd full = weights.outputs(strings), rest = full - h,
                 wanted = answers(full, strict_sign);
  const Index n = weights.W.cols();
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  const VectorXd sizes = weights.W.row(j).cwiseAbs().transpose();
  std::ranges::stable_sort(order, [&sizes](Index a, Index b) { return sizes[a] > sizes[b]; });
  const auto keeps = [&](Index count) {
    VectorXd z = VectorXd::Constant(strings.rows(), weights.b[j]);
    for (Index i = 0; i < count; ++i) {
      const Index bit = order[static_cast<std::size_t>(i)];
      z += weights.W(j, bit) * strings.col(bit);
    }
    return same_answers(answers(rest + weights.u[j] * z.cwiseMax(0), strict_sign), wanted);
  };
  Index low = 0, high = n;  // `high` keeps the answers
  while (low < high) {
    const Index middle = (low + high) / 2;
    if (keeps(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

}  // namespace grok::parity
