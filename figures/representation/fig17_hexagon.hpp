// figures/representation/fig17_hexagon.hpp: the six trained matrices of S3 by their principal
// components.
//   R     6 x 9: matrices as rows, divided by their root mean square; centred for the components
//   a, b  PC1 against PC2 and against PC3, of the first seed with RQI > 0.95
//   c     share of the variance per component: all networks, random matrices, exact representation
//   d     how far the six points of a plane are from a regular hexagon: in PC1-PC3, and in the best
//         plane of two of the first four components
//   exact     Matrices that satisfy all parallelograms are E_a = X rho(a), rho a representation of
//             S3 in 3 x 3 matrices, X commuting with it (docs/theory.md, 9.6). With the
//             permutation matrices themselves the centred R has four equal singular values: its
//             "PC1" and "PC3" are any two directions of a space of four.
//   random    matrices of independent N(0,1)
// Source: Liu et al. 2022, App. H.2 and Fig. 17; c, d and the measure are ours.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok {

inline constexpr Eigen::Index hexagon_corners = 6;
inline constexpr Eigen::Index shown_components = 5;  // six centred points span no more

struct PrincipalComponents {
  Eigen::MatrixXd scores;     // 6 x 5, columns by falling variance
  Eigen::VectorXd explained;  // 5 shares of the variance
};
/// Of six rows. The sign of a component is such that its largest score is positive. Throws
/// InputError for another number of rows, fewer than 5 columns, or rows that are all equal or not
/// finite.
PrincipalComponents principal_components(const Eigen::MatrixXd& R);

struct HexagonFit {
  /// Least squared distance to the corners of a regular hexagon, over all its places, sizes and
  /// assignments of corners, divided by the squared distance of the points from their mean: 0 for a
  /// regular hexagon, 1 if nothing of them is one.
  double deviation = 1;
  std::array<int, 6> corner{};            // of point k, counted round the hexagon; point 0 has 0
  bool convex = false;                    // each point is a corner of the six's convex hull
  Eigen::Matrix<double, 6, 2> nearest{};  // where that hexagon has the corner of point k
};
/// points: 6 x 2. Throws InputError for another shape, or points that are all one or not finite.
HexagonFit fit_hexagon(const Eigen::MatrixXd& points);

/// Deviations in the planes of two components.
struct PlaneFits {
  HexagonFit first_third;  // PC1-PC3
  double best = 1;         // deviation in the best of the planes of PC1 to PC4
};
PlaneFits fit_planes(const Eigen::MatrixXd& scores);  // 6 x (4 or more)

struct HexagonRun {
  std::int64_t seed = 0;
  double rqi = 0, accuracy = 0;
  bool high = false;  // RQI > 0.95 at the last step
  PrincipalComponents components;
  PlaneFits fits;
};

/// What many matrices give: medians and ranges over them.
struct Reference {
  std::vector<double> first_third, best;         // deviations, ascending
  std::vector<std::array<double, 3>> explained;  // per component: quantiles 0.025, 0.5, 0.975
  double hexagons = 0;                           // share of them that count as one in PC1-PC3
};

struct HexagonData {
  std::vector<HexagonRun> runs;  // in the order of seeds
  std::int64_t diverged = 0, budget = 0;
  Index train = 0, samples = 0;  // |D|, |D0|
  double rqi_threshold = 0.95;
  std::size_t shown = 0;           // of `runs`: first with high RQI; else that of highest RQI
  std::vector<std::string> names;  // of the six permutations
  std::vector<bool> even;
  std::int64_t draws = 0;
  Reference random, exact;
  /// A hexagon in PC1-PC3: convex, and nearer to a regular one than 95% of random matrices.
  double limit = 0;                     // that deviation
  std::int64_t high = 0, hexagons = 0;  // runs with high RQI; of them, hexagons
};

/// Deviations of the runs with high RQI, or of the others, in PC1-PC3 or in the best plane; in the
/// order of the runs.
std::vector<double> deviations(const HexagonData& data, bool high, bool best);

/// A hexagon in PC1-PC3, as counted.
bool is_hexagon(const HexagonData& data, const HexagonFit& fit);
/// Whether even and odd permutations alternate round the nearest regular hexagon.
bool parities_alternate(const HexagonData& data, const HexagonFit& fit);

/// `embeddings[k]` (6 x 9): run k's matrices at the last step. Throws InputError unless the specs
/// are of permutations of three and of one budget, or if every run diverged.
HexagonData collect_hexagon(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records,
                            std::span<const Eigen::MatrixXd> embeddings, std::int64_t draws);
std::vector<Claim> claims_of_hexagon(const HexagonData& data);
Drawing draw_hexagon(const HexagonData& data, const std::string& command);
std::string report_hexagon(const HexagonData& data);

Figure fig17_hexagon(std::string_view toml);

}  // namespace grok
