// theory/hexagon.hpp: six matrices, those of S3, by their principal components, and how near six
// points of a plane are to a regular hexagon.
//   R          6 x k^2: matrices as rows (theory/matrix_representation.hpp); centred here
//   deviation  with z the six points from their mean and w = exp(i pi/3 corner), as complex
//              numbers: min over assignments of corners and factors s of |z - s w|^2 / |z|^2, which
//              is 1 - max |conj(w).z|^2 / (6 |z|^2). Turned, mirrored and scaled hexagons have 0
//   exact      Matrices that satisfy all parallelograms are E_a = X rho(a), rho a representation of
//              S3 in 3 x 3 matrices, X commuting with it (docs/theory.md, 9.6). With the
//              permutation matrices themselves the centred R has four equal singular values: its
//              "PC1" and "PC3" are any two directions of a space of four.
// Source: Liu et al. 2022, App. H.2 shows the plane; the measure is ours.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "theory/task.hpp"

namespace grok {

inline constexpr Index hexagon_corners = 6;
inline constexpr Index hexagon_components = 5;  // six centred points span no more

struct PrincipalComponents {
  Eigen::MatrixXd scores;     // 6 x 5, columns by falling variance
  Eigen::VectorXd explained;  // 5 shares of the variance
};
/// Of six rows. The sign of a component is such that its largest score is positive. Throws
/// InputError for another number of rows, fewer than 5 columns, or rows that are all equal or not
/// finite.
PrincipalComponents principal_components(const Eigen::MatrixXd& R);

struct HexagonFit {
  double deviation = 1;
  std::array<int, 6> corner{};            // of point k, counted round the hexagon; point 0 has 0
  bool convex = false;                    // each point is a corner of the six's convex hull
  Eigen::Matrix<double, 6, 2> nearest{};  // where the nearest hexagon has the corner of point k
};
/// points: 6 x 2; all 120 orders round the hexagon are tried. Throws InputError for another shape,
/// or points that are all one or not finite.
HexagonFit fit_hexagon(const Eigen::MatrixXd& points);

/// Whether neighbours round the nearest hexagon are of different kinds; kind[k]: of point k.
bool alternates(const HexagonFit& fit, const std::vector<bool>& kind);

/// Deviations in the planes of two components.
struct PlaneFits {
  HexagonFit first_third;  // PC1-PC3
  double best = 1;         // deviation in the best of the planes of PC1 to PC4
};
PlaneFits fit_planes(const Eigen::MatrixXd& scores);  // 6 x (4 or more)

struct SixMatrices {
  PrincipalComponents components;
  PlaneFits fits;
};
SixMatrices analyse_six(const Eigen::MatrixXd& R);

/// Their deviations in PC1-PC3, or in the best plane.
std::vector<double> deviations(std::span<const SixMatrices> many, bool best);

/// A hexagon: convex, and nearer to a regular one than `limit`; the share of those that are, in
/// PC1-PC3.
bool is_hexagon(const HexagonFit& fit, double limit);
double hexagon_share(std::span<const SixMatrices> many, double limit);

/// Of 6 x 9 matrices of independent N(0,1), stream (seed, "random matrices"). Both throw InputError
/// unless 40 <= draws <= 10^6.
std::vector<SixMatrices> random_planes(std::int64_t draws, std::uint64_t seed);
/// Of the permutation matrices, the four components turned at random, stream (seed, "turns").
std::vector<SixMatrices> permutation_planes(std::int64_t draws, std::uint64_t seed);

}  // namespace grok
