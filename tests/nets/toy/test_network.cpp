#include "nets/toy/network.hpp"

#include <array>
#include <cmath>

#include "core/random.hpp"
#include "tests/nets/toy/plain_network.hpp"
#include "tests/support/catch.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

struct Setting {
  std::string loss, activation;
  std::int64_t dimension;
  std::vector<std::int64_t> widths;
};

RunSpec small_spec(const Setting& s) {
  RunSpec spec;
  spec.symbols = 6;
  spec.train = 15;
  spec.seed = 4;
  spec.loss = s.loss;
  spec.decoder_activation = s.activation;
  spec.representation_dimension = s.dimension;
  spec.decoder_widths = s.widths;
  if (s.loss == "mse") {
    spec.output_dimension = 4;
  }
  spec.precision = "float64";
  return resolve(spec, "test");
}

const std::vector<Setting> settings = {{"mse", "tanh", 1, {7, 5}},
                                       {"mse", "relu", 2, {9}},
                                       {"cross-entropy", "tanh", 2, {8, 8, 3}},
                                       {"cross-entropy", "relu", 1, {6, 6}},
                                       {"hinge", "tanh", 2, {9, 4}},
                                       {"hinge", "relu", 3, {11}},
                                       {"mse", "tanh", 3, {}}};

}  // namespace

TEST_CASE("forward pass, loss and answers are those of the definition", "[nets][reference]") {
  for (const Setting& setting : settings) {
    const RunSpec spec = small_spec(setting);
    const Task task = task_of(spec);
    InitialState state = draw_initial_state(spec);
    const std::vector<Sample> all = task.samples();
    for (std::size_t k = 0; spec.loss == "mse" && k < all.size(); k += 2) {
      // A target in the place of an output, so that some answers are right.
      const auto f = PlainNetwork(spec, state).activations(all[k]).back();
      for (Index o = 0; o < std::ssize(f); ++o) {
        state.labels(task.output(all[k]), o) = f[static_cast<std::size_t>(o)];
      }
    }
    Network<double> network(spec, state, task.sample_count());
    const Batch batch = make_batch(task, all);
    network.forward(batch);
    const std::array<std::pair<Index, Index>, 3> runs = {{{0, 21}, {0, 15}, {15, 6}}};
    for (const auto& [first, count] : runs) {
      const auto part =
          std::span(all).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
      const Score wanted = PlainNetwork(spec, state).score(task, part);
      const Score found = network.score(batch, first, count);
      CAPTURE(setting.loss, setting.activation, first, count);
      CHECK(found.loss == Approx(wanted.loss).epsilon(1e-12));
      CHECK(found.correct == wanted.correct);
      CHECK(found.count == count);
    }
    Index right = 0;
    for (Index k = 0; k < batch.count(); ++k) {
      const Score wanted = PlainNetwork(spec, state)
                               .score(task, std::span(all).subspan(static_cast<std::size_t>(k), 1));
      CAPTURE(setting.loss, setting.activation, k);
      CHECK(network.score(batch, k, 1).correct == wanted.correct);
      right += wanted.correct;
    }
    CHECK((right > 0 && right < batch.count()));
  }
}

TEST_CASE("every gradient, by name, against finite differences of the definition",
          "[nets][gradient]") {
  for (const Setting& setting : settings) {
    const RunSpec spec = small_spec(setting);
    const Task task = task_of(spec);
    const InitialState state = draw_initial_state(spec);
    Network<double> network(spec, state, task.sample_count());
    const Batch batch = make_batch(task, task.samples());
    const Index count = 13;  // fewer than the batch: the rest must not leak in
    network.forward(batch);
    network.backward(batch, count);
    std::vector<std::vector<double>> gradients;
    for (const auto& block : network.blocks()) {
      gradients.push_back(block.gradient.copy());
    }
    auto blocks = network.blocks();
    REQUIRE(blocks.size() == 1 + 2 * state.decoder.size());
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      double size = 0;
      for (std::size_t k = 0; k < blocks[b].parameter.size(); ++k) {
        double& p = blocks[b].parameter[k];
        const double h = 1e-6, kept = p;
        p = kept + h;
        network.forward(batch);
        const double above = network.score(batch, 0, count).loss;
        p = kept - h;
        network.forward(batch);
        const double below = network.score(batch, 0, count).loss;
        p = kept;
        CAPTURE(setting.loss, setting.activation, blocks[b].name, k);
        CHECK(gradients[b][k] == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(2e-9));
        size += std::abs(gradients[b][k]);
      }
      CHECK(size > 0);
    }
  }
}

