#include "theory/hexagon.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "theory/groups.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Complex = std::complex<double>;
constexpr double pi = std::numbers::pi;

/// The centred rows. Throws unless they are six, finite and not all equal.
MatrixXd centred(const char* where, const MatrixXd& R) {
  require_in_range(where, "rows", R.rows(), hexagon_corners, hexagon_corners);
  if (!R.allFinite()) {
    reject(where, "rows", "not finite", "finite numbers");
  }
  const MatrixXd X = R.rowwise() - R.colwise().mean();
  if (!(X.norm() > 1e-12 * R.norm())) {
    reject(where, "rows", "all equal", "six rows that differ");
  }
  return X;
}

/// Seen from a corner of the convex hull, all the others lie within less than half a turn.
bool is_corner(const std::array<Complex, 6>& z, std::size_t k) {
  std::vector<double> angles;
  for (std::size_t n = 0; n < z.size(); ++n) {
    if (n != k) {
      angles.push_back(std::arg(z[n] - z[k]));
    }
  }
  std::sort(angles.begin(), angles.end());
  double widest = angles.front() + 2 * pi - angles.back();
  for (std::size_t n = 1; n < angles.size(); ++n) {
    widest = std::max(widest, angles[n] - angles[n - 1]);
  }
  return widest > pi + 1e-9;
}

constexpr Index permuted = 3;  // of S3

MatrixXd random_matrix(Index rows, Index columns, RandomStream& stream) {
  MatrixXd R(rows, columns);
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns; ++j) {
      R(i, j) = stream.normal();
    }
  }
  return R;
}

/// The permutation matrices of S3 as rows: (M_a)_{i,a(i)} = 1.
MatrixXd permutation_matrices() {
  const auto numbers = permutations_of(permuted);
  MatrixXd R = MatrixXd::Zero(hexagon_corners, permuted * permuted);
  for (Index k = 0; k < hexagon_corners; ++k) {
    for (Index i = 0; i < permuted; ++i) {
      R(k, i * permuted + numbers[static_cast<std::size_t>(k * permuted + i)]) = 1;
    }
  }
  return R;
}

void require_draws(const char* where, std::int64_t draws) {
  require_in_range(where, "draws", draws, std::int64_t{40}, std::int64_t{1'000'000});
}

Complex corner_at(int k) { return std::polar(1.0, k * pi / 3); }

}  // namespace

PrincipalComponents principal_components(const MatrixXd& R) {
  const char* where = "principal_components";
  require_in_range(where, "columns", R.cols(), hexagon_components, Index{1'000'000});
  const Eigen::JacobiSVD<MatrixXd> svd(centred(where, R), Eigen::ComputeThinU);
  PrincipalComponents result;
  result.scores = svd.matrixU().leftCols(hexagon_components) *
                  svd.singularValues().head(hexagon_components).asDiagonal();
  for (Index c = 0; c < hexagon_components; ++c) {
    Index largest = 0;
    result.scores.col(c).cwiseAbs().maxCoeff(&largest);
    if (result.scores(largest, c) < 0) {
      result.scores.col(c) *= -1;
    }
  }
  result.explained = svd.singularValues().head(hexagon_components).cwiseAbs2();
  result.explained /= svd.singularValues().squaredNorm();
  return result;
}

