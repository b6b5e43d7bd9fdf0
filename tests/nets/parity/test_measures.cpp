// What is measured on a parity network, against brute force and on networks whose answer is known.
#include "nets/parity/measures.hpp"

#include <Eigen/SVD>
#include <algorithm>
#include <cmath>

#include "tests/nets/parity/plain_parity.hpp"
#include "tests/support/catch.hpp"
#include "theory/parity/circuits.hpp"

using namespace grok;
using namespace grok::parity;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Index = Eigen::Index;

namespace {

/// A circuit on n bits, with small neurons beside it that do nothing to any answer.
Weights embedded(const Circuit& circuit, Index bits, Index idle) {
  const Index width = circuit.width() + idle;
  Weights weights{MatrixXd::Zero(width, bits), VectorXd::Zero(width), VectorXd::Zero(width)};
  weights.W.topLeftCorner(circuit.width(), circuit.W.cols()) = circuit.W;
  weights.b.head(circuit.width()) = circuit.b;
  weights.u.head(circuit.width()) = circuit.u;
  weights.W.bottomRows(idle).setConstant(1e-3);
  weights.u.tail(idle).setConstant(1e-3);
  return weights;
}

Weights random_weights(Index width, Index bits, std::uint64_t seed) {
  RandomStream stream(seed, "test/weights");
  Weights weights{MatrixXd(width, bits), VectorXd(width), VectorXd(width)};
  for (double& number : weights.W.reshaped()) {
    number = stream.normal();
  }
  for (Index j = 0; j < width; ++j) {
    weights.b[j] = stream.normal();
    weights.u[j] = stream.normal();
  }
  return weights;
}

Weights masked(const Weights& weights, const std::vector<Index>& set) {
  Weights part = weights;
  for (Index j = 0; j < weights.u.size(); ++j) {
    if (std::ranges::find(set, j) == set.end()) {
      part.u[j] = 0;
    }
  }
  return part;
}

}  // namespace

TEST_CASE("parity measures: norms") {
  const Weights weights = random_weights(13, 6, 1);
  CHECK(spectral_norm(weights.W) ==
        Approx(Eigen::JacobiSVD<MatrixXd>(weights.W).singularValues()[0]).epsilon(1e-12));
  CHECK(spectral_norm(weights.W.transpose()) == Approx(spectral_norm(weights.W)).epsilon(1e-12));
  double path = 0;
  for (Index j = 0; j < 13; ++j) {
    path += std::abs(weights.u[j]) *
            std::sqrt(weights.W.row(j).squaredNorm() + weights.b[j] * weights.b[j]);
  }
  CHECK(path_norm(weights) == Approx(path).epsilon(1e-13));
  for (Index k = 1; k <= 5; ++k) {
    const Weights exact = embedded(minimal_circuit(k), 8, 0);
    CHECK(path_norm(exact) == Approx(1 / critical_decay(k)).epsilon(1e-12));
    CHECK(squared_norm(exact) == Approx(least_norm(k)).epsilon(1e-12));
    CHECK(tight_share(exact, k) == Approx(1));
  }
  CHECK(tight_share(random_weights(200, 50, 3), 2) < 0.02);
  // As a list of all tight directions has it.
  for (Index k = 1; k <= 4; ++k) {
    Weights some = random_weights(300, 6, static_cast<std::uint64_t>(k));
    some.W.rightCols(6 - k) *= 0.1;
    const MatrixXd tight = tight_directions(k);
    double along = 0;
    for (Index j = 0; j < 300; ++j) {
      VectorXd v(k + 1);
      v << some.W.row(j).head(k).transpose(), some.b[j];
      const double norm = std::sqrt(some.W.row(j).squaredNorm() + some.b[j] * some.b[j]);
      along += (tight * v).maxCoeff() >= 0.98 * norm ? std::abs(some.u[j]) * norm : 0;
    }
    CHECK(tight_share(some, k) == Approx(along / path_norm(some)).margin(1e-12));
    CHECK(along > 0);
  }
  // Half of V away from the bits of the parity.
  Weights half = embedded(minimal_circuit(2), 8, 0);
  half.W.row(0).tail(6).setConstant(half.W(0, 0));
  const double moved = std::abs(half.u[0]) * half.W.row(0).norm();
  CHECK(tight_share(half, 2) == Approx(1 - moved / path_norm(half)).epsilon(1e-12));
}

TEST_CASE("parity measures: answers") {
  const VectorXd f = (VectorXd(3) << 0.5, 0, -2).finished();
  CHECK(answers(f, true) == (VectorXd(3) << 1, 0, -1).finished());
  CHECK(answers(f, false) == (VectorXd(3) << 1, -1, -1).finished());
}

TEST_CASE("parity measures: sparsity of exact circuits, and against brute force") {
  const MatrixXd strings = patterns(6);
  for (Index k = 2; k <= 3; ++k) {
    const VectorXd y = parities(strings, k);
    const Sparsity found = sparsity(embedded(minimal_circuit(k), 6, 20), strings, y, true);
    CHECK(found.by_predictions == (Index{1} << k));
    CHECK(found.by_accuracy == (Index{1} << k));
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Weights weights = random_weights(12, 6, seed);
    const VectorXd y = parities(strings, 2), full = answers(weights.outputs(strings), true);
    const auto order = by_norm(weights);
    CHECK(std::ranges::is_sorted(order, std::greater<>(),
                                 [&](Index j) { return weights.W.row(j).norm(); }));
    std::optional<std::int64_t> predictions, accuracy;
    const auto right = [&](const VectorXd& a) { return (a.array() == y.array()).count(); };
    for (std::int64_t count = 11; count >= 1; --count) {
      const Weights part = masked(weights, {order.begin(), order.begin() + count});
      const VectorXd now = answers(part.outputs(strings), true);
      if (now == full && (count == 11 || predictions == count + 1)) {
        predictions = count;
      }
      if (right(now) == right(full)) {
        accuracy = count;
      }
    }
    const Sparsity found = sparsity(weights, strings, y, true);
    CHECK(found.by_predictions == predictions);
    CHECK(found.by_accuracy == accuracy);
    const std::vector<Index> set = {order[0], order[5], order[7]};
    const VectorXd part = answers(masked(weights, set).outputs(strings), true);
    CHECK(faithfulness(weights, set, strings, true) ==
          Approx(static_cast<double>((part.array() == full.array()).count()) / 64.0));
  }
}

TEST_CASE("parity measures: sensitivity and arity of an exact parity") {
  const MatrixXd strings = patterns(6);
  for (Index k = 1; k <= 4; ++k) {
    const Weights weights = embedded(minimal_circuit(k), 6, 3);
    CHECK(sensitivity(weights, strings, true) == Approx(static_cast<double>(k)));
  }
  // Each of its neurons is 1 on one pattern, 0 elsewhere: it needs every bit.
  const Weights three = embedded(pattern_circuit(3), 6, 3);
  CHECK(arity(three, 0, strings, true) == 3);
  CHECK(arity(three, 9, strings, true) == 0);  // an idle one
  // Whatever the order of the bits.
  Weights turned = three;
  turned.W = three.W.rowwise().reverse().eval();
  CHECK(arity(turned, 0, strings.rowwise().reverse(), true) == 3);
  Weights constant = three;
  constant.u.setZero();
  constant.u[0] = constant.b[0] = 1;
  CHECK(sensitivity(constant, strings, true) < 3);
}
