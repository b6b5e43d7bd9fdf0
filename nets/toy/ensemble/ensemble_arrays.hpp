// nets/toy/ensemble/ensemble_arrays.hpp: an ensemble in memory as plain pointers, the same on CPU
// and GPU, and the passes over it that are no matrix products.
#pragma once

#include <cstdint>

#include "nets/kernels/training_constants.hpp"
#include "nets/toy/milestones.hpp"

namespace grok::toy {

enum class Activation : std::int32_t { linear, tanh, relu };

/// A first layer with no more inputs than these is no matrix product, but one pass.
inline constexpr std::int64_t thin_inputs = 2;
/// Classes are padded to this many, so that loops over them fill vector registers.
inline constexpr std::int64_t class_block = 16;

/// What a member does not share with the others.
struct MemberSettings {
  Optimiser optimiser = Optimiser::adamw;
  double representation_rate = 0, representation_decay = 0;
  double decoder_rate = 0, decoder_decay = 0;
  double penalty = 0;  // of |E|, per number of an embedding: added to the loss
  double rqi_tolerance = 0;
  RunLimits limits;
};

struct MemberState {
  Milestones milestones;
  Metrics last;              // at milestones.done
  std::int64_t updates = 0;  // made, once the step that runs is over
};

/// adamw: p <- keep p - rate m / (sqrt(v) scale + eps); sgd: p <- keep p - rate g
template <class Real>
struct RateFactors {
  Real keep, rate, scale;
  Optimiser optimiser;
};
template <class Real>
struct UpdateFactors {
  RateFactors<Real> representation, decoder;
  std::int32_t active;  // 0: the member has ended, and nothing of it moves
};

template <class Real>
struct EnsembleArrays {
  std::int64_t members = 0, outputs = 0;
  std::int64_t symbols = 0;      // vectors of embeddings
  std::int64_t dimensions = 0;   // d: numbers of each
  std::int64_t inputs = 0;       // of the first layer: d, or 2 d of a concatenation
  std::int64_t matrix_size = 0;  // k: a symbol is a k x k matrix, d = k^2; 0: a vector
  std::int64_t classes = 0, padded_classes = 0;
  std::int64_t samples = 0, train = 0;  // of D0; of D, which come first
  std::int64_t batch = 0;               // of an update; 0: all of D
  std::int64_t stride = 0;              // numbers in a member's row of parameters
  std::int64_t embedding_size = 0;      // the first of them, padded
  std::int64_t parallelogram_count = 0;
  Loss loss = Loss::mse;
  Activation activation = Activation::tanh;
  Real *parameter = nullptr, *gradient = nullptr, *mean = nullptr, *square = nullptr;
  const Real* templates = nullptr;               // outputs x padded classes
  const Real* half_norms = nullptr;              // padded classes: |Y_c|^2 / 2
  const std::int32_t* pairs = nullptr;           // samples x 2
  const std::int32_t* targets = nullptr;         // samples
  const std::int32_t* parallelograms = nullptr;  // count x 4: i, j, m, n; one list for all
  const MemberSettings* settings = nullptr;
  MemberState* states = nullptr;
  UpdateFactors<Real>* factors = nullptr;
  const std::int32_t* chosen = nullptr;       // steps x members x batch: numbers of samples
  const std::int64_t* chunk_start = nullptr;  // the update that chosen[0] is for
  std::int32_t *batch_pairs = nullptr, *batch_targets = nullptr;
  Real *input = nullptr, *input_delta = nullptr;  // samples x inputs
  double* sample_loss = nullptr;                  // samples
  std::int32_t* sample_correct = nullptr;
  /// For RQI. Vectors: a weight per dimension, d. Matrices: every product, p^2 x d.
  double* rqi_numbers = nullptr;
  std::int64_t rqi_size = 0;
};

/// A layer: where it is in a row of parameters, and its part of the samples' memory.
template <class Real>
struct LayerArrays {
  std::int64_t inputs = 0, outputs = 0;
  std::int64_t weight = 0, bias = 0;
  Real* activation = nullptr;  // count of the pass x outputs
  Real* delta = nullptr;       // learnt of the pass x outputs
};

/// Samples that go through the network together.
struct Pass {
  const std::int32_t* pairs = nullptr;
  const std::int32_t* targets = nullptr;
  std::int64_t count = 0;
  std::int64_t learnt = 0;  // the first of them make the gradient
  bool scored = true;       // losses and answers are wanted
};

/// The passes of one device; `stream` is a cudaStream_t on the GPU.
template <class Real>
struct EnsembleKernels {
  using Arrays = EnsembleArrays<Real>;
  using LayerOf = LayerArrays<Real>;
  void (*choose)(const Arrays&, void* stream);
  void (*gather)(const Arrays&, const Pass&, void* stream);
  void (*thin_layer)(const Arrays&, const Pass&, const LayerOf&, bool hidden, void* stream);
  void (*bias_and_activation)(const Arrays&, const Pass&, const LayerOf&, void* stream);
  void (*score)(const Arrays&, const Pass&, const LayerOf&, void* stream);
  void (*outcome)(const Arrays&, void* stream);  // metrics, milestones, factors of the update
  void (*layer_delta)(const Arrays&, const Pass&, const LayerOf&, Activation, bool thin,
                      void* stream);
  void (*input_delta)(const Arrays&, const Pass&, const LayerOf&, void* stream);
  void (*embedding_gradient)(const Arrays&, const Pass&, void* stream);
  void (*update)(const Arrays&, void* stream);
};

template <class Real>
const EnsembleKernels<Real>& cpu_ensemble_kernels();
template <class Real>
const EnsembleKernels<Real>& cuda_ensemble_kernels();  // where it was built: GROK_CUDA

}  // namespace grok::toy
