// nets/toy/trajectory.hpp: a run of the toy model step by step, and as a curve of a store.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nets/model.hpp"
#include "nets/toy/network.hpp"

namespace grok::toy {

struct TrajectoryPoint {
  std::int64_t step = 0;
  double train_loss = 0;
  std::optional<double> validation_loss;
  double train_accuracy = 0;
  std::optional<double> validation_accuracy;
  std::optional<double> rqi;
  std::optional<Norms> norms;  // empty: of a curve made before they were measured
  Eigen::MatrixXd embeddings;  // as InitialState has them (not standardised)
};

/// step, train_loss, validation_loss, train_accuracy, validation_accuracy, rqi, embedding_norm,
/// decoder_norm, output_norm (NaN: there is no such number), then E_0_0, E_0_1, ...: the p x d
/// embeddings row by row; F_0_0, ... where the second symbol has others.
Curve curve_shape(const RunSpec& resolved);
/// Without the norms: of curves made before they were measured.
Curve first_curve_shape(const RunSpec& resolved);
Curve curve_of(const RunSpec& resolved, std::span<const TrajectoryPoint> points);
/// Exact, NaN included (but for a validation loss that is NaN without validation samples). Throws
/// Error "where: ..." for a curve of neither shape.
std::vector<TrajectoryPoint> points_of(const RunSpec& resolved, const Curve& curve,
                                       const std::string& where);

}  // namespace grok::toy
