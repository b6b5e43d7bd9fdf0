// tests/theory/test_loss_registry.cpp: effective losses by name, and the steps any of them
// predicts.
#include "theory/loss_registry.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/loss_twins.hpp"
#include "theory/flow.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/parallelogram_loss.hpp"
#include "theory/prediction.hpp"
#include "theory/representation.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

LossSetting setting_of(const Task& task, Index train, Index d) {
  LossSetting s;
  s.task = task;
  s.train = draw_training_set(task, train, 4);
  s.embeddings = 0.3 * normal_vector(task.symbols() * d, 5).reshaped(task.symbols(), d);
  s.decoder = DecoderNetwork(random_layers({d, 8, 8, 4}, 2), DecoderActivation::tanh);
  s.decay = 0.2;
  s.repulsion = 0.5;
  return s;
}

/// A setting that the loss can take.
LossSetting fitting(const std::string& name) {
  if (name == "matrix-group") {
    return setting_of(Task::permutations(3), 33, 9);
  }
  if (name == "circle") {
    return setting_of(Task::modular_addition(7), 24, 2);
  }
  LossSetting s = setting_of(Task::addition(7), 24, 1);
  return s;
}

}  // namespace

TEST_CASE("registry: every built-in loss has a right gradient, its scale, its measures",
          "[theory][registry]") {
  const LossRegistry registry = built_in_losses();
  CHECK(registry.names() == std::vector<std::string>{"parallelogram", "matrix-group", "same-class",
                                                     "circle", "decoder-metric", "weight-decayed"});
  for (const LossEntry& entry : registry.entries()) {
    CAPTURE(entry.name);
    CHECK(entry.summary.size() > 20);
    CHECK(entry.text.size() > 100);
    const NamedLoss named = entry.make(fitting(entry.name));
    const VectorXd x = named.start.reshaped(), scaled = named.scaled_start.reshaped();
    REQUIRE(named.functions.dimension == x.size());
    REQUIRE(scaled.size() == x.size());
    CHECK(check_gradient(named.functions, x).right(1e-5));
    CHECK(check_scale(named.functions, x).free() == named.scale_free);
    REQUIRE_FALSE(named.measures.empty());
    for (const Quantity& measure : named.measures) {
      CHECK(std::isfinite(measure.of(x)));
    }
    const Drift Z0 = drift_along_flow(named.functions, squared_size(), scaled, 0.5, 1e-9);
    CHECK(Z0.conserved(scaled.squaredNorm()) == named.scale_free);
    CHECK(Z0.fell > 0);
    if (named.l0) {
      CHECK(named.l0->of(x) > 0);
    }
  }
}

TEST_CASE("registry: measures are those of the representation", "[theory][registry]") {
  const LossRegistry registry = built_in_losses();
  const LossSetting s = fitting("parallelogram");
  const NamedLoss named = registry.at("x", "parallelogram").make(s);
  CHECK(named.measures[0].name == "rqi");
  const VectorXd line = VectorXd::LinSpaced(7, 0, 1);
  CHECK(named.measures[0].of(line) == 1.0);
  CHECK(named.measures[0].of(s.embeddings.reshaped()) ==
        rqi(s.embeddings, list_parallelograms(group_by_output(s.task))));
  CHECK(named.scaled_start == standardise(s.embeddings));
  const NamedLoss points = registry.at("x", "same-class").make(s);
  REQUIRE(points.start.rows() == 24);  // one for each training sample
  CHECK(points.start(3, 0) == s.embeddings(s.train[3].i, 0) + s.embeddings(s.train[3].j, 0));
  LossSetting given = s;
  given.points = normal_vector(10, 1).reshaped(5, 2);
  given.labels = {1, 1, 2, 2, 2};
  CHECK(registry.at("x", "same-class").make(given).start == given.points);
  given.labels.pop_back();
  CHECK_THROWS_AS(registry.at("x", "same-class").make(given), InputError);
}

TEST_CASE("registry: yours beside the others; names and settings that do not fit are refused",
          "[theory][registry]") {
  LossRegistry registry = built_in_losses();
  LossEntry entry{"spring", "half the square", "", {}, [](const LossSetting& s) {
                    NamedLoss named;
                    named.start = named.scaled_start = s.embeddings;
                    named.functions = keep(ParallelogramLoss(7, 1, group_by_output(s.task)));
                    return named;
                  }};
  registry.add(entry);
  CHECK(registry.at("x", "spring").summary == "half the square");
  CHECK_THROWS_WITH(registry.add(entry), ContainsSubstring("'spring', allowed a name"));
  entry.name = "other";
  entry.make = nullptr;
  CHECK_THROWS_AS(registry.add(entry), InputError);
  CHECK_THROWS_WITH(registry.at("flow", "mse"),
                    ContainsSubstring("flow: --loss = 'mse', allowed parallelogram, "));
  const auto make = [&](const char* name, const LossSetting& s) {
    return registry.at("x", name).make(s);
  };
  CHECK_THROWS_AS(make("parallelogram", fitting("matrix-group")), InputError);
  CHECK_THROWS_AS(make("matrix-group", fitting("parallelogram")), InputError);
  CHECK_THROWS_AS(make("same-class", fitting("matrix-group")), InputError);
  CHECK_THROWS_WITH(make("circle", fitting("parallelogram")),
                    ContainsSubstring("representation_dimension = 1, allowed 2"));
  LossSetting bare = fitting("parallelogram");
  bare.decoder.reset();
  CHECK_THROWS_WITH(make("decoder-metric", bare), ContainsSubstring("decoder = none"));
}

