// nets/train.hpp: runs in, records out.
//   steps     optimiser updates made; a metric at step t is that of the state after t updates
//   A run stops when what its `stop` asks for is known, or at its budget, or when a loss is not
//   finite (state "diverged").
//   On the cpu engine a record depends on its spec (and the initial state, if one is given) alone:
//   bit for bit the same for any number of threads and any order, on one machine and build. The
//   torch engine keeps that up to rounding.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "nets/engine_choice.hpp"
#include "nets/initial_state.hpp"
#include "nets/record.hpp"

namespace grok {

struct TrajectoryPoint {
  std::int64_t step = 0;
  double train_loss = 0;
  std::optional<double> validation_loss;
  double train_accuracy = 0;
  std::optional<double> validation_accuracy;
  double rqi = 0;
  Eigen::MatrixXd embeddings;  // p x d, as they are (not standardised)
};

struct TrainOptions {
  Workers workers = cpu_workers(1);  // chosen: no "auto"
  /// Called with (index, record) as each run finishes, from one thread at a time.
  std::function<void(std::size_t, const Record&)> finished = {};
  /// One line about something the user should know while it goes on.
  std::function<void(const std::string&)> notice = {};
};

/// Trains every spec on the engine of `workers` (see choose_engine); records in the
/// order of specs.
std::vector<Record> train(std::span<const RunSpec> specs, const TrainOptions& options = {});

struct TracedRun {
  Record record;
  InitialState trained;                     // the network at the last step, and its D and targets
  std::vector<TrajectoryPoint> trajectory;  // steps 0, stride, 2 stride, ... and the last
};

/// One run on the cpu engine; stride 0 keeps no trajectory. `initial`: instead of the drawn state.
TracedRun train_traced(const RunSpec& spec, std::int64_t stride,
                       const InitialState* initial = nullptr);

}  // namespace grok
