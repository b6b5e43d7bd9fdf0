// nets/outcome.hpp: when a run reaches what, when it ends, and the record made of it: one rule for
// every engine, on the CPU and on the GPU.
//   steps     optimiser updates made; a metric at step t is that of the state after t updates
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

#include "nets/milestones.hpp"
#include "nets/record.hpp"
#include "nets/run_spec.hpp"
#include "theory/parallelograms.hpp"

namespace grok {

/// The limits of a resolved spec, whose split leaves `validation_count` samples.
RunLimits run_limits(const RunSpec& resolved, Index train_count, Index validation_count);

/// RQI of embeddings (p x d) that combine so, over `parallelograms` (P0).
double measured_rqi(const RunSpec& resolved, Combination combination,
                    const Eigen::MatrixXd& embeddings,
                    std::span<const Parallelogram> parallelograms);

/// The record of a run that ended: `last` are the metrics at milestones.done, `embeddings` (p x d)
/// the state then. Computes what theory says of `train` (analyse_structure and lambda_3, or
/// analyse_products). `engine` and `seconds` are left to the engine.
Record make_record(const RunSpec& resolved, std::span<const Sample> train,
                   const Milestones& milestones, const Metrics& last,
                   const Eigen::MatrixXd& embeddings);

}  // namespace grok
