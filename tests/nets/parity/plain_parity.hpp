// A parity run as it is written down, with Eigen alone: the twin of the cpu engine.
#pragma once

#include <Eigen/Core>

#include "core/random.hpp"
#include "nets/parity/network.hpp"
#include "nets/parity/strings.hpp"

namespace grok::parity {

/// One step of gradient descent on the mean hinge loss of these strings.
inline void plain_step(Weights& weights, const Eigen::MatrixXd& strings,
                       const Eigen::VectorXd& labels, double rate, double decay) {
  const Eigen::MatrixXd h = weights.activations(strings);
  const Eigen::VectorXd f = h * weights.u;
  const auto count = static_cast<double>(labels.size());
  Eigen::VectorXd slope(labels.size());
  for (Eigen::Index k = 0; k < labels.size(); ++k) {
    slope[k] = 1 - labels[k] * f[k] > 0 ? -labels[k] / count : 0;
  }
  const Eigen::MatrixXd back =
      (h.array() > 0).cast<double>().matrix().cwiseProduct(slope * weights.u.transpose());
  const Eigen::VectorXd u_gradient = h.transpose() * slope;
  weights.W -= rate * (back.transpose() * strings + decay * weights.W);
  weights.b -= rate * (back.colwise().sum().transpose() + decay * weights.b);
  weights.u -= rate * (u_gradient + decay * weights.u);
}

/// The weights after so many epochs, with the batches of the run.
inline Weights plain_training(const RunSpec& checked, std::int64_t epochs) {
  const Strings strings = make_strings(checked);
  Weights weights = initial_weights(checked);
  RandomStream batches(static_cast<std::uint64_t>(*checked.batch_seed), "parity/batches");
  const std::int64_t size = checked.batch == 0 ? checked.train : checked.batch;
  for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
    const auto order = batches.sample(checked.train, checked.train);
    for (std::int64_t first = 0; first < checked.train; first += size) {
      const std::int64_t count = std::min(size, checked.train - first);
      Eigen::MatrixXd inputs(count, checked.bits);
      Eigen::VectorXd labels(count);
      for (std::int64_t k = 0; k < count; ++k) {
        const std::int64_t row = order[static_cast<std::size_t>(first + k)];
        inputs.row(k) = strings.train.row(row);
        labels[k] = strings.labels[row];
      }
      plain_step(weights, inputs, labels, checked.rate, checked.decay);
    }
  }
  return weights;
}

/// Checked, by code.
inline RunSpec spec_of(RunSpec spec) {
  return checked(std::move(spec), [](const std::string&) { return std::string("test"); });
}

}  // namespace grok::parity
