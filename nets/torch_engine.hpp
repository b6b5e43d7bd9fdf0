// nets/torch_engine.hpp: the torch engine as the rest of the program sees it: an interface without
// LibTorch in it. The engine lives in a module (libgroktheory_torch.so) that is loaded when it is
// first asked for, so that no other command pays for LibTorch's start (0.4 s, 160 MB).
//   Ensembles: networks of one shape train side by side, every parameter and hyperparameter with a
//   leading ensemble axis; a network whose outcome is decided leaves, the others are not changed.
//   Same initial numbers, metrics and step counts as the cpu engine; equal to it up to rounding,
//   since batched products may round differently.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok {

struct TorchInfo {
  std::string version;      // of LibTorch
  bool cuda_built = false;  // the module has its CUDA code, and LibTorch too
  int cuda_devices = 0;     // that answer now
  std::string cuda_device;  // name of the first, empty without
  std::string blas;         // "OpenBLAS 0.3.21, SkylakeX, 1 thread", as far as it tells
  int threads = 1;          // of LibTorch itself
};

/// "LibTorch 1.13.0, 1 thread; OpenBLAS 0.3.21, 1 thread; cuda: NVIDIA H100, TF32 off".
std::string describe(const TorchInfo& info);

/// Ended runs are looked for, and places filled, after so many steps: waiting for a GPU costs tens
/// of microseconds, for the CPU nothing.
inline constexpr std::int64_t ensemble_stride_cpu = 8, ensemble_stride_cuda = 64;

struct EnsembleOptions {
  std::string device = "cpu";  // or "cuda"
  int threads = 1;             // cpu: ensembles side by side, one LibTorch thread each
  std::int64_t members = 0;    // most networks in one ensemble; 0: by memory and device
  std::int64_t memory = 0;     // bytes an ensemble may take; 0: what the device has
  /// As in TrainOptions (nets/train.hpp); `finished` as each run is collected.
  std::function<bool(std::size_t)> start = {};
  std::function<void(std::size_t, const Record&)> finished = {};
  std::function<bool()> stop = {};
  /// One line about something the user should know: an ensemble halved for lack of memory.
  std::function<void(const std::string&)> notice = {};
};

class TorchEngine {
 public:
  virtual ~TorchEngine() = default;
  virtual TorchInfo info() const = 0;

  /// Records in the order of `specs` (resolved); empty ones where `start` said no. Throws
  /// InputError for a device that is not there, Error if one network does not fit into memory.
  virtual std::vector<Record> train(std::span<const RunSpec> specs,
                                    const EnsembleOptions& options) const = 0;

  /// Seconds for `steps` steps of one network as a user would write it: autograd,
  /// torch::optim::AdamW (or SGD), evaluation at every step, `threads` threads of LibTorch and
  /// BLAS. The yardstick of `groktheory bench`.
  virtual double plain_loop(const RunSpec& resolved, std::int64_t steps, int threads) const = 0;
};

/// Of the module's build: the program refuses one of another, since types cross the border.
std::string module_build();

/// The engine, loaded at the first call; nullptr where it cannot be, and then why, in one line.
struct LoadedEngine {
  const TorchEngine* engine = nullptr;
  std::string why_not;
};
const LoadedEngine& torch_engine();

}  // namespace grok
