// nets/kernels/mlp_kernel.hpp: the arithmetic of one MLP, compiled once per instruction set and
// chosen when the program starts. Only plain pointers cross this border: an inline function or
// template of one variant must not be picked by the linker for another (kernel_vector.hpp).
//   Matrices are column-major; a column is a sample, an input of a layer or a symbol. Columns start
//   64-byte aligned, `step` numbers apart, and every number below the last row is 0: that is kept
//   by every function here. n: samples of the batch, p: symbols (vectors of embeddings), d: numbers
//   of each. The order
//   of operations, and with it every bit of the result, depends on the shapes alone.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "nets/kernels/training_constants.hpp"

namespace grok {

/// A layer computes z = W a + b, a' = phi(z); the last layer has no phi.
template <class Real>
struct LayerBuffers {
  std::int64_t inputs = 0, outputs = 0;
  std::int64_t step = 0;       // of everything with `outputs` rows
  Real* weight = nullptr;      // outputs x inputs
  Real* bias = nullptr;        // outputs
  Real* activation = nullptr;  // outputs x n: a'
  Real* delta = nullptr;       // outputs x n: dloss/dz
};

template <class Real>
struct MlpBuffers {
  std::int64_t symbols = 0, dimensions = 0, layer_count = 0;
  std::int64_t matrix_size = 0;  // k: a symbol is a k x k matrix, row by row, d = k^2; 0: a vector
  bool concatenate = false;      // the input is E_i, then E_j: 2 d numbers, else d
  Real penalty = 0;              // of |E|, per number of an embedding: added to the loss
  bool relu = false;             // else tanh
  const LayerBuffers<Real>* layers = nullptr;
  std::int64_t embedding_step = 0;  // of everything with d rows
  Real* embeddings = nullptr;       // d x p: a column is a symbol
  std::int64_t input_step = 0;      // of what the first layer takes; as above unless `concatenate`
  Real* input = nullptr;            // E_i + E_j, or the matrix product E_i E_j, or both; x n
  Real* input_delta = nullptr;      // the same shape; null: not wanted
  /// From a parameter to its gradient; twice this to its mean, three times to its mean square.
  std::int64_t parameter_size = 0;
  Real* scratch = nullptr;  // MlpKernel::scratch_columns columns of the largest `step`
};

/// One step of an optimiser; both decay apart from the gradient, p *= 1 - rate decay. Then
///   adamw  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
///          p -= rate m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps),  t = step, from 1
///   sgd    p -= rate g: with the decay, p -= rate (g + decay p). No momentum, no state
/// Source: Loshchilov & Hutter 2019, in the order of PyTorch's AdamW; PyTorch's SGD(weight_decay).
struct OptimiserStep {
  Optimiser kind = Optimiser::adamw;
  double rate = 0, decay = 0;
  double beta1 = adam_beta1, beta2 = adam_beta2, epsilon = adam_epsilon;
  std::int64_t step = 0;  // updates made, this one included
};

/// f(x) = u.relu(W x + b): one hidden layer, one output without bias. Matrices as above.
template <class Real>
struct ReluNet {
  std::int64_t inputs = 0, width = 0;
  std::int64_t step = 0;   // of everything with `width` rows
  Real* weight = nullptr;  // width x inputs
  Real* bias = nullptr;    // width
  Real* output = nullptr;  // width: u
};
/// Columns of whole cache lines, aligned.
template <class Real>
struct ReluScratch {
  Real* delta = nullptr;     // step x n
  Real* inputs = nullptr;    // as x
  Real* gradient = nullptr;  // step x (2 + MlpKernel::scratch_columns)
};

/// Inside every function denormal numbers count as 0, whatever the caller's setting.
template <class Real>
struct MlpKernel {
  const char* instruction_set;  // "x86-64-v4", "x86-64-v3", "baseline"
  std::int64_t scratch_columns;
  /// `input` of the samples pairs[2k], pairs[2k+1], k < n.
  void (*gather)(const MlpBuffers<Real>&, const std::int32_t* pairs, std::int64_t n);
  /// Every activation, from `input`.
  void (*forward)(const MlpBuffers<Real>&, std::int64_t n);
  /// From the last layer's delta (outputs x n) of the first n samples of `forward`: every delta and
  /// every gradient of the layers. With `update` each layer is updated as soon as its delta has
  /// passed, while its gradient is in cache; the gradients of weights are not kept then.
  void (*backward)(const MlpBuffers<Real>&, std::int64_t n, const OptimiserStep* update);
  /// The gradient of the embeddings, from `input_delta` and `penalty`.
  void (*scatter)(const MlpBuffers<Real>&, const std::int32_t* pairs, std::int64_t n);
  /// One step of `columns` columns of `rows` parameters.
  void (*update)(const MlpBuffers<Real>&, Real* parameter, std::int64_t rows, std::int64_t step,
                 std::int64_t columns, const OptimiserStep& update);
  /// One layer without phi, by itself: activation = W input + b.
  void (*linear)(const LayerBuffers<Real>&, const Real* input, std::int64_t input_step,
                 std::int64_t n);
  void (*tanh)(Real* x, std::int64_t count);  // in place; aligned, whole cache lines
  /// f of n samples (columns of x); `activation` (step x n), null: not kept. `sums`: room for n
  /// cache lines.
  void (*relu_outputs)(const ReluNet<Real>&, const Real* x, std::int64_t x_step, std::int64_t n,
                       Real* f, Real* activation, Real* sums);
  /// One step of gradient descent, p = keep p - rate g for every parameter, from the activations of
  /// n samples and the slope dloss/df of each. Samples of slope 0 cost nothing.
  void (*relu_descend)(const ReluNet<Real>&, const Real* x, std::int64_t x_step,
                       const Real* activation, const Real* slope, std::int64_t n, Real rate,
                       Real keep, const ReluScratch<Real>&);
};

/// The variants this processor runs, best first. The environment variable GROK_INSTRUCTIONS names
/// the first: better ones are left out, as on a processor without them. InputError if it has none
/// of that name.
template <class Real>
std::vector<const MlpKernel<Real>*> mlp_kernels();

/// How many of `sets`, best first, come before the one named; 0 if no name is given.
std::size_t better_than(std::string_view named, std::span<const std::string_view> sets);

}  // namespace grok
