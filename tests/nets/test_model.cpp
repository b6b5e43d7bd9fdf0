// tests/nets/test_model.cpp: what machinery asks of a model, of the toy and of one made here.
#include "nets/model.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "nets/model_of.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace halving {

/// x is halved until it is below 1: a model that needs nothing but plain types.
struct Spec {
  double start = 8;
  std::int64_t steps = 100;
  std::int64_t seed = 1;
  std::string word = "usual";
  std::optional<std::int64_t> grain;
};
template <class S, class Visitor>
void for_each_field(S& s, Visitor&& visit) {
  visit("start", s.start, Range<double>{0, 1e9}, "x at first", Mark{Role::required});
  visit("steps", s.steps, Range<std::int64_t>{1, 1000}, "at most", Mark{Role::budget});
  visit("seed", s.seed, Range<std::int64_t>{0, 10}, "of nothing", Mark{Role::seed});
  visit("word", s.word, Choice{{"usual", "other"}}, "added later", later);
  visit("grain", s.grain, Range<std::int64_t>{1, 9}, "may be empty", later);
}
struct Record {
  std::optional<std::int64_t> below;
  double x = 0;
  double seconds = 0;
};
template <class R, class Visitor>
void for_each_result(R& r, Visitor&& visit) {
  visit("below", r.below, "first step below 1", Mark{Role::reached});
  visit("x", r.x, "at last");
  visit("seconds", r.seconds, "wall time", Mark{Role::wall_time});
}

class Model final : public ModelOf<Spec, Record> {
 public:
  std::string_view name() const override { return "halving"; }
  Cost cost(const Run&) const override { return {.flops = 1, .parameters = 1, .bytes = 8}; }

 protected:
  Spec checked(Spec spec, const Given&, const PlaceOfKey& place) const override {
    check_fields(spec, place);
    return spec;
  }
  Trained<Record> train_one(const Spec& spec, const OneRun& one) const override {
    if (spec.seed == 7) {
      throw Error("seed 7 fails");
    }
    if (one.shelve) {
      one.shelve({checkpoint_name, spec.seed, "state"});
    }
    Record record{{}, spec.start, 0.1};
    for (std::int64_t t = 1; t <= spec.steps && !record.below; ++t) {
      record.x /= 2;
      if (record.x < 1) {
        record.below = t;
      }
    }
    return {record};
  }
};
const Model& model() {
  static const Model only;
  return only;
}
Run run(double start, std::int64_t seed = 1) {
  Spec spec;
  spec.start = start;
  spec.seed = seed;
  return resolved(Run(model(), spec), "test");
}

}  // namespace halving

namespace {

toy::RunSpec toy_spec(std::int64_t seed) {
  toy::RunSpec spec;
  spec.seed = seed;
  spec.decoder_widths = {8};
  spec.steps = 20;
  return spec;
}

template <class Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

std::string place(const std::string& key) { return "line of " + key; }

}  // namespace

TEST_CASE("runs of the toy train through the one door as through its own", "[nets][model]") {
  std::vector<toy::RunSpec> specs;
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    specs.push_back(toy_spec(seed));
  }
  const std::vector<Run> runs = toy::runs_of(specs);
  const std::vector<Outcome> outcomes = train(runs, cpu_workers(2));
  const std::vector<toy::Record> records = toy::train(specs);
  REQUIRE(outcomes.size() == specs.size());
  std::set<double> losses;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    CHECK(different_results(outcomes[k], toy::outcome_of(records[k])).empty());
    CHECK(&outcomes[k].model() == &toy::model());
    losses.insert(records[k].train_loss);
  }
  CHECK(losses.size() == specs.size());
  CHECK(different_results(outcomes[0], outcomes[1]).size() > 3);
}

