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
#include "nets/toy/initial_state.hpp"
#include "nets/toy/record.hpp"

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

/// All but `stop` are called from one thread at a time, with the index of a run.
struct TrainOptions {
  Workers workers = cpu_workers(1);  // chosen: no "auto"
  /// Before a run starts; false leaves it out. (A run that had to give up its place for lack of
  /// memory starts again.)
  std::function<bool(std::size_t)> start = {};
  /// As each run finishes; its trajectory is empty unless `stride` > 0.
  std::function<void(std::size_t, const Record&, const std::vector<TrajectoryPoint>&)> finished =
      {};
  /// Why a run could not be trained; the others go on. Without it the first one ends the call.
  std::function<void(std::size_t, const std::string&)> failed = {};
  /// True: drop what is in flight and throw Interrupted. Asked at every step, from all threads.
  std::function<bool()> stop = {};
  /// One line about something the user should know while it goes on.
  std::function<void(const std::string&)> notice = {};
  std::int64_t stride = 0;  // of the trajectories [steps]; 0: none. The cpu engine alone has them
};

/// Trains every spec on the engine of `workers` (see choose_engine) and hands out each record when
/// its run is finished.
void train_each(std::span<const RunSpec> specs, const TrainOptions& options);

/// The same; records in the order of specs, and the first failure is thrown.
std::vector<Record> train(std::span<const RunSpec> specs, const Workers& workers = cpu_workers(1),
                          const std::function<void(const std::string&)>& notice = {});

struct TracedRun {
  Record record;
  InitialState trained;                     // the network at the last step, and its D and targets
  std::vector<TrajectoryPoint> trajectory;  // steps 0, stride, 2 stride, ... and the last
};

/// One run on the cpu engine; stride 0 keeps no trajectory. `initial`: instead of the drawn state.
/// Throws Interrupted once `stop` says so.
TracedRun train_traced(const RunSpec& spec, std::int64_t stride,
                       const InitialState* initial = nullptr,
                       const std::function<bool()>& stop = {});

}  // namespace grok
