// nets/toy/ensemble/ensemble_engine.hpp: the toy model on the torch engine.
//   Ensembles: networks of one shape train side by side, every parameter and hyperparameter with a
//   leading ensemble axis; a network whose outcome is decided leaves, the others are not changed.
//   Same initial numbers, metrics and step counts as the cpu engine; equal to it up to rounding,
//   since batched products may round differently.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nets/torch_engine.hpp"
#include "nets/toy/milestones.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

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

/// Records in the order of `specs`; empty ones where `start` said no. Throws InputError for a
/// device that is not there, Error if one network does not fit into memory.
std::vector<Record> train_ensembles(std::span<const RunSpec> specs, const EnsembleOptions& options);

struct PlainLoopResult {
  double seconds = 0;
  std::int64_t steps = 0;  // made, those before the clock started included
  Metrics last;            // of the state before the last of them
};
/// `steps` steps of one network as a user would write it: autograd, torch::optim::AdamW (or SGD),
/// evaluation at every step, `threads` threads of LibTorch and BLAS. The yardstick of `bench`.
PlainLoopResult plain_loop(const RunSpec& resolved, std::int64_t steps, int threads);

/// What the module has of this model, for the toy's own bench, too.
class EnsembleTrainer : public TorchTrainer {
 public:
  virtual double plain_loop_seconds(const RunSpec& resolved, std::int64_t steps,
                                    int threads) const = 0;
};
const TorchEngine& ensemble_engine();

}  // namespace grok::toy