TEST_CASE("hinge loss: a case by hand", "[nets][hinge]") {
  // Margins of the others: 1 - 2 + 0.5 < 0, 1 - 2 + 1.5 = 0.5, 1 - 2 + 3 = 2; four outputs.
  const std::vector<double> f = {0.5, 2.0, 1.5, 3.0};
  CHECK(sample_loss(Loss::hinge, f.data(), f.data(), 1, 4) == Approx(2.5 / 4));
  std::vector<double> delta(4, 9.0);
  sample_delta(Loss::hinge, f.data(), f.data(), 1, 4, 5, delta.data());
  CHECK(delta == std::vector<double>{0, -2.0 / 20, 1.0 / 20, 1.0 / 20});
  CHECK(largest(f.data(), 4) == 3);
  const std::vector<double> tie = {1, 3, 3};
  CHECK(largest(tie.data(), 3) == 1);  // the first
  CHECK_THROWS_WITH(loss_named("mae"),
                    "loss_named: loss = 'mae', allowed mse, cross-entropy, hinge");
}

TEMPLATE_TEST_CASE("cross-entropy: a gradient keeps its digits as p nears 1", "[nets][loss]", float,
                   double) {
  for (const double lead : {0.0, 5.0, 20.0, 60.0}) {
    const std::vector<TestType> f = {TestType(0.5), TestType(lead), TestType(-1)};
    std::vector<TestType> delta(3);
    sample_delta(Loss::cross_entropy, f.data(), f.data(), 1, 3, 4, delta.data());
    const double first = std::exp(0.5 - lead), last = std::exp(-1 - lead);
    const double scale = 4 * (1 + first + last);
    CAPTURE(sizeof(TestType), lead);
    CHECK(static_cast<double>(delta[0]) == Approx(first / scale).epsilon(1e-5).margin(0));
    CHECK(static_cast<double>(delta[1]) == Approx(-(first + last) / scale).epsilon(1e-5).margin(0));
    CHECK(static_cast<double>(delta[2]) == Approx(last / scale).epsilon(1e-5).margin(0));
  }
}

TEST_CASE("AdamW steps are those of a scalar written out by hand", "[nets][adamw]") {
  RunSpec spec = small_spec(settings[0]);
  spec.representation_rate = 3e-3;
  spec.representation_decay = 0.5;
  spec.decoder_rate = 1e-2;
  spec.decoder_decay = 2.0;
  const Task task = task_of(spec);
  Network<double> network(spec, draw_initial_state(spec), task.sample_count());
  const Batch batch = make_batch(task, task.samples());
  struct Scalar {
    double p, m = 0, v = 0;
  };
  std::vector<std::vector<Scalar>> twin;
  for (const auto& block : network.blocks()) {
    twin.emplace_back();
    for (const double p : block.parameter.copy()) {
      twin.back().push_back({p});
    }
  }
  for (int t = 1; t <= 20; ++t) {
    network.forward(batch);
    network.backward(batch, batch.count());
    const auto blocks = network.blocks();
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const double rate = b == 0 ? 3e-3 : 1e-2, decay = b == 0 ? 0.5 : 2.0;
      for (std::size_t k = 0; k < twin[b].size(); ++k) {
        Scalar& s = twin[b][k];
        const double g = blocks[b].gradient[k];
        s.p -= rate * decay * s.p;
        s.m = 0.9 * s.m + (1 - 0.9) * g;
        s.v = 0.999 * s.v + (1 - 0.999) * g * g;
        const double m_hat = s.m / (1 - std::pow(0.9, t)), v_hat = s.v / (1 - std::pow(0.999, t));
        s.p -= rate * m_hat / (std::sqrt(v_hat) + 1e-8);
      }
    }
    network.update();
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      for (std::size_t k = 0; k < twin[b].size(); ++k) {
        CAPTURE(t, blocks[b].name, k);
        REQUIRE(blocks[b].parameter[k] == Approx(twin[b][k].p).epsilon(1e-11).margin(1e-13));
      }
    }
  }
}

TEST_CASE("every instruction set gives the same training, up to rounding", "[nets][kernels]") {
  RunSpec spec = small_spec(settings[0]);
  spec.decoder_widths = {40, 33};  // no whole number of vectors
  const Task task = task_of(spec);
  const InitialState state = draw_initial_state(spec);
  const Batch batch = make_batch(task, task.samples());
  std::vector<double> losses;
  for (const auto* kernel : mlp_kernels<double>()) {
    Network<double> network(spec, state, task.sample_count(), *kernel);
    for (int t = 0; t < 200; ++t) {
      network.forward(batch);
      network.backward(batch, batch.count());
      network.update();
    }
    network.forward(batch);
    losses.push_back(network.score(batch, 0, batch.count()).loss);
    CAPTURE(kernel->instruction_set);
    CHECK(losses.back() == Approx(losses.front()).epsilon(1e-9));
  }
  REQUIRE(!losses.empty());
  std::vector<double> single;
  for (const auto* kernel : mlp_kernels<float>()) {
    Network<float> network(spec, state, task.sample_count(), *kernel);
    for (int t = 0; t < 200; ++t) {
      network.forward(batch);
      network.backward(batch, batch.count());
      network.update();
    }
    network.forward(batch);
    CAPTURE(kernel->instruction_set);
    CHECK(network.score(batch, 0, batch.count()).loss == Approx(losses.front()).epsilon(1e-3));
  }
}
