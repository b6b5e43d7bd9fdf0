#include "nets/toy/decoder_plane.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "nets/toy/decoder.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Eigen::MatrixXd;

TEST_CASE("a pixel has the decoder's answer to twice its middle", "[nets]") {
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
  const toy::Plane plane = decode_plane(spec, network, 9);
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
  const auto pairs = decode_pairs(spec, network);
  REQUIRE(pairs.size() == 6);
  CHECK(pairs[1].pair == Sample{0, 1});
  CHECK(pairs[1].x == 1);  // between (-1, 0) and (3, 1)
  CHECK(pairs[1].y == 0.5);
  CHECK(pairs[1].output == 1);
  CHECK(pairs[0].answer == 1);  // of (-2, 0): -3, 2.5, 2
  CHECK(std::ranges::count(pairs, true, &toy::PlanePair::trained) == 5);
  network.embeddings.setOnes();
  CHECK(decode_plane(spec, network, 4).cell == Approx(1.28 / 4));
  CHECK_THROWS_AS(decode_plane(spec, network, 1), InputError);
}

TEST_CASE("the mean at rate eta and the sum of halves at rate eta/2 are one network", "[nets]") {
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
