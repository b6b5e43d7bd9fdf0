// tests/nets/plain_network.hpp: the network by its definition, in loops over doubles: outputs,
// loss, answers, gradients. Slow and readable; the kernels are held against it.
#pragma once

#include <cmath>
#include <vector>

#include "nets/network.hpp"

namespace grok {

class PlainNetwork {
 public:
  using Numbers = std::vector<double>;

  PlainNetwork(const RunSpec& spec, const InitialState& state) : spec_(spec), state_(state) {}

  /// a of every layer, the input first, the outputs last.
  std::vector<Numbers> activations(Sample s) const {
    std::vector<Numbers> a(1);
    for (Index k = 0; k < spec_.representation_dimension; ++k) {
      a[0].push_back(state_.embeddings(s.i, k) + state_.embeddings(s.j, k));
    }
    for (std::size_t l = 0; l < state_.decoder.size(); ++l) {
      const Layer& layer = state_.decoder[l];
      Numbers z;
      for (Index r = 0; r < layer.bias.size(); ++r) {
        z.push_back(layer.bias(r));
        for (Index c = 0; c < layer.weight.cols(); ++c) {
          z.back() += layer.weight(r, c) * a[l][static_cast<std::size_t>(c)];
        }
        if (l + 1 < state_.decoder.size()) {
          z.back() = tanh() ? std::tanh(z.back()) : std::max(z.back(), 0.0);
        }
      }
      a.push_back(z);
    }
    return a;
  }

  double loss(const Numbers& f, Index target) const {
    double sum = 0;
    const double right = spec_.loss == "mse" ? 0 : f[static_cast<std::size_t>(target)];
    for (std::size_t o = 0; o < f.size(); ++o) {
      if (spec_.loss == "mse") {
        sum += std::pow(f[o] - state_.labels(target, static_cast<Index>(o)), 2);
      } else if (spec_.loss == "cross-entropy") {
        sum += std::exp(f[o] - right);
      } else if (static_cast<Index>(o) != target) {
        sum += std::max(0.0, 1 - right + f[o]);
      }
    }
    return spec_.loss == "cross-entropy" ? std::log(sum) : sum / static_cast<double>(f.size());
  }

  Index answer(const Numbers& f) const {
    Index best = 0;
    const auto merit = [&](Index c) {
      if (spec_.loss != "mse") {
        return f[static_cast<std::size_t>(c)];
      }
      double distance = 0;
      for (std::size_t o = 0; o < f.size(); ++o) {
        distance += std::pow(f[o] - state_.labels(c, static_cast<Index>(o)), 2);
      }
      return -distance;
    };
    const Index count = spec_.loss == "mse" ? state_.labels.rows() : std::ssize(f);
    for (Index c = 1; c < count; ++c) {
      best = merit(c) > merit(best) ? c : best;
    }
    return best;
  }

  Score score(const Task& task, std::span<const Sample> samples) const {
    Score score{.count = std::ssize(samples)};
    for (const Sample s : samples) {
      const Numbers f = activations(s).back();
      score.loss += loss(f, task.output(s)) / static_cast<double>(samples.size());
      score.correct += answer(f) == task.output(s) ? 1 : 0;
    }
    return score;
  }

  /// Gradient of the mean loss, in the order and shapes of Network::blocks.
  std::vector<Numbers> gradients(const Task& task, std::span<const Sample> samples) const {
    std::vector<Numbers> g(1);
    g[0].resize(static_cast<std::size_t>(state_.embeddings.size()));
    for (const Layer& layer : state_.decoder) {
      g.emplace_back(static_cast<std::size_t>(layer.weight.size()));
      g.emplace_back(static_cast<std::size_t>(layer.bias.size()));
    }
    for (const Sample s : samples) {
      add_gradient(s, task.output(s), 1.0 / static_cast<double>(samples.size()), g);
    }
    return g;
  }

 private:
  bool tanh() const { return spec_.decoder_activation == "tanh"; }

  Numbers output_delta(const Numbers& f, Index target) const {
    Numbers delta;
    double sum = 0, violated = 0;
    const auto c = static_cast<std::size_t>(target), count = f.size();
    for (const double x : f) {
      sum += std::exp(x);
    }
    for (std::size_t o = 0; o < count; ++o) {
      if (spec_.loss == "mse") {
        delta.push_back(2 * (f[o] - state_.labels(target, static_cast<Index>(o))) /
                        static_cast<double>(count));
      } else if (spec_.loss == "cross-entropy") {
        delta.push_back(std::exp(f[o]) / sum - (o == c ? 1 : 0));
      } else {
        const bool active = o != c && 1 - f[c] + f[o] > 0;
        delta.push_back(active ? 1.0 / static_cast<double>(count) : 0.0);
        violated += active ? 1 : 0;
      }
    }
    if (spec_.loss == "hinge") {
      delta[c] = -violated / static_cast<double>(count);
    }
    return delta;
  }

  void add_gradient(Sample s, Index target, double weight, std::vector<Numbers>& g) const {
    const std::vector<Numbers> a = activations(s);
    Numbers delta = output_delta(a.back(), target);
    for (std::size_t l = state_.decoder.size(); l-- > 0;) {
      const Eigen::MatrixXd& W = state_.decoder[l].weight;
      Numbers down(a[l].size());
      for (std::size_t c = 0; c < down.size(); ++c) {
        for (std::size_t r = 0; r < delta.size(); ++r) {
          down[c] += W(static_cast<Index>(r), static_cast<Index>(c)) * delta[r];
          g[1 + 2 * l][c * delta.size() + r] += weight * delta[r] * a[l][c];
        }
        if (l > 0) {
          down[c] *= tanh() ? 1 - a[l][c] * a[l][c] : (a[l][c] > 0 ? 1 : 0);
        }
      }
      for (std::size_t r = 0; r < delta.size(); ++r) {
        g[2 + 2 * l][r] += weight * delta[r];
      }
      delta = down;
    }
    for (std::size_t k = 0; k < delta.size(); ++k) {
      for (const std::int32_t symbol : {s.i, s.j}) {
        g[0][static_cast<std::size_t>(symbol) * delta.size() + k] += weight * delta[k];
      }
    }
  }

  const RunSpec& spec_;
  const InitialState& state_;
};

}  // namespace grok
