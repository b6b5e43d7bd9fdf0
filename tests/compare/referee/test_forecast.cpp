#include "compare/referee/forecast.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <ctime>
#include <utility>

#include "compare/toy/paired.hpp"
#include "compare/toy/theories.hpp"
#include "core/errors.hpp"
#include "nets/parity/model.hpp"
#include "nets/toy/model.hpp"
#include "tests/compare/referee/referee_runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

toy::RunSpec spec_of(std::int64_t train, std::int64_t seed = 58) {
  toy::RunSpec spec;
  spec.train = train;
  spec.seed = seed;
  spec.steps = 2'000;
  return resolve(spec, "test");
}

TEST_CASE("what is known before training is what the spec draws", "[referee]") {
  const toy::RunSpec spec = spec_of(55);
  const toy::Known known = toy::known_before(spec, "validation");
  CHECK(known.spec == spec);
  CHECK(known.event == "validation");
  CHECK(known.initial.train == training_set_of(spec));
  CHECK(known.initial.embeddings == draw_initial_state(spec).embeddings);
  REQUIRE(known.structure);
  CHECK(known.structure->unique);
  CHECK(*known.lambda3 == Approx(20.0 / 3));
  CHECK(known.ideal_accuracy == 1);
  CHECK(known.ideal_rqi == 1);
  const toy::Known part = toy::known_before(spec_of(25));
  CHECK(part.ideal_accuracy == part.structure->ideal_accuracy);
  CHECK(part.ideal_rqi == part.structure->ideal_rqi);
  REQUIRE(part.ideal_rqi != part.ideal_accuracy);
  toy::RunSpec product;
  product.task = "permutations";
  product.symbols = 6;
  product.train = 20;
  product.representation_dimension = 4;
  const toy::Known matrices = toy::known_before(resolve(product, "test"));
  CHECK_FALSE(matrices.structure);
  CHECK_FALSE(matrices.lambda3);
  CHECK(matrices.ideal_accuracy >= 20.0 / 36);
}

TEST_CASE("the score of a forecast", "[referee]") {
  CHECK(*score_of({.steps = 500.0}, 1000) == Approx(std::log(2.0)));
  CHECK(*score_of({.steps = never}, 1000) == -never);
  CHECK(*score_of({.steps = 0.0}, 1000) == never);
  CHECK(*score_of({.steps = 500.0, .score = 7.0}, 1000) == 7);
  CHECK_FALSE(score_of({.accuracy = 0.5}, 1000));
}

TEST_CASE("a run as text without some of its keys", "[referee]") {
  toy::RunSpec a = spec_of(30), b = spec_of(30);
  b.decoder_rate = 0.5;
  const std::vector<std::string> rate = {"decoder_rate"}, none;
  const auto text_without = [](const toy::RunSpec& spec, std::span<const std::string> keys) {
    const Run run = toy::run_of(spec);
    return run.model().text(run, keys);
  };
  CHECK(text_without(a, rate) == text_without(b, rate));
  CHECK(text_without(a, none) != text_without(b, none));
  CHECK(text_without(a, none) == canonical_text(a));
  CHECK(text_without(a, rate).size() ==
        canonical_text(a).size() - std::string("decoder_rate = 0.0001\n").size());
  b.train = 31;
  CHECK(text_without(a, rate) != text_without(b, rate));
}

TEST_CASE("runs that differ in what a theory ignores are forecast once", "[referee]") {
  const HandMade study = hand_made(2, [](const toy::RunSpec&) { return 1.0; });
  std::atomic<int> calls = 0;
  Theory theory = formula("counted", [&](const toy::RunSpec& spec) {
    ++calls;
    return Forecast{.steps = 1 / spec.representation_rate};
  });
  const auto forecast = [&](std::span<const Run> runs, int threads) {
    return forecast_runs(std::vector<Theory>{theory}, runs, "rqi", threads);
  };
  const Forecasts all = forecast(study.runs, 1);
  CHECK(calls == 24);
  calls = 0;
  theory.ignores = {"decoder_rate", "split_seed", "label_seed", "init_seed", "batch_seed"};
  const Forecasts once = forecast(study.runs, 2);
  CHECK(calls == 4);
  for (std::size_t r = 0; r < study.runs.size(); ++r) {
    CHECK(*once[0][r]->steps == 1 / study.runs[r].as<toy::RunSpec>().representation_rate);
    CHECK(*once[0][r]->steps == *all[0][r]->steps);
  }
  theory.ignores = {"decoder_rat"};
  CHECK_THROWS_WITH(forecast(study.runs, 1),
                    "forecast_runs: counted: ignores = 'decoder_rat', allowed a key of a run");
}

