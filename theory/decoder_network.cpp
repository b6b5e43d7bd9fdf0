#include "theory/decoder_network.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "core/errors.hpp"

namespace grok {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

void check_layers(const std::vector<DecoderLayer>& layers) {
  const char* where = "DecoderNetwork";
  if (layers.empty()) {
    reject(where, "layers", "none", "at least one");
  }
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto& [weight, bias] = layers[l];
    const Index inputs = l == 0 ? weight.cols() : layers[l - 1].weight.rows();
    if (weight.rows() < 1 || weight.cols() < 1 || weight.cols() != inputs) {
      reject(where, fmt::format("layers[{}].weight", l),
             fmt::format("{} x {}", weight.rows(), weight.cols()),
             fmt::format("outputs x {}", l == 0 ? "inputs" : fmt::format("{}", inputs)));
    }
    if (bias.size() != weight.rows()) {
      reject(where, fmt::format("layers[{}].bias", l), fmt::format("{} numbers", bias.size()),
             fmt::format("{}", weight.rows()));
    }
    if (!weight.allFinite() || !bias.allFinite()) {
      reject(where, fmt::format("layers[{}]", l), "not finite", "finite numbers");
    }
  }
}

void activate(MatrixXd& z, DecoderActivation activation) {
  if (activation == DecoderActivation::tanh) {
    z = z.array().tanh();
  } else {
    z = z.cwiseMax(0.0);
  }
}

/// s'(z) from s(z); relu's is 0 at 0.
MatrixXd slope_of(const MatrixXd& a, DecoderActivation activation) {
  if (activation == DecoderActivation::tanh) {
    return 1.0 - a.array().square();
  }
  return (a.array() > 0).cast<double>();
}

}  // namespace

DecoderActivation decoder_activation_from(const std::string& where, const std::string& name) {
  if (name == "tanh") {
    return DecoderActivation::tanh;
  }
  if (name == "relu") {
    return DecoderActivation::relu;
  }
  reject(where, "decoder_activation", "'" + name + "'", "tanh, relu");
}

DecoderNetwork::DecoderNetwork(std::vector<DecoderLayer> layers, DecoderActivation activation)
    : layers_(std::move(layers)), activation_(activation) {
  check_layers(layers_);
}

std::vector<MatrixXd> DecoderNetwork::forward(const MatrixXd& x) const {
  require_in_range("DecoderNetwork", "x.rows()", x.rows(), inputs(), inputs());
  std::vector<MatrixXd> activations;
  activations.reserve(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const MatrixXd& below = l == 0 ? x : activations.back();
    MatrixXd z = (layers_[l].weight * below).colwise() + layers_[l].bias;
    if (l + 1 < layers_.size() || ends_hidden_) {
      activate(z, activation_);
    }
    activations.push_back(std::move(z));
  }
  return activations;
}

void DecoderNetwork::evaluate(const MatrixXd& x, MatrixXd& out) const {
  out = std::move(forward(x).back());
}

void DecoderNetwork::pull_back(const MatrixXd& x, const MatrixXd& g, MatrixXd& out) const {
  require_in_range("DecoderNetwork", "g.rows()", g.rows(), outputs(), outputs());
  require_in_range("DecoderNetwork", "g.cols()", g.cols(), x.cols(), x.cols());
  const std::vector<MatrixXd> activations = forward(x);
  MatrixXd delta = g;
  for (std::size_t l = layers_.size(); l-- > 0;) {
    if (l + 1 < layers_.size() || ends_hidden_) {
      delta.array() *= slope_of(activations[l], activation_).array();
    }
    delta = layers_[l].weight.transpose() * delta;
  }
  out = std::move(delta);
}

/// The derivative along one direction per column, forwards through the layers.
MatrixXd DecoderNetwork::along(const MatrixXd& x, const MatrixXd& direction) const {
  const std::vector<MatrixXd> activations = forward(x);
  MatrixXd tangent = direction;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    tangent = layers_[l].weight * tangent;
    if (l + 1 < layers_.size() || ends_hidden_) {
      tangent.array() *= slope_of(activations[l], activation_).array();
    }
  }
  return tangent;
}

MatrixXd DecoderNetwork::jacobian(const VectorXd& x) const {
  require_in_range("DecoderNetwork", "x.size()", x.size(), inputs(), inputs());
  return along(x.replicate(1, inputs()), MatrixXd::Identity(inputs(), inputs()));
}

MatrixXd DecoderNetwork::slopes(const MatrixXd& x) const {
  require_in_range("DecoderNetwork", "inputs", inputs(), Index{1}, Index{1});
  return along(x, MatrixXd::Ones(1, x.cols()));
}

DecoderNetwork DecoderNetwork::features() const {
  if (ends_hidden_ || layers_.size() < 2) {
    reject("DecoderNetwork::features", "hidden layers", "none", "at least one");
  }
  DecoderNetwork hidden = *this;
  hidden.layers_.pop_back();
  hidden.ends_hidden_ = true;
  return hidden;
}

}  // namespace grok
