// Every instruction set this processor runs, against the definition (plain_network.hpp).
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>

#include "core/random.hpp"
#include "tests/nets/toy/plain_network.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

struct Shape {
  std::string loss, activation;
  std::int64_t dimension;
  std::vector<std::int64_t> widths;
  std::int64_t output_dimension;
};

// Whole and broken numbers of vectors and tiles, one number, no hidden layer, five layers.
const std::vector<Shape> shapes = {{"mse", "tanh", 1, {200, 200}, 30},
                                   {"mse", "relu", 3, {17, 1, 3}, 1},
                                   {"mse", "tanh", 17, {}, 17},
                                   {"mse", "tanh", 40, {33}, 64},
                                   {"cross-entropy", "tanh", 1, {3, 200, 17, 1}, 0},
                                   {"cross-entropy", "relu", 17, {200}, 0},
                                   {"cross-entropy", "relu", 1, {}, 0},
                                   {"hinge", "tanh", 3, {1}, 0},
                                   {"hinge", "relu", 1, {64, 3, 48, 17}, 0},
                                   {"hinge", "tanh", 65, {100, 16}, 0}};

RunSpec spec_of(const Shape& shape) {
  RunSpec spec;
  spec.loss = shape.loss;
  spec.decoder_activation = shape.activation;
  spec.representation_dimension = shape.dimension;
  spec.decoder_widths = shape.widths;
  spec.decoder_rate = 1e-2;
  spec.decoder_decay = 0.3;
  spec.decoder_init_scale = 2;
  if (shape.loss == "mse") {
    spec.output_dimension = shape.output_dimension;
  }
  return resolve(spec, "test");
}

// Numbers that float holds exactly, so that both precisions start from one state.
InitialState rounded_state(const RunSpec& spec) {
  InitialState state = draw_initial_state(spec);
  const auto round = [](auto& m) { m = m.template cast<float>().template cast<double>().eval(); };
  round(state.embeddings);
  round(state.labels);
  for (Layer& layer : state.decoder) {
    round(layer.weight);
    round(layer.bias);
  }
  return state;
}

template <class Real>
void check_against_definition(const Shape& shape, Index n, double tolerance) {
  const RunSpec spec = spec_of(shape);
  const Task task = task_of(spec);
  const InitialState state = rounded_state(spec);
  const std::vector<Sample> all = task.samples();
  const Batch batch = make_batch(task, all);
  const PlainNetwork plain(spec, state);
  const auto part = std::span(all).first(static_cast<std::size_t>(n));
  const std::vector<std::vector<double>> wanted = plain.gradients(task, part);
  const Score wanted_score = plain.score(task, part);
  for (const auto* kernel : mlp_kernels<Real>()) {
    CAPTURE(kernel->instruction_set, shape.loss, shape.activation, shape.dimension, shape.widths, n,
            sizeof(Real));
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
      CHECK(difference <= tolerance * std::max(size, 1e-3));
    }
  }
}

template <class Real>
double tanh_error_in_ulp(const MlpKernel<Real>& kernel, double low, double high, int count) {
  const auto bytes = static_cast<std::size_t>(count) * sizeof(Real);
  const std::unique_ptr<Real, void (*)(void*)> memory(
      static_cast<Real*>(std::aligned_alloc(64, bytes)), [](void* p) { std::free(p); });
  std::vector<Real> x;
  const double ratio = std::pow(high / low, 1.0 / count);
  double next = low;
  for (int k = 0; k < count; ++k, next *= ratio) {
    x.push_back(static_cast<Real>(k % 2 == 0 ? next : -next));
    memory.get()[k] = x.back();
  }
  kernel.tanh(memory.get(), count);
  double worst = 0;
  bool bounded = true;
  for (int k = 0; k < count; ++k) {
    const long double exact = std::tanh(static_cast<long double>(x[static_cast<std::size_t>(k)]));
    const auto magnitude = static_cast<Real>(std::abs(exact));
    const Real ulp = magnitude - std::nextafter(magnitude, Real(0));
    const long double error = std::abs(static_cast<long double>(memory.get()[k]) - exact);
    worst = std::max(worst, static_cast<double>(error / static_cast<long double>(ulp)));
    bounded = bounded && std::abs(memory.get()[k]) <= Real(1);
  }
  CHECK(bounded);
  return worst;
}

template <class Real>
void check_tanh() {
  for (const MlpKernel<Real>* kernel : mlp_kernels<Real>()) {
    CAPTURE(kernel->instruction_set, sizeof(Real));
    const double tiny = std::numeric_limits<Real>::min();
    const double worst = std::max({tanh_error_in_ulp(*kernel, tiny, 1e-3, 1 << 16),
                                   tanh_error_in_ulp(*kernel, 1e-3, 30.0, 1 << 19),
                                   tanh_error_in_ulp(*kernel, 30.0, 1e30, 1 << 12)});
    CAPTURE(worst);
    CHECK(worst <= 3.0);
    const Real inf = std::numeric_limits<Real>::infinity();
    alignas(64) Real special[64 / sizeof(Real)] = {
        0, Real(-0.0), inf, -inf, std::numeric_limits<Real>::quiet_NaN(), 1};
    kernel->tanh(special, 64 / sizeof(Real));
    CHECK((special[0] == 0 && !std::signbit(special[0])));
    CHECK((special[1] == 0 && std::signbit(special[1])));
    CHECK((special[2] == 1 && special[3] == -1));
    CHECK(std::isnan(special[4]));
    CHECK(special[5] == Approx(std::tanh(1.0)));
  }
}

}  // namespace