TEST_CASE("what forecasts cost: those made, and CPU time of all threads", "[referee]") {
  const HandMade study = hand_made(2, [](const toy::RunSpec&) { return 1.0; });
  Theory busy = formula("busy", [](const toy::RunSpec&) {
    const std::clock_t start = std::clock();  // of the process
    volatile double sum = 0;
    while (std::clock() - start < CLOCKS_PER_SEC / 100) {
      sum = sum + 1;
    }
    return Forecast{.steps = 1.0};
  });
  busy.ignores = {"decoder_rate", "split_seed", "label_seed", "init_seed", "batch_seed"};
  const Theory idle = formula("idle", [](const toy::RunSpec&) { return Forecast{.steps = 1.0}; });
  const Forecasts forecasts = forecast_runs(std::vector<Theory>{busy, idle}, study.runs, "rqi", 1);
  REQUIRE(forecasts.costs.size() == 2);
  CHECK(forecasts.costs[0].forecasts == 4);
  CHECK(forecasts.costs[1].forecasts == 24);
  CHECK(forecasts.costs[0].seconds > 0.03);  // four times 0.01
  CHECK(forecasts.costs[0].seconds < 1);
  CHECK(forecasts.costs[1].seconds < 0.01);
}

TEST_CASE("a theory is asked only where it applies; nonsense is refused", "[referee]") {
  const HandMade study = hand_made(1, [](const toy::RunSpec&) { return 1.0; });
  Theory theory = formula("t", [](const toy::RunSpec&) { return Forecast{.steps = 3.0}; });
  theory.applies = toy::of_spec([](const toy::RunSpec& spec) { return spec.decoder_rate > 5e-3; });
  int done = 0;
  const Forecasts forecasts =
      forecast_runs(std::vector<Theory>{theory}, study.runs, "rqi", 1, [&] { ++done; });
  CHECK(done == 12);
  CHECK(std::ranges::count_if(forecasts[0], [](const auto& f) { return f.has_value(); }) == 4);
  for (const Forecast bad : {Forecast{.steps = -1.0}, Forecast{.steps = std::nan("")},
                             Forecast{.accuracy = 1.5}, Forecast{.score = std::nan("")}}) {
    const Theory wrong = formula("wrong", [bad](const toy::RunSpec&) { return bad; });
    CHECK_THROWS_AS(forecast_runs(std::vector<Theory>{wrong}, study.runs, "rqi", 1), InputError);
  }
}

TEST_CASE("events have names", "[referee]") {
  const Model& model = toy::model();
  CHECK(event_from("here", "rqi", model) == "rqi");
  CHECK(event_from("here", "validation", model) == "validation");
  CHECK(event_from("here", "train", model) == "train");
  CHECK(key_of(toy::model(), "rqi") == "steps_to_rqi");
  CHECK(key_of(parity::model(), "memorisation") == "epochs_to_memorisation");
  CHECK_THROWS_AS(key_of(toy::model(), "memorisation"), InputError);
  CHECK_THROWS_WITH(event_from("here", "x", model),
                    "here: event = 'x', allowed train, validation, rqi");
}

Forecast forecast_of(const Theory& theory, const toy::RunSpec& spec) {
  const auto forecasts =
      forecast_runs(std::vector<Theory>{theory}, std::vector<Run>{toy::run_of(spec)}, "rqi", 1);
  REQUIRE(forecasts[0][0]);
  return *forecasts[0][0];
}

// p = 10, all 55 samples: 1/(lambda_3 eta) = 150 at eta = 1e-3 (tests/compare/toy/test_paired.cpp).
TEST_CASE("built-in theories say what the paired table says", "[referee]") {
  const toy::RunSpec spec = spec_of(55);
  const toy::PairedRow row =
      toy::pair_with_theory(std::vector<toy::RunSpec>{spec}, std::vector<toy::Record>(1), 1)[0];
  CHECK(*forecast_of(toy::slowest_mode_theory(), spec).steps == Approx(150));
  CHECK(*forecast_of(toy::all_modes_theory(), spec).steps ==
        static_cast<double>(*row.sum.gradient_flow));
  CHECK(*forecast_of(toy::adam_flow_theory(), spec).steps ==
        static_cast<double>(*row.sum.adam_flow));
  const Forecast ideal = forecast_of(toy::ideal_accuracy_theory(), spec);
  CHECK(*ideal.accuracy == 1);
  CHECK(*ideal.score == 1);
  CHECK_FALSE(ideal.steps);
  CHECK(*forecast_of(toy::two_rate_theory(), spec).steps == Approx(1 / std::sqrt(1e-3 * 1e-4)));
  toy::RunSpec wide = spec;
  wide.representation_dimension = 3;
  const toy::RunSpec wider = resolve(wide, "test");
  CHECK(*forecast_of(toy::slowest_mode_theory(), wider).steps ==
        Approx(*toy::pair_with_theory(std::vector<toy::RunSpec>{wider}, std::vector<toy::Record>(1),
                                      1)[0]
                    .sum.n_h));
}

