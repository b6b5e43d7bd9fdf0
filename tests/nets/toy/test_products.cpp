// Networks whose embeddings are matrices that multiply, or are concatenated, and the penalty on
// embeddings, on the cpu engine: against the definition (plain_network.hpp) and finite differences
// of it.
#include <cmath>

#include "tests/nets/toy/plain_network.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

struct Case {
  std::string task;
  std::int64_t symbols, train, dimension;
  std::string loss, activation;
  std::vector<std::int64_t> widths;
  std::string combination = "task";
};

// S3 as 3 x 3, 1 x 1, 5 x 5 matrices, S2 as 2 x 2, S4 as 3 x 3; sums have a penalty too. Vectors
// one after the other, in one cache line and in several, of one table and of two.
const std::vector<Case> cases = {
    {"permutations", 6, 24, 9, "mse", "tanh", {20, 7}},
    {"permutations", 6, 24, 9, "cross-entropy", "relu", {17}},
    {"permutations", 6, 20, 1, "hinge", "tanh", {9}},
    {"permutations", 6, 24, 25, "mse", "relu", {}},
    {"permutations", 2, 3, 4, "mse", "tanh", {5}},
    {"permutations", 24, 400, 9, "mse", "tanh", {33, 12}},
    {"addition", 10, 45, 3, "mse", "tanh", {8, 8}},
    {"permutations", 6, 24, 1, "mse", "tanh", {9}, "concatenate"},
    {"permutations", 6, 24, 9, "mse", "tanh", {20, 7}, "concatenate"},
    {"addition", 7, 20, 5, "hinge", "relu", {}, "concatenate"},
    {"permutations", 6, 30, 3, "cross-entropy", "relu", {17}, "concatenate-shared"},
    {"addition", 5, 9, 21, "mse", "tanh", {6, 4}, "concatenate-shared"}};

RunSpec spec_of(const Case& c, double l1) {
  RunSpec spec;
  spec.task = c.task;
  spec.symbols = c.symbols;
  spec.train = c.train;
  spec.seed = 11;
  spec.representation_dimension = c.dimension;
  spec.representation_combination = c.combination;
  spec.representation_l1 = l1;
  spec.representation_rate = 3e-3;
  spec.representation_decay = 0.2;
  spec.decoder_widths = c.widths;
  spec.decoder_activation = c.activation;
  spec.decoder_rate = 1e-2;
  spec.loss = c.loss;
  if (c.loss == "mse") {
    spec.output_dimension = 7;
  }
  return resolve(spec, "test");
}

// Numbers that float holds exactly; one of them 0, where |E| has a corner.
InitialState state_of(const RunSpec& spec) {
  InitialState state = draw_initial_state(spec);
  const auto round = [](auto& m) { m = m.template cast<float>().template cast<double>().eval(); };
  round(state.embeddings);
  round(state.labels);
  for (Layer& layer : state.decoder) {
    round(layer.weight);
    round(layer.bias);
  }
  state.embeddings(1, 0) = 0;
  return state;
}

template <class Real>
void check_gradients(const RunSpec& spec, Index n, double tolerance) {
  const Task task = task_of(spec);
  const InitialState state = state_of(spec);
  const std::vector<Sample> all = task.samples();
  const Batch batch = make_batch(task, all);
  const PlainNetwork plain(spec, state);
  const auto part = std::span(all).first(static_cast<std::size_t>(n));
  const auto wanted = plain.gradients(task, part);
  const Score wanted_score = plain.score(task, part);
  for (const auto* kernel : mlp_kernels<Real>()) {
    CAPTURE(kernel->instruction_set, sizeof(Real), spec.task, spec.symbols,
            spec.representation_dimension, spec.representation_combination, spec.representation_l1,
            spec.loss, n);
    Network<Real> network(spec, state, batch.count(), *kernel);
    network.forward(batch);
    const Score score = network.score(batch, 0, n);
    CHECK(score.loss == Approx(wanted_score.loss).epsilon(tolerance));
    CHECK(score.correct == wanted_score.correct);
    network.backward(batch, n);
    const auto blocks = network.blocks();
    REQUIRE(blocks.size() == wanted.size());
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      REQUIRE(blocks[b].gradient.size() == wanted[b].size());
      double difference = 0, size = 0;
      for (std::size_t k = 0; k < wanted[b].size(); ++k) {
        const auto found = static_cast<double>(blocks[b].gradient[k]);
        difference = std::max(difference, std::abs(found - wanted[b][k]));
        size = std::max(size, std::abs(wanted[b][k]));
      }
      CAPTURE(blocks[b].name, size);
      CHECK((size > 0 || spec.loss == "hinge"));  // every margin violated: biases cancel
      CHECK(difference <= tolerance * std::max(size, 1e-3));
    }
  }
}

}  // namespace

