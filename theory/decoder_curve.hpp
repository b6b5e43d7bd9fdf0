// theory/decoder_curve.hpp: a decoder of one number, tabulated: for the many thousand evaluations
// of a flow.
//   f: R -> R^m is a smooth curve. Between equidistant nodes it is the cubic with f and f' of the
//   nodes (Hermite), whose error falls as h^4; nodes are doubled until the error at the midpoints
//   is below `tolerance` of the largest |f|. pull_back is the exact derivative of evaluate.
//   Outside [low, high] the network itself is evaluated: slow, but never extrapolated.
//   Cost: building, about 4 evaluations of the network a node; then O(m) a point.
#pragma once

#include <memory>

#include "theory/decoder_network.hpp"

namespace grok {

class DecoderCurve final : public DecoderMap {
 public:
  /// Throws InputError unless the network has one input and tanh (a kink of relu has no cubic),
  /// low < high, 1e-14 <= tolerance <= 1e-2; ConvergenceError if 65,536 nodes do not reach it.
  DecoderCurve(DecoderNetwork network, double low, double high, double tolerance = 1e-9);

  Eigen::Index inputs() const override { return 1; }
  Eigen::Index outputs() const override { return network_.outputs(); }
  void evaluate(const Eigen::MatrixXd& x, Eigen::MatrixXd& out) const override;
  void pull_back(const Eigen::MatrixXd& x, const Eigen::MatrixXd& g,
                 Eigen::MatrixXd& out) const override;

  Eigen::Index nodes() const { return values_.cols(); }
  double error() const { return error_; }  // at the midpoints, relative to the largest |f|

 private:
  void tabulate(Eigen::Index nodes);
  void refine(const Eigen::MatrixXd& middle, const Eigen::MatrixXd& exact);
  Eigen::RowVectorXd midpoints() const;
  bool inside(double x) const { return low_ <= x && x <= high_; }
  DecoderNetwork network_;
  double low_, high_, step_ = 0, error_ = 0;
  Eigen::MatrixXd values_, slopes_;  // m x nodes: f, h f'
};

}  // namespace grok