TEST_CASE("curves come at their stride, artefacts where they are wanted", "[nets][model]") {
  const std::vector<Run> runs = {toy::run_of(toy_spec(1))};
  TrainOptions options;
  options.workers = cpu_workers(1);
  Finished got;
  options.finished = [&](std::size_t, const Finished& f) { got = f; };
  train_each(runs, options);
  CHECK(got.curve == Curve());
  CHECK(got.artefacts.empty());
  options.stride = 6;
  options.keep = {"parameters"};
  train_each(runs, options);
  CHECK(got.curve.columns == runs[0].model().curve_shape(runs[0]).columns);
  CHECK(got.curve.rows() == 5);  // 0, 6, 12, 18 and the last
  CHECK(got.curve.metrics == 9);
  const auto points = toy::points_of(runs[0].as<toy::RunSpec>(), got.curve, "here");
  const auto& wanted = toy::train_traced(toy_spec(1), 6).trajectory;
  REQUIRE(points.size() == wanted.size());
  for (std::size_t k = 0; k < points.size(); ++k) {
    CHECK(points[k].step == wanted[k].step);
    CHECK(points[k].train_loss == wanted[k].train_loss);
    CHECK(points[k].validation_loss == wanted[k].validation_loss);
    CHECK(points[k].validation_accuracy == wanted[k].validation_accuracy);
    CHECK(points[k].embeddings == wanted[k].embeddings);
  }
  REQUIRE(got.artefacts.size() == 1);
  CHECK(got.artefacts[0].name == "parameters");
}

TEST_CASE("what a model has not is refused before anything is trained", "[nets][model][errors]") {
  const std::vector<Run> runs = {halving::run(8), toy::run_of(toy_spec(1))};
  const auto refused = [&](std::size_t first, TrainOptions options) {
    options.finished = [](std::size_t, const Finished&) { FAIL("trained"); };
    return refusal([&] { train_each(std::span(runs).subspan(first), options); });
  };
  TrainOptions options;
  options.workers = cpu_workers(1);
  options.keep = {"parameters", "activations"};
  CHECK(refused(1, options) == "train: keep = 'activations', allowed parameters (model toy)");
  options.keep = {"parameters"};
  CHECK(refused(0, options) == "train: keep = 'parameters', allowed nothing (model halving)");
  options.workers.engine = "torch";
  CHECK(refused(0, options) == "train: engine = 'torch', allowed cpu (model halving)");
  CHECK(refused(1, options) == "train: engine = 'torch', allowed cpu where artefacts are wanted");
  options.keep.clear();
  options.stride = 5;
  CHECK(refused(1, options) ==
        "train: engine = 'torch', allowed cpu where trajectories are wanted");
  options.workers.engine = "gpu";
  CHECK(refused(1, options) == "train: engine = 'gpu', allowed cpu, torch (model toy)");
}

TEST_CASE("runs of two models in one call keep their numbers", "[nets][model]") {
  const std::vector<Run> runs = {halving::run(8),    toy::run_of(toy_spec(1)),
                                 halving::run(4, 7), toy::run_of(toy_spec(2)),
                                 halving::run(2, 3), halving::run(2)};
  std::map<std::size_t, Outcome> ended;
  std::map<std::size_t, std::string> failed;
  std::map<std::size_t, std::int64_t> shelved;
  std::set<std::size_t> started;
  TrainOptions options;
  options.workers = cpu_workers(2);
  options.checkpoint_seconds = 1e9;
  options.start = [&](std::size_t k) {
    started.insert(k);
    return k != 5;
  };
  options.finished = [&](std::size_t k, const Finished& f) { ended[k] = f.outcome; };
  options.failed = [&](std::size_t k, const std::string& why) { failed[k] = why; };
  options.shelve = [&](std::size_t k, const Artefact& a) { shelved[k] = a.step; };
  train_each(runs, options);
  CHECK(started == std::set<std::size_t>{0, 1, 2, 3, 4, 5});
  CHECK(failed == std::map<std::size_t, std::string>{{2, "seed 7 fails"}});
  CHECK(shelved == std::map<std::size_t, std::int64_t>{{0, 1}, {4, 3}});
  REQUIRE(ended.size() == 4);
  CHECK(std::get<std::int64_t>(ended[0]["below"]) == 4);
  CHECK(std::get<std::int64_t>(ended[4]["below"]) == 2);
  for (const std::size_t k : {1, 3}) {
    CHECK(different_results(ended[k], train(std::span(runs).subspan(k, 1)).front()).empty());
  }
  CHECK_FALSE(different_results(ended[1], ended[3]).empty());
  options.failed = {};
  CHECK_THROWS_WITH(train_each(runs, options), "seed 7 fails");
}

