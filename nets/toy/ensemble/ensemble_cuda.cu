// nets/toy/ensemble/ensemble_cuda.cu: the kernels that drive ensemble_math.hpp on a GPU. Plain
// pointers and streams only, no LibTorch header: any nvcc from 11 on compiles it (C++17). A test
// includes it as plain C++, with an emulator of warps in the place of the GPU
// (tests/nets/toy/ensemble/torch_emulated_cuda.cpp).
//   blockIdx.y is the member; a team is a warp. No atomics: the order of every sum is fixed.
#ifdef __CUDACC__
#include <cuda_runtime.h>
#endif

#include <stdexcept>
#include <string>

#include "nets/toy/ensemble/ensemble_outcome.hpp"

namespace grok::toy {
namespace {

constexpr int block_size = 256;
constexpr unsigned all_lanes = 0xffffffffu;

struct Warp {
  static constexpr std::int64_t size = 32;
  std::int64_t rank;

  __device__ double sum(double value) const {
    for (int other = 16; other > 0; other /= 2) {
      value += __shfl_xor_sync(all_lanes, value, other);
    }
    return value;
  }
  __device__ void sync() const { __syncwarp(); }
  __device__ void best(double& value, std::int64_t& index) const {
    for (int other = 16; other > 0; other /= 2) {
      const double v = __shfl_xor_sync(all_lanes, value, other);
      const long long i = __shfl_xor_sync(all_lanes, static_cast<long long>(index), other);
      if (v > value || (v == value && i < index)) {
        value = v;
        index = i;
      }
    }
  }
};

// This thread's, or this warp's, number among those of its member.
__device__ std::int64_t item() {
  return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ std::int64_t team_item() { return item() / Warp::size; }
__device__ Warp team() { return Warp{static_cast<std::int64_t>(threadIdx.x % Warp::size)}; }

// 32-bit division is several times faster; the host checks that items fit.
struct Place {
  std::int64_t row, column;
};
__device__ Place place(std::int64_t i, std::int64_t width) {
  const auto small = static_cast<std::uint32_t>(i), w = static_cast<std::uint32_t>(width);
  return {small / w, small % w};
}

template <class Real>
__global__ void choose_kernel(EnsembleArrays<Real> e) {
  if (item() < e.batch) {
    choose(e, blockIdx.y, item());
  }
}

template <class Real>
__global__ void gather_kernel(EnsembleArrays<Real> e, Pass pass) {
  if (item() < pass.count * e.inputs) {
    const Place at = place(item(), e.inputs);
    gather(e, pass, blockIdx.y, at.row, at.column);
  }
}

template <bool hidden, bool relu, std::int64_t d, class Real>
__global__ void thin_layer_kernel(EnsembleArrays<Real> e, Pass pass, LayerArrays<Real> layer) {
  if (item() < pass.count * layer.outputs) {
    const Place at = place(item(), layer.outputs);
    thin_layer<hidden, relu, d>(e, pass, layer, blockIdx.y, at.row, at.column, 1);
  }
}

template <bool relu, class Real>
__global__ void bias_and_activation_kernel(EnsembleArrays<Real> e, Pass pass,
                                           LayerArrays<Real> layer) {
  if (item() < pass.count * layer.outputs) {
    const Place at = place(item(), layer.outputs);
    bias_and_activation<relu>(e, pass, layer, blockIdx.y, at.row, at.column, 1);
  }
}

template <class Real>
__global__ void score_kernel(EnsembleArrays<Real> e, Pass pass, LayerArrays<Real> layer) {
  if (team_item() < pass.count) {
    score<1>(team(), e, pass, layer, blockIdx.y, team_item());
  }
}

template <class Real>
__global__ void outcome_kernel(EnsembleArrays<Real> e) {
  outcome(team(), e, blockIdx.y);
}

template <Activation kind, std::int64_t d, class Real>
__global__ void layer_delta_kernel(EnsembleArrays<Real> e, Pass pass, LayerArrays<Real> layer) {
  if (item() < layer.outputs) {
    layer_delta<kind, d>(e, pass, layer, blockIdx.y, item(), 1);
  }
}

template <class Real>
__global__ void input_delta_kernel(EnsembleArrays<Real> e, Pass pass, LayerArrays<Real> layer) {
  if (team_item() < pass.learnt * e.inputs) {
    const Place at = place(team_item(), e.inputs);
    input_delta(team(), e, pass, layer, blockIdx.y, at.row, at.column);
  }
}

template <class Real>
__global__ void embedding_gradient_kernel(EnsembleArrays<Real> e, Pass pass) {
  if (item() < e.symbols * e.dimensions) {
    const Place at = place(item(), e.dimensions);
    embedding_gradient(e, pass, blockIdx.y, at.row, at.column);
  }
}

// Four numbers at once: one load of 16 bytes (two for double). Rows are padded to whole packs, and
// the border between embeddings and decoder is one of packs too.
template <class Real>
struct alignas(16) Pack {
  Real value[4];
};

template <class Real>
__global__ void update_kernel(EnsembleArrays<Real> e) {
  const UpdateFactors<Real>& factors = e.factors[blockIdx.y];
  const std::int64_t first = 4 * item();
  if (factors.active == 0 || first >= e.stride) {
    return;
  }
  const RateFactors<Real> rates =
      first < e.embedding_size ? factors.representation : factors.decoder;
  const std::int64_t at = (blockIdx.y * e.stride + first) / 4;
  auto* parameters = reinterpret_cast<Pack<Real>*>(e.parameter) + at;
  auto* means = reinterpret_cast<Pack<Real>*>(e.mean) + at;
  auto* squares = reinterpret_cast<Pack<Real>*>(e.square) + at;
  Pack<Real> p = *parameters, m = *means, v = *squares;
  const Pack<Real> g = reinterpret_cast<const Pack<Real>*>(e.gradient)[at];
  update(p.value, g.value, m.value, v.value, 4, rates);
  *parameters = p;
  *means = m;
  *squares = v;
}

void check_launch(const char* kernel) {
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) {
    throw std::runtime_error(std::string("train: kernel ") + kernel + ": " +
                             cudaGetErrorString(status));
  }
}

template <class Kernel, class... Arguments>
void launch(const char* name, Kernel kernel, std::int64_t items, std::int64_t members, int threads,
            void* stream, const Arguments&... arguments) {
  const std::int64_t blocks = (items + threads - 1) / threads;
  if (items > INT32_MAX || members > 65'535) {
    throw std::runtime_error(std::string("train: kernel ") + name +
                             ": items = " + std::to_string(items) + ", allowed up to 2^31 - 1");
  }
  const dim3 grid(static_cast<unsigned>(blocks), static_cast<unsigned>(members));
#ifdef __CUDACC__
  kernel<<<grid, threads, 0, static_cast<cudaStream_t>(stream)>>>(arguments...);
#else
  emulate(kernel, grid, threads, arguments...);
  static_cast<void>(stream);
#endif
  check_launch(name);
}

template <class Real>
void choose_all(const EnsembleArrays<Real>& e, void* stream) {
  launch("choose", choose_kernel<Real>, e.batch, e.members, block_size, stream, e);
}

template <class Real>
void gather_all(const EnsembleArrays<Real>& e, const Pass& pass, void* stream) {
  launch("gather", gather_kernel<Real>, pass.count * e.inputs, e.members, block_size, stream, e,
         pass);
}

template <std::int64_t d, class Real>
void thin_layer_of(const EnsembleArrays<Real>& e, const Pass& pass, const LayerArrays<Real>& layer,
                   bool hidden, void* stream) {
  const bool relu = e.activation == Activation::relu;
  const auto kernel = !hidden ? thin_layer_kernel<false, false, d, Real>
                      : relu  ? thin_layer_kernel<true, true, d, Real>
                              : thin_layer_kernel<true, false, d, Real>;
  launch("thin_layer", kernel, pass.count * layer.outputs, e.members, block_size, stream, e, pass,
         layer);
}

template <class Real>
void thin_layer_all(const EnsembleArrays<Real>& e, const Pass& pass, const LayerArrays<Real>& layer,
                    bool hidden, void* stream) {
  static_assert(thin_inputs == 2, "one variant for each");
  if (e.inputs == 1) {
    thin_layer_of<1>(e, pass, layer, hidden, stream);
  } else {
    thin_layer_of<2>(e, pass, layer, hidden, stream);
  }
}

template <class Real>
void bias_and_activation_all(const EnsembleArrays<Real>& e, const Pass& pass,
                             const LayerArrays<Real>& layer, void* stream) {
  const auto kernel = e.activation == Activation::relu ? bias_and_activation_kernel<true, Real>
                                                       : bias_and_activation_kernel<false, Real>;
  launch("bias_and_activation", kernel, pass.count * layer.outputs, e.members, block_size, stream,
         e, pass, layer);
}

template <class Real>
void score_all(const EnsembleArrays<Real>& e, const Pass& pass, const LayerArrays<Real>& layer,
               void* stream) {
  launch("score", score_kernel<Real>, pass.count * Warp::size, e.members, block_size, stream, e,
         pass, layer);
}

template <class Real>
void outcome_all(const EnsembleArrays<Real>& e, void* stream) {
  launch("outcome", outcome_kernel<Real>, Warp::size, e.members, static_cast<int>(Warp::size),
         stream, e);
}

template <std::int64_t d, class Real>
void layer_delta_of(const EnsembleArrays<Real>& e, const Pass& pass, const LayerArrays<Real>& layer,
                    Activation kind, void* stream) {
  const auto kernel = kind == Activation::linear ? layer_delta_kernel<Activation::linear, d, Real>
                      : kind == Activation::tanh ? layer_delta_kernel<Activation::tanh, d, Real>
                                                 : layer_delta_kernel<Activation::relu, d, Real>;
  // Small blocks: a thread walks down a column, and there are few columns.
  launch("layer_delta", kernel, layer.outputs, e.members, 64, stream, e, pass, layer);
}

template <class Real>
void layer_delta_all(const EnsembleArrays<Real>& e, const Pass& pass,
                     const LayerArrays<Real>& layer, Activation kind, bool thin, void* stream) {
  if (!thin) {
    layer_delta_of<0>(e, pass, layer, kind, stream);
  } else if (e.inputs == 1) {
    layer_delta_of<1>(e, pass, layer, kind, stream);
  } else {
    layer_delta_of<2>(e, pass, layer, kind, stream);
  }
}

template <class Real>
void input_delta_all(const EnsembleArrays<Real>& e, const Pass& pass,
                     const LayerArrays<Real>& layer, void* stream) {
  launch("input_delta", input_delta_kernel<Real>, pass.learnt * e.inputs * Warp::size,
         e.members, block_size, stream, e, pass, layer);
}

template <class Real>
void embedding_gradient_all(const EnsembleArrays<Real>& e, const Pass& pass, void* stream) {
  launch("embedding_gradient", embedding_gradient_kernel<Real>, e.symbols * e.dimensions, e.members,
         64, stream, e, pass);
}

template <class Real>
void update_all(const EnsembleArrays<Real>& e, void* stream) {
  launch("update", update_kernel<Real>, e.stride / 4, e.members, block_size, stream, e);
}

}  // namespace

template <class Real>
const EnsembleKernels<Real>& cuda_ensemble_kernels() {
  static const EnsembleKernels<Real> table = [] {
    EnsembleKernels<Real> t{};
    t.choose = choose_all<Real>;
    t.gather = gather_all<Real>;
    t.thin_layer = thin_layer_all<Real>;
    t.bias_and_activation = bias_and_activation_all<Real>;
    t.score = score_all<Real>;
    t.outcome = outcome_all<Real>;
    t.layer_delta = layer_delta_all<Real>;
    t.input_delta = input_delta_all<Real>;
    t.embedding_gradient = embedding_gradient_all<Real>;
    t.update = update_all<Real>;
    return t;
  }();
  return table;
}
template const EnsembleKernels<float>& cuda_ensemble_kernels<float>();
template const EnsembleKernels<double>& cuda_ensemble_kernels<double>();

}  // namespace grok::toy