TEST_CASE("products and penalty: gradients of the definition are its finite differences",
          "[nets][products]") {
  for (const Case& c : cases) {
    if (c.symbols > 10) {
      continue;  // many numbers
    }
    for (const double l1 : {0.0, 0.7}) {
      const RunSpec spec = spec_of(c, l1);
      const Task task = task_of(spec);
      InitialState state = draw_initial_state(spec);
      const std::vector<Sample> all = task.samples();
      const auto part = std::span(all).first(all.size() - 1);
      const PlainNetwork plain(spec, state);
      const auto gradients = plain.gradients(task, part);
      const auto check = [&](double& p, double found) {
        const double h = 1e-6, kept = p;
        p = kept + h;
        const double above = plain.objective(task, part);
        p = kept - h;
        const double below = plain.objective(task, part);
        p = kept;
        CHECK(found == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(3e-9));
      };
      CAPTURE(c.task, c.symbols, c.dimension, c.combination, c.loss, l1);
      for (Index k = 0; k < state.embeddings.size(); ++k) {
        CAPTURE(k);
        const Index d = state.embeddings.cols();
        check(state.embeddings(k / d, k % d), gradients[0][static_cast<std::size_t>(k)]);
      }
      for (std::size_t l = 0; l < state.decoder.size(); ++l) {
        for (Index k = 0; k < state.decoder[l].weight.size(); ++k) {
          check(state.decoder[l].weight.data()[k], gradients[1 + 2 * l][std::size_t(k)]);
        }
        for (Index k = 0; k < state.decoder[l].bias.size(); ++k) {
          check(state.decoder[l].bias(k), gradients[2 + 2 * l][std::size_t(k)]);
        }
      }
    }
  }
}

TEST_CASE("products and penalty: every instruction set has the gradients of the definition",
          "[nets][products][kernels]") {
  for (const Case& c : cases) {
    for (const double l1 : {0.0, 0.7}) {
      const RunSpec spec = spec_of(c, l1);
      for (const Index n : {Index{1}, Index{3}, spec.train, task_of(spec).sample_count()}) {
        check_gradients<double>(spec, n, 1e-11);
        check_gradients<float>(spec, n, 1e-4);
      }
    }
  }
}

TEST_CASE("a sample of matrices is E_i E_j in this order, row by row", "[nets][products]") {
  RunSpec spec = spec_of({"permutations", 6, 24, 4, "mse", "tanh", {}}, 0);
  InitialState state = draw_initial_state(spec);
  state.embeddings.setZero();
  state.embeddings.row(2) << 1, 2, 3, 4;  // (1 2; 3 4) (0 1; 5 6) = (10 13; 20 27)
  state.embeddings.row(5) << 0, 1, 5, 6;
  state.decoder[0].weight = Eigen::MatrixXd::Identity(7, 4);
  state.decoder[0].bias.setZero();
  state.labels.setZero();
  const Task task = task_of(spec);
  Network<double> network(spec, state, 1);
  const auto mean_square = [&](Sample s) {  // of the outputs, the product and three zeros
    const Batch batch = make_batch(task, std::span(&s, 1));
    network.forward(batch);
    return network.score(batch, 0, 1).loss;
  };
  CHECK(mean_square({2, 5}) == Approx((100 + 169 + 400 + 729) / 7.0));
  CHECK(mean_square({5, 2}) == Approx((9 + 16 + 529 + 1156) / 7.0));  // (3 4; 23 34)
  CHECK(mean_square({5, 5}) == Approx((25 + 36 + 900 + 1681) / 7.0));
}

TEST_CASE("a number at exactly 0 has no gradient of the penalty; others have l1 / (p d)",
          "[nets][products][penalty]") {
  for (const Case& c : cases) {
    const RunSpec without = spec_of(c, 0), with = spec_of(c, 3);
    const Task task = task_of(with);
    InitialState state = state_of(with);
    state.embeddings(0, 0) = -0.0;
    const Batch batch = make_batch(task, task.samples());
    for (const auto* kernel : mlp_kernels<double>()) {
      Network<double> one(without, state, batch.count(), *kernel);
      Network<double> two(with, state, batch.count(), *kernel);
      for (Network<double>* network : {&one, &two}) {
        network->forward(batch);
        network->backward(batch, batch.count());
      }
      CHECK(one.score(batch, 0, 3).loss == two.score(batch, 0, 3).loss);  // reported without it
      const auto bare = one.blocks()[0], penalised = two.blocks()[0];
      const double unit = 3.0 / static_cast<double>(bare.gradient.size());
      for (std::size_t k = 0; k < bare.gradient.size(); ++k) {
        const double e = bare.parameter[k];
        const double wanted = e > 0 ? unit : e < 0 ? -unit : 0;
        CAPTURE(kernel->instruction_set, c.task, k, e);
        CHECK(penalised.gradient[k] - bare.gradient[k] == Approx(wanted).margin(1e-15));
        if (e == 0) {
          CHECK(penalised.gradient[k] == bare.gradient[k]);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("products: descend is backward and update, bit for bit", "[nets][products]",
                   float, double) {
  for (const Case& c : cases) {
    const RunSpec spec = spec_of(c, 0.5);
    const Task task = task_of(spec);
    const InitialState state = draw_initial_state(spec);
    const Batch batch = make_batch(task, task.samples());
    for (const auto* kernel : mlp_kernels<TestType>()) {
      Network<TestType> one(spec, state, batch.count(), *kernel);
      Network<TestType> two(spec, state, batch.count(), *kernel);
      for (int t = 0; t < 4; ++t) {
        one.forward(batch);
        one.descend(batch, spec.train);
        two.forward(batch);
        two.backward(batch, spec.train);
        two.update();
      }
      const auto first = one.blocks(), second = two.blocks();
      for (std::size_t b = 0; b < first.size(); ++b) {
        CAPTURE(kernel->instruction_set, c.task, c.dimension, first[b].name);
        REQUIRE(first[b].parameter.copy() == second[b].parameter.copy());
      }
    }
  }
}
