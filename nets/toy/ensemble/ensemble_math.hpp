// nets/toy/ensemble/ensemble_math.hpp: what an ensemble does beside its matrix products, written
// once. Loops drive these functions on the CPU (ensemble_cpu.cpp), kernels on the GPU
// (ensemble_cuda.cu).
//   B members, n samples of a pass; a matrix of a member is row-major, a row is a sample (or an
//   output, of a weight); member b's part of an array starts at b times its size.
//   A team shares the work on one item: one on the CPU (Alone), a warp on the GPU.
// Everything has internal linkage: ensemble_cpu.cpp is built once per instruction set, and the
// linker must not pick a function of one variant for another.
#pragma once

#include <cmath>
#include <cstdint>

#include "nets/toy/ensemble/ensemble_embeddings.hpp"

namespace grok::toy {
namespace {

struct Alone {
  static constexpr std::int64_t rank = 0, size = 1;
  GROK_HOST_DEVICE double sum(double value) const { return value; }
  GROK_HOST_DEVICE void sync() const {}
  /// The largest value, the lowest index among equals, known to everyone.
  GROK_HOST_DEVICE void best(double&, std::int64_t&) const {}
};

GROK_HOST_DEVICE inline bool not_a_number(double x) { return !(x == x); }
GROK_HOST_DEVICE inline double infinity() { return HUGE_VAL; }

GROK_HOST_DEVICE inline double hyperbolic_tangent(double x) { return std::tanh(x); }
/// x P(x^2) / Q(x^2), a minimax fit on [-9.01, 9.01], where tanh rounds to 1; at most 3.5e-7 of
/// relative error in float32 (tests: torch_ensemble_math.cpp). NaN stays NaN.
GROK_HOST_DEVICE inline float hyperbolic_tangent(float x) {
#ifdef __CUDA_ARCH__
  return tanhf(x);
#else
  constexpr float end = 9.01f;
  const float low = x < -end ? -end : x;
  const float y = low > end ? end : low;
  const float u = y * y;
  const float above =
      (((1.33349701e-08f * u + 2.05949204e-05f) * u + 0.00349472886f) * u + 0.133803024f) * u +
      0.999999979f;
  const float below =
      (((7.76851496e-07f * u + 0.000328422878f) * u + 0.0258737141f) * u + 0.467136178f) * u + 1.0f;
  return y * above / below;
#endif
}

template <bool relu, class Real>
GROK_HOST_DEVICE inline Real activate(Real z) {
  if constexpr (relu) {
    return z < Real(0) ? Real(0) : z;  // NaN stays NaN
  } else {
    return hyperbolic_tangent(z);
  }
}

/// phi'(z) from a = phi(z).
template <Activation kind, class Real>
GROK_HOST_DEVICE inline Real slope(Real a) {
  if constexpr (kind == Activation::relu) {
    return a > Real(0) ? Real(1) : Real(0);
  } else if constexpr (kind == Activation::tanh) {
    return Real(1) - a * a;
  } else {
    return Real(1);
  }
}

/// The samples of the next update of member b, from the numbers drawn on the host.
template <class Real>
GROK_HOST_DEVICE inline void choose(const EnsembleArrays<Real>& e, std::int64_t b, std::int64_t k) {
  const MemberState& state = e.states[b];
  if (state.milestones.ended) {
    return;
  }
  const std::int64_t step = state.updates - 1 - e.chunk_start[b];
  const std::int64_t sample = e.chosen[(step * e.members + b) * e.batch + k];
  const std::int64_t to = b * e.batch + k, from = b * e.samples + sample;
  e.batch_pairs[2 * to] = e.pairs[2 * from];
  e.batch_pairs[2 * to + 1] = e.pairs[2 * from + 1];
  e.batch_targets[to] = e.targets[from];
}

/// Outputs first .. first+count-1 of a layer with d inputs, few, for sample k: gather, product,
/// bias and activation at once. The output layer's bias is left to its loss.
template <bool hidden, bool relu, std::int64_t d, class Real>
GROK_HOST_DEVICE inline void thin_layer(const EnsembleArrays<Real>& e, const Pass& pass,
                                        const LayerArrays<Real>& layer, std::int64_t b,
                                        std::int64_t k, std::int64_t first, std::int64_t count) {
  Real x[d];
  for (std::int64_t q = 0; q < d; ++q) {
    x[q] = combined(e, pass, b, k, q);
    if (first == 0) {
      e.input[(b * pass.count + k) * d + q] = x[q];
    }
  }
  const Real* __restrict__ W = e.parameter + b * e.stride + layer.weight;
  const Real* __restrict__ bias = e.parameter + b * e.stride + layer.bias;
  Real* __restrict__ a = layer.activation + (b * pass.count + k) * layer.outputs;
  for (std::int64_t o = first; o < first + count; ++o) {
    Real z = hidden ? bias[o] : Real(0);
    for (std::int64_t q = 0; q < d; ++q) {
      z += W[o * d + q] * x[q];
    }
    a[o] = hidden ? activate<relu>(z) : z;
  }
}

/// a = phi(z + bias) in place.
template <bool relu, class Real>
GROK_HOST_DEVICE inline void bias_and_activation(const EnsembleArrays<Real>& e, const Pass& pass,
                                                 const LayerArrays<Real>& layer, std::int64_t b,
                                                 std::int64_t k, std::int64_t first,
                                                 std::int64_t count) {
  const Real* __restrict__ bias = e.parameter + b * e.stride + layer.bias;
  Real* __restrict__ a = layer.activation + (b * pass.count + k) * layer.outputs;
  for (std::int64_t o = first; o < first + count; ++o) {
    a[o] = activate<relu>(a[o] + bias[o]);
  }
}

/// One sample of a pass: its output is z + bias.
template <class Real>
struct SampleView {
  const Real* z;
  const Real* bias;
  std::int64_t outputs, target;
  Real* delta;  // dloss/dz; nullptr: not wanted
  Real learnt;  // samples that the mean loss is over
  GROK_HOST_DEVICE Real output(std::int64_t o) const { return z[o] + bias[o]; }
};

/// Keeps the first largest, as std::max_element: a NaN is never larger, and nothing is larger than
/// a NaN that comes first.
struct Best {
  double value = -infinity();
  std::int64_t index = INT64_MAX;
  GROK_HOST_DEVICE void offer(double candidate, std::int64_t at) {
    const double x = not_a_number(candidate) ? (at == 0 ? infinity() : -infinity()) : candidate;
    if (x > value || (x == value && at < index)) {
      value = x;
      index = at;
    }
  }
};

/// The nearest template: argmin |f - Y_c|^2 = argmax Y_c . f - |Y_c|^2 / 2, `block` classes at
/// once.
template <std::int64_t block, class Team, class Real>
GROK_HOST_DEVICE inline std::int64_t nearest(Team team, const EnsembleArrays<Real>& e,
                                             const SampleView<Real>& s, std::int64_t b) {
  const Real* Y = e.templates + b * s.outputs * e.padded_classes;
  const Real* half_norms = e.half_norms + b * e.padded_classes;
  Best best;
  for (std::int64_t c = block * team.rank; c < e.classes; c += block * team.size) {
    Real likeness[block];
    for (std::int64_t i = 0; i < block; ++i) {
      likeness[i] = Real(0);
    }
    for (std::int64_t o = 0; o < s.outputs; ++o) {
      const Real f = s.output(o);
      for (std::int64_t i = 0; i < block; ++i) {
        likeness[i] += f * Y[o * e.padded_classes + c + i];
      }
    }
    for (std::int64_t i = 0; i < block && c + i < e.classes; ++i) {
      best.offer(static_cast<double>(likeness[i] - half_norms[c + i]), c + i);
    }
  }
  team.best(best.value, best.index);
  return best.index;
}

template <class Team, class Real>
GROK_HOST_DEVICE inline Best largest_output(Team team, const SampleView<Real>& s) {
  Best best;
  for (std::int64_t o = team.rank; o < s.outputs; o += team.size) {
    best.offer(static_cast<double>(s.output(o)), o);
  }
  team.best(best.value, best.index);
  return best;
}

/// sum over outputs of (f - Y)^2; delta of its mean over learnt samples and outputs.
template <class Team, class Real>
GROK_HOST_DEVICE inline double squared_error(Team team, const EnsembleArrays<Real>& e,
                                             const SampleView<Real>& s, std::int64_t b) {
  const Real* Y = e.templates + b * s.outputs * e.padded_classes + s.target;
  const Real factor = Real(2) / (s.learnt * static_cast<Real>(s.outputs));
  double loss = 0;
  for (std::int64_t o = team.rank; o < s.outputs; o += team.size) {
    const Real f = s.output(o), wanted = Y[o * e.padded_classes];
    const double error = static_cast<double>(f) - static_cast<double>(wanted);
    loss += error * error;
    if (s.delta != nullptr) {
      s.delta[o] = factor * (f - wanted);
    }
  }
  return team.sum(loss);
}

/// -ln softmax(f)_target.
template <class Team, class Real>
GROK_HOST_DEVICE inline double cross_entropy(Team team, const SampleView<Real>& s, double highest) {
  double sum = 0;
  for (std::int64_t o = team.rank; o < s.outputs; o += team.size) {
    sum += std::exp(static_cast<double>(s.output(o)) - highest);
  }
  sum = team.sum(sum);
  if (s.delta != nullptr) {
    for (std::int64_t o = team.rank; o < s.outputs; o += team.size) {
      const double share = std::exp(static_cast<double>(s.output(o)) - highest) / sum;
      s.delta[o] = static_cast<Real>(share - (o == s.target ? 1.0 : 0.0)) / s.learnt;
    }
  }
  return std::log(sum) + highest - static_cast<double>(s.output(s.target));
}

/// mean over outputs o other than the target of max(0, 1 - f_target + f_o).
template <class Team, class Real>
GROK_HOST_DEVICE inline double hinge(Team team, const SampleView<Real>& s) {
  const Real each = Real(1) / (s.learnt * static_cast<Real>(s.outputs));
  const Real base = Real(1) - s.output(s.target);
  double loss = 0, violations = 0;
  for (std::int64_t o = team.rank; o < s.outputs; o += team.size) {
    const Real margin = base + s.output(o);
    const bool counts = o != s.target && !(margin <= Real(0));  // NaN counts: it must be seen
    loss += counts ? static_cast<double>(margin) : 0.0;
    violations += counts ? 1.0 : 0.0;
    if (s.delta != nullptr && o != s.target) {
      s.delta[o] = counts ? each : Real(0);
    }
  }
  violations = team.sum(violations);
  if (s.delta != nullptr && team.rank == 0) {
    s.delta[s.target] = -each * static_cast<Real>(violations);
  }
  return team.sum(loss) / static_cast<double>(s.outputs);
}

/// Loss, answer and delta of sample k.
template <std::int64_t block, class Team, class Real>
GROK_HOST_DEVICE inline void score(Team team, const EnsembleArrays<Real>& e, const Pass& pass,
                                   const LayerArrays<Real>& layer, std::int64_t b, std::int64_t k) {
  const std::int64_t at = b * pass.count + k;
  const SampleView<Real> s{
      layer.activation + at * layer.outputs,
      e.parameter + b * e.stride + layer.bias,
      layer.outputs,
      pass.targets[at],
      k < pass.learnt ? layer.delta + (b * pass.learnt + k) * layer.outputs : nullptr,
      static_cast<Real>(pass.learnt)};
  double loss;
  std::int64_t answer = 0;
  if (e.loss == Loss::mse) {
    loss = squared_error(team, e, s, b);
    if (pass.scored) {
      answer = nearest<block>(team, e, s, b);
    }
  } else {
    const Best largest = largest_output(team, s);
    answer = largest.index;
    loss = e.loss == Loss::hinge ? hinge(team, s) : cross_entropy(team, s, largest.value);
  }
  if (pass.scored && team.rank == 0) {
    e.sample_loss[at] = loss;
    e.sample_correct[at] = answer == s.target ? 1 : 0;
  }
}

/// Through the activation, in place, and down the column sums: bias gradient, and the weight
/// gradient of a layer with d inputs, few (d = 0: it is made elsewhere).
template <Activation kind, std::int64_t d, class Real>
GROK_HOST_DEVICE inline void layer_delta(const EnsembleArrays<Real>& e, const Pass& pass,
                                         const LayerArrays<Real>& layer, std::int64_t b,
                                         std::int64_t first, std::int64_t count) {
  const std::int64_t width = layer.outputs;
  const Real* __restrict__ a = layer.activation + b * pass.count * width;
  const Real* __restrict__ x = e.input + b * pass.count * d;
  Real* __restrict__ delta = layer.delta + b * pass.learnt * width;
  Real* __restrict__ bias = e.gradient + b * e.stride + layer.bias;
  Real* __restrict__ W = e.gradient + b * e.stride + layer.weight;
  for (std::int64_t o = first; o < first + count; ++o) {
    bias[o] = Real(0);
    for (std::int64_t q = 0; q < d; ++q) {
      W[o * d + q] = Real(0);
    }
  }
  for (std::int64_t k = 0; k < pass.learnt; ++k) {
    for (std::int64_t o = first; o < first + count; ++o) {
      Real through = delta[k * width + o];
      if constexpr (kind != Activation::linear) {
        through *= slope<kind>(a[k * width + o]);
        delta[k * width + o] = through;
      }
      bias[o] += through;
    }
    for (std::int64_t q = 0; q < d; ++q) {
      for (std::int64_t o = first; o < first + count; ++o) {
        W[o * d + q] += delta[k * width + o] * x[k * d + q];
      }
    }
  }
}

/// dloss/dinput of sample k through a first layer with few inputs. Sixteen partial sums, so that
/// they fill a vector register.
template <class Team, class Real>
GROK_HOST_DEVICE inline void input_delta(Team team, const EnsembleArrays<Real>& e, const Pass& pass,
                                         const LayerArrays<Real>& layer, std::int64_t b,
                                         std::int64_t k, std::int64_t q) {
  constexpr std::int64_t lanes = Team::size == 1 ? 16 : 1;
  const std::int64_t row = b * pass.learnt + k, d = e.inputs;
  const Real* __restrict__ delta = layer.delta + row * layer.outputs;
  const Real* __restrict__ W = e.parameter + b * e.stride + layer.weight + q;
  Real part[lanes] = {};
  const std::int64_t whole = layer.outputs / lanes * lanes;
  for (std::int64_t o = lanes * team.rank; o < whole; o += lanes * team.size) {
    for (std::int64_t i = 0; i < lanes; ++i) {
      part[i] += delta[o + i] * W[(o + i) * d];
    }
  }
  double sum = 0;
  for (std::int64_t i = 0; i < lanes; ++i) {
    sum += static_cast<double>(part[i]);
  }
  for (std::int64_t o = whole; o < layer.outputs; ++o) {  // empty for a team
    sum += static_cast<double>(delta[o] * W[o * d]);
  }
  sum = team.sum(sum);
  if (team.rank == 0) {
    e.input_delta[row * d + q] = static_cast<Real>(sum);
  }
}

/// A step of the optimiser, as MlpKernel::update; epsilon inside as PyTorch has it.
template <class Real>
GROK_HOST_DEVICE inline void update(Real* __restrict__ parameter, const Real* __restrict__ gradient,
                                    Real* __restrict__ mean, Real* __restrict__ square,
                                    std::int64_t count, const RateFactors<Real>& f) {
  if (f.optimiser == Optimiser::sgd) {
    for (std::int64_t i = 0; i < count; ++i) {
      parameter[i] = f.keep * parameter[i] - f.rate * gradient[i];
    }
    return;
  }
  constexpr Real b1 = Real(adam_beta1), b2 = Real(adam_beta2), epsilon = Real(adam_epsilon);
  constexpr Real c1 = Real(1.0 - adam_beta1), c2 = Real(1.0 - adam_beta2);
  for (std::int64_t i = 0; i < count; ++i) {
    const Real g = gradient[i];
    const Real m = b1 * mean[i] + c1 * g;
    const Real v = b2 * square[i] + c2 * g * g;
    mean[i] = m;
    square[i] = v;
    parameter[i] = f.keep * parameter[i] - f.rate * (m / (std::sqrt(v) * f.scale + epsilon));
  }
}

}  // namespace
}  // namespace grok::toy
