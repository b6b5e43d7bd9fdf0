// nets/kernels/kernel_relu.hpp: one hidden relu layer and one output, for mlp_kernel.cpp alone (see
// kernel_vector.hpp). A network that fits its training set gets a slope from few samples of a
// batch: what is multiplied are those alone.
#pragma once

#include "nets/kernels/kernel_tiles.hpp"
#include "nets/kernels/mlp_kernel.hpp"

namespace grok::GROK_KERNEL {

/// Outputs from a tile of activations: `sums` holds a vector a sample.
template <class Real>
void add_outputs(Real* tile, Count tile_step, const Real* output, Count vectors, Count columns,
                 Real* sums) {
  constexpr int L = lanes<Real>;
  const Vector<Real> zero{};
  for (Count c = 0; c < columns; ++c) {
    Real* a = tile + c * tile_step;
    Vector<Real> sum = at(sums + c * L);
    for (Count m = 0; m < vectors; ++m) {
      const Vector<Real> z = at(a + m * L);
      const Vector<Real> kept = z < zero ? zero : z;  // keeps NaN
      at(a + m * L) = kept;
      sum += kept * at(output + m * L);
    }
    at(sums + c * L) = sum;
  }
}

template <class Real>
void relu_outputs(const ReluNet<Real>& net, const Real* x, Count x_step, Count n, Real* f,
                  Real* activation, Real* sums) {
  constexpr int L = lanes<Real>;
  const Vector<Real> zero{};
  alignas(64) Real spare[panel_rows<Real> * tile_columns];
  for (Count k = 0; k < n; ++k) {
    at(sums + k * L) = zero;
  }
  for_parts(vectors_of<Real>(net.width), tile_vectors, [&](Count first, Count vectors) {
    for_parts(n, tile_columns, [&](Count k, Count columns) {
      Real* tile = activation != nullptr ? activation + k * net.step + first * L : spare;
      const Count step = activation != nullptr ? net.step : panel_rows<Real>;
      tile_function<Real, Along::depth>(
          vectors, columns)({net.weight + first * L, net.step, x + k * x_step, x_step, net.inputs,
                             net.bias + first * L, tile, step});
      add_outputs(tile, step, net.output + first * L, vectors, columns, sums + k * L);
    });
  });
  for (Count k = 0; k < n; ++k) {
    f[k] = total<Real>(at(sums + k * L));
  }
}

/// p = keep p - rate g, whole vectors.
template <class Real>
void descend_run(Real* parameter, const Real* gradient, Count count, Real keep, Real rate) {
  Real* __restrict p = at_line(parameter);
  const Real* __restrict g = at_line(gradient);
  for (Count k = 0; k < count; ++k) {
    p[k] = keep * p[k] - rate * g[k];
  }
}

template <class Real>
void relu_descend(const ReluNet<Real>& net, const Real* x, Count x_step, const Real* activation,
                  const Real* slope, Count n, Real rate, Real keep, const ReluScratch<Real>& room) {
  constexpr int L = lanes<Real>;
  const Count vectors = vectors_of<Real>(net.width), rows = vectors * L;
  const Vector<Real> zero{};
  Real* output_gradient = room.gradient;
  Real* bias_gradient = room.gradient + net.step;
  Real* weight_gradient = room.gradient + 2 * net.step;  // tile_columns columns
  for (Count r = 0; r < rows; r += L) {
    at(output_gradient + r) = at(bias_gradient + r) = zero;
  }
  Count used = 0;
  for (Count k = 0; k < n; ++k) {
    if (slope[k] == Real(0)) {
      continue;
    }
    const Real* a = activation + k * net.step;
    Real* delta = room.delta + used * net.step;
    for (Count r = 0; r < rows; r += L) {
      const Vector<Real> d = at(a + r) > zero ? at(net.output + r) * slope[k] : zero;
      at(delta + r) = d;
      at(output_gradient + r) += at(a + r) * slope[k];
      at(bias_gradient + r) += d;
    }
    for (Count r = 0; r < x_step; r += L) {
      at(room.inputs + used * x_step + r) = at(x + k * x_step + r);
    }
    ++used;
  }
  for_parts(net.inputs, tile_columns, [&](Count i, Count columns) {
    for_parts(vectors, tile_vectors, [&](Count first, Count count) {
      tile_function<Real, Along::columns>(
          count, columns)({room.delta + first * L, net.step, room.inputs + i, x_step, used, nullptr,
                           weight_gradient + first * L, net.step});
    });
    for (Count c = 0; c < columns; ++c) {
      descend_run(net.weight + (i + c) * net.step, weight_gradient + c * net.step, rows, keep,
                  rate);
    }
  });
  descend_run(net.bias, bias_gradient, rows, keep, rate);
  descend_run(net.output, output_gradient, rows, keep, rate);
}

}  // namespace grok::GROK_KERNEL
