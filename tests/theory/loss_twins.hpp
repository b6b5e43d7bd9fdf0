// tests/theory/loss_twins.hpp: the built-in effective losses written out from their definitions,
// parallelogram by parallelogram, for any type of number: references for values and, through
// AutomaticLoss, for gradients.
#pragma once

#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "theory/automatic_loss.hpp"
#include "theory/decoder_network.hpp"
#include "theory/parallelograms.hpp"

namespace grok {

template <class T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

inline Eigen::VectorXd normal_vector(Index n, std::uint64_t seed) {
  RandomStream stream(seed, "test/losses");
  Eigen::VectorXd x(n);
  for (double& number : x) {
    number = stream.normal();
  }
  return x;
}

/// Sum over P0(D) of |E_i + E_j - E_m - E_n|^2 / Z0.
struct ParallelogramTwin {
  Index p, d;
  std::vector<Parallelogram> list;
  Index dimension() const { return p * d; }
  template <class T>
  T value(const Vector<T>& x) const {
    T total(0);
    for (const auto& [a, b] : list) {
      for (Index k = 0; k < d; ++k) {
        const T defect = x[k * p + a.i] + x[k * p + a.j] - x[k * p + b.i] - x[k * p + b.j];
        total += defect * defect;
      }
    }
    return total / x.squaredNorm();
  }
};

/// p k^2 sum |E_a E_b - E_c E_d|^2 / Z0^2.
struct MatrixTwin {
  Index p, k;
  std::vector<Parallelogram> list;
  Index dimension() const { return p * k * k; }
  template <class T>
  T value(const Vector<T>& x) const {
    const auto entry = [&](std::int32_t a, Index r, Index c) { return x[(r * k + c) * p + a]; };
    T total(0);
    for (const auto& [s, t] : list) {
      for (Index r = 0; r < k; ++r) {
        for (Index c = 0; c < k; ++c) {
          T defect(0);
          for (Index n = 0; n < k; ++n) {
            defect += entry(s.i, r, n) * entry(s.j, n, c);
            defect -= entry(t.i, r, n) * entry(t.j, n, c);
          }
          total += defect * defect;
        }
      }
    }
    const T Z0 = x.squaredNorm();
    return total * static_cast<double>(dimension()) / (Z0 * Z0);
  }
};

/// p sum |z_i z_j - z_m z_n|^2 / Z0^2, real and imaginary parts written out.
struct CircleTwin {
  Index p;
  std::vector<Parallelogram> list;
  Index dimension() const { return 2 * p; }
  template <class T>
  T value(const Vector<T>& x) const {
    T total(0);
    for (const auto& [a, b] : list) {
      const T re =
          x[a.i] * x[a.j] - x[p + a.i] * x[p + a.j] - (x[b.i] * x[b.j] - x[p + b.i] * x[p + b.j]);
      const T im =
          x[a.i] * x[p + a.j] + x[p + a.i] * x[a.j] - (x[b.i] * x[p + b.j] + x[p + b.i] * x[b.j]);
      total += re * re + im * im;
    }
    const T Z0 = x.squaredNorm();
    return total * static_cast<double>(p) / (Z0 * Z0);
  }
};

/// Pair by pair.
struct ClassTwin {
  std::vector<std::int64_t> labels;
  Index d;
  double repulsion;
  Index points() const { return static_cast<Index>(labels.size()); }
  Index dimension() const { return points() * d; }
  template <class T>
  T value(const Vector<T>& x) const {
    using std::exp;
    const Index N = points();
    const T Z = x.squaredNorm();
    T total(0);
    std::int64_t most = 0;
    for (Index a = 0; a < N; ++a) {
      most = std::max(most, label(a));
      for (Index b = 0; b < a; ++b) {
        for (Index k = 0; k < d && label(a) == label(b); ++k) {
          const T apart = x[k * N + a] - x[k * N + b];
          total += apart * apart;
        }
      }
    }
    T repelled(0);
    for (std::int64_t c = 0; c <= most; ++c) {
      for (std::int64_t e = 0; e < c; ++e) {
        T distance(0);
        for (Index k = 0; k < d; ++k) {
          const T apart = mean<T>(x, c, k) - mean<T>(x, e, k);
          distance += apart * apart;
        }
        const T close = exp(distance * static_cast<double>(-N) / Z);
        repelled += close;
      }
    }
    const double pairs = 0.5 * static_cast<double>(most * (most + 1));
    return total / Z + repelled * (repulsion / pairs);
  }

