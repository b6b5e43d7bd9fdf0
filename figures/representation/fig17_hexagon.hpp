// figures/representation/fig17_hexagon.hpp: the six trained matrices of S3 by their principal
// components (theory/hexagon.hpp).
//   a, b  PC1 against PC2 and against PC3, of the first seed with RQI > 0.95
//   c     share of the variance per component: all networks, random matrices, permutation matrices
//   d     how far the six points of a plane are from a regular hexagon: in PC1-PC3, and in the best
//         plane of two of the first four components
// Source: Liu et al. 2022, App. H.2 and Fig. 17; c, d and the measure are ours.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/hexagon.hpp"

namespace grok {

struct HexagonRun {
  std::int64_t seed = 0;
  double rqi = 0, accuracy = 0;
  bool high = false;  // RQI > 0.95 at the last step
  SixMatrices six;
};

struct HexagonData {
  std::vector<HexagonRun> runs;  // in the order of seeds
  std::int64_t diverged = 0, budget = 0;
  Index train = 0, samples = 0;  // |D|, |D0|
  double rqi_threshold = 0.95;
  std::size_t shown = 0;  // of `runs`: first with high RQI; else that of highest RQI
  std::vector<SixMatrices> random, exact;
  /// A hexagon in PC1-PC3: convex, and nearer to a regular one than 95% of random matrices.
  double limit = 0;                     // that deviation
  std::int64_t high = 0, hexagons = 0;  // runs with high RQI; of them, hexagons
};

/// `embeddings[k]` (6 x 9): run k's matrices at the last step. Throws InputError unless the specs
/// are of permutations of three and of one budget, or if every run diverged.
HexagonData collect_hexagon(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records,
                            std::span<const Eigen::MatrixXd> embeddings, std::int64_t draws,
                            std::uint64_t reference_seed);
Sheet sheet_of(const HexagonData& data);
std::string report_of(const HexagonData& data);
std::vector<Claim> claims_of(const HexagonData& data);

Figure fig17_hexagon(std::string_view toml);

}  // namespace grok
