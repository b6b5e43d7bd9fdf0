#include "nets/toy/trajectory.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok::toy {
namespace {

Curve shape_of(const RunSpec& spec, std::vector<std::string> metrics) {
  Curve curve{std::move(metrics), 0, {}};
  curve.metrics = curve.columns.size();
  const Index rows = task_of(spec).embeddings();
  for (Index row = 0; row < rows; ++row) {
    for (Index k = 0; k < spec.representation_dimension; ++k) {
      curve.columns.push_back(
          fmt::format("{}_{}_{}", row < spec.symbols ? "E" : "F", row % spec.symbols, k));
    }
  }
  return curve;
}

double number_or_nan(const std::optional<double>& value) { return value.value_or(not_a_number); }
std::optional<double> unless_nan(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

}  // namespace

Curve first_curve_shape(const RunSpec& spec) {
  return shape_of(spec, {"step", "train_loss", "validation_loss", "train_accuracy",
                         "validation_accuracy", "rqi"});
}

Curve curve_shape(const RunSpec& spec) {
  return shape_of(spec,
                  {"step", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy",
                   "rqi", "embedding_norm", "decoder_norm", "output_norm"});
}

Curve curve_of(const RunSpec& spec, std::span<const TrajectoryPoint> points) {
  Curve curve = curve_shape(spec);
  curve.numbers.reserve(points.size() * curve.columns.size());
  for (const TrajectoryPoint& p : points) {
    const Norms norms = p.norms.value_or(Norms{not_a_number, not_a_number, not_a_number});
    curve.numbers.insert(
        curve.numbers.end(),
        {static_cast<double>(p.step), p.train_loss, number_or_nan(p.validation_loss),
         p.train_accuracy, number_or_nan(p.validation_accuracy), number_or_nan(p.rqi),
         norms.embeddings, norms.decoder, norms.outputs});
    const auto rows = p.embeddings.transpose().reshaped();
    curve.numbers.insert(curve.numbers.end(), rows.begin(), rows.end());
  }
  return curve;
}

// There is a validation loss wherever there is an accuracy.
std::vector<TrajectoryPoint> points_of(const RunSpec& spec, const Curve& curve,
                                       const std::string& where) {
  const bool first = curve.columns == first_curve_shape(spec).columns;
  const std::size_t width = curve.columns.size();
  if ((!first && curve.columns != curve_shape(spec).columns) || curve.numbers.size() % width != 0) {
    throw Error(where + ": curve: no curve of a run with these symbols and this dimension");
  }
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Index embeddings = task_of(spec).embeddings() * spec.representation_dimension;
  std::vector<TrajectoryPoint> points(curve.rows());
  for (std::size_t k = 0; k < points.size(); ++k) {
    const double* row = curve.numbers.data() + k * width;
    TrajectoryPoint& p = points[k];
    p.step = static_cast<std::int64_t>(row[0]);
    p.train_loss = row[1];
    p.train_accuracy = row[3];
    if (!std::isnan(row[4])) {
      p.validation_loss = row[2];
      p.validation_accuracy = row[4];
    }
    p.rqi = unless_nan(row[5]);
    if (!first) {
      p.norms = Norms{row[6], row[7], row[8]};
    }
    p.embeddings = Eigen::Map<const RowMajor>(row + width - embeddings,
                                              embeddings / spec.representation_dimension,
                                              spec.representation_dimension);
  }
  return points;
}

}  // namespace grok::toy