TEST_CASE("a run answers by key, and to its own model alone", "[nets][model]") {
  const Run run = toy::run_of(toy_spec(3));
  CHECK(std::get<std::int64_t>(run["seed"]) == 3);
  CHECK(std::get<std::string>(run["loss"]) == "mse");
  CHECK(std::holds_alternative<std::monostate>(halving::run(8)["grain"]));
  CHECK(run.as<toy::RunSpec>().seed == 3);
  CHECK_THROWS_WITH(run.as<halving::Spec>(), "Run: of another model than asked for");
  CHECK_THROWS_WITH(Run().as<toy::RunSpec>(), "Run: of another model than asked for");
  CHECK_THROWS_WITH(toy::outcome_of({}).as<halving::Record>(),
                    "Outcome: of another model than asked for");
  CHECK(refusal([] { halving::run(8)["stop"]; }) ==
        "halving: key = 'stop', allowed the keys of a run: start, steps, seed, word, grain");
  CHECK(refusal([] { toy::outcome_of({})["below"]; }) ==
        "outcome: key = 'below', allowed a result of the model toy");
  const auto row = run.model().row(run);
  const auto keys = run.model().keys();
  REQUIRE(row.size() == keys.size());
  for (std::size_t k = 0; k < keys.size(); ++k) {
    CHECK(same_value(row[k], run[keys[k].key]));
  }
  const Run changed = run.model().with(run, "seed", std::int64_t{4});
  CHECK(std::get<std::int64_t>(changed["seed"]) == 4);
  CHECK(std::get<std::int64_t>(run["seed"]) == 3);  // never changed
  CHECK(changed.name().empty());                    // not resolved
  CHECK(refusal([&] {
          run.model().with(run, "sed", std::int64_t{4});
        }).starts_with("toy: key = 'sed', allowed seed? (of the keys of a run: task, "));
}

TEST_CASE("the name of a run is that of its text, later keys where they matter",
          "[nets][model][identity]") {
  const Run run = toy::run_of(toy_spec(3));
  CHECK(run.name() == toy::identity(run.as<toy::RunSpec>()));
  CHECK(resolved(run, "again").name() == run.name());
  const Run half = halving::run(8);
  CHECK(half.model().text(half) == "model = halving\nstart = 8\nsteps = 100\nseed = 1\n");
  CHECK(half.name() == identity_of_text(half.model().text(half)));
  const auto with = [&](const char* key, const Value& value) {
    return resolved(half.model().with(half, key, value), "test");
  };
  CHECK(half.model().text(with("word", std::string("other"))) ==
        "model = halving\nstart = 8\nsteps = 100\nseed = 1\nword = other\n");
  CHECK(half.model().text(with("grain", std::int64_t{2}), std::vector<std::string>{"seed"}) ==
        "model = halving\nstart = 8\nsteps = 100\ngrain = 2\n");
  CHECK(with("word", std::string("usual")).name() == half.name());
  CHECK(with("seed", std::int64_t{2}).name() != half.name());
  CHECK(half.model().shape(half) == half.model().shape(with("seed", std::int64_t{2})));
  CHECK(half.model().shape(half) != half.model().shape(with("start", 9.0)));
  // Python: uuid.uuid5(uuid.NAMESPACE_OID, "groktheory run 1\nmodel = x\n")
  CHECK(identity_of_text("model = x\n") == "40b33d63-fff8-53c0-9165-78c1eff9c7cd");
}

