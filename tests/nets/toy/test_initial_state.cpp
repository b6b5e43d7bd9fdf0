#include "nets/toy/initial_state.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

// Largest distance between the empirical distribution of U(-bound, bound) draws and the uniform
// law.
double kolmogorov_distance(std::vector<double> x, double bound) {
  std::sort(x.begin(), x.end());
  double distance = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double law = (x[k] + bound) / (2 * bound);
    const double n = static_cast<double>(x.size());
    distance = std::max({distance, std::abs(law - static_cast<double>(k) / n),
                         std::abs(law - static_cast<double>(k + 1) / n)});
  }
  return distance;
}

std::vector<double> entries(const Eigen::MatrixXd& m) { return {m.data(), m.data() + m.size()}; }

RunSpec wide_spec() {
  RunSpec spec;
  spec.symbols = 100;
  spec.train = 100;
  spec.representation_dimension = 20;
  return resolve(spec, "test");
}

}  // namespace

// Kolmogorov-Smirnov at level 1e-6 each (1e-6: sqrt(n) D > 2.69); the seed is fixed.
TEST_CASE("initial numbers have PyTorch's distributions", "[nets][init]") {
  const RunSpec spec = wide_spec();
  const InitialState state = draw_initial_state(spec);
  REQUIRE(state.embeddings.rows() == 100);
  REQUIRE(state.embeddings.cols() == 20);
  CHECK(kolmogorov_distance(entries(state.embeddings), 0.5) * std::sqrt(2000.0) < 2.69);
  REQUIRE(state.decoder.size() == 3);
  const std::vector<double> inputs = {20, 200, 200};
  const std::vector<Index> outputs = {200, 200, 30};
  for (std::size_t l = 0; l < 3; ++l) {
    const double bound = 1 / std::sqrt(inputs[l]);
    const auto weights = entries(state.decoder[l].weight), biases = entries(state.decoder[l].bias);
    CAPTURE(l);
    CHECK(state.decoder[l].weight.rows() == outputs[l]);
    CHECK(state.decoder[l].weight.cols() == static_cast<Index>(inputs[l]));
    CHECK(kolmogorov_distance(weights, bound) * std::sqrt(static_cast<double>(weights.size())) <
          2.69);
    CHECK(kolmogorov_distance(biases, bound) * std::sqrt(static_cast<double>(biases.size())) <
          2.69);
  }
  // Targets: mean 0 and variance 1 of n = 199 * 30 normals, within 5 standard errors.
  const double n = static_cast<double>(state.labels.size());
  REQUIRE(n == 199 * 30);
  CHECK(std::abs(state.labels.mean()) < 5 / std::sqrt(n));
  CHECK(std::abs(state.labels.squaredNorm() / n - 1) < 5 * std::sqrt(2 / n));
  CHECK((state.labels.array() > 1.959964).count() ==
        Approx(0.025 * n).margin(5 * std::sqrt(0.025 * n)));
}

TEST_CASE("normal embeddings have the moments and tails of N(0, 1), times the scale",
          "[nets][init]") {
  RunSpec spec = wide_spec();
  spec.symbols = 300;
  spec.representation_dimension = 40;
  spec.representation_distribution = "normal";
  spec.representation_init_scale = 0.1;
  const RunSpec resolved = resolve(spec, "test");
  const Eigen::ArrayXXd E = draw_initial_state(resolved).embeddings.array() / 0.1;
  const double n = 300 * 40;
  REQUIRE(static_cast<double>(E.size()) == n);
  // Standard errors of the mean of x, x^2, x^3, x^4 (values 0, 1, 0, 3): each within 5.
  CHECK(std::abs(E.mean()) < 5 / std::sqrt(n));
  CHECK(std::abs(E.square().mean() - 1) < 5 * std::sqrt(2 / n));
  CHECK(std::abs(E.cube().mean()) < 5 * std::sqrt(15 / n));
  CHECK(std::abs(E.square().square().mean() - 3) < 5 * std::sqrt(96 / n));
  CHECK(static_cast<double>((E > 1.959964).count()) ==
        Approx(0.025 * n).margin(5 * std::sqrt(0.025 * n)));
  RunSpec uniform = resolved;
  uniform.representation_distribution = "uniform";
  const InitialState a = draw_initial_state(resolved), b = draw_initial_state(uniform);
  CHECK(b.embeddings.cwiseAbs().maxCoeff() <= 0.05);
  CHECK(a.decoder[0].weight == b.decoder[0].weight);  // other streams do not move
  CHECK(a.train == b.train);
}

