#include "theory/matrix_group_loss.hpp"

#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/parallelogram_loss.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// E_a of every symbol: x is p x k^2 by columns, entry r k + c of row a is (E_a)_rc.
std::vector<MatrixXd> matrices_of(const VectorXd& x, Index symbols, Index size) {
  std::vector<MatrixXd> matrices(static_cast<std::size_t>(symbols), MatrixXd(size, size));
  for (Index a = 0; a < symbols; ++a) {
    for (Index r = 0; r < size; ++r) {
      for (Index c = 0; c < size; ++c) {
        matrices[static_cast<std::size_t>(a)](r, c) = x[(r * size + c) * symbols + a];
      }
    }
  }
  return matrices;
}

}  // namespace

MatrixGroupLoss::MatrixGroupLoss(Index symbols, Index entries, OutputClasses classes,
                                 Normalisation normalisation)
    : symbols_(symbols),
      size_(matrix_size(entries)),
      classes_(std::move(classes)),
      weight_(parallelogram_weight("MatrixGroupLoss", symbols, classes_, normalisation)) {}

/// Per class of m products S: m sum |S - mean|^2, slope of S: 2 m (S - mean).
double MatrixGroupLoss::l0_and_slope(const VectorXd& x, VectorXd* slope) const {
  require_in_range("MatrixGroupLoss", "x.size()", x.size(), dimension(), dimension());
  const std::vector<MatrixXd> E = matrices_of(x, symbols_, size_);
  std::vector<MatrixXd> slopes;
  if (slope != nullptr) {
    slopes.assign(E.size(), MatrixXd::Zero(size_, size_));
  }
  const auto at = [](auto& list, std::int32_t a) -> auto& {
    return list[static_cast<std::size_t>(a)];
  };
  double total = 0;
  std::vector<MatrixXd> products;
  for (Index c = 0; c < classes_.count(); ++c) {
    const auto samples = classes_[c];
    if (samples.size() < 2) {
      continue;
    }
    const auto m = static_cast<double>(samples.size());
    products.clear();
    MatrixXd mean = MatrixXd::Zero(size_, size_);
    for (const Sample s : samples) {
      products.push_back(at(E, s.i) * at(E, s.j));
      mean += products.back() / m;
    }
    for (std::size_t n = 0; n < samples.size(); ++n) {
      const MatrixXd deviation = products[n] - mean;
      total += m * deviation.squaredNorm();
      if (slope != nullptr) {
        const Sample s = samples[n];
        at(slopes, s.i) += 2 * m * deviation * at(E, s.j).transpose();
        at(slopes, s.j) += 2 * m * at(E, s.i).transpose() * deviation;
      }
    }
  }
  if (slope != nullptr) {
    slope->resize(dimension());
    for (Index a = 0; a < symbols_; ++a) {
      for (Index r = 0; r < size_; ++r) {
        for (Index c = 0; c < size_; ++c) {
          (*slope)[(r * size_ + c) * symbols_ + a] =
              weight_ * slopes[static_cast<std::size_t>(a)](r, c);
        }
      }
    }
  }
  return weight_ * total;
}

double MatrixGroupLoss::l0(const VectorXd& x) const { return l0_and_slope(x, nullptr); }

double MatrixGroupLoss::value(const VectorXd& x) const {
  const double Z0 = x.squaredNorm();
  return static_cast<double>(dimension()) * l0(x) / (Z0 * Z0);
}

/// n (grad l0 / Z0^2 - 4 l0 x / Z0^3), n = p k^2
void MatrixGroupLoss::gradient(const VectorXd& x, VectorXd& out) const {
  const double Z0 = x.squaredNorm();
  const double l = l0_and_slope(x, &out);
  out = (static_cast<double>(dimension()) / (Z0 * Z0)) * (out - (4 * l / Z0) * x);
}

}  // namespace grok
