// theory/decoder_network.hpp: a decoder as the theory sees it: a function of the sum (or product)
// of embeddings that is given before training. Layers are matrices; nothing is learnt here.
//   f(x) = W_L s(... s(W_1 x + b_1) ...) + b_L, s = tanh or relu;   x (d), f (m)
//   kernel features: the last hidden layer, h = s(W_{L-1} ... + b_{L-1})
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

namespace grok {

struct DecoderLayer {
  Eigen::MatrixXd weight;  // outputs x inputs
  Eigen::VectorXd bias;    // outputs
};

enum class DecoderActivation { tanh, relu };
/// "tanh", "relu"; throws InputError for anything else.
DecoderActivation decoder_activation_from(const std::string& where, const std::string& name);

/// A function R^d -> R^m of many points at once, with the transpose of its derivative.
class DecoderMap {
 public:
  virtual ~DecoderMap() = default;
  virtual Eigen::Index inputs() const = 0;   // d
  virtual Eigen::Index outputs() const = 0;  // m
  /// f of each column: x d x n, out m x n, resized.
  virtual void evaluate(const Eigen::MatrixXd& x, Eigen::MatrixXd& out) const = 0;
  /// J(x)^T g per column: x d x n, g m x n, out d x n, resized.
  virtual void pull_back(const Eigen::MatrixXd& x, const Eigen::MatrixXd& g,
                         Eigen::MatrixXd& out) const = 0;
};

class DecoderNetwork final : public DecoderMap {
 public:
  /// Throws InputError "DecoderNetwork: layers[1].weight = 3 x 4, allowed ..." unless layers fit
  /// each other and are finite.
  DecoderNetwork(std::vector<DecoderLayer> layers, DecoderActivation activation);

  Eigen::Index inputs() const override { return layers_.front().weight.cols(); }
  Eigen::Index outputs() const override { return layers_.back().weight.rows(); }
  /// Cost: 2 n times the number of weights; `pull_back` twice that.
  void evaluate(const Eigen::MatrixXd& x, Eigen::MatrixXd& out) const override;
  void pull_back(const Eigen::MatrixXd& x, const Eigen::MatrixXd& g,
                 Eigen::MatrixXd& out) const override;
  Eigen::MatrixXd jacobian(const Eigen::VectorXd& x) const;  // m x d
  /// f' at many points of a network of one input: x 1 x n, result m x n.
  Eigen::MatrixXd slopes(const Eigen::MatrixXd& x) const;

  DecoderActivation activation() const { return activation_; }
  /// The network without its output layer: x -> h. Throws InputError without a hidden layer.
  DecoderNetwork features() const;

 private:
  std::vector<Eigen::MatrixXd> forward(const Eigen::MatrixXd& x) const;  // after each layer
  Eigen::MatrixXd along(const Eigen::MatrixXd& x, const Eigen::MatrixXd& direction) const;
  std::vector<DecoderLayer> layers_;
  DecoderActivation activation_;
  bool ends_hidden_ = false;  // the last layer is a hidden one: what features() gives
};

}  // namespace grok
