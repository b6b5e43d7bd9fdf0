// The optimum of a finite training set: the population's in closed form, the staircase of k = 2,
// its own optimality conditions, and descent on a wide network as the brute-force twin.
#include "theory/parity/reduced_optimum.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "theory/parity/circuits.hpp"
#include "theory/parity/staircase.hpp"

using namespace grok;
using namespace grok::parity;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd strings_of(Index count, Index bits, std::uint64_t seed) {
  RandomStream stream(seed, "test/strings");
  MatrixXd strings(count, bits);
  for (double& bit : strings.reshaped()) {
    bit = stream.below(2) == 0 ? -1 : 1;
  }
  return strings;
}

/// Loss + decay V of a network whose neurons are (directions, signed masses).
double objective_of(const Samples& samples, const MatrixXd& neurons, const VectorXd& masses,
                    double decay) {
  const VectorXd f = (samples.inputs * neurons.transpose()).cwiseMax(0) * masses;
  return samples.weights.dot((1 - samples.targets.array() * f.array()).cwiseMax(0).matrix()) +
         decay * masses.cwiseAbs().sum();
}

}  // namespace

TEST_CASE("reduced optimum: all strings, below and above the critical decay") {
  for (Index k = 1; k <= 4; ++k) {
    const Samples all = pattern_samples(k, std::vector<std::int64_t>(std::size_t{1} << k, 3));
    for (const double share : {0.1, 0.9, 0.99}) {
      const double decay = share * critical_decay(k);
      const ReducedOptimum optimum = reduced_optimum(all, decay);
      CAPTURE(k, share);
      CHECK(optimum.objective == Approx(share).epsilon(1e-9));
      CHECK(optimum.path_norm == Approx(1 / critical_decay(k)).epsilon(1e-9));
      CHECK(std::abs(optimum.loss) < 1e-9);
      CHECK(optimum.accuracy == Approx(1));
    }
    const ReducedOptimum none = reduced_optimum(all, 1.01 * critical_decay(k));
    CHECK(none.path_norm == 0);
    CHECK(none.objective == Approx(1));
    CHECK(none.accuracy == 0);
    CHECK(none.masses.size() == 0);
  }
}

TEST_CASE("reduced optimum: two bits lose their patterns one by one") {
  const std::vector<std::int64_t> counts = {82, 70, 84, 64};
  const Staircase stairs = staircase(counts);
  CHECK(stairs.first_loss == Approx(std::sqrt(2.0) * 64 / 300));
  CHECK(stairs.collapse == Approx(std::sqrt(2.0) * 84 / 300));
  const ReducedDecays decays = reduced_decays(2, counts);
  CHECK(decays.first_loss == Approx(stairs.first_loss).epsilon(2e-6));
  CHECK(decays.collapse == Approx(stairs.collapse).epsilon(1e-12));
  CHECK(reduced_decays(3, std::vector<std::int64_t>(8, 5)).first_loss ==
        Approx(critical_decay(3)).epsilon(2e-6));
  CHECK(reduced_decays(2, {5, 5, 5, 0}).first_loss == 0);
  // Patterns decouple as long as none outweighs its neighbours; else it gains by a bias.
  RandomStream stream(6, "test/counts");
  for (int trial = 0; trial < 6; ++trial) {
    std::vector<std::int64_t> even;
    for (int s = 0; s < 4; ++s) {
      even.push_back(50 + stream.below(50));
    }
    const ReducedDecays reduced = reduced_decays(2, even);
    CHECK(reduced.first_loss == Approx(staircase(even).first_loss).epsilon(2e-6));
    CHECK(reduced.collapse == Approx(staircase(even).collapse).epsilon(1e-12));
  }
  const std::vector<std::int64_t> uneven = {80, 5, 5, 10};
  CHECK(reduced_decays(2, uneven).collapse > 1.1 * std::sqrt(2.0) * 0.8);
  CHECK_THROWS_AS(staircase(uneven), InputError);
  CHECK_NOTHROW(staircase({10, 5, 5, 10}));
  CHECK_THROWS_AS(reduced_decays(7, counts), InputError);
  const Samples samples = pattern_samples(2, counts);
  for (const double decay : {0.05, 0.29, 0.31, 0.34, 0.39, 0.40}) {
    const ReducedOptimum optimum = reduced_optimum(samples, decay);
    const Step& step = stairs.at(decay);
    CAPTURE(decay, step.patterns);
    CHECK(optimum.accuracy * 300 == Approx(step.weight * 300));
    CHECK(2 * optimum.path_norm == Approx(step.squared_norm).margin(1e-8));
  }
  CHECK(stairs.at(0.05).patterns == 4);
  CHECK(stairs.at(0.31).patterns == 3);
  CHECK(stairs.at(0.40).patterns == 0);
  CHECK(stairs.at(0.31).accuracy == 0.75);
}

