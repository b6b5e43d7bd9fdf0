#include "theory/mode_flow.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/mode_flow_twins.hpp"

using namespace grok;
using namespace grok::mode_flow_test;

TEST_CASE("mode flow: modes are orthonormal on the interval and give back the layer",
          "[mode_flow]") {
  const Case c = small_case(DecoderActivation::tanh, false);
  const DecoderModes modes = decoder_modes(c.decoder[0], c.activation, 5, 5.0);
  CHECK((modes.basis.transpose() * modes.basis - MatrixXd::Identity(5, 5)).norm() < 1e-12);
  const MatrixXd x = Eigen::RowVectorXd::LinSpaced(201, -5, 5);
  MatrixXd psi;
  modes.psi->evaluate(x, psi);
  CHECK((psi * psi.transpose() / 201 - MatrixXd::Identity(5, 5)).cwiseAbs().maxCoeff() < 1e-5);
  const Twin twin = frozen_network(c);
  for (Index k = 0; k < x.size(); k += 20) {
    CHECK(distance(modes.basis * modes.scales.asDiagonal() * psi.col(k), twin.phi(x(k))) < 1e-6);
  }
  for (Index n = 1; n < 5; ++n) {
    CHECK(modes.scales[n] < modes.scales[n - 1]);
  }
  // Fewer modes are the first of them
  const DecoderModes two = decoder_modes(c.decoder[0], c.activation, 2, 5.0);
  CHECK(two.scales == modes.scales.head(2));
  CHECK(two.psi->outputs() == 2);
}

TEST_CASE("mode flow: gradient of the embeddings against differences of the loss", "[mode_flow]") {
  for (const bool classes : {false, true}) {
    for (const auto activation : {DecoderActivation::tanh, DecoderActivation::relu}) {
      Case c = small_case(activation, classes);
      const ModeFlowSettings settings = descent(3, 0.1, 0.1);
      const VectorXd gradient = flow_of(c, settings).embedding_gradient();
      const auto loss_at = [&](Index k, double shift) {
        Case moved = c;
        moved.E[k] += shift;
        ModeFlow<double> flow = flow_of(moved, settings);
        flow.embedding_gradient();
        return flow.loss();
      };
      for (Index k = 0; k < 5; ++k) {
        constexpr double h = 1e-5;
        const double difference = (loss_at(k, h) - loss_at(k, -h)) / (2 * h);
        CHECK(gradient[k] == Approx(difference).epsilon(1e-6).margin(1e-8));
      }
      CHECK(gradient.cwiseAbs().maxCoeff() > 1e-2);
    }
  }
}

// All K + 1 modes are a rotation of what the second layer sees: the same network.
TEST_CASE("mode flow: all modes under descent are the network with its first layer frozen",
          "[mode_flow]") {
  for (const bool classes : {false, true}) {
    for (const auto activation : {DecoderActivation::tanh, DecoderActivation::relu}) {
      CAPTURE(classes, activation == DecoderActivation::tanh);
      const Case c = small_case(activation, classes);
      ModeFlowSettings settings = descent(5, 0.15, 0.04);
      settings.representation_decay = 0.02;
      settings.decoder_decay = 0.05;
      const double tolerance = activation == DecoderActivation::tanh ? 1e-5 : 1e-9;  // of the table
      ModeFlow<double> flow = flow_of(c, settings);
      Twin twin = frozen_network(c);
      const DecoderModes modes = decoder_modes(c.decoder[0], activation, 5, settings.half_width);
      const MatrixXd to_modes = modes.basis * modes.scales.asDiagonal();
      CHECK((flow.mode_weights() - twin.V * to_modes).norm() < 1e-12);
      for (int step = 0; step < 60; ++step) {
        const double loss = twin.slopes().loss;
        descend(twin, settings);
        flow.step();
        REQUIRE(flow.loss() == Approx(loss).epsilon(tolerance));
        REQUIRE(distance(flow.embeddings(), twin.E) < tolerance);
        REQUIRE((flow.mode_weights() - twin.V * to_modes).cwiseAbs().maxCoeff() < tolerance);
      }
      CHECK(distance(flow.embeddings(), c.E) > 0.05);
    }
  }
}

TEST_CASE("mode flow: the more modes, the nearer to the network", "[mode_flow]") {
  const Case c = small_case(DecoderActivation::tanh, false, 20, 12);
  const auto end_of = [&](Index modes) {
    ModeFlow<double> flow = flow_of(c, descent(modes, 0.2, 0.02));
    for (int step = 0; step < 80; ++step) {
      flow.step();
    }
    return flow.embeddings();
  };
  Twin twin = frozen_network(c);
  for (int step = 0; step < 80; ++step) {
    descend(twin, descent(1, 0.2, 0.02));
  }
  const double two = distance(end_of(2), twin.E), four = distance(end_of(4), twin.E),
               eight = distance(end_of(8), twin.E);
  CAPTURE(two, four, eight);
  CHECK(four < two);
  CHECK(eight < four / 4);
  CHECK(eight < 0.01);
  CHECK(distance(twin.E, c.E) > 0.1);
}

