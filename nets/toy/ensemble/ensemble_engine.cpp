#include "nets/toy/ensemble/ensemble_engine.hpp"

#include "nets/toy/ensemble/ensemble_device.hpp"

namespace grok {
namespace {

class EnsembleEngine final : public TorchEngine {
 public:
  EnsembleEngine() { set_numeric_threads(1); }
  TorchInfo info() const override {
    const CudaReport cuda = cuda_report();
    return {.version = libtorch_version(),
            .cuda_built = cuda.built,
            .cuda_devices = cuda.devices,
            .cuda_device = cuda.name,
            .blas = blas_text(),
            .threads = numeric_threads()};
  }
  std::vector<Record> train(std::span<const RunSpec> specs,
                            const EnsembleOptions& options) const override {
    return train_ensembles(specs, options);
  }
  double plain_loop(const RunSpec& resolved, std::int64_t steps, int threads) const override {
    return grok::plain_loop(resolved, steps, threads).seconds;
  }
};

}  // namespace

const TorchEngine& ensemble_engine() {
  static const EnsembleEngine engine;
  return engine;
}

}  // namespace grok
