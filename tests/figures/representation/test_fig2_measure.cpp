#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/errors.hpp"
#include "figures/representation/fig2_embeddings.hpp"
#include "nets/toy/decoder.hpp"
#include "tests/figures/representation/fig2_points.hpp"
#include "tests/support/catch.hpp"
#include "theory/representation.hpp"

using namespace grok;

namespace {

using Eigen::MatrixXd;

/// The line E_k = (1, 2) + k (3, -1).
MatrixXd line(Index p) {
  MatrixXd E(p, 2);
  for (Index k = 0; k < p; ++k) {
    E.row(k) << 1 + 3 * static_cast<double>(k), 2 - static_cast<double>(k);
  }
  return E;
}

}  // namespace

TEST_CASE("fig2: a ring is found with its step, wherever it lies and however large", "[figures]") {
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

TEST_CASE("fig2: by chance one order in (p-2)! is a ring", "[figures]") {
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

TEST_CASE("fig2: the marked parallelogram is the one that fails most of those that hold",
          "[figures]") {
  const Task task = Task::addition(6);
  const MatrixXd good = line(6);
  MatrixXd poor = line(6);
  poor.row(5) += Eigen::RowVector2d(2, 7);
  poor.row(1) += Eigen::RowVector2d(0, -1);
  const auto marked = telling_parallelogram(task, good, poor, 0.01);
  REQUIRE(marked);
  const MatrixXd R = standardise(poor);
  double largest = 0;
  int candidates = 0;
  for (const Parallelogram& q : list_parallelograms(group_by_output(task))) {
    if (q.first.i == q.first.j || q.second.i == q.second.j) {
      continue;
    }
    ++candidates;
    largest = std::max(
        largest,
        (R.row(q.first.i) + R.row(q.first.j) - R.row(q.second.i) - R.row(q.second.j)).norm());
  }
  CHECK(candidates > 5);
  const auto [a, b] = *marked;
  CHECK(a.i != a.j);
  CHECK(b.i != b.j);
  CHECK(a.i + a.j == b.i + b.j);
  CHECK((R.row(a.i) + R.row(a.j) - R.row(b.i) - R.row(b.j)).norm() == Approx(largest));
  poor = line(6);
  poor.row(3) += Eigen::RowVector2d(0, 5);  // {(3,3), (2,4)} would fail most
  const auto other = telling_parallelogram(task, good, poor, 0.01);
  REQUIRE(other);
  CHECK(other->first.i != other->first.j);
  CHECK(other->second.i != other->second.j);
  CHECK_FALSE(telling_parallelogram(task, good, 3 * good, 0.01));  // none fails
  CHECK_FALSE(telling_parallelogram(task, poor, poor, 0.01));
}

TEST_CASE("fig2: a pixel has the decoder's answer to twice its middle", "[figures]") {
  toy::RunSpec spec;
  spec.task = "modular-addition";
  spec.symbols = 3;
  spec.train = 5;
  spec.representation_dimension = 2;
  spec.decoder_widths = {};
  spec.loss = "cross-entropy";
  spec = resolve(spec, "test");
  toy::InitialState network = draw_initial_state(spec);
  network.embeddings = (MatrixXd(3, 2) << -1, 0, 3, 1, 0, 2).finished();
  network.decoder[0].weight = (MatrixXd(3, 2) << 1, 0, -1, 0.5, 0, -1).finished();
  network.decoder[0].bias = Eigen::Vector3d(-1, 0.5, 2);
  const Plane plane = decode_plane(spec, network, 9);
  REQUIRE(plane.answers.size() == 81);
  const double side = plane.cell * 9;
  CHECK(side == Approx(4 * 1.28));  // the larger extent, and 14% on either side
  CHECK(plane.left + side / 2 == Approx(1));
  CHECK(plane.bottom + side / 2 == Approx(1));
  std::vector<int> seen(3, 0);
  for (std::size_t row = 0; row < 9; ++row) {
    for (std::size_t column = 0; column < 9; ++column) {
      const double x = 2 * (plane.left + (static_cast<double>(column) + 0.5) * plane.cell);
      const double y = 2 * (plane.bottom + (static_cast<double>(row) + 0.5) * plane.cell);
      const std::vector<double> f = {x - 1, -x + 0.5 * y + 0.5, -y + 2};
      const auto best = std::max_element(f.begin(), f.end()) - f.begin();
      CHECK(plane.answers[9 * row + column] == best);
      ++seen[static_cast<std::size_t>(best)];
    }
  }
  CHECK(*std::min_element(seen.begin(), seen.end()) > 5);
  network.embeddings.setOnes();
  CHECK(decode_plane(spec, network, 4).cell == Approx(1.28 / 4));
  CHECK_THROWS_AS(decode_plane(spec, network, 1), InputError);
}

TEST_CASE("fig2: the mean at rate eta and the sum of halves at rate eta/2 are one network",
          "[figures]") {
  // Adam by hand on the embeddings alone, gradients by central differences.
  toy::RunSpec spec;
  spec.symbols = 3;
  spec.train = 6;
  spec.representation_dimension = 2;
  spec.decoder_widths = {5};
  spec.output_dimension = 2;
  spec.precision = "float64";
  spec = resolve(spec, "test");
  const toy::InitialState start = draw_initial_state(spec);
  const Task task = task_of(spec);
  const auto loss = [&](const MatrixXd& E, double share) {  // decoder sees share (E_i + E_j)
    toy::InitialState network = start;
    network.embeddings = E;
    const MatrixXd f = decode(spec, network, share * decoder_inputs(spec, network, task.samples()));
    double sum = 0;
    for (Index k = 0; k < f.rows(); ++k) {
      sum += (f.row(k) - start.labels.row(task.output(task.sample(k)))).squaredNorm();
    }
    return sum;
  };
  const auto descend = [&](MatrixXd E, double share, double rate) {
    MatrixXd m = MatrixXd::Zero(3, 2), v = m;
    for (int t = 1; t <= 20; ++t) {
      for (Index k = 0; k < E.size(); ++k) {
        MatrixXd up = E, down = E;
        const double h = 1e-5 / share;
        up(k) += h;
        down(k) -= h;
        const double g = (loss(up, share) - loss(down, share)) / (2 * h);
        m(k) = 0.9 * m(k) + 0.1 * g;
        v(k) = 0.999 * v(k) + 0.001 * g * g;
      }
      E.array() -= rate * (m.array() / (1 - std::pow(0.9, t))) /
                   ((v.array() / (1 - std::pow(0.999, t))).sqrt() + 1e-8);
    }
    return E;
  };
  const MatrixXd F = 4 * start.embeddings;
  const MatrixXd mean = descend(F, 0.5, 0.05), sum = descend(F / 2, 1, 0.025);
  CHECK((mean - F).norm() > 0.5);
  CHECK((mean / 2 - sum).norm() < 1e-5);
  CHECK((mean / 2 - descend(F / 2, 1, 0.05)).norm() > 0.1);  // the rate matters
}
