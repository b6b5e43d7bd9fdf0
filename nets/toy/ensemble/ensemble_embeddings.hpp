// nets/toy/ensemble/ensemble_embeddings.hpp: how embeddings enter the decoder and what comes back
// to them: sums of vectors, or products of k x k matrices (row by row, d = k^2), or both vectors
// one after the other (inputs = 2 d). A part of ensemble_math.hpp, and like it without external
// linkage.
#pragma once

#include <cstdint>

#include "nets/kernels/host_device.hpp"
#include "nets/toy/ensemble/ensemble_arrays.hpp"

namespace grok::toy {
namespace {

/// Number q of the product of two size x size matrices, row by row, each of whose numbers counts
/// `scale` times.
template <class To, class Real>
GROK_HOST_DEVICE inline To product_entry(const Real* first, const Real* second, std::int64_t size,
                                         std::int64_t q, To scale) {
  const std::int64_t row = q / size, column = q % size;
  To sum = To(0);
  for (std::int64_t m = 0; m < size; ++m) {
    sum += scale * static_cast<To>(first[row * size + m]) *
           (scale * static_cast<To>(second[m * size + column]));
  }
  return sum;
}

template <class Real>
GROK_HOST_DEVICE inline bool concatenates(const EnsembleArrays<Real>& e) {
  return e.inputs > e.dimensions;
}

/// Input number q of sample k: of E_i + E_j, or of the matrix product E_i E_j, or of both vectors.
template <class Real>
GROK_HOST_DEVICE inline Real combined(const EnsembleArrays<Real>& e, const Pass& pass,
                                      std::int64_t b, std::int64_t k, std::int64_t q) {
  const std::int32_t* pair = pass.pairs + 2 * (b * pass.count + k);
  const Real* E = e.parameter + b * e.stride;
  const Real* first = E + pair[0] * e.dimensions;
  const Real* second = E + pair[1] * e.dimensions;
  if (concatenates(e)) {
    return q < e.dimensions ? first[q] : second[q - e.dimensions];
  }
  return e.matrix_size > 0 ? product_entry(first, second, e.matrix_size, q, Real(1))
                           : first[q] + second[q];
}

template <class Real>
GROK_HOST_DEVICE inline void gather(const EnsembleArrays<Real>& e, const Pass& pass, std::int64_t b,
                                    std::int64_t k, std::int64_t q) {
  e.input[(b * pass.count + k) * e.inputs + q] = combined(e, pass, b, k, q);
}

/// penalty d|x|/dx, with 0 at 0.
template <class Real>
GROK_HOST_DEVICE inline Real penalty_slope(double penalty, Real x) {
  const auto one = static_cast<Real>(penalty);
  return x > Real(0) ? one : x < Real(0) ? -one : Real(0);
}

/// Number q of dloss/dE_i = delta E_j^T (side 0) or of dloss/dE_j = E_i^T delta (side 1), where
/// delta = dloss/d(E_i E_j) and `other` is the other factor.
template <class Real>
GROK_HOST_DEVICE inline Real factor_gradient(const Real* delta, const Real* other, int side,
                                             std::int64_t size, std::int64_t q) {
  const std::int64_t row = q / size, column = q % size;
  Real sum = Real(0);
  for (std::int64_t m = 0; m < size; ++m) {
    sum += side == 0 ? delta[row * size + m] * other[column * size + m]
                     : other[m * size + row] * delta[m * size + column];
  }
  return sum;
}

/// Number q of symbol s: the penalty's, and the sum over the samples it is in, in their order.
template <class Real>
GROK_HOST_DEVICE inline void embedding_gradient(const EnsembleArrays<Real>& e, const Pass& pass,
                                                std::int64_t b, std::int64_t s, std::int64_t q) {
  const std::int64_t d = e.dimensions;
  const std::int32_t* pairs = pass.pairs + 2 * b * pass.count;
  const Real* delta = e.input_delta + b * pass.learnt * e.inputs;
  const Real* E = e.parameter + b * e.stride;
  Real sum = penalty_slope(e.settings[b].penalty, E[s * d + q]);
  for (std::int64_t k = 0; k < pass.learnt; ++k) {
    const std::int32_t i = pairs[2 * k], j = pairs[2 * k + 1];
    if (concatenates(e)) {
      const Real* parts = delta + 2 * k * d;
      sum += (i == s ? parts[q] : Real(0)) + (j == s ? parts[d + q] : Real(0));
      continue;
    }
    if (e.matrix_size == 0) {
      const int times = (i == s ? 1 : 0) + (j == s ? 1 : 0);
      if (times > 0) {
        sum += static_cast<Real>(times) * delta[k * d + q];
      }
      continue;
    }
    if (i == s) {
      sum += factor_gradient(delta + k * d, E + j * d, 0, e.matrix_size, q);
    }
    if (j == s) {
      sum += factor_gradient(delta + k * d, E + i * d, 1, e.matrix_size, q);
    }
  }
  e.gradient[b * e.stride + s * d + q] = sum;
}

}  // namespace
}  // namespace grok::toy
