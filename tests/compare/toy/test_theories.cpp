#include "compare/toy/theories.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "compare/toy/mode_flow_run.hpp"
#include "compare/toy/narrow_network.hpp"
#include "core/errors.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
#include "theory/prediction.hpp"

namespace grok::toy {
namespace {

RunSpec small(std::int64_t train, double rqi_threshold = 0.95) {
  RunSpec spec;
  spec.train = train;
  spec.rqi_threshold = rqi_threshold;
  spec.steps = 500;
  return resolve(spec, "test");
}

Forecast said(const Theory& theory, const RunSpec& spec, const Event& event = "rqi") {
  const Run run = run_of(spec);
  REQUIRE(theory.applies(run));
  std::any memory;
  return theory.forecast({run, event, memory});
}

// All samples of the other nine symbols: symbol 0 is free, and with it 28.6 % of P0.
TEST_CASE("never is what D does not allow; a formula that has no value says nothing", "[referee]") {
  const Scratch scratch("theories");
  std::string pairs = "i,j\n";
  for (int i = 1; i < 10; ++i) {
    for (int j = i; j < 10; ++j) {
      pairs += std::to_string(i) + "," + std::to_string(j) + "\n";
    }
  }
  scratch.write("pairs.csv", pairs);
  RunSpec spec;
  spec.pairs = (scratch / "pairs.csv").string();
  spec.steps = 20'000;
  const RunSpec strict = resolve(spec, "test");
  spec.rqi_threshold = 0.7;
  const RunSpec lax = resolve(spec, "test");
  const Known known = known_before(lax);
  REQUIRE_FALSE(known.structure->unique);
  REQUIRE(*known.lambda3 == 0);
  REQUIRE(known.ideal_rqi.value() == Approx(0.714).margin(0.001));
  for (const Theory& theory : {slowest_mode_theory(), slowest_mode_log_theory()}) {
    CAPTURE(theory.key);
    CHECK(*said(theory, strict).steps == never);
    CHECK_FALSE(said(theory, lax).steps);
    CHECK_FALSE(said(theory, lax).score);
  }
  CHECK(*said(all_modes_theory(), strict).steps == never);
  CHECK(*said(all_modes_theory(), lax).steps < never);  // and it does get there
  CHECK(*said(two_rate_theory(), strict).steps == never);
  CHECK(*said(two_rate_theory(), lax).steps < never);
}

// p = 2: no parallelogram, so RQI is 1 from the start and there is no rate.
TEST_CASE("where there is nothing to learn nobody says never", "[referee]") {
  RunSpec spec;
  spec.symbols = 2;
  spec.train = 3;
  spec.steps = 100;
  spec = resolve(spec, "test");
  REQUIRE(train(std::vector<RunSpec>{spec})[0].steps_to_rqi == 0);
  CHECK(*said(slowest_mode_theory(), spec).steps == 0);
  CHECK(*said(slowest_mode_log_theory(), spec).steps == 0);
  CHECK(*said(all_modes_theory(), spec).steps == 0);
  CHECK(*said(adam_flow_theory(), spec).steps == 0);
}

TEST_CASE("the slowest mode to its threshold is that of theory/prediction", "[referee]") {
  const RunSpec spec = small(52);
  const auto mode = slowest_mode(task_of(spec), training_set_of(spec),
                                 draw_initial_state(spec).embeddings, Normalisation::sum,
                                 {.rate = spec.representation_rate,
                                  .threshold = spec.rqi_threshold,
                                  .tolerance = *spec.rqi_tolerance});
  REQUIRE(mode);
  CHECK(mode->n_h == Approx(*said(slowest_mode_theory(), spec).steps));
  CHECK(*said(slowest_mode_log_theory(), spec).steps == mode->steps());
  CHECK(mode->steps() > mode->n_h);
}

TEST_CASE("the ratio of the rates, and nothing else", "[referee]") {
  RunSpec spec = small(45);
  spec.representation_rate = 4e-3;
  spec.decoder_rate = 1e-4;
  const Theory ratio = ratio_theory();
  CHECK(*said(ratio, spec).score == Approx(std::log(40)));
  CHECK_FALSE(said(ratio, spec).steps);
  CHECK_FALSE(said(ratio, spec).accuracy);
  CHECK(said(ratio, spec, "validation").score);
  CHECK_FALSE(said(ratio, spec, "train").score);
  CHECK(ratio.ignores.size() + 2 == model().keys().size());
  CHECK(std::ranges::find(ratio.ignores, "decoder_rate") == ratio.ignores.end());
  CHECK(std::ranges::find(ratio.ignores, "representation_rate") == ratio.ignores.end());
  spec.decoder_rate = 0;
  CHECK_FALSE(ratio.applies(run_of(spec)));
}

TEST_CASE("the narrow network: same D, embeddings and targets, another decoder", "[referee]") {
  RunSpec spec = small(50);
  spec.decoder_widths = {40, 24};
  spec.representation_rate = 1e-2;
  spec.decoder_rate = 1e-3;
  spec = resolve(spec, "test");
  const RunSpec twin = narrow_twin(spec, "rqi");
  CHECK(twin.decoder_widths == std::vector<std::int64_t>{10, 6});
  CHECK(twin.decoder_rate == Approx(4e-3));
  CHECK(twin.stop == "rqi");
  CHECK(narrow_twin(spec, "validation").stop == "phase");
  const std::vector<std::string> changed = {"decoder_widths", "decoder_rate", "stop"};
  CHECK(canonical_text(twin, changed) == canonical_text(spec, changed));
  const InitialState own = draw_initial_state(spec), other = draw_initial_state(twin);
  CHECK(other.train == own.train);
  CHECK(other.embeddings == own.embeddings);
  CHECK(other.labels == own.labels);
  CHECK(other.decoder[0].bias != own.decoder[0].bias.head(10));
  CHECK(other.decoder[1].weight != own.decoder[1].weight.topLeftCorner(6, 10));
  const Record record = train(std::vector<RunSpec>{twin})[0];
  REQUIRE(record.steps_to_rqi);
  CHECK(*narrow_steps(spec, "rqi") == *record.steps_to_rqi);
  CHECK(*said(narrow_network_theory(), spec).steps == static_cast<double>(*record.steps_to_rqi));
  spec.steps = *record.steps_to_rqi - 1;
  CHECK(*said(narrow_network_theory(), spec).steps == never);
  spec.steps = 500;
  const auto validation =
      train(std::vector<RunSpec>{narrow_twin(spec, "validation")})[0].steps_to_validation;
  CHECK(narrow_steps(spec, "validation") == validation);
  CHECK(said(narrow_network_theory(), spec, "validation").steps ==
        (validation ? static_cast<double>(*validation) : never));
}

TEST_CASE("networks without a narrow twin", "[referee]") {
  RunSpec spec = small(45);
  CHECK_FALSE(narrow_refuses(spec));
  spec.decoder_widths = {200, 30};
  CHECK(*narrow_refuses(spec) == "decoder_widths = [200, 30], not multiples of 4");
  CHECK_FALSE(narrow_network_theory().applies(run_of(spec)));
  CHECK_THROWS_WITH(narrow_twin(spec, "rqi"),
                    Catch::Matchers::StartsWith("narrow_twin: run = decoder_widths = [200, 30]"));
  spec.decoder_widths = {200};
  spec.decoder_rate = 3;
  CHECK(*narrow_refuses(spec) == "decoder_rate = 3, above 2.5");
  spec.optimiser = "sgd";
  CHECK_FALSE(narrow_refuses(spec));
  CHECK_THROWS_AS(narrow_twin(spec, "train"), InputError);
}

// A flow that is there later than its horizon is `never`.
TEST_CASE("a horizon is how far a theory is followed", "[referee]") {
  for (const Theory& theory : theories()) {
    CAPTURE(theory.key);
    const bool formula = theory.key == "ratio" || theory.key == "n_h" || theory.key == "n_h_log" ||
                         theory.key == "ideal_accuracy" || theory.key == "two_rate";
    CHECK(theory.horizon.has_value() == !formula);
    if (!theory.horizon) {
      continue;
    }
    RunSpec spec = small(52);
    spec.decoder_widths = {40, 40};
    spec.representation_rate = 1e-2;
    spec.decoder_rate = 1e-3;
    spec = resolve(spec, "test");
    const double steps = *said(theory, spec).steps;
    REQUIRE(steps < never);
    const auto at = [&](double budget) {
      RunSpec other = spec;
      other.steps = static_cast<std::int64_t>(budget);
      return *said(theory, other).steps;
    };
    CHECK(at(std::ceil(steps / *theory.horizon) + 1) == steps);
    CHECK(at(std::floor(0.9 * steps / *theory.horizon)) == never);
  }
}

// Nothing forces embeddings that are concatenated: only what knows no parallelograms says anything,
// and of RQI nobody does.
TEST_CASE("theories of embeddings that are added do not apply to others", "[referee]") {
  for (const std::string combination : {"concatenate", "concatenate-shared"}) {
    RunSpec spec = small(45);
    spec.decoder_widths = {16, 16};
    spec.steps = 50;
    spec.representation_combination = combination;
    spec = resolve(spec, "test");
    std::set<std::string> applied;
    for (const Theory& theory : theories()) {
      if (theory.applies(run_of(spec))) {
        applied.insert(theory.key);
        const Forecast of_rqi = said(theory, spec);
        CHECK((!of_rqi.steps && !of_rqi.score && !of_rqi.accuracy));
        const Forecast other = said(theory, spec, "validation");
        CHECK((other.steps || other.score));
      }
    }
    CHECK(applied == std::set<std::string>{"ratio", "narrow_network"});
    CHECK(*mode_flow_refuses(spec) == "representation_combination = " + combination);
    const Known known = known_before(spec);
    CHECK((!known.structure && !known.lambda3 && !known.ideal_accuracy && !known.ideal_rqi));
  }
}

TEST_CASE("the ideal accuracy is that of eq. 16", "[referee]") {
  CHECK(ideal_accuracy_theory().source == "Liu et al. 2022, eq. 16");
}

}  // namespace
}  // namespace grok::toy
