#include "nets/network.hpp"

#include <array>
#include <cmath>

#include "core/random.hpp"
#include "tests/catch.hpp"
#include "theory/training_set.hpp"

using namespace grok;

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

// Loops only, no linear algebra: what a network is by definition.
std::vector<double> reference_output(const InitialState& state, const RunSpec& spec, Sample s) {
  std::vector<double> a(static_cast<std::size_t>(spec.representation_dimension));
  for (std::size_t k = 0; k < a.size(); ++k) {
    const auto column = static_cast<Index>(k);
    a[k] = state.embeddings(s.i, column) + state.embeddings(s.j, column);
  }
  for (std::size_t l = 0; l < state.decoder.size(); ++l) {
    const Layer& layer = state.decoder[l];
    std::vector<double> z(static_cast<std::size_t>(layer.bias.size()));
    for (std::size_t r = 0; r < z.size(); ++r) {
      z[r] = layer.bias(static_cast<Index>(r));
      for (std::size_t c = 0; c < a.size(); ++c) {
        z[r] += layer.weight(static_cast<Index>(r), static_cast<Index>(c)) * a[c];
      }
      if (l + 1 < state.decoder.size()) {
        z[r] = spec.decoder_activation == "tanh" ? std::tanh(z[r]) : std::max(z[r], 0.0);
      }
    }
    a = z;
  }
  return a;
}

struct ReferenceScore {
  double loss = 0;
  Index correct = 0;
};

ReferenceScore reference_score(const InitialState& state, const RunSpec& spec, const Task& task,
                               std::span<const Sample> samples) {
  ReferenceScore score;
  for (const Sample s : samples) {
    const std::vector<double> f = reference_output(state, spec, s);
    const Index target = task.output(s);
    Index answer = 0;
    double best = -INFINITY, normaliser = 0, mse = 0;
    for (Index c = 0; c < task.outputs(); ++c) {
      double merit = 0;
      if (spec.loss == "mse") {
        for (std::size_t o = 0; o < f.size(); ++o) {
          const double error = f[o] - state.labels(c, static_cast<Index>(o));
          merit -= error * error;
        }
        mse = c == target ? -merit : mse;
      } else {
        merit = f[static_cast<std::size_t>(c)];
        normaliser += std::exp(merit);
      }
      if (merit > best) {
        best = merit;
        answer = c;
      }
    }
    score.correct += answer == target ? 1 : 0;
    score.loss += spec.loss == "mse" ? mse / static_cast<double>(f.size())
                                     : std::log(normaliser) - f[static_cast<std::size_t>(target)];
  }
  score.loss /= static_cast<double>(samples.size());
  return score;
}

const std::vector<Setting> settings = {{"mse", "tanh", 1, {7, 5}},
                                       {"mse", "relu", 2, {9}},
                                       {"cross-entropy", "tanh", 2, {8, 8, 3}},
                                       {"cross-entropy", "relu", 1, {6, 6}},
                                       {"mse", "tanh", 3, {}}};

}  // namespace

TEST_CASE("forward pass, loss and answers are those of the definition", "[nets][reference]") {
  for (const Setting& setting : settings) {
    const RunSpec spec = small_spec(setting);
    const Task task = task_of(spec);
    const InitialState state = draw_initial_state(spec);
    const std::vector<Sample> all = task.samples();
    Network<double> network(spec, state, task.sample_count());
    const Batch batch = make_batch(task, all);
    network.forward(batch);
    const std::array<std::pair<Index, Index>, 3> runs = {{{0, 21}, {0, 15}, {15, 6}}};
    for (const auto& [first, count] : runs) {
      const auto part =
          std::span(all).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
      const ReferenceScore wanted = reference_score(state, spec, task, part);
      const Score found = network.score(batch, first, count);
      CAPTURE(setting.loss, setting.activation, first, count);
      CHECK(found.loss == Approx(wanted.loss).epsilon(1e-12));
      CHECK(found.correct == wanted.correct);
      CHECK(found.count == count);
    }
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
      gradients.emplace_back(block.gradient.begin(), block.gradient.end());
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
    for (const double p : block.parameter) {
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