TEST_CASE("one-hot targets are drawn from no stream: the labels' seed changes nothing",
          "[nets][init]") {
  RunSpec spec = wide_spec();
  spec.symbols = 10;
  spec.train = 40;
  spec.targets = "one-hot";
  spec.output_dimension = std::nullopt;
  spec.label_scale = 3;
  const RunSpec resolved = resolve(spec, "test");
  RunSpec other = resolved;
  other.label_seed = 99;
  const InitialState state = draw_initial_state(resolved);
  CHECK(state.labels == Eigen::MatrixXd(3 * Eigen::MatrixXd::Identity(19, 19)));
  CHECK(draw_initial_state(other).labels == state.labels);
  CHECK_NOTHROW(check_initial_state(state, resolved, "state"));
}

TEST_CASE("scales multiply, seeds set apart move only their own numbers", "[nets][init]") {
  const RunSpec base = wide_spec();
  const InitialState a = draw_initial_state(base);
  RunSpec scaled = base;
  scaled.representation_init_scale = 3;
  scaled.decoder_init_scale = 0.5;
  scaled.label_scale = 10;
  const InitialState b = draw_initial_state(scaled);
  CHECK(b.embeddings.isApprox(3 * a.embeddings, 1e-15));
  CHECK(b.decoder[1].weight.isApprox(0.5 * a.decoder[1].weight, 1e-15));
  CHECK(b.decoder[1].bias.isApprox(0.5 * a.decoder[1].bias, 1e-15));
  CHECK(b.labels.isApprox(10 * a.labels, 1e-15));
  CHECK(a.train == b.train);

  RunSpec split = base, labels = base, init = base;
  split.split_seed = 1;
  labels.label_seed = 1;
  init.init_seed = 1;
  CHECK(draw_initial_state(split).train != a.train);
  CHECK(draw_initial_state(split).embeddings == a.embeddings);
  CHECK(draw_initial_state(split).labels == a.labels);
  CHECK(draw_initial_state(labels).labels != a.labels);
  CHECK(draw_initial_state(labels).train == a.train);
  CHECK(draw_initial_state(labels).decoder[0].weight == a.decoder[0].weight);
  CHECK(draw_initial_state(init).embeddings != a.embeddings);
  CHECK(draw_initial_state(init).decoder[0].weight != a.decoder[0].weight);
  CHECK(draw_initial_state(init).labels == a.labels);
}

TEST_CASE("an initial state that does not fit is refused with the place", "[nets][errors]") {
  RunSpec spec;
  const RunSpec resolved = resolve(spec, "test");
  const InitialState good = draw_initial_state(resolved);
  CHECK_NOTHROW(check_initial_state(good, resolved, "state"));
  InitialState bad = good;
  bad.embeddings.resize(9, 1);
  CHECK_THROWS_WITH(check_initial_state(bad, resolved, "state"),
                    "state: embeddings = 9 x 1, allowed 10 x 1");
  bad = good;
  bad.decoder[1].weight(3, 4) = NAN;
  CHECK_THROWS_WITH(check_initial_state(bad, resolved, "state"),
                    "state: decoder[1].weight[3][4] = nan, allowed finite numbers");
  bad = good;
  bad.decoder.pop_back();
  CHECK_THROWS_WITH(check_initial_state(bad, resolved, "state"),
                    "state: decoder layers = 2, allowed [3, 3]");
  bad = good;
  bad.train[1] = bad.train[0];
  CHECK_THROWS_AS(check_initial_state(bad, resolved, "state"), InputError);
}
