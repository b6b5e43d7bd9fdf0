#include "nets/toy/ensemble/ensemble_device.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <cstring>
#include <sstream>
#include <vector>

#ifdef GROK_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime.h>
#endif

#include "core/errors.hpp"

namespace grok::toy {
namespace {

template <class Function>
Function* symbol(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

struct HostScope {
  c10::InferenceMode inference;
};

#ifdef GROK_CUDA
struct CudaScope {
  c10::InferenceMode inference;
  c10::cuda::CUDAStreamGuard stream;
};

// Records what `step` launches, without running it.
void capture(at::cuda::CUDAGraph& graph, const std::function<void()>& step) {
  graph.capture_begin();
  try {
    step();
  } catch (...) {
    try {
      graph.capture_end();  // or the stream would stay closed to everything else
    } catch (const std::exception&) {
      // The first failure is the one to tell.
    }
    throw;
  }
  graph.capture_end();
}
#endif

}  // namespace

#ifdef GROK_CUDA

// A stream of its own: the default one cannot be captured.
struct EnsembleDevice::Cuda {
  c10::cuda::CUDAStream stream = c10::cuda::getStreamFromPool(false, 0);
  std::unique_ptr<at::cuda::CUDAGraph> graph;
  std::int64_t warm = 0;  // steps run as they are since the shapes changed
};

EnsembleDevice::EnsembleDevice(const std::string& name) : cuda_(name == "cuda") {
  if (cuda_) {
    at::globalContext().setAllowTF32CuBLAS(false);
    state_ = std::make_unique<Cuda>();
  }
}

EnsembleDevice::~EnsembleDevice() {
  if (cuda_) {
    cudaStreamSynchronize(state_->stream.stream());  // before the graph's memory goes
  }
}

void* EnsembleDevice::stream() const { return cuda_ ? state_->stream.stream() : nullptr; }

std::shared_ptr<void> EnsembleDevice::enter() const {
  if (cuda_) {
    return std::shared_ptr<CudaScope>(
        new CudaScope{{}, c10::cuda::CUDAStreamGuard(state_->stream)});
  }
  return std::make_shared<HostScope>();
}

void EnsembleDevice::repeat(std::int64_t steps, const std::function<void()>& step) {
  // Libraries set themselves up in the first steps: not allowed while a graph is captured.
  constexpr std::int64_t warm_steps = 2;
  std::int64_t t = 0;
  for (; t < steps && (!cuda_ || state_->warm < warm_steps); ++t) {
    step();
    if (cuda_) {
      ++state_->warm;
    }
  }
  if (t == steps) {
    return;
  }
  if (state_->graph == nullptr) {
    cudaStreamSynchronize(state_->stream.stream());
    auto graph = std::make_unique<at::cuda::CUDAGraph>();
    capture(*graph, step);
    state_->graph = std::move(graph);
  }
  for (; t < steps; ++t) {
    state_->graph->replay();
  }
}

void EnsembleDevice::forget_graph() {
  if (cuda_) {
    cudaStreamSynchronize(state_->stream.stream());
    state_->graph = nullptr;
    state_->warm = 0;
  }
}

CudaReport cuda_report() {
  CudaReport report;
  report.built = true;
  report.devices = c10::cuda::device_count();
  if (report.devices > 0) {
    report.name = at::cuda::getDeviceProperties(0)->name;
    std::size_t free = 0, total = 0;
    if (cudaMemGetInfo(&free, &total) == cudaSuccess) {
      report.free_bytes = static_cast<std::int64_t>(free);
    }
  }
  return report;
}

void release_cached_memory() {
  if (c10::cuda::device_count() > 0) {
    c10::cuda::CUDACachingAllocator::emptyCache();
  }
}

#else  // without CUDA

struct EnsembleDevice::Cuda {};

EnsembleDevice::EnsembleDevice(const std::string& name) : cuda_(false) {
  if (name != "cpu") {
    throw Error("train: device = '" + name + "', allowed cpu (built without CUDA)");
  }
}

EnsembleDevice::~EnsembleDevice() = default;

void* EnsembleDevice::stream() const { return nullptr; }

std::shared_ptr<void> EnsembleDevice::enter() const { return std::make_shared<HostScope>(); }

void EnsembleDevice::repeat(std::int64_t steps, const std::function<void()>& step) {
  for (std::int64_t t = 0; t < steps; ++t) {
    step();
  }
}

void EnsembleDevice::forget_graph() {}

CudaReport cuda_report() { return {}; }

void release_cached_memory() {}

#endif

std::string libtorch_version() { return TORCH_VERSION; }

std::string blas_text() {
  auto* config = symbol<char*()>("openblas_get_config");
  auto* core = symbol<char*()>("openblas_get_corename");
  auto* threads = symbol<int()>("openblas_get_num_threads");
  if (config == nullptr || core == nullptr || threads == nullptr) {
    return at::hasMKL() ? "MKL" : "";
  }
  std::istringstream words(config());  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
  std::string name, version;
  words >> name >> version;
  const int count = threads();
  return name + " " + version + ", " + core() + ", " + std::to_string(count) +
         (count == 1 ? " thread" : " threads");
}

void set_numeric_threads(int threads) {
  at::set_num_threads(threads);
  if (auto* set = symbol<void(int)>("openblas_set_num_threads")) {
    set(threads);
  }
}

int numeric_threads() { return at::get_num_threads(); }

bool is_out_of_memory(const std::exception& failure) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&failure) != nullptr ||
      dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) {
    return true;
  }
  // The allocator of the CPU, and cuBLAS, say it in words only.
  for (const char* words : {"out of memory", "can't allocate memory", "ALLOC_FAILED"}) {
    if (std::strstr(failure.what(), words) != nullptr) {
      return true;
    }
  }
  return false;
}

std::string libtorch_failure(const std::exception& failure) {
  const auto* theirs = dynamic_cast<const c10::Error*>(&failure);
  if (theirs == nullptr) {
    return "";
  }
  const std::string text = theirs->what_without_backtrace();
  return text.substr(0, text.find('\n'));
}

}  // namespace grok::toy
