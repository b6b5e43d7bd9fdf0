// nets/parity/train.hpp: a parity run on the cpu engine, in its own types.
//   Every epoch the training strings are shuffled and go by in batches, the last of what is left
//   (the stream parity/batches). Metrics are of all training and test strings, before each epoch.
#pragma once

#include <string>
#include <vector>

#include "nets/parity/network.hpp"
#include "nets/parity/record.hpp"
#include "nets/train.hpp"

namespace grok::parity {

struct Snapshot {
  std::int64_t epoch = 0;
  Weights weights;
};

struct TracedRun {
  Record record;
  Curve curve;                      // empty for stride 0
  std::vector<Snapshot> snapshots;  // of the spec, as far as the run came, and the last epoch
};

/// Of a checked spec. Columns of the curve: curve_shape(). Goes on from the checkpoint that `one`
/// has, and makes others. Depends on the spec alone, bit for bit on one machine and build.
TracedRun train_traced(const RunSpec& checked, const OneRun& one);

/// The weights of `snapshots` as bytes, exact in the precision of the run, and back. Throws Error
/// "where: ..." for bytes that are none of this run.
std::string packed(const RunSpec& checked, const std::vector<Snapshot>& snapshots);
std::vector<Snapshot> unpacked(const RunSpec& checked, const std::string& bytes,
                               const std::string& where);

/// epoch, losses, accuracies, norms, sparsity (training strings); then of the circuit that the last
/// network has (by predictions; none: empty), of the other neurons and of as many random ones (the
/// stream parity/random-set) the mean |w_j| and the faithfulness on test strings; then |w_j| of the
/// neuron that is largest at the end, and of the one largest at memorisation.
Curve curve_shape();

}  // namespace grok::parity