TEST_CASE("what is not given or not allowed is refused with its place", "[nets][model][errors]") {
  const Model& model = halving::model();
  const auto given = [](Given::By by, bool all) {
    Given g;
    g.by = by;
    g.key = [all](std::string_view) { return all; };
    return g;
  };
  const auto refused = [&](const Given& g) {
    return refusal([&] { model.resolve(model.usual(), g, place); });
  };
  CHECK(refused(given(Given::By::file, true)) == "none");
  CHECK(refused(given(Given::By::file, false)) ==
        "line of : start = nothing, allowed x at first in [run], [axes] or [zip]");
  CHECK(refused(given(Given::By::flags, false)) ==
        "line of : --start = nothing, allowed x at first (or --spec)");
  CHECK(refused({}) == "none");  // code
  CHECK(refusal([&] {
          model.resolve(model.with(model.usual(), "steps", std::int64_t{0}), {}, place);
        }) == "line of steps: steps = 0, allowed [1, 1000]");
  const Run flags = model.overridden(model.usual(), {{"seed", std::int64_t{9}}}, "x");
  CHECK(std::get<std::int64_t>(flags["seed"]) == 9);
}

TEST_CASE("roles: seeds, budget, what was reached", "[nets][model]") {
  CHECK(seed_keys(halving::model()) == std::vector<std::string>{"seed"});
  CHECK(seed_keys(toy::model()) ==
        std::vector<std::string>{"seed", "split_seed", "label_seed", "init_seed", "batch_seed"});
  CHECK(is_seed(toy::model(), "init_seed"));
  CHECK_FALSE(is_seed(toy::model(), "steps"));
  CHECK_FALSE(is_seed(toy::model(), "no key"));
  CHECK(budget_of(toy::run_of(toy_spec(1))) == 20);
  CHECK(budget_of(halving::run(8)) == 100);
  CHECK(number_under(halving::run(8), "start") == 8.0);
  CHECK(number_under(halving::run(8), "steps") == 100.0);
  CHECK_FALSE(number_under(halving::run(8), "grain"));
  CHECK_FALSE(number_under(halving::run(8), "word"));
  CHECK_FALSE(number_under(halving::run(8), "no key"));
  const Outcome outcome = halving::model().outcome_of({2, 0.5, 0.1});
  CHECK(std::get<std::int64_t>(outcome[Role::reached]) == 2);
  CHECK(std::holds_alternative<std::monostate>(outcome[Role::phase]));
}

TEST_CASE("results that differ: all but wall times, NaN is NaN", "[nets][model]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto of = [](const halving::Record& record) { return halving::model().outcome_of(record); };
  using Keys = std::vector<std::string>;
  CHECK(different_results(of({2, nan, 0.1}), of({2, nan, 0.2})) == Keys{});
  CHECK(different_results(of({2, nan, 0.1}), of({2, 1, 0.1})) == Keys{"x"});
  CHECK(different_results(of({2, 1, 0}), of({{}, 2, 0})) == Keys{"below", "x"});
  const Outcome read = halving::model().outcome(of({2, 0.5, 0.1}).values());
  CHECK(read.as<halving::Record>().below == 2);
  CHECK(read.as<halving::Record>().x == 0.5);
}

TEST_CASE("a reader's lines: keys, results, what was not reached", "[nets][model]") {
  const Run run = halving::run(8);
  const auto lines = run.model().report(run, halving::model().outcome_of({{}, 0.5, 0.1}));
  using Line = std::pair<std::string, std::string>;
  CHECK(lines == std::vector<Line>{{"start", "8"},
                                   {"steps", "100"},
                                   {"seed", "1"},
                                   {"word", "usual"},
                                   {"grain", ""},
                                   {"below", "not within the budget"},
                                   {"x", "0.5"},
                                   {"seconds", "0.1"}});
}

TEST_CASE("models are found by name", "[nets][model]") {
  CHECK(models().front() == &toy::model());
  CHECK(&model_named("toy", models(), "test") == &toy::model());
  Models more = models();
  more.push_back(&halving::model());
  CHECK(&model_named("halving", more, "test") == &halving::model());
  CHECK(refusal([&] {
          model_named("x", {&toy::model(), &halving::model()}, "test");
        }) == "test: model = 'x', allowed toy, halving");
}
