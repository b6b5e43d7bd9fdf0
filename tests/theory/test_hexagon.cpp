#include "theory/hexagon.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Eigen::MatrixXd;

namespace {

constexpr double pi = std::numbers::pi;

/// Corner `places[k]` of a regular hexagon in row k, turned by `turn`.
MatrixXd hexagon(const std::array<int, 6>& places, double turn = 0, double size = 1) {
  MatrixXd points(6, 2);
  for (std::size_t k = 0; k < 6; ++k) {
    const double angle = turn + places[k] * pi / 3;
    points.row(static_cast<Eigen::Index>(k)) << size * std::cos(angle), size * std::sin(angle);
  }
  return points;
}

MatrixXd random_points(std::uint64_t seed, Eigen::Index columns) {
  RandomStream stream(seed, "points");
  return MatrixXd::NullaryExpr(6, columns, [&stream] { return stream.normal(); });
}

/// By least squares for each of the 720 assignments: x = u + a cos - b sin, y = v + a sin + b cos.
double brute_deviation(const MatrixXd& points) {
  std::array<int, 6> places;
  std::iota(places.begin(), places.end(), 0);
  double least = 1e300;
  do {
    const MatrixXd corners = hexagon(places);
    MatrixXd A = MatrixXd::Zero(12, 4);
    Eigen::VectorXd y(12);
    for (Eigen::Index k = 0; k < 6; ++k) {
      A.row(k) << corners(k, 0), -corners(k, 1), 1, 0;
      A.row(6 + k) << corners(k, 1), corners(k, 0), 0, 1;
      y[k] = points(k, 0);
      y[6 + k] = points(k, 1);
    }
    const Eigen::VectorXd x = A.colPivHouseholderQr().solve(y);
    least = std::min(least, (A * x - y).squaredNorm());
  } while (std::next_permutation(places.begin(), places.end()));
  return least / (points.rowwise() - points.colwise().mean()).squaredNorm();
}

}  // namespace

TEST_CASE("hexagons: a regular hexagon has deviation 0, wherever, however large, however numbered",
          "[theory][hexagon]") {
  for (const std::array<int, 6>& places :
       {std::array{0, 1, 2, 3, 4, 5}, std::array{4, 0, 2, 5, 1, 3}, std::array{0, 5, 4, 3, 2, 1}}) {
    MatrixXd points = hexagon(places, 0.3, 7);
    points.rowwise() += Eigen::RowVector2d(3, -20);
    const HexagonFit fit = fit_hexagon(points);
    CHECK(fit.deviation < 1e-12);
    CHECK(fit.convex);
    CHECK((fit.nearest - points).norm() < 1e-9);
    for (std::size_t k = 0; k < 6; ++k) {  // the same order round the ring, in one of two senses
      const int step = (places[k] - places[0] + 6) % 6;
      const int back = (6 - step) % 6;
      CHECK((fit.corner[k] == step || fit.corner[k] == back));
    }
  }
}

TEST_CASE("hexagons: deviations by hand and by brute force", "[theory][hexagon]") {
  // Both copies of a triangle's corner go to neighbouring corners: |3 (1 + exp(i pi/3))|^2/36 =
  // 3/4.
  CHECK(fit_hexagon(hexagon({0, 0, 2, 2, 4, 4})).deviation == Approx(0.25));
  // On a line: cos of 0, 60, 120, ... are its best order, half of all squares.
  MatrixXd line = hexagon({0, 1, 2, 3, 4, 5});
  line.col(1).setZero();
  CHECK(fit_hexagon(line).deviation == Approx(0.5));
  CHECK_FALSE(fit_hexagon(line).convex);
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const MatrixXd points = random_points(seed, 2);
    const HexagonFit fit = fit_hexagon(points);
    CHECK(fit.deviation == Approx(brute_deviation(points)).epsilon(1e-9));
    const double scatter = (points.rowwise() - points.colwise().mean()).squaredNorm();
    CHECK((fit.nearest - points).squaredNorm() == Approx(fit.deviation * scatter));
  }
}

TEST_CASE("hexagons: convex: each point is a corner of the hull", "[theory][hexagon]") {
  MatrixXd points = hexagon({0, 1, 2, 3, 4, 5});
  points.row(2) *= 0.86;  // the side between its neighbours is at 0.5 from the centre
  CHECK(fit_hexagon(points).convex);
  points.row(2) *= 0.5 / 0.86 * 1.02;
  CHECK(fit_hexagon(points).convex);
  points.row(2) *= 0.98 / 1.02;
  CHECK_FALSE(fit_hexagon(points).convex);
}

