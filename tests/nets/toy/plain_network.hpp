// tests/nets/toy/plain_network.hpp: the network by its definition, in loops over doubles: outputs,
// loss, answers, gradients, of sums, of matrix products and of both vectors. Slow and readable; the
// kernels are held against it.
#pragma once

#include <cmath>
#include <vector>

#include "nets/toy/network.hpp"

namespace grok::toy {

class PlainNetwork {
 public:
  using Numbers = std::vector<double>;

  PlainNetwork(const RunSpec& spec, const InitialState& state)
      : spec_(spec), state_(state), combination_(task_of(spec).combination()) {}

  /// What the decoder sees: E_i + E_j, or E_i E_j row by row, or E_i and E_j or F_j.
  Numbers input(Sample s) const {
    const Index d = spec_.representation_dimension;
    Numbers x;
    if (concatenates()) {
      for (Index e = 0; e < 2 * d; ++e) {
        x.push_back(e < d ? state_.embeddings(s.i, e) : state_.embeddings(second(s), e - d));
      }
      return x;
    }
    for (Index e = 0; e < d; ++e) {
      x.push_back(combination_ == Combination::matrix_product
                      ? (matrix(s.i) * matrix(s.j))(e / size(), e % size())
                      : state_.embeddings(s.i, e) + state_.embeddings(s.j, e));
    }
    return x;
  }

  /// a of every layer, the input first, the outputs last.
  std::vector<Numbers> activations(Sample s) const {
    std::vector<Numbers> a = {input(s)};
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

  /// What is minimised: the mean loss and l1 times the mean |E|.
  double objective(const Task& task, std::span<const Sample> samples) const {
    return score(task, samples).loss +
           spec_.representation_l1 * state_.embeddings.cwiseAbs().mean();
  }

  /// Gradient of the objective, in the order and shapes of Network::blocks.
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
    const Eigen::MatrixXd sign = state_.embeddings.cwiseSign().transpose();  // 0 at 0
    for (std::size_t k = 0; k < g[0].size(); ++k) {
      g[0][k] += spec_.representation_l1 / static_cast<double>(g[0].size()) * sign.data()[k];
    }
    return g;
  }

 private:
  bool concatenates() const {
    return combination_ != Combination::sum && combination_ != Combination::matrix_product;
  }
  /// Row of the second embedding; F has p rows below those of E.
  Index second(Sample s) const {
    return combination_ == Combination::concatenate ? spec_.symbols + s.j : s.j;
  }
  bool tanh() const { return spec_.decoder_activation == "tanh"; }
  Index size() const {
    return std::lround(std::sqrt(static_cast<double>(spec_.representation_dimension)));
  }
  Eigen::MatrixXd matrix(std::int32_t symbol) const {
    Eigen::MatrixXd m(size(), size());
    for (Index e = 0; e < m.size(); ++e) {
      m(e / size(), e % size()) = state_.embeddings(symbol, e);
    }
    return m;
  }

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
    if (combination_ == Combination::matrix_product) {
      add_product_gradient(s, delta, weight, g[0]);
      return;
    }
    const auto d = static_cast<std::size_t>(spec_.representation_dimension);
    for (std::size_t e = 0; concatenates() && e < 2 * d; ++e) {
      const Index row = e < d ? s.i : second(s);
      g[0][static_cast<std::size_t>(row) * d + e % d] += weight * delta[e];
    }
    if (concatenates()) {
      return;
    }
    for (std::size_t k = 0; k < delta.size(); ++k) {
      for (const std::int32_t symbol : {s.i, s.j}) {
        g[0][static_cast<std::size_t>(symbol) * delta.size() + k] += weight * delta[k];
      }
    }
  }

  /// Every term of (E_i E_j)_rc = sum over m of (E_i)_rm (E_j)_mc by itself.
  void add_product_gradient(Sample s, const Numbers& delta, double weight, Numbers& g) const {
    const Index k = size();
    const auto entry = [&](std::int32_t symbol, Index row, Index column) -> double& {
      return g[static_cast<std::size_t>((symbol * k + row) * k + column)];
    };
    for (Index r = 0; r < k; ++r) {
      for (Index c = 0; c < k; ++c) {
        const double above = weight * delta[static_cast<std::size_t>(r * k + c)];
        for (Index m = 0; m < k; ++m) {
          entry(s.i, r, m) += above * matrix(s.j)(m, c);
          entry(s.j, m, c) += above * matrix(s.i)(r, m);
        }
      }
    }
  }

  const RunSpec& spec_;
  const InitialState& state_;
  Combination combination_;
};

}  // namespace grok::toy
