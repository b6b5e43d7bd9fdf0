// nets/kernels/mlp_kernel.cpp: built once per instruction set (nets/CMakeLists.txt) with
//   GROK_KERNEL  the namespace of this variant;   GROK_VECTOR_BYTES  its vectors
// Nothing here may use an inline function or template that another file could share.
#include "nets/kernels/mlp_kernel.hpp"

#include "nets/kernels/kernel_embeddings.hpp"
#include "nets/kernels/kernel_relu.hpp"
#include "nets/kernels/kernel_tiles.hpp"

namespace grok::GROK_KERNEL {
namespace {

enum class Phi { none, tanh, relu };

/// a = phi(a) in place.
template <class Real>
void activate(Phi phi, Real* a, Count rows, Count step, Count columns) {
  if (phi == Phi::tanh) {
    for_vectors<Real>(rows, step, columns, [=](Count r) { at(a + r) = tanh<Real>(at(a + r)); });
  } else if (phi == Phi::relu) {
    const Vector<Real> zero{};
    for_vectors<Real>(rows, step, columns, [=](Count r) {
      at(a + r) = at(a + r) < zero ? zero : at(a + r);  // keeps NaN
    });
  }
}

/// delta = phi'(z) delta in place, from a = phi(z).
template <class Real>
void through_activation(Phi phi, const Real* a, Real* delta, Count rows, Count step,
                        Count columns) {
  if (phi == Phi::tanh) {
    for_vectors<Real>(rows, step, columns,
                      [=](Count r) { at(delta + r) *= 1 - at(a + r) * at(a + r); });
  } else if (phi == Phi::relu) {
    const Vector<Real> zero{};
    for_vectors<Real>(rows, step, columns,
                      [=](Count r) { at(delta + r) = at(a + r) > zero ? at(delta + r) : zero; });
  }
}

template <class Real>
void layer_forward(const LayerBuffers<Real>& layer, Phi phi, const Real* input, Count input_step,
                   Count n) {
  constexpr int L = lanes<Real>;
  for_parts(vectors_of<Real>(layer.outputs), tile_vectors, [&](Count first, Count vectors) {
    for_parts(n, tile_columns, [&](Count k, Count columns) {
      Real* result = layer.activation + k * layer.step + first * L;
      tile_function<Real, Along::depth>(
          vectors, columns)({layer.weight + first * L, layer.step, input + k * input_step,
                             input_step, layer.inputs, layer.bias + first * L, result, layer.step});
      activate(phi, result, vectors * L, layer.step, columns);
    });
  });
}

template <class Real>
void linear(const LayerBuffers<Real>& layer, const Real* input, Count input_step, Count n) {
  const FlushToZero flush;
  layer_forward(layer, Phi::none, input, input_step, n);
}

template <class Real>
Phi hidden_phi(const MlpBuffers<Real>& net) {
  return net.relu ? Phi::relu : Phi::tanh;
}

template <class Real>
void forward(const MlpBuffers<Real>& net, Count n) {
  const FlushToZero flush;
  const Real* below = net.input;
  Count below_step = net.input_step;
  for (Count l = 0; l < net.layer_count; ++l) {
    const LayerBuffers<Real>& layer = net.layers[l];
    layer_forward(layer, l + 1 < net.layer_count ? hidden_phi(net) : Phi::none, below, below_step,
                  n);
    below = layer.activation;
    below_step = layer.step;
  }
}

/// What a layer hands down: a' of the layer below (null for the input) and where dloss/da' goes.
template <class Real>
struct Below {
  const Real* activation;
  Real* delta;
  Count step;
  Phi phi;
};

/// down = W^T delta, one sum over whole columns for each element: for few inputs, or few samples.
template <class Real>
void down_by_columns(const LayerBuffers<Real>& layer, const Below<Real>& below, Count n) {
  for (Count k = 0; k < n; ++k) {
    const Real* delta = layer.delta + k * layer.step;
    for (Count i = 0; i < layer.inputs; ++i) {
      const Real* weight = layer.weight + i * layer.step;
      Vector<Real> sum{};
      for_vectors<Real>(layer.outputs, 0, 1,
                        [&](Count r) { sum += at(weight + r) * at(delta + r); });
      below.delta[k * below.step + i] = total<Real>(sum);
    }
    through_activation(below.phi, below.activation + k * below.step, below.delta + k * below.step,
                       layer.inputs, below.step, 1);
  }
}

/// down = W^T delta with a panel of W^T at a time in net.scratch.
template <class Real>
void down_by_panels(const MlpBuffers<Real>& net, const LayerBuffers<Real>& layer,
                    const Below<Real>& below, Count n) {
  constexpr int L = lanes<Real>;
  for_parts(vectors_of<Real>(layer.inputs), tile_vectors, [&](Count first, Count vectors) {
    const Count rows = vectors * L;
    pack_transposed(layer.weight, layer.step, layer.outputs, layer.inputs, first * L, rows,
                    net.scratch);
    for_parts(n, tile_columns, [&](Count k, Count columns) {
      const Count offset = k * below.step + first * L;
      tile_function<Real, Along::depth>(
          vectors, columns)({net.scratch, rows, layer.delta + k * layer.step, layer.step,
                             layer.outputs, nullptr, below.delta + offset, below.step});
      through_activation(below.phi, below.activation + offset, below.delta + offset, rows,
                         below.step, columns);
    });
  });
}

template <class Real>
void down(const MlpBuffers<Real>& net, const LayerBuffers<Real>& layer, const Below<Real>& below,
          Count n) {
  // Cycles of the two ways, roughly: two loads for a product against one product, 12 for a sum
  // across lanes, 6 for packing a vector.
  const Count by_columns = n * layer.inputs * (2 * vectors_of<Real>(layer.outputs) + 12);
  const Count by_panels = vectors_of<Real>(layer.inputs) * layer.outputs * (n + 6);
  if (by_columns < by_panels) {
    down_by_columns(layer, below, n);
  } else {
    down_by_panels(net, layer, below, n);
  }
}

/// What a step needs besides the parameter, in Real.
template <class Real>
struct StepNumbers {
  Optimiser kind;
  Real b1, b2, c1, c2, keep, rate, scale, epsilon;
  explicit StepNumbers(const OptimiserStep& s)
      : kind(s.kind),
        b1(static_cast<Real>(s.beta1)),
        b2(static_cast<Real>(s.beta2)),
        c1(static_cast<Real>(1.0 - s.beta1)),
        c2(static_cast<Real>(1.0 - s.beta2)),
        keep(static_cast<Real>(1.0 - s.rate * s.decay)),
        rate(static_cast<Real>(s.rate)),
        scale(1),
        epsilon(static_cast<Real>(s.epsilon)) {
    if (kind == Optimiser::sgd) {
      return;
    }
    const auto t = static_cast<double>(s.step);
    rate = static_cast<Real>(s.rate / (1.0 - __builtin_pow(s.beta1, t)));
    scale = static_cast<Real>(1.0 / __builtin_sqrt(1.0 - __builtin_pow(s.beta2, t)));
  }
};

/// `count` parameters: whole vectors; `size` as MlpBuffers::parameter_size.
template <class Real>
void update_run(Real* parameter, const Real* gradient, Count size, Count count,
                const StepNumbers<Real>& c) {
  Real* __restrict p = at_line(parameter);
  const Real* __restrict g = at_line(gradient);
  if (c.kind == Optimiser::sgd) {
    for (Count k = 0; k < count; ++k) {
      p[k] = c.keep * p[k] - c.rate * g[k];
    }
    return;
  }
  Real* __restrict m = at_line(parameter + 2 * size);
  Real* __restrict v = at_line(parameter + 3 * size);
  for (Count k = 0; k < count; ++k) {
    m[k] = c.b1 * m[k] + c.c1 * g[k];
    v[k] = c.b2 * v[k] + c.c2 * (g[k] * g[k]);
    p[k] = c.keep * p[k] - c.rate * (m[k] / (square_root(v[k]) * c.scale + c.epsilon));
  }
}

template <class Real>
void update(const MlpBuffers<Real>& net, Real* parameter, Count rows, Count step, Count columns,
            const OptimiserStep& one) {
  const FlushToZero flush;
  const StepNumbers<Real> numbers(one);
  const Count count = vectors_of<Real>(rows) * lanes<Real>;
  for (Count c = 0; c < columns; ++c) {
    Real* p = parameter + c * step;
    update_run(p, p + net.parameter_size, net.parameter_size, count, numbers);
  }
}

/// Gradients of one layer, of some columns of W at a time; with `numbers` these columns are updated
/// at once.
template <class Real>
void layer_gradient(const MlpBuffers<Real>& net, const LayerBuffers<Real>& layer, const Real* input,
                    Count input_step, Count n, const StepNumbers<Real>* numbers) {
  constexpr int L = lanes<Real>;
  const Count size = net.parameter_size, vectors = vectors_of<Real>(layer.outputs);
  for_parts(layer.inputs, tile_columns, [&](Count i, Count columns) {
    Real* parameter = layer.weight + i * layer.step;
    Real* gradient = numbers != nullptr ? net.scratch : parameter + size;
    for_parts(vectors, tile_vectors, [&](Count first, Count count) {
      tile_function<Real, Along::columns>(
          count, columns)({layer.delta + first * L, layer.step, input + i, input_step, n, nullptr,
                           gradient + first * L, layer.step});
    });
    for (Count c = 0; numbers != nullptr && c < columns; ++c) {
      update_run(parameter + c * layer.step, gradient + c * layer.step, size, vectors * L,
                 *numbers);
    }
  });
  for_vectors<Real>(layer.outputs, 0, 1, [&](Count r) {
    Vector<Real> sum{};
    for (Count k = 0; k < n; ++k) {
      sum += at(layer.delta + k * layer.step + r);
    }
    at(layer.bias + size + r) = sum;
  });
  if (numbers != nullptr) {
    update_run(layer.bias, layer.bias + size, size, vectors * L, *numbers);
  }
}

template <class Real>
void backward(const MlpBuffers<Real>& net, Count n, const OptimiserStep* update) {
  const FlushToZero flush;
  const StepNumbers<Real> numbers(update != nullptr ? *update : OptimiserStep{.step = 1});
  for (Count l = net.layer_count - 1; l >= 0; --l) {
    const LayerBuffers<Real>& layer = net.layers[l];
    const Below<Real> below =
        l == 0 ? Below<Real>{net.input, net.input_delta, net.input_step, Phi::none}
               : Below<Real>{net.layers[l - 1].activation, net.layers[l - 1].delta,
                             net.layers[l - 1].step, hidden_phi(net)};
    if (below.delta != nullptr) {
      down(net, layer, below, n);
    }
    layer_gradient(net, layer, below.activation, below.step, n,
                   update != nullptr ? &numbers : nullptr);
  }
}

template <class Real>
void tanh_of(Real* x, Count count) {
  const FlushToZero flush;
  activate(Phi::tanh, x, count, 0, 1);
}

template <class Real>
void outputs_of(const ReluNet<Real>& net, const Real* x, Count x_step, Count n, Real* f,
                Real* activation, Real* sums) {
  const FlushToZero flush;
  relu_outputs(net, x, x_step, n, f, activation, sums);
}
template <class Real>
void descend(const ReluNet<Real>& net, const Real* x, Count x_step, const Real* activation,
             const Real* slope, Count n, Real rate, Real keep, const ReluScratch<Real>& room) {
  const FlushToZero flush;
  relu_descend(net, x, x_step, activation, slope, n, rate, keep, room);
}

template <class Real>
constexpr MlpKernel<Real> kernel = {
    GROK_INSTRUCTION_SET, panel_rows<Real> > tile_columns ? panel_rows<Real> : tile_columns,
    gather<Real>,         forward<Real>,
    backward<Real>,       scatter<Real>,
    update<Real>,         linear<Real>,
    tanh_of<Real>,        outputs_of<Real>,
    descend<Real>};

}  // namespace

template <class Real>
const MlpKernel<Real>& get() {
  return kernel<Real>;
}
template const MlpKernel<float>& get<float>();
template const MlpKernel<double>& get<double>();

}  // namespace grok::GROK_KERNEL
