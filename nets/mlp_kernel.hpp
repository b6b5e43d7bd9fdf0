// nets/mlp_kernel.hpp: the arithmetic of one MLP, compiled once per instruction set and chosen when
// the program starts. Only plain pointers cross this border: Eigen's alignment differs between the
// variants, and an inline function of one variant must not be picked by the linker for another
// (mlp_kernel.cpp renames namespace Eigen for that reason).
//   Matrices are column-major; a column is a sample. n: samples of the batch, p: symbols,
//   d: numbers per symbol. Every pointer is 64-byte aligned, so the order of operations, and with
//   it every bit of the result, depends on the shapes alone.
#pragma once

#include <cstdint>
#include <vector>

namespace grok {

/// Layer l computes z = W a + b, a' = phi(z); the last layer has no phi.
template <class Real>
struct LayerBuffers {
  std::int64_t inputs = 0, outputs = 0;
  Real* weight = nullptr;           // outputs x inputs
  Real* bias = nullptr;             // outputs
  Real* weight_gradient = nullptr;  // as weight
  Real* bias_gradient = nullptr;    // as bias
  Real* activation = nullptr;       // outputs x n: a'
  Real* delta = nullptr;            // outputs x n: dloss/dz
};

template <class Real>
struct MlpBuffers {
  std::int64_t symbols = 0, dimensions = 0, layer_count = 0;
  bool relu = false;  // else tanh
  const LayerBuffers<Real>* layers = nullptr;
  Real* embeddings = nullptr;          // d x p: a column is a symbol
  Real* embedding_gradient = nullptr;  // d x p
  Real* input = nullptr;               // d x n: E_i + E_j
  Real* input_delta = nullptr;         // d x n
};

/// One AdamW step (decoupled decay) of `count` parameters:
///   p *= 1 - rate decay;  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
///   p -= rate m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps),  t = step, from 1
/// Source: Loshchilov & Hutter 2019, in the order of PyTorch's AdamW.
struct AdamWStep {
  double rate = 0, decay = 0;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  std::int64_t step = 0;  // updates made, this one included
};

template <class Real>
struct MlpKernel {
  const char* instruction_set;  // "x86-64-v4", "x86-64-v3", "baseline"
  /// input and every activation for the samples pairs[2k], pairs[2k+1], k < n.
  void (*forward)(const MlpBuffers<Real>&, const std::int32_t* pairs, std::int64_t n);
  /// Every gradient, from the last layer's delta (outputs x n) of the first n samples of `forward`.
  void (*backward)(const MlpBuffers<Real>&, const std::int32_t* pairs, std::int64_t n);
  void (*adamw)(Real* parameter, const Real* gradient, Real* mean, Real* square, std::int64_t count,
                const AdamWStep& step);
  /// products = templates^T outputs (classes x n); templates rows x classes, outputs rows x n.
  void (*products)(const Real* templates, const Real* outputs, Real* products, std::int64_t rows,
                   std::int64_t classes, std::int64_t n);
};

/// The variants this processor runs, best first.
template <class Real>
std::vector<const MlpKernel<Real>*> mlp_kernels();

}  // namespace grok