TEST_CASE("reduced optimum: three bits, uneven patterns: the conditions of a minimum") {
  const Samples samples = pattern_samples(3, {130, 119, 141, 122, 125, 110, 128, 125});
  for (const double decay : {0.02, 0.11, 0.12, 0.13}) {
    const ReducedOptimum optimum = reduced_optimum(samples, decay);
    CAPTURE(decay, optimum.path_norm, optimum.accuracy);
    CHECK(objective_of(samples, optimum.neurons, optimum.masses, decay) ==
          Approx(optimum.objective).epsilon(1e-9));
    CHECK(optimum.loss + decay * optimum.path_norm == Approx(optimum.objective).epsilon(1e-9));
    CHECK(optimum.excess < 1e-9);
    // Multipliers: in [0, p]; 0 beyond the margin, p within; each neuron that lives pays exactly.
    for (Index s = 0; s < 8; ++s) {
      const double margin = samples.targets[s] * optimum.outputs[s];
      CHECK(optimum.q[s] > -1e-12);
      CHECK(optimum.q[s] < samples.weights[s] + 1e-12);
      CHECK((margin < 1 + 1e-7 || std::abs(optimum.q[s]) < 1e-9));
      CHECK((margin > 1 - 1e-7 || std::abs(optimum.q[s] - samples.weights[s]) < 1e-9));
    }
    for (Index j = 0; j < optimum.masses.size(); ++j) {
      const double gain =
          (optimum.q.cwiseProduct(samples.targets))
              .dot((samples.inputs * optimum.neurons.row(j).transpose()).cwiseMax(0));
      CHECK(gain == Approx(std::copysign(decay, optimum.masses[j])).epsilon(1e-7));
    }
  }
  CHECK_THROWS_AS(reduced_optimum(samples, 0), InputError);
  CHECK_THROWS_AS(pattern_samples(3, {1, 2}), InputError);
  CHECK_THROWS_AS(pattern_samples(1, {0, 0}), InputError);
}

TEST_CASE("reduced optimum: on samples with noise bits it is below any network found by descent") {
  const MatrixXd strings = strings_of(40, 6, 3);
  const Samples samples = samples_of(strings, parities(strings, 2));
  constexpr double decay = 0.05;
  const ReducedOptimum optimum = reduced_optimum(samples, decay, {.tolerance = 1e-6});
  // Full-batch subgradient descent of 200 neurons, small steps at the end.
  RandomStream stream(2, "test/network");
  MatrixXd W(200, 7);
  VectorXd u(200);
  for (double& number : W.reshaped()) {
    number = 0.3 * stream.normal();
  }
  for (double& number : u) {
    number = 0.1 * stream.normal();
  }
  for (int step = 0; step < 6000; ++step) {
    const double rate = step < 4000 ? 0.1 : 0.02;
    const MatrixXd h = (samples.inputs * W.transpose()).cwiseMax(0);
    const VectorXd slope =
        ((samples.targets.array() * (h * u).array()) < 1)
            .select(-samples.targets.cwiseProduct(samples.weights), VectorXd::Zero(40));
    const MatrixXd back =
        (h.array() > 0).cast<double>().matrix().cwiseProduct(slope * u.transpose());
    const VectorXd u_slope = h.transpose() * slope;
    W -= rate * (back.transpose() * samples.inputs + decay * W);
    u -= rate * (u_slope + decay * u);
  }
  const MatrixXd h = (samples.inputs * W.transpose()).cwiseMax(0);
  const double loss =
      samples.weights.dot((1 - samples.targets.array() * (h * u).array()).cwiseMax(0).matrix());
  const double descended = loss + decay / 2 * (W.squaredNorm() + u.squaredNorm());
  CAPTURE(optimum.objective, descended, optimum.masses.size());
  CHECK(optimum.objective < descended);
  CHECK(optimum.objective == Approx(decay * 2 * std::sqrt(2.0)).epsilon(1e-6));  // the circuit
}

TEST_CASE("best neuron: the sample's own bound is above what each pattern allows") {
  const MatrixXd strings = strings_of(300, 50, 1);
  const auto counts = pattern_counts(strings, 2);
  CHECK(counts[0] + counts[1] + counts[2] + counts[3] == 300);
  const double bound = zero_stability(samples_of(strings, parities(strings, 2)), {});
  CHECK(bound > staircase(counts).collapse);
  CHECK(bound < 1.15 * staircase(counts).collapse);
}
