// theory/decoder_metric_loss.hpp: parallelograms measured as the decoder sees them.
//   The effective loss measures the defect r - r' of two samples of one output (r = E_i + E_j) by
//   its Euclidean length. A decoder does not see the length. With the decoder as it is before
//   training:
//   output    sum over P0(D) of |f(r) - f(r')|^2               f(r): what the network puts out
//   kernel    the same with the last hidden layer h(r) for f: the squared distance of the kernel
//             k(r, r') = h(r).h(r'), that of training the output layer alone
//   tangent   sum over P0(D) of |J_q (r - r')|^2, J_q = df/dx at the midpoint of the pair, decoder
//             and embeddings as before training: a weighted parallelogram loss
//   What keeps it from vanishing by collapse, and from depending on the scale of f:
//   spread      divided by S = sum over D of |f(r) - mean f|^2 (output, kernel): the share of the
//               outputs' variance that lies within classes, as a loss with fixed targets has it;
//               unchanged by f -> c f. Not homogeneous in R: Z0 is not conserved.
//   embeddings  divided by Z0 times the mean squared stretch of the decoder,
//               s2 = sum |f(r) - mean f|^2 / sum |r - mean r|^2 over D at the start: with f(r) = c
//               r it is the Euclidean effective loss. For `tangent` (its only choice; there s2 is
//               the mean of |J_q|_F^2/d) it is homogeneous of degree 0, and Z0 is conserved.
//   R is p x d, flattened column by column.
// Source: Liu et al. 2022, section 3, name as a limitation that the decoder's metric is taken as
// Euclidean; the measures here are ours [def] (docs/theory.md, "Effective losses").
// Limits: undefined where the divisor is 0. Cost of a gradient: output, kernel O(|D| m) with a
// tabulated decoder (d = 1, tanh), otherwise 6 |D| times the number of weights; tangent O(|P0(D)|
// d^2).
#pragma once

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "theory/decoder_network.hpp"
#include "theory/effective_loss.hpp"
#include "theory/parallelograms.hpp"

namespace grok {

enum class DecoderMetric { output, kernel, tangent };
enum class MetricScale { spread, embeddings };
DecoderMetric decoder_metric_from(const std::string& where, const std::string& name);
MetricScale metric_scale_from(const std::string& where, const std::string& name);

/// output and kernel: distances through a map.
class MapMetricLoss {
 public:
  /// embeddings: p x d, where s2 of `embeddings` is taken. Throws InputError if shapes do not fit
  /// or s2 is 0 or not finite.
  MapMetricLoss(std::shared_ptr<const DecoderMap> map, OutputClasses classes,
                const Eigen::MatrixXd& embeddings, MetricScale scale);

  Index dimension() const { return symbols_ * map_->inputs(); }
  double value(const Eigen::VectorXd& x) const;
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;

 private:
  struct Parts {
    double within = 0, total = 0;  // the sum over P0(D), the divisor
  };
  Eigen::MatrixXd inputs_of(const Eigen::VectorXd& x) const;  // d x |D|: E_i + E_j
  /// From f (m x |D|); with `slopes`, what the loss's derivative with respect to f is (m x |D|).
  Parts parts_of(const Eigen::MatrixXd& f, const Eigen::VectorXd& x, Eigen::MatrixXd* slopes) const;
  std::shared_ptr<const DecoderMap> map_;
  OutputClasses classes_;
  Index symbols_;
  MetricScale scale_;
  double stretch_ = 1;  // s2
};
static_assert(EffectiveLoss<MapMetricLoss>);

/// tangent: a quadratic form over Z0.
class TangentMetricLoss {
 public:
  TangentMetricLoss(const DecoderNetwork& decoder, const OutputClasses& classes,
                    const Eigen::MatrixXd& embeddings);

  Index dimension() const { return form_.rows(); }
  double value(const Eigen::VectorXd& x) const;
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const;
  void hessian_times(const Eigen::VectorXd& x, const Eigen::VectorXd& v,
                     Eigen::VectorXd& out) const;
  /// l0 = x^T form x, (p d) x (p d), symmetric.
  const Eigen::MatrixXd& form() const { return form_; }

 private:
  Eigen::MatrixXd form_;
};
static_assert(TwiceSmoothLoss<TangentMetricLoss>);

struct DecoderMetricSetting {
  DecoderMetric metric = DecoderMetric::output;
  MetricScale scale = MetricScale::spread;  // `tangent` takes `embeddings` alone
  /// Tabulate a tanh decoder of one number over the sums of embeddings up to this far beyond where
  /// they start, in units of their largest size; 0: never tabulate.
  double reach = 8.0;
};

/// The loss for a decoder and initial embeddings (p x d). Throws InputError for tangent with
/// `spread`, a task size or decoder that does not fit.
LossFunctions decoder_metric_loss(const OutputClasses& classes, const Eigen::MatrixXd& embeddings,
                                  const DecoderNetwork& decoder,
                                  const DecoderMetricSetting& setting);

}  // namespace grok
