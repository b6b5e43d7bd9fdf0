#include "compare/toy/mode_flow_run.hpp"

#include <cmath>

#include "compare/referee/forecast.hpp"
#include "nets/toy/train.hpp"
#include "tests/support/catch.hpp"

namespace grok::toy {
namespace {

/// Embeddings and decoder fast: a hundred steps.
RunSpec fast(std::int64_t seed = 0) {
  RunSpec spec;
  spec.train = 48;
  spec.seed = seed;
  spec.representation_rate = 1e-2;
  spec.decoder_rate = 1e-3;
  spec.steps = 400;
  spec.stop = "rqi";
  return resolve(spec, "test");
}

double distance(const Eigen::VectorXd& a, const Eigen::MatrixXd& b) {
  return (a - b.col(0)).cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("mode flow of a run: why it may not apply", "[mode_flow]") {
  const auto why = [](auto change) {
    RunSpec spec = fast();
    change(spec);
    return mode_flow_refuses(resolve(spec, "test"));
  };
  CHECK_FALSE(why([](RunSpec&) {}));
  CHECK_FALSE(why([](RunSpec& s) { s.batch = 48; }));
  CHECK_FALSE(why([](RunSpec& s) { s.optimiser = "sgd"; }));
  CHECK_FALSE(why([](RunSpec& s) { s.loss = "cross-entropy", s.output_dimension.reset(); }));
  CHECK(*why([](RunSpec& s) { s.representation_dimension = 3; }) ==
        "representation_dimension = 3, not 1");
  CHECK(*why([](RunSpec& s) { s.decoder_widths = {200}; }) == "1 hidden layers, not 2");
  CHECK(*why([](RunSpec& s) { s.loss = "hinge", s.output_dimension.reset(); }) ==
        "loss = hinge, not mse or cross-entropy");
  CHECK(*why([](RunSpec& s) { s.batch = 47; }) == "batch = 47, not all of D");
  CHECK(*why([](RunSpec& s) { s.representation_l1 = 0.5; }) == "representation_l1 = 0.5, not 0");
  CHECK(*why([](RunSpec& s) {
    s.task = "permutations", s.symbols = 6, s.train = 20, s.representation_dimension = 4;
  }) == "embeddings are multiplied, not added");
  RunSpec wide = fast();
  wide.representation_dimension = 2;
  wide = resolve(wide, "test");
  CHECK_THROWS_WITH(mode_flow_of(wide, draw_initial_state(wide)),
                    "mode_flow_of: run = representation_dimension = 2, not 1, allowed those that "
                    "the mode flow is of");
}

TEST_CASE("mode flow of a run: stride by both rates", "[mode_flow]") {
  const auto stride = [](double representation_rate, double decoder_rate) {
    RunSpec spec = fast();
    spec.representation_rate = representation_rate;
    spec.decoder_rate = decoder_rate;
    return mode_flow_stride(resolve(spec, "test"));
  };
  CHECK(stride(1e-4, 1e-5) == 4);
  CHECK(stride(1e-3, 1e-5) == 4);
  CHECK(stride(1e-3, 1e-4) == 2);
  CHECK(stride(1e-2, 1e-5) == 2);
  CHECK(stride(1e-2, 1e-4) == 1);
  CHECK(stride(0, 1e-3) == 2);
  CHECK(stride(1e-2, 0) == 2);
  RunSpec descent = fast();
  descent.optimiser = "sgd";
  descent.representation_rate = 1e-4;
  descent.decoder_rate = 1e-5;
  CHECK(mode_flow_stride(resolve(descent, "test")) == 1);
}

// Of its first steps the network's first layer has hardly moved.
TEST_CASE("mode flow of a run: starts as the network does", "[mode_flow]") {
  for (const std::string loss : {"mse", "cross-entropy"}) {
    for (const std::string optimiser : {"adamw", "sgd"}) {
      CAPTURE(loss, optimiser);
      RunSpec spec = fast();
      spec.loss = loss;
      spec.output_dimension.reset();
      spec.optimiser = optimiser;
      spec.representation_rate = optimiser == "sgd" ? 0.5 : 1e-2;
      spec.decoder_rate = optimiser == "sgd" ? 0.02 : 1e-4;
      spec.steps = 30;
      spec.stop = "budget";
      spec = resolve(spec, "test");
      const InitialState start = draw_initial_state(spec);
      const TracedRun run = train_traced(spec, 1, &start);
      ModeFlow<float> flow = mode_flow_at_start(spec, start, 8);
      for (int step = 0; step < 30; ++step) {
        flow.step();
        if (step == 0) {  // the loss before any step
          CHECK(flow.loss() == Approx(run.trajectory[0].train_loss).epsilon(1e-4));
        }
      }
      const double moved = distance(start.embeddings.col(0), run.trained.embeddings);
      CAPTURE(moved);
      CHECK(moved > 1e-3);
      CHECK(distance(flow.embeddings(), run.trained.embeddings) < 0.1 * moved);
    }
  }
}

TEST_CASE("mode flow of a run: the steps of the network, nothing fitted", "[mode_flow]") {
  for (const std::int64_t seed : {0, 1}) {
    const RunSpec spec = fast(seed);
    const InitialState start = draw_initial_state(spec);
    const ModeFlowOutcome flow = mode_flow_of(spec, start);
    const Record record = train_traced(spec, 0, &start).record;
    REQUIRE(flow.steps);
    REQUIRE(record.steps_to_rqi);
    CAPTURE(*flow.steps, *record.steps_to_rqi);
    const double ratio =
        static_cast<double>(*record.steps_to_rqi) / static_cast<double>(*flow.steps);
    CHECK(std::abs(std::log(ratio)) < std::log(1.25));
    // The first of the steps at which it is there, and none before
    CHECK(*flow.steps == flow.followed);
    RunSpec shorter = spec;
    shorter.steps = *flow.steps - 1;
    const ModeFlowOutcome cut = mode_flow_of(resolve(shorter, "test"), start, 6, 1.0);
    CHECK_FALSE(cut.steps);
    CHECK(cut.followed == *flow.steps - 1);
  }
}

TEST_CASE("mode flow of a run: steps are the run's, whatever the stride", "[mode_flow]") {
  RunSpec spec = fast();
  spec.representation_rate = 2e-3;
  spec.decoder_rate = 5e-5;  // stride 2
  spec.steps = 3000;
  spec = resolve(spec, "test");
  REQUIRE(mode_flow_stride(spec) == 2);
  const InitialState start = draw_initial_state(spec);
  const ModeFlowOutcome by_two = mode_flow_of(spec, start, 3);
  const ModeFlowOutcome by_one = follow_mode_flow(task_of(spec), mode_flow_at_start(spec, start, 3),
                                                  {.tolerance = 0.01, .budget = 3000}, 1e-3);
  REQUIRE(by_two.steps);
  REQUIRE(by_one.steps);
  CHECK(static_cast<double>(*by_two.steps) ==
        Approx(static_cast<double>(*by_one.steps)).epsilon(0.02));
  spec.steps = 100;
  CHECK(mode_flow_of(spec, start, 3).followed == 150);  // 1.5 budgets
}

TEST_CASE("mode flow of a run: memorised ends it, but not under decay", "[mode_flow]") {
  RunSpec spec = fast();
  spec.representation_rate = 0;
  spec.train = 5;
  spec.decoder_rate = 1e-3;
  spec.steps = 3000;
  spec = resolve(spec, "test");
  const InitialState start = draw_initial_state(spec);
  const ModeFlowOutcome ended = mode_flow_of(spec, start, 8);
  CHECK(ended.memorised);
  CHECK(ended.followed < 3000);
  spec.decoder_decay = 1e-6;
  const ModeFlowOutcome on = mode_flow_of(spec, start, 8, 1.0);
  CHECK_FALSE(on.memorised);
  CHECK(on.followed == 3000);
}

}  // namespace grok::toy
