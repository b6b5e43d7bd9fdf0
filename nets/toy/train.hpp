// nets/toy/train.hpp: the toy model on the cpu engine, in its own types.
//   steps     optimiser updates made; a metric at step t is that of the state after t updates
//   A run stops when what its `stop` asks for is known, or at its budget, or when a loss is not
//   finite (state "diverged").
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nets/toy/initial_state.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/trajectory.hpp"
#include "nets/train.hpp"

namespace grok::toy {

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
/// The same of a resolved spec; goes on from the checkpoint that `one` has, and makes others.
TracedRun train_traced(const RunSpec& resolved, const OneRun& one,
                       const InitialState* initial = nullptr);

/// Records in the order of specs; the first failure is thrown.
std::vector<Record> train(std::span<const RunSpec> specs, const Workers& workers = cpu_workers(1),
                          const std::function<void(const std::string&)>& notice = {});

}  // namespace grok::toy
