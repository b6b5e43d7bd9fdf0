// Networks of the mode flow's tests, written out number by number.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>
#include <vector>

#include "core/random.hpp"
#include "theory/mode_flow.hpp"
#include "theory/training_set.hpp"

namespace grok::mode_flow_test {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Case {
  Task task = Task::addition(5);
  std::vector<Sample> train;
  VectorXd E;
  std::vector<DecoderLayer> decoder;
  DecoderActivation activation = DecoderActivation::tanh;
  ModeFlowTargets targets;
};

inline MatrixXd drawn(RandomStream& stream, Index rows, Index columns, double size) {
  MatrixXd matrix(rows, columns);
  for (double& number : matrix.reshaped()) {
    number = stream.uniform(-size, size);
  }
  return matrix;
}

/// p = 5, K and H units, 3 outputs; a first layer of many curvatures, so that all modes count.
inline Case small_case(DecoderActivation activation, bool classes, Index K = 4, Index H = 5) {
  RandomStream stream(7, "test/mode flow");
  Case c;
  c.activation = activation;
  c.train = draw_training_set(c.task, 11, 3);
  c.E = drawn(stream, 5, 1, 0.5);
  for (const auto& [rows, columns, size] :
       {std::tuple(K, Index{1}, 1.5), std::tuple(H, K, 0.7), std::tuple(Index{3}, H, 0.7)}) {
    c.decoder.push_back({drawn(stream, rows, columns, size), drawn(stream, rows, 1, size)});
  }
  c.decoder[0].weight += 0.5 * c.decoder[0].weight.cwiseSign();  // every kink of relu inside
  const MatrixXd labels = drawn(stream, 3, c.task.outputs(), 1.5);
  c.targets.values.resize(classes ? 0 : 3, classes ? 0 : std::ssize(c.train));
  for (std::size_t a = 0; a < c.train.size(); ++a) {
    const Index output = c.task.output(c.train[a]);
    if (classes) {
      c.targets.classes.push_back(output % 3);
    } else {
      c.targets.values.col(static_cast<Index>(a)) = labels.col(output);
    }
  }
  return c;
}

inline ModeFlow<double> flow_of(const Case& c, const ModeFlowSettings& settings) {
  return {c.train, c.E, c.decoder, c.activation, c.targets, settings};
}

inline ModeFlowSettings descent(Index modes, double representation_rate, double decoder_rate) {
  ModeFlowSettings settings;
  settings.modes = modes;
  settings.representation_rate = representation_rate;
  settings.decoder_rate = decoder_rate;
  settings.optimiser = FlowOptimiser::gradient_descent;
  return settings;
}

inline double act(DecoderActivation activation, double z) {
  return activation == DecoderActivation::tanh ? std::tanh(z) : std::max(z, 0.0);
}
inline double slope(DecoderActivation activation, double z) {
  return activation == DecoderActivation::tanh ? 1 - std::tanh(z) * std::tanh(z) : z > 0 ? 1 : 0;
}

/// dl/df of one sample, and its share of the loss: number by number.
inline VectorXd residual(const Case& c, const VectorXd& f, std::size_t a, double& loss) {
  const auto n = static_cast<double>(c.train.size()), m = static_cast<double>(f.size());
  VectorXd delta(f.size());
  if (c.targets.classes.empty()) {
    for (Index o = 0; o < f.size(); ++o) {
      const double off = f[o] - c.targets.values(o, static_cast<Index>(a));
      loss += off * off / (n * m);
      delta[o] = 2 * off / (n * m);
    }
    return delta;
  }
  const Index wanted = c.targets.classes[a];
  double sum = 0;
  for (const double number : f) {
    sum += std::exp(number);
  }
  loss -= std::log(std::exp(f[wanted]) / sum) / n;
  for (Index o = 0; o < f.size(); ++o) {
    delta[o] = (std::exp(f[o]) / sum - (o == wanted ? 1 : 0)) / n;
  }
  return delta;
}

/// Gradients of everything behind features phi(x), |phi| = F: f = W s(V phi(x)) + b.
struct Slopes {
  VectorXd E, b;
  MatrixXd V, W;
  double loss = 0;
};

struct Twin {
  const Case* c;
  std::function<VectorXd(double)> phi, phi_slope;
  VectorXd E, b;
  MatrixXd V, W;

  Slopes slopes() const {
    Slopes g{0 * E, 0 * b, 0 * V, 0 * W, 0};
    for (std::size_t a = 0; a < c->train.size(); ++a) {
      const Sample s = c->train[a];
      const double x = E[s.i] + E[s.j];
      const VectorXd features = phi(x), z = V * features;
      VectorXd h = z, pulled = z;
      for (Index u = 0; u < z.size(); ++u) {
        h[u] = act(c->activation, z[u]);
      }
      const VectorXd delta = residual(*c, W * h + b, a, g.loss);
      g.W += delta * h.transpose();
      g.b += delta;
      for (Index u = 0; u < z.size(); ++u) {
        pulled[u] = W.col(u).dot(delta) * slope(c->activation, z[u]);
      }
      g.V += pulled * features.transpose();
      const double gx = pulled.dot(V * phi_slope(x));
      g.E[s.i] += gx;
      g.E[s.j] += gx;
    }
    return g;
  }
};

/// The network itself with its first layer frozen: phi = (h, 1), V = (W_2 b_2).
inline Twin frozen_network(const Case& c) {
  const DecoderLayer& first = c.decoder[0];
  const Index K = first.weight.rows();
  MatrixXd second(c.decoder[1].weight.rows(), K + 1);
  second << c.decoder[1].weight, c.decoder[1].bias;
  const auto features = [&c, &first, K](double x) {
    VectorXd h = VectorXd::Ones(K + 1);
    for (Index k = 0; k < K; ++k) {
      h[k] = act(c.activation, first.weight(k, 0) * x + first.bias[k]);
    }
    return h;
  };
  const auto their_slopes = [&c, &first, K](double x) {
    VectorXd h = VectorXd::Zero(K + 1);
    for (Index k = 0; k < K; ++k) {
      h[k] = first.weight(k, 0) * slope(c.activation, first.weight(k, 0) * x + first.bias[k]);
    }
    return h;
  };
  return {&c, features, their_slopes, c.E, c.decoder[2].bias, second, c.decoder[2].weight};
}

inline void descend(Twin& twin, const ModeFlowSettings& s) {
  const Slopes g = twin.slopes();
  twin.E -= s.representation_rate * (s.representation_decay * twin.E + g.E);
  twin.V -= s.decoder_rate * (s.decoder_decay * twin.V + g.V);
  twin.W -= s.decoder_rate * (s.decoder_decay * twin.W + g.W);
  twin.b -= s.decoder_rate * (s.decoder_decay * twin.b + g.b);
}

inline double distance(const VectorXd& a, const VectorXd& b) {
  return (a - b).cwiseAbs().maxCoeff();
}

}  // namespace grok::mode_flow_test
