// nets/toy/outcome.hpp: when a run reaches what, when it ends, and the record made of it: one rule
// for every engine, on the CPU and on the GPU.
//   steps     optimiser updates made; a metric at step t is that of the state after t updates
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nets/toy/milestones.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/parallelograms.hpp"

namespace grok::toy {

/// The limits of a resolved spec, whose split leaves `validation_count` samples. Where RQI has no
/// meaning none is ever above its threshold, and nobody waits for it.
RunLimits run_limits(const RunSpec& resolved, Index train_count, Index validation_count);

/// Whether a parallelogram has a meaning: nothing makes a decoder of E_i and F_j, one after the
/// other, take two samples for one because E_i + F_j = E_m + F_n.
inline bool has_rqi(const Task& task) { return !task.concatenates(); }

/// RQI of many states of a run, by the rule of how its embeddings combine
/// (theory/representation.hpp, theory/matrix_representation.hpp).
class RqiMeter {
 public:
  RqiMeter(const RunSpec& resolved, const Task& task);
  double of(const Eigen::MatrixXd& embeddings);  // as they are; 1 unless has_rqi

 private:
  std::vector<Parallelogram> parallelograms_;  // P0; none unless has_rqi
  double tolerance_;
  std::optional<ProductRqi> products_;  // where embeddings are matrices
};

/// The record of a run that ended: `last` are the metrics at milestones.done, `embeddings` (as
/// InitialState has them) the state then. Computes what theory says of `train` (analyse_structure
/// and lambda_3, or analyse_products; nothing where embeddings are concatenated). `engine` and
/// `seconds` are left to the engine.
Record make_record(const RunSpec& resolved, std::span<const Sample> train,
                   const Milestones& milestones, const Metrics& last,
                   const Eigen::MatrixXd& embeddings);

}  // namespace grok::toy
