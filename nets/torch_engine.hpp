// nets/torch_engine.hpp: the torch engine as the rest of the program sees it: an interface without
// LibTorch in it. The engine lives in a module (libgroktheory_torch.so) that is loaded when it is
// first asked for, so that no other command pays for LibTorch's start (0.4 s, 160 MB).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nets/train.hpp"

namespace grok {

struct TorchInfo {
  std::string version;      // of LibTorch
  bool cuda_built = false;  // the module has its CUDA code, and LibTorch too
  int cuda_devices = 0;     // that answer now
  std::string cuda_device;  // name of the first, empty without
  std::string blas;         // "OpenBLAS 0.3.21, SkylakeX, 1 thread", as far as it tells
  int threads = 1;          // of LibTorch itself
};

/// "LibTorch 1.13.0, 1 thread; OpenBLAS 0.3.21, Haswell, 1 thread; own passes x86-64-v3; cuda:
/// NVIDIA H100, TF32 off".
std::string describe(const TorchInfo& info);

/// What trains the runs of one model with LibTorch.
class TorchTrainer {
 public:
  virtual ~TorchTrainer() = default;
  /// As Model::train, on options.workers.device. Throws InputError for a device that is not there,
  /// Error if one network does not fit into memory.
  virtual void train(std::span<const Run> runs, const TrainOptions& options) const = 0;
};

class TorchEngine {
 public:
  virtual ~TorchEngine() = default;
  virtual TorchInfo info() const = 0;
  /// nullptr: the module has nothing for this model.
  virtual const TorchTrainer* trainer(std::string_view model) const = 0;
};

/// Of the module's build: the program refuses one of another, since types cross the border.
std::string module_build();

/// For Model::train: with the module's trainer of this model. Throws InputError where the module
/// cannot be had, and where curves or artefacts are wanted, which the cpu engine alone has.
void train_on_torch(const Model& model, std::span<const Run> runs, const TrainOptions& options);

/// The engine, loaded at the first call; nullptr where it cannot be, and then why, in one line.
struct LoadedEngine {
  const TorchEngine* engine = nullptr;
  std::string why_not;
};
const LoadedEngine& torch_engine();

}  // namespace grok