TEST_CASE("steps: of Adam and of the gradient flow, for any loss, as for the one built in",
          "[theory][prediction]") {
  const Task task = Task::addition(8);
  const auto train = draw_training_set(task, 30, 2);
  const OutputClasses classes = group_by_output(task, train);
  const MatrixXd R = 0.3 * normal_vector(8, 5);
  RqiQuestion question;
  question.rate = 2e-3;
  question.budget = 20'000;
  const auto known = predict_steps(task, train, R, Normalisation::sum, question);
  REQUIRE(known.adam_flow);
  REQUIRE(known.gradient_flow);
  const LossFunctions loss =
      keep(AutomaticLoss{ParallelogramTwin{8, 1, list_parallelograms(classes)}});
  CHECK(rqi_steps_under_adam(loss, task, R, question) == known.adam_flow);
  CHECK(rqi_steps_under_flow(loss, task, standardise(R), question) == known.gradient_flow);
  question.rate = 1e-4;  // over several batches of the integration
  const auto slow = predict_steps(task, train, R, Normalisation::sum, question);
  REQUIRE(slow.gradient_flow);
  REQUIRE(*slow.gradient_flow > 2100);
  CHECK(rqi_steps_under_flow(loss, task, standardise(R), question) == slow.gradient_flow);
  question.budget = *slow.gradient_flow;
  CHECK(rqi_steps_under_flow(loss, task, standardise(R), question) == slow.gradient_flow);
  question.budget -= 1;
  CHECK_FALSE(rqi_steps_under_flow(loss, task, standardise(R), question));
  // There from the start; never; decay makes it faster.
  question.rate = 2e-3;
  question.budget = 20'000;
  const MatrixXd line = VectorXd::LinSpaced(8, -1, 1);
  CHECK(rqi_steps_under_adam(loss, task, line, question) == 0);
  CHECK(rqi_steps_under_flow(loss, task, line, question) == 0);
  const auto decayed = rqi_steps_under_adam(loss, task, R, question, {0.9, 0.999, 1e-8, 1.0});
  REQUIRE(decayed);
  CHECK(*decayed < *known.adam_flow);
  const MatrixXd two_columns = MatrixXd::Zero(8, 2);
  CHECK_THROWS_AS(rqi_steps_under_adam(loss, task, two_columns, question), InputError);
  CHECK_THROWS_AS(rqi_steps_under_flow(loss, task, two_columns, question), InputError);
  CHECK_THROWS_AS(rqi_steps_under_adam(loss, Task::addition(9), R, question), InputError);
  question.rate = 11;
  CHECK_THROWS_AS(rqi_steps_under_adam(loss, task, R, question), InputError);
}

TEST_CASE("steps: RQI of matrices, and any other aim", "[theory][prediction]") {
  const LossSetting s = fitting("matrix-group");
  const NamedLoss named = built_in_losses().at("x", "matrix-group").make(s);
  RqiQuestion question;
  question.rate = 1e-2;
  question.tolerance = default_product_tolerance;
  question.budget = 5000;
  const auto steps = rqi_steps_under_adam(named.functions, s.task, s.embeddings, question);
  REQUIRE(steps);
  REQUIRE(*steps > 0);
  AdamFlow flow(named.functions, named.start.reshaped(), question.rate);
  for (std::int64_t n = 0; n < *steps; ++n) {
    REQUIRE_FALSE(named.measures[0].of(flow.state()) > 0.95);
    flow.step();
  }
  CHECK(named.measures[0].of(flow.state()) > 0.95);
  std::int64_t asked = 0;
  const Reached never = [&](const MatrixXd&) { return ++asked, false; };
  question.budget = 7;
  CHECK_FALSE(steps_under_adam(named.functions, s.embeddings, question, never));
  CHECK(asked == 8);  // 0..7
  CHECK_FALSE(steps_under_flow(named.functions, named.scaled_start, question, never));
  CHECK(asked == 16);
}
