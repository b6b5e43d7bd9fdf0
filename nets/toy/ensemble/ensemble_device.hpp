// nets/toy/ensemble/ensemble_device.hpp: where an ensemble runs, without LibTorch types: what the
// GPU needs beside tensors and kernels (streams, graphs, memory) is here and in ensemble_device.cpp
// alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace grok::toy {

class EnsembleDevice {
 public:
  explicit EnsembleDevice(const std::string& name);  // "cpu" or "cuda"
  ~EnsembleDevice();
  EnsembleDevice(const EnsembleDevice&) = delete;
  EnsembleDevice& operator=(const EnsembleDevice&) = delete;

  bool is_cuda() const { return cuda_; }
  void* stream() const;  // a cudaStream_t; nullptr on the CPU

  /// While it lives, LibTorch on this thread works for this device, without autograd.
  std::shared_ptr<void> enter() const;

  /// Calls `step` so many times. On the GPU the first calls run as they are and the others as a
  /// graph captured from one: `step` may only launch, on memory that stays where it is.
  void repeat(std::int64_t steps, const std::function<void()>& step);
  void forget_graph();  // shapes have changed

 private:
  struct Cuda;
  bool cuda_;
  std::unique_ptr<Cuda> state_;
};

struct CudaReport {
  bool built = false;  // LibTorch and this build have CUDA
  int devices = 0;     // that answer
  std::string name;    // of the first
  std::int64_t free_bytes = 0;
};
CudaReport cuda_report();

std::string libtorch_version();
std::string blas_text();  // "OpenBLAS 0.3.21, SkylakeX, 1 thread"; "" where it does not tell
/// Threads of LibTorch (this thread's regions) and of the BLAS (the process).
void set_numeric_threads(int threads);
int numeric_threads();

/// Whether LibTorch ran out of memory, on either device and in any version.
bool is_out_of_memory(const std::exception& failure);
/// What LibTorch threw, in one line; "" if it was not LibTorch.
std::string libtorch_failure(const std::exception& failure);
void release_cached_memory();

}  // namespace grok::toy