 private:
  std::int64_t label(Index a) const { return labels[static_cast<std::size_t>(a)]; }
  template <class T>
  T mean(const Vector<T>& x, std::int64_t c, Index k) const {
    T sum(0);
    double count = 0;
    for (Index a = 0; a < points(); ++a) {
      if (label(a) == c) {
        sum += x[k * points() + a];
        count += 1;
      }
    }
    return sum / count;
  }
};

/// Layers of a tanh network, one number at a time.
template <class T>
Vector<T> tanh_network(const std::vector<DecoderLayer>& layers, Vector<T> h, bool end_hidden) {
  using std::tanh;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto& [W, b] = layers[l];
    Vector<T> z(W.rows());
    for (Index r = 0; r < W.rows(); ++r) {
      z[r] = T(b[r]);
      for (Index c = 0; c < W.cols(); ++c) {
        z[r] += h[c] * W(r, c);
      }
      if (l + 1 < layers.size() || end_hidden) {
        const T a = tanh(z[r]);
        z[r] = a;
      }
    }
    h = z;
  }
  return h;
}

/// Sum over pairs of |f - f'|^2 over the spread of f, or over stretch * Z0 if stretch > 0.
struct DecoderTwin {
  Index p, d;
  OutputClasses classes;
  std::vector<DecoderLayer> layers;
  bool end_hidden = false;
  double stretch = 0;
  Index dimension() const { return p * d; }
  template <class T>
  T value(const Vector<T>& x) const {
    std::vector<Vector<T>> f;
    for (const Sample s : classes.samples) {
      Vector<T> r(d);
      for (Index k = 0; k < d; ++k) {
        r[k] = x[k * p + s.i] + x[k * p + s.j];
      }
      f.push_back(tanh_network<T>(layers, r, end_hidden));
    }
    T within(0), all(0);
    Index first = 0;
    for (Index c = 0; c < classes.count(); ++c) {
      const auto count = static_cast<Index>(classes[c].size());
      for (Index a = first; a < first + count; ++a) {
        for (Index b = first; b < a; ++b) {
          within += square(f, a, b);
        }
      }
      first += count;
    }
    const auto n = static_cast<Index>(f.size());
    for (Index a = 0; a < n; ++a) {  // n sum |f - mean|^2 = sum over pairs |f - f'|^2
      for (Index b = 0; b < a; ++b) {
        all += square(f, a, b);
      }
    }
    if (stretch > 0) {
      return within / (x.squaredNorm() * stretch);
    }
    return within * static_cast<double>(n) / all;
  }

 private:
  template <class T>
  static T square(const std::vector<Vector<T>>& f, Index a, Index b) {
    T sum(0);
    for (Index k = 0; k < f[0].size(); ++k) {
      const T apart = f[static_cast<std::size_t>(a)][k] - f[static_cast<std::size_t>(b)][k];
      sum += apart * apart;
    }
    return sum;
  }
};

/// Weights of PyTorch's size: U(-1/sqrt(inputs), 1/sqrt(inputs)) times scale.
inline std::vector<DecoderLayer> random_layers(const std::vector<Index>& widths, std::uint64_t seed,
                                               double scale = 1.0) {
  RandomStream stream(seed, "test/decoder");
  std::vector<DecoderLayer> layers;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const double bound = scale / std::sqrt(static_cast<double>(widths[l]));
    DecoderLayer layer{Eigen::MatrixXd(widths[l + 1], widths[l]), Eigen::VectorXd(widths[l + 1])};
    for (double& w : layer.weight.reshaped()) {
      w = stream.uniform(-bound, bound);
    }
    for (double& b : layer.bias) {
      b = stream.uniform(-bound, bound);
    }
    layers.push_back(layer);
  }
  return layers;
}

}  // namespace grok
