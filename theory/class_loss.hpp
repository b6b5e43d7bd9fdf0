// theory/class_loss.hpp: points of one class attract each other, classes repel: the effective loss
// of images.
//   l(f) = l0(f)/Z(f) + repulsion * q(f),   Z = sum_x |f(x)|^2, f(x) in R^d, N points
//   l0 = sum over unordered pairs of one class of |f(x) - f(y)|^2   (`sum`; `mean`: divided by the
//        number of such pairs) = sum over classes of n_c sum |f(x) - mean_c|^2
//   q  = mean over pairs of classes of exp(-N |mean_c - mean_c'|^2 / Z)
//   Both terms are homogeneous of degree 0: the gradient flow conserves Z; l0 alone also keeps a
//   sum of f that is 0. With d + 1 or fewer classes, all of one size, l is least where each is one
//   point and the points are a regular simplex around 0 (tested: three in the plane). Classes of
//   different sizes end elsewhere: Z weighs the large ones more.
// Source: attraction Liu et al. 2022, App. I, who say that it lacks a repulsion between classes and
// that their means then need not form a simplex; q is ours [def]: bounded, and of range one
// root-mean-square distance. repulsion = 0 is the paper's loss.
// Limits: undefined at f = 0. Cost of each member: O(N d + K^2 d), K classes.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "theory/effective_loss.hpp"
#include "theory/spectrum.hpp"

namespace grok {

class ClassLoss {
 public:
  /// One label per point, any integers; dimensions d >= 1. Throws InputError without a point, or
  /// unless repulsion is in [0, 1e6].
  ClassLoss(const std::vector<std::int64_t>& labels, Index dimensions, double repulsion,
            Normalisation normalisation = Normalisation::sum);

  Index dimension() const { return points() * dimensions_; }
  double value(const Eigen::VectorXd& x) const;
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;
  double l0(const Eigen::VectorXd& x) const;

  Index points() const { return static_cast<Index>(class_of_.size()); }
  Index classes() const { return sizes_.size(); }

 private:
  Eigen::MatrixXd points_of(const Eigen::VectorXd& x) const;  // N x d, size checked
  Eigen::MatrixXd means_of(const Eigen::MatrixXd& f) const;   // K x d
  double attraction(const Eigen::MatrixXd& f, const Eigen::MatrixXd& means) const;
  Index dimensions_;
  double repulsion_, weight_;
  std::vector<Index> class_of_;  // 0..K-1 of every point
  Eigen::VectorXd sizes_;        // K
};
static_assert(EffectiveLoss<ClassLoss>);

/// Share of the variance of the points (N x d) that lies within classes: 1 - between/total; NaN if
/// all points are equal. 0 is full collapse of every class.
double within_class_share(const Eigen::MatrixXd& points, const std::vector<std::int64_t>& labels);

}  // namespace grok
