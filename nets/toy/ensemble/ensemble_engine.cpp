#include "nets/toy/ensemble/ensemble_engine.hpp"

#include "nets/model_of.hpp"
#include "nets/toy/ensemble/ensemble_device.hpp"
#include "nets/toy/model.hpp"

namespace grok::toy {
namespace {

class Trainer final : public EnsembleTrainer {
 public:
  void train(std::span<const Run> runs, const TrainOptions& options) const override {
    const std::vector<RunSpec> specs = specs_of(runs);
    EnsembleOptions ensembles{.device = options.workers.device, .threads = options.workers.threads};
    ensembles.start = options.start;
    ensembles.stop = options.stop;
    ensembles.notice = options.notice;
    if (options.finished) {
      // The program's model, not the module's own copy of it
      ensembles.finished = [&](std::size_t k, const Record& record) {
        options.finished(k, {runs[k].model().outcome(values_of_record(record))});
      };
    }
    train_ensembles(specs, ensembles);
  }
  double plain_loop_seconds(const RunSpec& resolved, std::int64_t steps,
                            int threads) const override {
    return plain_loop(resolved, steps, threads).seconds;
  }
};

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
  const TorchTrainer* trainer(std::string_view model) const override {
    return model == "toy" ? &toy_ : nullptr;
  }

 private:
  Trainer toy_;
};

}  // namespace

const TorchEngine& ensemble_engine() {
  static const EnsembleEngine engine;
  return engine;
}

}  // namespace grok::toy
