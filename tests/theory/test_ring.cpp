#include "theory/ring.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/polygon.hpp"

using namespace grok;
using Eigen::MatrixXd;

TEST_CASE("a ring is found with its step, wherever it lies and however large", "[theory]") {
  for (const Index step : {1, 2, 3, 4, 5, 6, 8, 10}) {
    CAPTURE(step);
    const Ring ring = find_ring(polygon(steps_of(11, step), 7, 100, -40));
    CHECK(ring.step == std::min<Index>(step, 11 - step));
    CHECK(ring.in_order == 11);
    CHECK(ring.radius_spread < 1e-12);
  }
  std::vector<Index> order = steps_of(11, 3);  // 0 3 6 9 1 4 7 10 2 5 8
  std::swap(order[1], order[6]);               // 0 7 6 9 1 4 3 10 2 5 8: four pairs are broken
  CHECK(find_ring(polygon(order)).in_order == 7);
  CHECK(find_ring(polygon(order)).step == 3);
  MatrixXd E = polygon(steps_of(4, 1));
  E.row(0) *= 2;  // distances to the mean point are no longer equal
  CHECK(find_ring(E).in_order == 4);
  const MatrixXd centred = E.rowwise() - E.colwise().mean();
  const Eigen::ArrayXd r = centred.rowwise().norm();
  CHECK(find_ring(E).radius_spread ==
        Approx(std::sqrt((r - r.mean()).square().sum() / 3) / r.mean()));
  CHECK_THROWS_AS(find_ring(MatrixXd::Zero(5, 3)), InputError);
  CHECK_THROWS_AS(find_ring(MatrixXd::Zero(2, 2)), InputError);
}

TEST_CASE("by chance one order in (p-2)! is a ring", "[theory]") {
  std::vector<Index> order(7);
  std::iota(order.begin(), order.end(), Index{0});
  int rings = 0, orders = 0;
  do {  // the first stays: cyclic orders
    rings += find_ring(polygon(order)).in_order == 7 ? 1 : 0;
    ++orders;
  } while (std::next_permutation(order.begin() + 1, order.end()));
  CHECK(orders == 720);
  CHECK(rings == 6);  // 1 in 5!
}