TEST_CASE("a D that implies little: never", "[referee]") {
  const toy::RunSpec spec = spec_of(5);
  for (const Theory& theory : {toy::slowest_mode_theory(), toy::all_modes_theory(),
                               toy::adam_flow_theory(), toy::two_rate_theory()}) {
    CAPTURE(theory.key);
    CHECK(*forecast_of(theory, spec).steps == never);
  }
  CHECK(*forecast_of(toy::ideal_accuracy_theory(), spec).accuracy < 0.2);
}

TEST_CASE("keys are unique, and every theory says where it is from", "[referee]") {
  std::vector<std::string> keys = {"null"};
  for (const Theory& theory : toy::theories()) {
    keys.push_back(theory.key);
    CHECK_FALSE(theory.name.empty());
    CHECK_FALSE(theory.source.empty());
    CHECK_FALSE(theory.what.empty());
    CHECK((theory.as_it_is || theory.fitted));
  }
  std::ranges::sort(keys);
  CHECK(std::ranges::adjacent_find(keys) == keys.end());
}

using Change = std::pair<std::vector<std::string>, void (*)(toy::RunSpec&)>;  // of these keys

std::vector<Change> changes() {
  using S = toy::RunSpec&;
  return {{{"label_seed"}, [](S s) { s.label_seed = 77; }},
          {{"batch_seed"}, [](S s) { s.batch_seed = 78; }},
          {{"batch"}, [](S s) { s.batch = 7; }},
          {{"decoder_widths"}, [](S s) { s.decoder_widths = {9}; }},
          {{"decoder_activation"}, [](S s) { s.decoder_activation = "relu"; }},
          {{"decoder_rate"}, [](S s) { s.decoder_rate = 0.3; }},
          {{"decoder_decay"}, [](S s) { s.decoder_decay = 2; }},
          {{"decoder_init_scale"}, [](S s) { s.decoder_init_scale = 3; }},
          {{"label_scale"}, [](S s) { s.label_scale = 2; }},
          {{"precision"}, [](S s) { s.precision = "float64"; }},
          {{"stop"}, [](S s) { s.stop = "rqi"; }},
          {{"accuracy_threshold"}, [](S s) { s.accuracy_threshold = 0.5; }},
          {{"grokking_gap"}, [](S s) { s.grokking_gap = 5; }},
          {{"init_seed"}, [](S s) { s.init_seed = 5; }},
          {{"representation_rate"}, [](S s) { s.representation_rate = 0.1; }},
          {{"steps"}, [](S s) { s.steps = 17; }},
          {{"targets", "output_dimension"},
           [](S s) {
             s.targets = "one-hot";
             s.output_dimension.reset();
           }},
          {{"loss", "output_dimension"}, [](S s) {
             s.loss = "cross-entropy";
             s.output_dimension.reset();
           }}};
}

// A key in `ignores` that is not ignored would give one run the forecast of another.
TEST_CASE("what a theory ignores changes nothing", "[referee]") {
  const toy::RunSpec base =
      spec_of(50, 2);  // the mode flow, in float32, is there in a third of the time
  for (const Theory& theory : toy::theories()) {
    const Forecast before = forecast_of(theory, base);
    CAPTURE(theory.key);
    CHECK(before.steps.value_or(1) < never);  // which a change could not move
    for (const auto& [keys, change] : changes()) {
      if (std::ranges::all_of(keys, [&](const std::string& key) {
            return std::ranges::find(theory.ignores, key) != theory.ignores.end();
          })) {
        toy::RunSpec other = base;
        change(other);
        other = resolve(other, "test");
        CAPTURE(theory.key, keys);
        CHECK(forecast_of(theory, other).steps == before.steps);
        CHECK(forecast_of(theory, other).accuracy == before.accuracy);
        CHECK(forecast_of(theory, other).score == before.score);
      }
    }
  }
}

TEST_CASE("a decoder that the flows cannot follow: they say nothing, and nothing fails",
          "[referee]") {
  const auto forecast = [](const std::string& key, double scale) {
    toy::RunSpec spec = spec_of(40);
    spec.decoder_init_scale = scale;
    spec.steps = 20;
    for (const Theory& theory : toy::theories()) {
      if (theory.key == key) {
        return forecast_of(theory, resolve(spec, "test"));
      }
    }
    throw Error("no such theory");
  };
  for (const std::string key : {"mode_flow", "decoder_metric"}) {
    CAPTURE(key);
    CHECK_FALSE(forecast(key, 1e6).steps);  // too steep to be tabulated
  }
  CHECK(forecast("mode_flow", 0.001).steps);  // few modes are left of so flat a layer
  CHECK(forecast("mode_flow", 1).steps);
}

}  // namespace
}  // namespace grok