TEST_CASE("hexagons: bad points are refused", "[theory][hexagon]") {
  CHECK_THROWS_WITH(fit_hexagon(MatrixXd::Ones(6, 2)), ContainsSubstring("rows = all equal"));
  CHECK_THROWS_WITH(fit_hexagon(random_points(1, 3)), ContainsSubstring("columns = 3"));
  CHECK_THROWS_WITH(fit_hexagon(random_points(1, 2).topRows(5)), ContainsSubstring("rows = 5"));
  MatrixXd broken = random_points(1, 9);
  broken(3, 3) = std::nan("");
  CHECK_THROWS_WITH(principal_components(broken), ContainsSubstring("not finite"));
  CHECK_THROWS_WITH(principal_components(random_points(1, 4)), ContainsSubstring("columns = 4"));
  CHECK_THROWS_AS(fit_planes(random_points(1, 3)), InputError);
}

TEST_CASE("hexagons: principal components of known matrices", "[theory][hexagon]") {
  const MatrixXd R = random_points(5, 9);
  const PrincipalComponents pc = principal_components(R);
  const MatrixXd X = R.rowwise() - R.colwise().mean();
  CHECK((pc.scores * pc.scores.transpose() - X * X.transpose()).norm() < 1e-10);
  CHECK(pc.explained.sum() == Approx(1));
  for (Eigen::Index c = 0; c < 5; ++c) {
    CHECK(pc.scores.col(c).maxCoeff() == Approx(pc.scores.col(c).cwiseAbs().maxCoeff()));
    CHECK(pc.explained[c] == Approx(pc.scores.col(c).squaredNorm() / X.squaredNorm()));
    CHECK((c == 0 || pc.explained[c] <= pc.explained[c - 1]));
  }
  for (const SixMatrices& draw : permutation_planes(40, 0)) {  // four equal, none beyond
    for (Eigen::Index c = 0; c < 5; ++c) {
      CHECK(draw.components.explained[c] == Approx(c < 4 ? 0.25 : 0).margin(1e-12));
    }
  }
}

TEST_CASE("hexagons: what random matrices and random planes give", "[theory][hexagon]") {
  const auto random = random_planes(200, 0), exact = permutation_planes(200, 0);
  REQUIRE(random.size() == 200);
  const auto third = [](const SixMatrices& draw) { return draw.fits.first_third.deviation; };
  for (const SixMatrices& draw : random) {
    CHECK(draw.fits.best <= third(draw));
  }
  // Any plane of the exact representation's four directions: from near a hexagon to far from one.
  CHECK(third(*std::ranges::min_element(exact, {}, third)) < 0.1);
  CHECK(third(*std::ranges::max_element(exact, {}, third)) > 0.3);
  CHECK(deviations(exact, false)[7] == third(exact[7]));
  CHECK(deviations(exact, true)[7] == exact[7].fits.best);
  CHECK(hexagon_share(random, 2) > hexagon_share(random, 0.2));
  CHECK(hexagon_share(random, 0) == 0);
  CHECK_THROWS_WITH(random_planes(39, 0), ContainsSubstring("draws = 39"));
}

TEST_CASE("hexagons: kinds alternate round the ring or not", "[theory][hexagon]") {
  HexagonFit fit = fit_hexagon(hexagon({0, 1, 2, 3, 4, 5}));
  const std::vector<bool> kind = {true, false, true, false, true, false};
  CHECK(alternates(fit, kind));
  std::swap(fit.corner[0], fit.corner[1]);
  CHECK_FALSE(alternates(fit, kind));
  CHECK_THROWS_AS(alternates(fit, {true, false}), InputError);
}

TEST_CASE("hexagons: convex and near to a regular one", "[theory][hexagon]") {
  HexagonFit fit = fit_hexagon(hexagon({0, 1, 2, 3, 4, 5}));
  CHECK(is_hexagon(fit, 0.1));
  fit.deviation = 0.1;
  CHECK_FALSE(is_hexagon(fit, 0.1));
  fit.deviation = 0;
  fit.convex = false;
  CHECK_FALSE(is_hexagon(fit, 0.1));
}
