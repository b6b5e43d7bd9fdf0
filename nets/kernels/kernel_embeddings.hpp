// nets/kernels/kernel_embeddings.hpp: how embeddings enter the decoder (gather) and what comes back
// to them (scatter), for mlp_kernel.cpp alone (see kernel_vector.hpp).
#pragma once

#include "nets/kernels/kernel_vector.hpp"
#include "nets/kernels/mlp_kernel.hpp"

namespace grok::GROK_KERNEL {
namespace {

/// C += A B, or A B^T, or A^T B, of k x k matrices, row by row: few numbers, no vectors.
enum class Turned { none, first, second };
template <Turned turned, class Real>
void add_product(const Real* a, const Real* b, Real* c, Count k) {
  for (Count r = 0; r < k; ++r) {
    for (Count s = 0; s < k; ++s) {
      Real sum = 0;
      for (Count t = 0; t < k; ++t) {
        sum += (turned == Turned::first ? a[t * k + r] : a[r * k + t]) *
               (turned == Turned::second ? b[s * k + t] : b[t * k + s]);
      }
      c[r * k + s] += sum;
    }
  }
}

template <class Real>
void gather_products(const MlpBuffers<Real>& net, const std::int32_t* pairs, Count n) {
  for (Count k = 0; k < n; ++k) {
    Real* product = net.input + k * net.input_step;
    for_vectors<Real>(net.dimensions, 0, 1, [=](Count r) { at(product + r) = Vector<Real>{}; });
    add_product<Turned::none>(net.embeddings + pairs[2 * k] * net.embedding_step,
                              net.embeddings + pairs[2 * k + 1] * net.embedding_step, product,
                              net.matrix_size);
  }
}

/// Part `side` of the input of sample k, and dloss/d of it: d numbers that no vector need be
/// aligned to. Below the last row of a column all is 0 from the start.
template <class Real>
Real* part_of(const MlpBuffers<Real>& net, Real* columns, Count k, Count side) {
  return columns + k * net.input_step + side * net.dimensions;
}

template <class Real>
void gather_parts(const MlpBuffers<Real>& net, const std::int32_t* pairs, Count n) {
  for (Count k = 0; k < 2 * n; ++k) {
    const Real* embedding = net.embeddings + pairs[k] * net.embedding_step;
    Real* part = part_of(net, net.input, k / 2, k % 2);
    for (Count r = 0; r < net.dimensions; ++r) {
      part[r] = embedding[r];
    }
  }
}

template <class Real>
void gather(const MlpBuffers<Real>& net, const std::int32_t* pairs, Count n) {
  const FlushToZero flush;
  if (net.matrix_size > 0) {
    gather_products(net, pairs, n);
    return;
  }
  if (net.concatenate) {
    gather_parts(net, pairs, n);
    return;
  }
  for (Count k = 0; k < n; ++k) {
    const Real* first = net.embeddings + pairs[2 * k] * net.embedding_step;
    const Real* second = net.embeddings + pairs[2 * k + 1] * net.embedding_step;
    Real* sum = net.input + k * net.input_step;
    for_vectors<Real>(net.dimensions, 0, 1,
                      [=](Count r) { at(sum + r) = at(first + r) + at(second + r); });
  }
}

/// dloss/dE_i = delta E_j^T, dloss/dE_j = E_i^T delta, delta = dloss/d(E_i E_j).
template <class Real>
void scatter_products(const MlpBuffers<Real>& net, const std::int32_t* pairs, Count n) {
  for (Count k = 0; k < n; ++k) {
    const Real* delta = net.input_delta + k * net.input_step;
    Real* first = net.embeddings + pairs[2 * k] * net.embedding_step;
    Real* second = net.embeddings + pairs[2 * k + 1] * net.embedding_step;
    add_product<Turned::second>(delta, second, first + net.parameter_size, net.matrix_size);
    add_product<Turned::first>(first, delta, second + net.parameter_size, net.matrix_size);
  }
}

template <class Real>
void scatter_parts(const MlpBuffers<Real>& net, const std::int32_t* pairs, Count n) {
  for (Count k = 0; k < 2 * n; ++k) {
    const Real* part = part_of(net, net.input_delta, k / 2, k % 2);
    Real* gradient = net.embeddings + net.parameter_size + pairs[k] * net.embedding_step;
    for (Count r = 0; r < net.dimensions; ++r) {
      gradient[r] += part[r];
    }
  }
}

/// penalty d|E|/dE, with 0 at 0.
template <class Real>
void start_gradient(const MlpBuffers<Real>& net) {
  Real* gradient = net.embeddings + net.parameter_size;
  if (net.penalty == Real(0)) {
    for_vectors<Real>(net.dimensions, net.embedding_step, net.symbols,
                      [=](Count r) { at(gradient + r) = Vector<Real>{}; });
    return;
  }
  for (Count k = 0; k < net.embedding_step * net.symbols; ++k) {
    const Real e = net.embeddings[k];
    gradient[k] = e > Real(0) ? net.penalty : e < Real(0) ? -net.penalty : Real(0);
  }
}

template <class Real>
void scatter(const MlpBuffers<Real>& net, const std::int32_t* pairs, Count n) {
  const FlushToZero flush;
  start_gradient(net);
  if (net.matrix_size > 0) {
    scatter_products(net, pairs, n);
    return;
  }
  if (net.concatenate) {
    scatter_parts(net, pairs, n);
    return;
  }
  Real* gradient = net.embeddings + net.parameter_size;
  for (Count k = 0; k < n; ++k) {
    const Real* delta = net.input_delta + k * net.input_step;
    for (Count side = 0; side < 2; ++side) {
      Real* sum = gradient + pairs[2 * k + side] * net.embedding_step;
      for_vectors<Real>(net.dimensions, 0, 1, [=](Count r) { at(sum + r) += at(delta + r); });
    }
  }
}

}  // namespace
}  // namespace grok::GROK_KERNEL