namespace {

struct AdamTwin {
  double rate, decay;
  MatrixXd mean, square;

  /// Averages of this gradient; the bias corrections are those of step t.
  void average(const MatrixXd& g, const AdamConstants& adam) {
    mean = mean.size() == 0 ? 0 * g : mean;
    square = square.size() == 0 ? 0 * g : square;
    for (Index k = 0; k < g.size(); ++k) {
      mean.data()[k] = adam.beta1 * mean.data()[k] + (1 - adam.beta1) * g.data()[k];
      square.data()[k] =
          adam.beta2 * square.data()[k] + (1 - adam.beta2) * g.data()[k] * g.data()[k];
    }
  }
  void move(MatrixXd& x, const MatrixXd& g, const AdamConstants& adam, int t) {
    average(g, adam);
    for (Index k = 0; k < g.size(); ++k) {
      const double m = mean.data()[k] / (1 - std::pow(adam.beta1, t));
      const double q = square.data()[k] / (1 - std::pow(adam.beta2, t));
      x.data()[k] = (1 - rate * decay) * x.data()[k] - rate * m / (std::sqrt(q) + adam.epsilon);
    }
  }
  /// The modes of a unit share the root mean square of its K + 1 weights.
  void move_modes(MatrixXd& V, const MatrixXd& g, const VectorXd& S, Index weights,
                  const AdamConstants& adam, int t) {
    average(g, adam);
    for (Index h = 0; h < V.rows(); ++h) {
      double q = 0;
      for (Index n = 0; n < V.cols(); ++n) {
        q += S[n] * S[n] * square(h, n) / static_cast<double>(weights);
      }
      q /= 1 - std::pow(adam.beta2, t);
      for (Index n = 0; n < V.cols(); ++n) {
        const double m = mean(h, n) / (1 - std::pow(adam.beta1, t));
        V(h, n) =
            (1 - rate * decay) * V(h, n) - rate * S[n] * S[n] * m / (std::sqrt(q) + adam.epsilon);
      }
    }
  }
};

}  // namespace

TEST_CASE("mode flow: Adam against a twin written out", "[mode_flow]") {
  for (const bool classes : {false, true}) {
    const Case c = small_case(DecoderActivation::tanh, classes, 6, 5);
    ModeFlowSettings settings;
    settings.modes = 3;
    settings.representation_rate = 0.02;
    settings.decoder_rate = 0.01;
    settings.representation_decay = 0.3;
    settings.decoder_decay = 0.7;
    settings.adam = {.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3};
    const DecoderModes modes = decoder_modes(c.decoder[0], c.activation, 3, settings.half_width);
    Twin twin = frozen_network(c);
    twin.V = (twin.V * modes.basis * modes.scales.asDiagonal()).eval();
    twin.phi = [&](double x) {
      MatrixXd psi;
      modes.psi->evaluate(MatrixXd::Constant(1, 1, x), psi);
      return VectorXd(psi.col(0));
    };
    twin.phi_slope = [&](double x) {
      VectorXd slopes(3);
      for (Index n = 0; n < 3; ++n) {
        MatrixXd out;
        modes.psi->pull_back(MatrixXd::Constant(1, 1, x), VectorXd::Unit(3, n), out);
        slopes[n] = out(0, 0);
      }
      return slopes;
    };
    ModeFlow<double> flow = flow_of(c, settings);
    AdamTwin ofE{0.02, 0.3, {}, {}}, ofV{0.01, 0.7, {}, {}}, ofW = ofV, ofb = ofV;
    MatrixXd E = twin.E, b = twin.b;
    for (int t = 1; t <= 40; ++t) {
      const Slopes g = twin.slopes();
      ofE.move(E, g.E, settings.adam, t);
      ofb.move(b, g.b, settings.adam, t);
      ofW.move(twin.W, g.W, settings.adam, t);
      ofV.move_modes(twin.V, g.V, modes.scales, 7, settings.adam, t);
      twin.E = E;
      twin.b = b;
      flow.step();
      REQUIRE(flow.loss() == Approx(g.loss).epsilon(1e-9));
      REQUIRE(distance(flow.embeddings(), twin.E) < 1e-9);
      REQUIRE((flow.mode_weights() - twin.V).cwiseAbs().maxCoeff() < 1e-9);
    }
    CHECK(distance(flow.embeddings(), c.E) > 0.1);
  }
}

