#include "nets/toy/trajectory.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok::toy {
namespace {

constexpr std::size_t metrics = 6;

}  // namespace

Curve curve_shape(const RunSpec& spec) {
  Curve curve{
      {"step", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "rqi"},
      metrics,
      {}};
  for (Index i = 0; i < spec.symbols; ++i) {
    for (Index k = 0; k < spec.representation_dimension; ++k) {
      curve.columns.push_back(fmt::format("E_{}_{}", i, k));
    }
  }
  return curve;
}

Curve curve_of(const RunSpec& spec, std::span<const TrajectoryPoint> points) {
  Curve curve = curve_shape(spec);
  curve.numbers.reserve(points.size() * curve.columns.size());
  for (const TrajectoryPoint& p : points) {
    curve.numbers.insert(
        curve.numbers.end(),
        {static_cast<double>(p.step), p.train_loss, p.validation_loss.value_or(not_a_number),
         p.train_accuracy, p.validation_accuracy.value_or(not_a_number), p.rqi});
    const auto rows = p.embeddings.transpose().reshaped();
    curve.numbers.insert(curve.numbers.end(), rows.begin(), rows.end());
  }
  return curve;
}

// There is a validation loss wherever there is an accuracy.
std::vector<TrajectoryPoint> points_of(const RunSpec& spec, const Curve& curve,
                                       const std::string& where) {
  const Curve wanted = curve_shape(spec);
  const std::size_t width = wanted.columns.size();
  if (curve.columns != wanted.columns || curve.numbers.size() % width != 0) {
    throw Error(where + ": curve: no curve of a run with these symbols and this dimension");
  }
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
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
    p.rqi = row[5];
    p.embeddings =
        Eigen::Map<const RowMajor>(row + metrics, spec.symbols, spec.representation_dimension);
  }
  return points;
}

}  // namespace grok::toy