// With z the centred points and w the corners of the assignment, the best factor (size and turn) is
// s = conj(w).z / 6, and |z - s w|^2 = |z|^2 - |conj(w).z|^2 / 6. Mirror images are assignments.
HexagonFit fit_hexagon(const MatrixXd& points) {
  const char* where = "fit_hexagon";
  require_in_range(where, "columns", points.cols(), Index{2}, Index{2});
  const MatrixXd X = centred(where, points);
  std::array<Complex, 6> z;
  for (Index k = 0; k < 6; ++k) {
    z[static_cast<std::size_t>(k)] = {X(k, 0), X(k, 1)};
  }
  std::array<int, 6> corner;
  std::iota(corner.begin(), corner.end(), 0);
  HexagonFit fit;
  Complex best = 0;
  double most = -1;
  do {
    Complex sum = 0;
    for (std::size_t k = 0; k < 6; ++k) {
      sum += std::conj(corner_at(corner[k])) * z[k];
    }
    if (std::norm(sum) > most) {
      most = std::norm(sum);
      best = sum / 6.0;
      fit.corner = corner;
    }
  } while (std::next_permutation(corner.begin() + 1, corner.end()));
  fit.deviation = std::max(0.0, 1 - most / 6 / X.squaredNorm());
  fit.convex = true;
  const Eigen::RowVector2d mean = points.colwise().mean();
  for (std::size_t k = 0; k < 6; ++k) {
    fit.convex = fit.convex && is_corner(z, k);
    const Complex at = best * corner_at(fit.corner[k]);
    fit.nearest.row(static_cast<Index>(k)) = mean + Eigen::RowVector2d(at.real(), at.imag());
  }
  return fit;
}

PlaneFits fit_planes(const MatrixXd& scores) {
  require_in_range("fit_planes", "columns", scores.cols(), Index{4}, Index{1'000'000});
  PlaneFits fits;
  for (Index i = 0; i < 4; ++i) {
    for (Index j = i + 1; j < 4; ++j) {
      MatrixXd plane(scores.rows(), 2);
      plane << scores.col(i), scores.col(j);
      const HexagonFit fit = fit_hexagon(plane);
      fits.best = std::min(fits.best, fit.deviation);
      if (i == 0 && j == 2) {
        fits.first_third = fit;
      }
    }
  }
  return fits;
}

bool alternates(const HexagonFit& fit, const std::vector<bool>& kind) {
  require_in_range("alternates", "points", std::ssize(kind), hexagon_corners, hexagon_corners);
  std::array<bool, 6> ring{};
  for (std::size_t k = 0; k < ring.size(); ++k) {
    ring[static_cast<std::size_t>(fit.corner[k])] = kind[k];
  }
  for (std::size_t k = 0; k < ring.size(); ++k) {
    if (ring[k] == ring[(k + 1) % ring.size()]) {
      return false;
    }
  }
  return true;
}

SixMatrices analyse_six(const MatrixXd& R) {
  const PrincipalComponents components = principal_components(R);
  return {components, fit_planes(components.scores)};
}

std::vector<double> deviations(std::span<const SixMatrices> many, bool best) {
  std::vector<double> values;
  for (const SixMatrices& six : many) {
    values.push_back(best ? six.fits.best : six.fits.first_third.deviation);
  }
  return values;
}

bool is_hexagon(const HexagonFit& fit, double limit) { return fit.convex && fit.deviation < limit; }

double hexagon_share(std::span<const SixMatrices> many, double limit) {
  const auto count = std::ranges::count_if(
      many, [limit](const SixMatrices& six) { return is_hexagon(six.fits.first_third, limit); });
  return static_cast<double>(count) / static_cast<double>(many.size());
}

std::vector<SixMatrices> random_planes(std::int64_t draws, std::uint64_t seed) {
  require_draws("random_planes", draws);
  RandomStream stream(seed, "random matrices");
  std::vector<SixMatrices> many;
  for (std::int64_t k = 0; k < draws; ++k) {
    many.push_back(analyse_six(random_matrix(hexagon_corners, permuted * permuted, stream)));
  }
  return many;
}

std::vector<SixMatrices> permutation_planes(std::int64_t draws, std::uint64_t seed) {
  require_draws("permutation_planes", draws);
  RandomStream stream(seed, "turns");
  const PrincipalComponents exact = principal_components(permutation_matrices());
  std::vector<SixMatrices> many;
  for (std::int64_t k = 0; k < draws; ++k) {
    const Eigen::HouseholderQR<MatrixXd> qr(random_matrix(4, 4, stream));  // Haar
    PrincipalComponents turned = exact;
    turned.scores.leftCols(4) = exact.scores.leftCols(4) * MatrixXd(qr.householderQ());
    many.push_back({turned, fit_planes(turned.scores)});
  }
  return many;
}

}  // namespace grok