TEST_CASE("mode flow: c times both rates, the c-th part of the steps", "[mode_flow]") {
  const Case c = small_case(DecoderActivation::tanh, false);
  const auto end_of = [&](double representation_rate, double decoder_rate, int steps) {
    ModeFlow<double> flow = flow_of(c, descent(4, representation_rate, decoder_rate));
    for (int step = 0; step < steps; ++step) {
      flow.step();
    }
    return flow.embeddings();
  };
  const VectorXd coarse = end_of(0.08, 0.02, 50), middle = end_of(0.04, 0.01, 100),
                 fine = end_of(0.02, 0.005, 200);
  CHECK(distance(fine, middle) < 0.02);
  CHECK(distance(coarse, middle) / distance(middle, fine) == Approx(2).epsilon(0.15));
  CHECK(distance(end_of(0.04, 0.005, 100), fine) > 10 * distance(middle, fine));  // one rate alone
}

TEST_CASE("mode flow: float follows double", "[mode_flow]") {
  const Case c = small_case(DecoderActivation::tanh, true);
  const ModeFlowSettings settings = descent(4, 0.1, 0.05);
  ModeFlow<double> exact = flow_of(c, settings);
  ModeFlow<float> flow(c.train, c.E, c.decoder, c.activation, c.targets, settings);
  for (int step = 0; step < 50; ++step) {
    exact.step();
    flow.step();
  }
  CHECK(distance(flow.embeddings(), exact.embeddings()) < 1e-4);
  CHECK(distance(flow.embeddings(), exact.embeddings()) > 0);
}

TEST_CASE("mode flow: how it ends", "[mode_flow]") {
  const Case c = small_case(DecoderActivation::tanh, false);
  ModeFlowSettings settings;
  settings.modes = 4;
  settings.representation_rate = 0;
  settings.decoder_rate = 0.05;
  const auto follow = [&](const VectorXd& E, std::int64_t budget, double memorised) {
    return follow_mode_flow(c.task, {c.train, E, c.decoder, c.activation, c.targets, settings},
                            {.threshold = 0.95, .tolerance = 0.01, .budget = budget}, memorised);
  };
  const ModeFlowOutcome linear = follow(VectorXd::LinSpaced(5, -1, 1), 100, 1e-3);
  CHECK(linear.steps == 0);
  CHECK(linear.followed == 0);
  const ModeFlowOutcome spent = follow(c.E, 7, 0);
  CHECK_FALSE(spent.steps);
  CHECK(spent.followed == 7);
  CHECK_FALSE(spent.memorised);
  // Half of the first loss is soon reached, and then it ends
  const ModeFlowOutcome learnt = follow(c.E, 5000, 0.5);
  CHECK_FALSE(learnt.steps);
  CHECK(learnt.memorised);
  CHECK(learnt.followed > 1);
  CHECK(learnt.followed < 5000);
}

TEST_CASE("mode flow: what does not fit is refused in one line", "[mode_flow]") {
  const Case c = small_case(DecoderActivation::tanh, false);
  const ModeFlowSettings settings = descent(3, 0.1, 0.1);
  const auto refused = [&](auto change, const char* message) {
    Case bad = c;
    ModeFlowSettings s = settings;
    change(bad, s);
    CHECK_THROWS_WITH(flow_of(bad, s), message);
  };
  refused([](Case& b, auto&) { b.decoder.pop_back(); },
          "ModeFlow: layers of the decoder = 2, allowed [3, 3]");
  refused([](Case& b, auto&) { b.train.clear(); }, "ModeFlow: |D| = 0, allowed [1, 1000000]");
  refused([](Case& b, auto&) { b.train[0].j = 5; }, "ModeFlow: symbol = 5, allowed [0, 4]");
  refused([](Case& b, auto&) { b.targets.values.conservativeResize(2, 11); },
          "ModeFlow: rows of targets = 2, allowed [3, 3]");
  refused([](Case& b, auto&) { b.targets.values.conservativeResize(3, 10); },
          "ModeFlow: columns of targets = 10, allowed [11, 11]");
  refused(
      [](Case& b, auto&) {
        b.targets = {{}, {0, 1, 2}};
      },
      "ModeFlow: number of classes = 3, allowed [11, 11]");
  refused(
      [](Case& b, auto&) {
        b.targets = {{}, std::vector<Index>(11, 3)};
      },
      "ModeFlow: class = 3, allowed [0, 2]");
  refused([](Case&, auto& s) { s.modes = 0; }, "decoder_modes: modes = 0, allowed [1, 5]");
  refused([](Case&, auto& s) { s.modes = 6; }, "decoder_modes: modes = 6, allowed [1, 5]");
  refused([](Case&, auto& s) { s.half_width = 0; },
          "decoder_modes: half_width = 0, allowed [1e-06, 1000000]");
  refused([](Case& b, auto&) { b.decoder[1].weight.conservativeResize(5, 3); },
          "ModeFlow: inputs of the second layer = 3, allowed [4, 4]");
  DecoderLayer flat{Eigen::MatrixXd::Zero(4, 1), VectorXd::Zero(4)};
  CHECK(decoder_modes(flat, DecoderActivation::tanh, 3, 5.0).scales.size() == 1);  // the constant
  flat.weight.setConstant(1e7);
  CHECK_THROWS_AS(decoder_modes(flat, DecoderActivation::tanh, 1, 5.0), ConvergenceError);
}
