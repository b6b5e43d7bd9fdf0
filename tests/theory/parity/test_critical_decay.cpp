// The closed form of the critical decay against numerical maximisation, and the networks that
// compute parities exactly on all sign patterns.
#include "theory/parity/critical_decay.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "theory/parity/circuits.hpp"
#include "theory/parity/reduced_optimum.hpp"

using namespace grok;
using namespace grok::parity;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// With p = 1/2^k: of all strings.
Samples population(Index k) {
  return pattern_samples(k, std::vector<std::int64_t>(std::size_t{1} << k, 1));
}

bool signs_are_right(const Circuit& circuit, Index k) {
  const MatrixXd all = patterns(k);
  return (circuit.outputs(all).array() * parities(all, k).array() > 0).all();
}

double largest_error(const Circuit& circuit, Index k) {
  const MatrixXd all = patterns(k);
  return (circuit.outputs(all) - parities(all, k)).cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("critical decay: hand values, and no larger correlation is found to k = 8") {
  CHECK(critical_decay(1) == Approx(std::sqrt(0.5)).epsilon(1e-14));
  CHECK(critical_decay(2) == Approx(std::sqrt(2.0) / 4).epsilon(1e-14));
  CHECK(critical_decay(3) == 0.125);
  CHECK(critical_decay(4) == 0.125);
  CHECK(critical_decay(6) == Approx(6.0 / (32 * std::sqrt(6.0))).epsilon(1e-14));
  CHECK(least_norm(2) == Approx(4 * std::sqrt(2.0)).epsilon(1e-14));
  CHECK(critical_decay(999) == critical_decay(1000));
  CHECK(std::isfinite(least_norm(1000)));
  for (Index k = 1; k <= 8; ++k) {
    const double found = zero_stability(population(k), {.starts = 80, .seed = 1});
    CAPTURE(k, found, critical_decay(k));
    CHECK(std::abs(found - critical_decay(k)) < 1e-12);
  }
  CHECK_THROWS_AS(critical_decay(0), InputError);
  CHECK_THROWS_AS(critical_decay(1001), InputError);
}

TEST_CASE(
    "critical decay: a neuron of random direction never does better; the tight ones do as well") {
  RandomStream stream(5, "test/neurons");
  for (Index k = 1; k <= 5; ++k) {
    for (int trial = 0; trial < 300; ++trial) {
      VectorXd v(k + 1);
      for (double& number : v) {
        number = stream.normal();
      }
      CHECK(std::abs(correlation(v.normalized())) < critical_decay(k));
    }
    const MatrixXd tight = tight_directions(k);
    CHECK(tight.rows() == (k == 1 ? 2 : Index{1} << (k + k % 2)));
    for (Index j = 0; j < tight.rows(); ++j) {
      CHECK(tight.row(j).norm() == Approx(1).epsilon(1e-14));
      CHECK(std::abs(correlation(tight.row(j).transpose())) ==
            Approx(critical_decay(k)).epsilon(1e-13));
    }
  }
}

TEST_CASE("tight directions: every maximum that ascent finds is one of them, k <= 4") {
  for (Index k = 1; k <= 4; ++k) {
    const MatrixXd tight = tight_directions(k);
    std::vector<bool> met(static_cast<std::size_t>(tight.rows()), false);
    for (const Neuron& neuron :
         find_neurons(population(k).inputs, parities(patterns(k), k) / std::exp2(k),
                      {.starts = 400, .seed = 2})) {
      if (std::abs(neuron.value) < critical_decay(k) - 1e-12) {
        continue;  // a local maximum
      }
      Index nearest = 0;
      CHECK((tight * neuron.v).maxCoeff(&nearest) > 1 - 1e-12);
      met[static_cast<std::size_t>(nearest)] = true;
    }
    CHECK(std::ranges::count(met, true) == tight.rows());
  }
}

TEST_CASE("circuits: outputs on all patterns") {
  for (Index k = 1; k <= 8; ++k) {
    CAPTURE(k);
    CHECK(largest_error(pattern_circuit(k), k) < 1e-12);
    CHECK(pattern_circuit(k).width() == Index{1} << k);
    CHECK(largest_error(sum_circuit(k), k) < 1e-9);
    CHECK(sum_circuit(k).width() == k + 1);
    const Circuit minimal = minimal_circuit(k);
    CHECK(largest_error(minimal, k) < 1e-12);
    CHECK(minimal.path_norm() == Approx(1 / critical_decay(k)).epsilon(1e-12));
    CHECK(minimal.squared_norm() == Approx(least_norm(k)).epsilon(1e-12));
    CHECK(minimal.width() == (Index{1} << k));
  }
  CHECK(largest_error(four_neurons(), 3) == 0);
  CHECK(four_neurons().squared_norm() > least_norm(3));
  CHECK(signs_are_right(six_neurons(), 3));
  const MatrixXd all = patterns(3);
  const VectorXd f = six_neurons().outputs(all), y = parities(all, 3);
  for (Index s = 0; s < 8; ++s) {
    CHECK((y[s] < 0 ? f[s] == -1 : f[s] == 10 || f[s] == 7));
  }
  // Beyond the bits of the parity nothing is read.
  const MatrixXd longer = patterns(6);
  CHECK((four_neurons().outputs(longer) - parities(longer, 3)).cwiseAbs().maxCoeff() == 0);
  CHECK_THROWS_AS(six_neurons().outputs(patterns(2)), InputError);
}

TEST_CASE("circuits: two neurons are right with f > 0 alone, and none has strict signs") {
  const MatrixXd all = patterns(2);
  const VectorXd y = parities(all, 2), f = two_neurons().outputs(all);
  for (Index s = 0; s < 4; ++s) {
    CHECK(f[s] == (y[s] > 0 ? 1 : 0));
  }
  // The inequality of the proof, f(1,1) + f(-1,-1) <= f(1,-1) + f(-1,1) wherever f > 0 on the first
  // two and f < 0 somewhere else, and with it no strict network: random ones never are.
  RandomStream stream(7, "test/two-neurons");
  int strict = 0, three = 0;
  for (int trial = 0; trial < 20'000; ++trial) {
    Circuit circuit{MatrixXd(3, 2), VectorXd(3), VectorXd(3)};
    for (auto& part : {&circuit.b, &circuit.u}) {
      for (double& number : *part) {
        number = stream.normal();
      }
    }
    for (double& number : circuit.W.reshaped()) {
      number = stream.normal();
    }
    three += signs_are_right(circuit, 2) ? 1 : 0;
    const Circuit two{circuit.W.topRows(2), circuit.b.head(2), circuit.u.head(2)};
    strict += signs_are_right(two, 2) ? 1 : 0;
  }
  CHECK(strict == 0);
  CHECK(three > 0);  // the search is not blind
}

TEST_CASE("circuits: least masses from the tight directions and from many neurons") {
  for (Index k = 1; k <= 4; ++k) {
    const VectorXd masses = least_masses(k, tight_directions(k));
    CHECK(masses.cwiseAbs().sum() == Approx(1 / critical_decay(k)).epsilon(1e-9));
  }
  CHECK(least_masses(2, tight_directions(2)).cwiseAbs().minCoeff() == Approx(std::sqrt(0.5)));
  // Other neurons do not make it cheaper.
  RandomStream stream(3, "test/more-neurons");
  MatrixXd more(200, 4);
  for (double& number : more.reshaped()) {
    number = stream.normal();
  }
  more.rowwise().normalize();
  more.topRows(16) = tight_directions(3);
  CHECK(least_masses(3, more).cwiseAbs().sum() == Approx(8).epsilon(1e-9));
  // Vertices of k = 3: four neurons of masses 3, 3, 1, 1 among them, eight at most.
  std::vector<int> sizes(17, 0);
  for (int trial = 0; trial < 200; ++trial) {
    VectorXd preference(16);
    for (double& number : preference) {
      number = stream.uniform(0, 1);
    }
    const VectorXd masses = least_masses(3, tight_directions(3), preference);
    CHECK(masses.cwiseAbs().sum() == Approx(8).epsilon(1e-6));
    ++sizes[static_cast<std::size_t>((masses.array().abs() > 1e-6).count())];
  }
  for (std::size_t size = 0; size < sizes.size(); ++size) {
    CHECK((sizes[size] == 0) == (size < 4 || size > 8 || size == 5));
  }
  CHECK_THROWS_AS(least_masses(2, MatrixXd::Ones(1, 3)), ConvergenceError);
  CHECK_THROWS_AS(least_masses(2, MatrixXd::Ones(1, 4)), InputError);
}
