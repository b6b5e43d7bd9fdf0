// compare/toy/hexagon_runs.hpp: the six trained matrices of S3 by their principal components
// (theory/hexagon.hpp), beside permutation matrices and random ones.
//   A hexagon: convex, and nearer to a regular one than 95% of random matrices are in PC1-PC3.
// Source: Liu et al. 2022, App. H.2 and Fig. 17; the measure and what it is held to are ours.
#pragma once

#include <Eigen/Core>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/hexagon.hpp"

namespace grok::toy {

struct HexagonRun {
  std::int64_t seed = 0;
  double rqi = 0, accuracy = 0;
  bool high = false;  // RQI > 0.95 at the last step
  SixMatrices six;
  bool hexagon = false, alternate = false;  // in PC1-PC3; neighbours of opposite parity
};

/// How far matrices of one kind are from a hexagon, in one kind of planes.
struct PlaneDeviations {
  std::string matrices, plane;
  std::vector<double> values;
  Estimate median;  // of networks with its interval, of others with 95% of the values; NaN of none
  double lower_quartile = 0, upper_quartile = 0;
  double hexagons = 0;  // share of them; NaN in the best plane
};

/// Six points: PC1 and another component of the run that is shown.
struct HexagonPlane {
  Index component = 0;
  Eigen::MatrixXd points;  // 6 x 2
  double deviation = 0;
  bool hexagon = false;
  Eigen::MatrixXd nearest;  // 7 x 2: the nearest regular hexagon, closed
};

struct HexagonRuns {
  std::vector<HexagonRun> runs;  // in the order of seeds
  std::int64_t diverged = 0, budget = 0, draws = 0;
  Index train = 0, samples = 0;  // |D|, |D0|
  double rqi_threshold = 0.95;
  std::size_t shown = 0;                // of `runs`: first with high RQI; else that of highest RQI
  std::array<HexagonPlane, 2> planes;   // of it: PC1-PC2, PC1-PC3
  double limit = 0;                     // deviation that 5% of random matrices are below
  std::int64_t high = 0, hexagons = 0;  // runs with high RQI; of them, hexagons
  /// Networks of high and of lower RQI, permutation matrices in random planes, random matrices;
  /// each in PC1-PC3 and in the best plane of PC1-PC4.
  std::vector<PlaneDeviations> deviations;
  std::vector<Estimate> random_explained;  // share of the variance by component: 95% of the draws
  Eigen::VectorXd exact_explained;         // of permutation matrices
};

/// `embeddings[k]` (6 x 9): run k's matrices at the last step. Throws InputError unless the specs
/// are of permutations of three and of one budget, or if every run diverged.
HexagonRuns collect_hexagon(std::span<const RunSpec> specs, std::span<const Record> records,
                            std::span<const Eigen::MatrixXd> embeddings, std::int64_t draws,
                            std::uint64_t reference_seed);

}  // namespace grok::toy