TEST_CASE("losses, answers and gradients of every instruction set are those of the definition",
          "[nets][kernels]") {
  for (const Shape& shape : shapes) {
    for (const Index n : {1, 2, 7, 45, 55}) {
      check_against_definition<double>(shape, n, 1e-11);
      check_against_definition<float>(shape, n, 1e-3);
    }
  }
}

TEST_CASE("tanh of the kernels is within 3 ulp over the whole range", "[nets][kernels]") {
  check_tanh<float>();
  check_tanh<double>();
}

TEMPLATE_TEST_CASE("descend is backward and update, bit for bit", "[nets][kernels]", float,
                   double) {
  for (const Shape& shape : shapes) {
    const RunSpec spec = spec_of(shape);
    const Task task = task_of(spec);
    const InitialState state = draw_initial_state(spec);
    const Batch batch = make_batch(task, task.samples());
    for (const auto* kernel : mlp_kernels<TestType>()) {
      Network<TestType> one(spec, state, batch.count(), *kernel);
      Network<TestType> two(spec, state, batch.count(), *kernel);
      for (int t = 0; t < 5; ++t) {
        one.forward(batch);
        one.descend(batch, 45);
        two.forward(batch);
        two.backward(batch, 45);
        two.update();
      }
      const auto first = one.blocks(), second = two.blocks();
      for (std::size_t b = 0; b < first.size(); ++b) {
        CAPTURE(kernel->instruction_set, shape.loss, shape.widths, first[b].name);
        REQUIRE(first[b].parameter.copy() == second[b].parameter.copy());
      }
    }
  }
}

// Up to rounding: tiles of other sizes may be compiled to other fused operations.
TEMPLATE_TEST_CASE("an output does not depend on the batch around it", "[nets][kernels]", float,
                   double) {
  constexpr double tolerance = 20 * double(std::numeric_limits<TestType>::epsilon());
  for (const Shape& shape : shapes) {
    const RunSpec spec = spec_of(shape);
    const Task task = task_of(spec);
    const InitialState state = draw_initial_state(spec);
    const std::vector<Sample> all = task.samples();
    const Batch batch = make_batch(task, all);
    for (const auto* kernel : mlp_kernels<TestType>()) {
      Network<TestType> together(spec, state, batch.count(), *kernel);
      Network<TestType> alone(spec, state, 1, *kernel);
      together.forward(batch);
      for (const Index k : {0, 5, 23, 54}) {
        const Batch single = make_batch(task, std::span(all).subspan(std::size_t(k), 1));
        alone.forward(single);
        CAPTURE(kernel->instruction_set, shape.loss, shape.widths, k);
        const double loss = together.score(batch, k, 1).loss;
        CHECK(std::abs(alone.score(single, 0, 1).loss - loss) < tolerance * (1 + loss));
      }
    }
  }
}

TEST_CASE("a number that is not finite reaches the loss", "[nets][kernels]") {
  for (const Shape& shape : shapes) {
    const RunSpec spec = spec_of(shape);
    const Task task = task_of(spec);
    const Batch batch = make_batch(task, task.samples());
    for (const auto* kernel : mlp_kernels<float>()) {
      Network<float> network(spec, draw_initial_state(spec), batch.count(), *kernel);
      network.blocks()[0].parameter[0] = std::numeric_limits<float>::quiet_NaN();
      network.forward(batch);
      CAPTURE(kernel->instruction_set, shape.loss, shape.activation, shape.widths);
      CHECK(std::isnan(network.score(batch, 0, 1).loss));  // sample (0, 0)
      CHECK(std::isfinite(network.score(batch, 54, 1).loss));
    }
  }
}

TEST_CASE("denormal numbers are 0 inside the kernels and numbers outside", "[nets][kernels]") {
  for (const auto* kernel : mlp_kernels<float>()) {
    CAPTURE(kernel->instruction_set);
    alignas(64) float x[16] = {1e-40F, 1e-37F};
    volatile float tiny = 1e-37F;
    kernel->tanh(x, 16);
    CHECK(tiny * 1e-3F > 0.0F);
#ifdef __SSE2__
    CHECK(x[0] == 0.0F);
#endif
    CHECK(x[1] > 0.0F);
  }
}

TEST_CASE("memory of a network: less than 2 MB for the default run", "[nets][memory]") {
  const RunSpec spec = resolve(RunSpec{}, "test");
  const Index samples = task_of(spec).sample_count();
  const Network<float> network(spec, draw_initial_state(spec), samples);
  const std::size_t parameters = 10 + 2 * 200 + 200 * 201 + 30 * 201;
  CHECK(network.memory_bytes() > 16 * parameters);  // with gradients and moments
  CHECK(network.memory_bytes() < 2'000'000);
  const Network<double> wide(spec, draw_initial_state(spec), samples);
  CHECK(wide.memory_bytes() > 32 * parameters);
  CHECK(wide.memory_bytes() < 2 * network.memory_bytes() + 10'000);
}
