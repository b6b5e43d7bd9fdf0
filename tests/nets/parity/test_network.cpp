// The kernels of one hidden layer against Eigen, on every instruction set; the initial network.
#include <cmath>

#include "nets/parity/measures.hpp"
#include "tests/nets/parity/plain_parity.hpp"
#include "tests/support/catch.hpp"
#include "theory/parity/circuits.hpp"

using namespace grok;
using namespace grok::parity;

namespace {

RunSpec shape(std::int64_t bits, std::int64_t width, const char* precision) {
  RunSpec spec;
  spec.bits = bits;
  spec.width = width;
  spec.parity = 1;
  spec.train = 2;
  spec.batch = 0;
  spec.precision = precision;
  return spec_of(spec);
}

double distance(const Weights& a, const Weights& b) {
  return std::max({(a.W - b.W).cwiseAbs().maxCoeff(), (a.b - b.b).cwiseAbs().maxCoeff(),
                   (a.u - b.u).cwiseAbs().maxCoeff()});
}

template <class Real>
void check_kernels(double tolerance) {
  RandomStream stream(4, "test/strings");
  for (const MlpKernel<Real>* kernel : mlp_kernels<Real>()) {
    for (const auto& [bits, width, count] : std::vector<std::array<std::int64_t, 3>>{
             {1, 1, 1}, {5, 17, 7}, {50, 130, 32}, {33, 64, 300}}) {
      CAPTURE(kernel->instruction_set, bits, width, count);
      Weights weights =
          initial_weights(shape(bits, width, sizeof(Real) == 4 ? "float32" : "float64"));
      Eigen::MatrixXd strings(count, bits);
      Eigen::VectorXd slope(count);
      for (double& bit : strings.reshaped()) {
        bit = stream.below(2) == 0 ? -1 : 1;
      }
      for (double& number : slope) {  // most are 0, as those of a network that has learnt
        number = stream.below(3) == 0 ? stream.uniform(-1, 1) : 0;
      }
      Network<Real> network(weights, count, *kernel);
      CHECK(distance(network.weights(), weights) == 0);
      const auto columns = network.columns_of(strings);
      std::vector<Real> f(static_cast<std::size_t>(count)), again(f), slopes;
      for (const double number : slope) {
        slopes.push_back(static_cast<Real>(number));
      }
      network.outputs(columns.data(), count, f.data());
      network.forward(columns.data(), count, again.data());
      CHECK(f == again);
      const Eigen::VectorXd wanted = weights.outputs(strings);
      for (std::size_t k = 0; k < f.size(); ++k) {
        CHECK(std::abs(static_cast<double>(f[k]) - wanted[static_cast<Eigen::Index>(k)]) <
              tolerance);
      }
      const Eigen::MatrixXd h = weights.activations(strings);
      const Eigen::MatrixXd back = (h.array() > 0)
                                       .template cast<double>()
                                       .matrix()
                                       .cwiseProduct(slope * weights.u.transpose());
      const double rate = 0.3, decay = 0.2;
      Weights stepped = weights;
      stepped.W -= rate * (back.transpose() * strings + decay * weights.W);
      stepped.b -= rate * (back.colwise().sum().transpose() + decay * weights.b);
      stepped.u -= rate * (h.transpose() * slope + decay * weights.u);
      network.descend(columns.data(), slopes.data(), rate, decay);
      CHECK(distance(network.weights(), stepped) < 20 * tolerance);
      network.restore(weights);
      CHECK(distance(network.weights(), weights) == 0);
    }
  }
}

}  // namespace

TEST_CASE("parity network: outputs and a step are Eigen's, on every instruction set") {
  check_kernels<float>(1e-6);
  check_kernels<double>(1e-14);
}

TEST_CASE("parity network: the gradient is the slope of the loss") {
  RunSpec spec = shape(6, 9, "float64");
  const Weights weights = initial_weights(spec);
  const Eigen::MatrixXd strings = patterns(6).topRows(20);
  const Eigen::VectorXd labels = parities(strings, 2);
  const auto loss = [&](const Weights& at) {
    return (1 - labels.array() * at.outputs(strings).array()).cwiseMax(0).mean();
  };
  Weights stepped = weights;
  plain_step(stepped, strings, labels, 1, 0);  // the gradient: where it was less where it is
  constexpr double h = 1e-6;
  for (Eigen::Index j = 0; j < 9; ++j) {
    Weights more = weights, less = weights;
    more.u[j] += h;
    less.u[j] -= h;
    CHECK(weights.u[j] - stepped.u[j] == Approx((loss(more) - loss(less)) / (2 * h)).margin(1e-8));
    for (Eigen::Index i = 0; i < 6; ++i) {
      more = less = weights;
      more.W(j, i) += h;
      less.W(j, i) -= h;
      CHECK(weights.W(j, i) - stepped.W(j, i) ==
            Approx((loss(more) - loss(less)) / (2 * h)).margin(1e-8));
    }
    more = less = weights;
    more.b[j] += h;
    less.b[j] -= h;
    CHECK(weights.b[j] - stepped.b[j] == Approx((loss(more) - loss(less)) / (2 * h)).margin(1e-8));
  }
}

TEST_CASE("parity network: how it begins") {
  RunSpec spec;
  spec = spec_of(spec);
  const Weights weights = initial_weights(spec);
  CHECK(weights.W.cwiseAbs().maxCoeff() <= 1 / std::sqrt(50.0));
  CHECK(weights.W.cwiseAbs().maxCoeff() > 0.99 / std::sqrt(50.0));
  CHECK(weights.u.cwiseAbs().maxCoeff() <= 1 / std::sqrt(500.0));
  double mean = 0;  // (sqrt(m) + sqrt(n))/sqrt(3n) = 2.403 for large matrices, less at the edge
  for (std::int64_t seed = 0; seed < 30; ++seed) {
    RunSpec other = spec;
    other.init_seed = seed;
    mean += spectral_norm(initial_weights(other).W) / 30;
  }
  CHECK(std::abs(mean - 2.40) < 0.05);
  spec.init_scale = 3;
  const Weights scaled = initial_weights(spec);
  CHECK((scaled.W - 3 * weights.W).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((scaled.u - 3 * weights.u).cwiseAbs().maxCoeff() < 1e-6);
  spec.start = "circuit";
  spec.circuit_rest = 0;
  const Weights circuit = initial_weights(spec_of(spec));
  CHECK(squared_norm(circuit) == Approx(least_norm(2)).epsilon(1e-6));
  const Strings strings = make_strings(spec);
  CHECK((circuit.outputs(strings.test) - strings.test_truth).cwiseAbs().maxCoeff() < 1e-6);
  spec.circuit_rest = 0.5;
  CHECK((initial_weights(spec_of(spec)).W.bottomRows(496) - 0.5 * scaled.W.bottomRows(496))
            .cwiseAbs()
            .maxCoeff() < 1e-6);
}
