#include "theory/class_loss.hpp"

#include <cmath>
#include <limits>
#include <map>

#include "core/errors.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Labels in ascending order become 0..K-1.
std::vector<Index> numbered(const std::vector<std::int64_t>& labels) {
  std::map<std::int64_t, Index> numbers;
  for (const std::int64_t label : labels) {
    numbers.emplace(label, 0);
  }
  Index next = 0;
  for (auto& [label, number] : numbers) {
    number = next++;
  }
  std::vector<Index> result;
  result.reserve(labels.size());
  for (const std::int64_t label : labels) {
    result.push_back(numbers[label]);
  }
  return result;
}

VectorXd sizes_of(const std::vector<Index>& class_of) {
  VectorXd sizes;
  for (const Index c : class_of) {
    if (c >= sizes.size()) {
      sizes.conservativeResizeLike(VectorXd::Zero(c + 1));
    }
    sizes[c] += 1;
  }
  return sizes;
}

MatrixXd class_means(const MatrixXd& f, const std::vector<Index>& class_of, const VectorXd& sizes) {
  MatrixXd means = MatrixXd::Zero(sizes.size(), f.cols());
  for (Index k = 0; k < f.rows(); ++k) {
    const Index c = class_of[static_cast<std::size_t>(k)];
    means.row(c) += f.row(k) / sizes[c];
  }
  return means;
}

}  // namespace

ClassLoss::ClassLoss(const std::vector<std::int64_t>& labels, Index dimensions, double repulsion,
                     Normalisation normalisation)
    : dimensions_(dimensions), repulsion_(repulsion), weight_(1.0), class_of_(numbered(labels)) {
  require_in_range("ClassLoss", "points", points(), Index{1}, Index{100'000'000});
  require_in_range("ClassLoss", "dimensions", dimensions, Index{1}, Index{1'000'000});
  require_in_range("ClassLoss", "repulsion", repulsion, 0.0, 1e6);
  sizes_ = sizes_of(class_of_);
  const double pairs = 0.5 * (sizes_.array() * (sizes_.array() - 1)).sum();
  if (normalisation == Normalisation::mean && pairs > 0) {
    weight_ = 1 / pairs;
  }
}

MatrixXd ClassLoss::points_of(const VectorXd& x) const {
  require_in_range("ClassLoss", "x.size()", x.size(), dimension(), dimension());
  return x.reshaped(points(), dimensions_);
}

MatrixXd ClassLoss::means_of(const MatrixXd& f) const { return class_means(f, class_of_, sizes_); }

double ClassLoss::attraction(const MatrixXd& f, const MatrixXd& means) const {
  double total = 0;
  for (Index k = 0; k < f.rows(); ++k) {
    const Index c = class_of_[static_cast<std::size_t>(k)];
    total += sizes_[c] * (f.row(k) - means.row(c)).squaredNorm();
  }
  return weight_ * total;
}

double ClassLoss::l0(const VectorXd& x) const {
  const MatrixXd f = points_of(x);
  return attraction(f, means_of(f));
}

double ClassLoss::value(const VectorXd& x) const {
  const MatrixXd f = points_of(x), means = means_of(f);
  const double Z = x.squaredNorm();
  double l = attraction(f, means) / Z;
  const Index K = classes();
  if (repulsion_ > 0 && K > 1) {
    const double range = static_cast<double>(points()) / Z;
    double sum = 0;
    for (Index a = 0; a < K; ++a) {
      for (Index b = 0; b < a; ++b) {
        sum += std::exp(-range * (means.row(a) - means.row(b)).squaredNorm());
      }
    }
    l += repulsion_ * sum / (0.5 * static_cast<double>(K * (K - 1)));
  }
  return l;
}

void ClassLoss::gradient(const VectorXd& x, VectorXd& out) const {
  const MatrixXd f = points_of(x), means = means_of(f);
  const double Z = x.squaredNorm();
  const Index K = classes();
  // d/d mean_c of the repulsion, and its derivative through Z: d/df = radial * f.
  MatrixXd push = MatrixXd::Zero(K, dimensions_);
  double radial = -2 * attraction(f, means) / (Z * Z);
  if (repulsion_ > 0 && K > 1) {
    const double range = static_cast<double>(points()) / Z;
    const double weight = repulsion_ / (0.5 * static_cast<double>(K * (K - 1)));
    for (Index a = 0; a < K; ++a) {
      for (Index b = 0; b < a; ++b) {
        const Eigen::RowVectorXd apart = means.row(a) - means.row(b);
        const double distance = apart.squaredNorm();
        const double e = weight * std::exp(-range * distance);
        push.row(a) -= 2 * range * e * apart;
        push.row(b) += 2 * range * e * apart;
        radial += 2 * range * distance * e / Z;
      }
    }
  }
  MatrixXd g = radial * f;
  for (Index k = 0; k < f.rows(); ++k) {
    const Index c = class_of_[static_cast<std::size_t>(k)];
    g.row(k) += (2 * weight_ * sizes_[c] / Z) * (f.row(k) - means.row(c)) + push.row(c) / sizes_[c];
  }
  out = g.reshaped();
}

double within_class_share(const MatrixXd& points, const std::vector<std::int64_t>& labels) {
  require_in_range("within_class_share", "labels", static_cast<Index>(labels.size()), points.rows(),
                   points.rows());
  const std::vector<Index> class_of = numbered(labels);
  const MatrixXd means = class_means(points, class_of, sizes_of(class_of));
  double within = 0;
  for (Index k = 0; k < points.rows(); ++k) {
    within += (points.row(k) - means.row(class_of[static_cast<std::size_t>(k)])).squaredNorm();
  }
  return within / (points.rowwise() - points.colwise().mean()).squaredNorm();
}

}  // namespace grok
