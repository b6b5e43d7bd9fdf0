// Trained matrices of S3 as tests want them: hexagons, triangles, random ones.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "compare/toy/hexagon_runs.hpp"
#include "core/random.hpp"

namespace grok::toy {

/// Corner `places[k]` of a regular hexagon in row k, turned by `turn`.
inline Eigen::MatrixXd hexagon(const std::array<int, 6>& places, double turn = 0, double size = 1) {
  Eigen::MatrixXd points(6, 2);
  for (std::size_t k = 0; k < 6; ++k) {
    const double angle = turn + places[k] * std::numbers::pi / 3;
    points.row(static_cast<Eigen::Index>(k)) << size * std::cos(angle), size * std::sin(angle);
  }
  return points;
}

inline Eigen::MatrixXd random_points(std::uint64_t seed, Eigen::Index columns) {
  RandomStream stream(seed, "points");
  return Eigen::MatrixXd::NullaryExpr(6, columns, [&stream] { return stream.normal(); });
}

/// 6 x 9 with nearly equal variances whose PC1 and PC3 are a regular hexagon with alternating
/// parities, and PC2 separates two triangles.
inline Eigen::MatrixXd hexagon_matrices() {
  const std::array<int, 6> places = {0, 1, 3, 2, 4, 5};  // even are 012, 120, 201: symbols 0, 3, 4
  const Eigen::MatrixXd ring = hexagon(places);
  Eigen::MatrixXd R = Eigen::MatrixXd::Constant(6, 9, 0.25);
  R.col(1) += 1.002 * ring.col(0);
  R.col(2) += ring.col(1);
  for (std::size_t k = 0; k < 6; ++k) {
    R(static_cast<Eigen::Index>(k), 5) += (places[k] % 2 == 0 ? 1 : -1) * std::sqrt(0.501);
  }
  return R;
}

/// Two triangles on top of each other in PC1-PC3 (and in every other plane but those with PC2).
inline Eigen::MatrixXd triangle_matrices() {
  Eigen::MatrixXd R = Eigen::MatrixXd::Zero(6, 9);
  const Eigen::MatrixXd one = hexagon({0, 0, 2, 2, 4, 4});
  R.col(0) = 1.002 * one.col(0);
  R.col(1) = one.col(1);
  for (Eigen::Index k = 0; k < 6; ++k) {
    R(k, 2) = (k % 2 == 0 ? 1 : -1) * std::sqrt(0.501);
  }
  return R;
}

struct HexagonExample {
  std::vector<RunSpec> specs;
  std::vector<Record> records;
  std::vector<Eigen::MatrixXd> embeddings;
  void add(double rqi, const Eigen::MatrixXd& R, const std::string& state = "done") {
    RunSpec spec;
    spec.task = "permutations";
    spec.symbols = 6;
    spec.train = 30;
    spec.steps = 100;
    spec.seed = 10 + std::ssize(specs);
    spec.representation_dimension = 9;
    specs.push_back(resolve(spec, "test"));
    Record record;
    record.rqi = rqi;
    record.accuracy = rqi;
    record.state = state;
    records.push_back(record);
    embeddings.push_back(R);
  }
  HexagonRuns collect() const { return collect_hexagon(specs, records, embeddings, 200, 0); }
};

inline HexagonExample hexagon_example() {
  HexagonExample runs;
  runs.add(0.2, random_points(1, 9));
  runs.add(1, random_points(2, 9), "diverged");
  runs.add(0.95, hexagon_matrices());  // not above 0.95
  runs.add(0.96, triangle_matrices());
  runs.add(1, hexagon_matrices());
  return runs;
}

}  // namespace grok::toy
