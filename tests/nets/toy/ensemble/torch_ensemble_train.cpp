// tests/nets/toy/ensemble/torch_ensemble_train.cpp: runs in, records out, beside the cpu engine.
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "nets/toy/ensemble/ensemble_engine.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"
#include "tests/nets/toy/ensemble/ensemble_checks.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

// All but losses, which differ in rounding, and what tells the engines apart.
Record without_rounding(Record r) {
  r.seconds = r.train_loss = 0;
  r.validation_loss.reset();
  r.engine.clear();
  return r;
}

// Everything but the wall time.
bool same(Record a, Record b) {
  a.seconds = b.seconds = 0;
  return a == b;
}

// Batched products may round differently for another number of members; OpenBLAS does not.
bool rounds_alike(const std::string& device) {
  return device == "cpu" && blas_text().starts_with("OpenBLAS");
}

// Probability that |heads - n/2| of n fair coins is at least what it is.
double two_sided(std::int64_t heads, std::int64_t n) {
  double p = 0;
  for (std::int64_t k = 0; k <= n; ++k) {
    if (std::abs(2 * k - n) >= std::abs(2 * heads - n)) {
      p += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) -
                    static_cast<double>(n) * std::log(2.0));
    }
  }
  return p;
}

struct Comparison {
  double steps = 1;   // p-value of the sign test on paired steps to RQI
  double phases = 1;  // smallest of those on each phase's discordant pairs
  std::int64_t compared = 0;
};

Comparison compare(const std::vector<Record>& a, const std::vector<Record>& b) {
  Comparison result;
  std::int64_t later = 0, differ = 0;
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> only;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const auto x = a[k].steps_to_rqi, y = b[k].steps_to_rqi;
    if (x && y) {
      ++result.compared;
      differ += *x != *y ? 1 : 0;
      later += *x > *y ? 1 : 0;
    }
    const std::string p = a[k].phase.value_or("none"), q = b[k].phase.value_or("none");
    if (p != q) {
      ++only[p].first;
      ++only[q].second;
    }
  }
  result.steps = two_sided(later, differ);
  for (const auto& [phase, counts] : only) {
    result.phases = std::min(result.phases, two_sided(counts.first, counts.first + counts.second));
  }
  return result;
}

}  // namespace

TEST_CASE("ensembles: records are those of the cpu engine", "[engines][ensemble]") {
  const std::vector<RunSpec> specs = mixed_specs();
  for (const std::string& device : devices()) {
    std::vector<int> calls(specs.size(), 0);
    const std::vector<Record> ours = train_ensembles(
        specs, {.device = device, .members = 3, .finished = [&](std::size_t k, const Record& r) {
                  ++calls[k];
                  CHECK(r.engine == "torch/" + device);
                }});
    std::set<std::string> ends;
    for (std::size_t k = 0; k < specs.size(); ++k) {
      const Record theirs = train_traced(specs[k], 0).record;
      CAPTURE(device, k);
      CHECK(without_rounding(ours[k]) == without_rounding(theirs));
      CHECK(ours[k].train_loss == Approx(theirs.train_loss).epsilon(1e-6));
      CHECK(*ours[k].validation_loss == Approx(*theirs.validation_loss).epsilon(1e-6));
      CHECK(ours[k].seconds > 0);
      CHECK(calls[k] == 1);
      ends.insert(theirs.steps_done == specs[k].steps ? "budget" : "before");
    }
    CHECK(ends.size() == 2);
  }
}

TEST_CASE("ensembles: size, order, company and threads change nothing", "[engines][ensemble]") {
  const std::vector<RunSpec> specs = mixed_specs();
  const std::vector<RunSpec> reversed(specs.rbegin(), specs.rend());
  for (const std::string& device : devices()) {
    const auto alike = [&](const Record& a, const Record& b) {
      return rounds_alike(device) ? same(a, b)
                                  : without_rounding(a) == without_rounding(b) &&
                                        std::abs(a.train_loss / b.train_loss - 1) < 1e-8;
    };
    const std::vector<Record> alone = train_ensembles(specs, {.device = device, .members = 1});
    const std::vector<Record> together = train_ensembles(specs, {.device = device, .members = 5});
    const std::vector<Record> back =
        train_ensembles(reversed, {.device = device, .threads = 2, .members = 2});
    std::set<double> losses;
    for (std::size_t k = 0; k < specs.size(); ++k) {
      CAPTURE(device, k);
      CHECK(alike(alone[k], together[k]));
      CHECK(alike(alone[k], back[specs.size() - 1 - k]));
      losses.insert(alone[k].train_loss);
    }
    CHECK(losses.size() == specs.size());  // different runs, so that equality says something
  }
}

TEST_CASE("ensembles: runs of one shape differ in numbers only", "[ensemble]") {
  const auto text = [](const std::function<void(RunSpec&)>& change, RunSpec spec = quick_spec(1)) {
    change(spec);
    return shape_text(resolve(spec, "test"));
  };
  const std::string shape = text([](RunSpec&) {});
  CHECK(shape == text([](RunSpec& s) {
          s.seed = 9;
          s.decoder_rate = s.representation_rate = 0.1;
          s.decoder_decay = s.representation_decay = 0.1;
          s.steps = 7;
          s.stop = "budget";
          s.rqi_tolerance = 0.1;
          s.rqi_threshold = s.accuracy_threshold = 0.5;
          s.batch = s.train;  // all of D
          s.representation_l1 = 0.1;
          s.representation_distribution = "normal";
          s.label_scale = 2;
        }));
  const std::vector<std::function<void(RunSpec&)>> changes = {
      [](RunSpec& s) { s.train = 44; },
      [](RunSpec& s) { s.batch = 12; },
      [](RunSpec& s) { s.batch = 13; },
      [](RunSpec& s) { s.symbols = 11; },
      [](RunSpec& s) { s.task = "modular-addition"; },
      [](RunSpec& s) { s.loss = "hinge"; },
      [](RunSpec& s) { s.loss = "cross-entropy"; },
      [](RunSpec& s) { s.precision = "float64"; },
      [](RunSpec& s) { s.decoder_activation = "relu"; },
      [](RunSpec& s) {
        s.decoder_widths = {32, 33};
      },
      [](RunSpec& s) { s.decoder_widths = {32}; },
      [](RunSpec& s) { s.representation_dimension = 2; },
      [](RunSpec& s) { s.output_dimension = 31; },
      [](RunSpec& s) { s.targets = "one-hot"; },  // as long as there are outputs
      [](RunSpec& s) { s = permutations_spec(1); },
      [](RunSpec& s) {
        s = permutations_spec(1);
        s.representation_dimension = 4;
      },
      [](RunSpec& s) { s = abelian_spec(1); },
      [](RunSpec& s) { s = abelian_spec(2); },
      [](RunSpec& s) { s = table_spec(1, 2); },
      [](RunSpec& s) { s = table_spec(1, 4); },
      [](RunSpec& s) { s.representation_combination = "concatenate"; },
      [](RunSpec& s) { s.representation_combination = "concatenate-shared"; }};
  std::set<std::string> shapes = {shape};
  for (const auto& change : changes) {
    shapes.insert(text(change));
  }
  CHECK(shapes.size() == changes.size() + 1);
}

// What one thread spends on a run is that run's, and nothing else is: together no more than the
// clock shows, and most of that. No run is free, however short.
TEST_CASE("ensembles: the seconds of the runs are those of their thread", "[ensemble]") {
  struct Case {
    std::int64_t members;
    std::vector<std::int64_t> steps;
    bool most;  // of the wall time is training
  };
  const std::vector<Case> cases = {{1, {400, 300, 200, 400}, true},
                                   {2, {400, 300, 200, 400, 100, 300}, true},
                                   {8, {5, 5, 5, 5, 5, 5, 5, 2000}, true},
                                   {1, {3, 3, 3, 3, 3, 3}, false},
                                   {4, {3, 1, 8, 9, 16, 17}, false}};
  for (const std::string& device : devices()) {
    train_ensembles(std::vector{quick_spec(1)}, {.device = device});  // the device has started
    for (const Case& c : cases) {
      std::vector<RunSpec> specs;
      for (const std::int64_t steps : c.steps) {
        specs.push_back(quick_spec(std::ssize(specs)));
        specs.back().decoder_widths = {100, 100};
        specs.back().stop = "budget";
        specs.back().steps = steps;
      }
      const auto start = std::chrono::steady_clock::now();
      const std::vector<Record> records =
          train_ensembles(specs, {.device = device, .members = c.members});
      const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
      double sum = 0;
      CAPTURE(device, c.members, c.steps);
      for (const Record& record : records) {
        CHECK(record.seconds > 0);
        sum += record.seconds;
      }
      CHECK(sum <= wall.count());
      if (c.most) {
        CHECK(sum >= 0.5 * wall.count());
      }
    }
  }
}

// Rounding makes long runs differ; their distribution must not. Were the engines alike, each of
// the two checks would fail for one choice of seeds in a million.
TEST_CASE("ensembles: 64 runs in float32 have the cpu engine's distribution",
          "[engines][ensemble]") {
  std::vector<RunSpec> specs, others;
  std::vector<Record> theirs;
  for (std::int64_t seed = 0; seed < 64; ++seed) {
    RunSpec spec = quick_spec(100 + seed);
    spec.decoder_widths = {24, 24};
    spec.representation_rate = 4e-3;
    spec.grokking_gap = 100;
    specs.push_back(spec);
    theirs.push_back(train_traced(spec, 0).record);
    spec.representation_rate *= 0.97;
    others.push_back(spec);
  }
  std::set<std::string> phases;
  for (const Record& r : theirs) {
    phases.insert(r.phase.value_or("none"));
  }
  CHECK(phases.size() >= 2);
  for (const std::string& device : devices()) {
    const Comparison equal = compare(train_ensembles(specs, {.device = device}), theirs);
    CAPTURE(device, equal.compared);
    CHECK(equal.compared >= 32);
    CHECK(equal.steps > 1e-6);
    CHECK(equal.phases > 1e-6);
    // The same statement finds a rate that is off by 3 %.
    CHECK(compare(train_ensembles(others, {.device = device}), theirs).steps < 1e-6);
  }
}

TEST_CASE("ensembles: divergence, full training sets, tables", "[engines][ensemble]") {
  std::vector<RunSpec> specs(3, quick_spec(5));
  specs[0].decoder_rate = 10;
  specs[0].decoder_decay = 1e6;
  specs[1].train = 55;
  specs[1].steps = 300;
  specs[2] = table_spec(5, 2);
  for (RunSpec& spec : specs) {
    spec.precision = "float64";
  }
  for (const std::string& device : devices()) {
    const std::vector<Record> ours = train_ensembles(specs, {.device = device});
    for (std::size_t k = 0; k < specs.size(); ++k) {
      Record theirs = train_traced(specs[k], 0).record, mine = ours[k];
      CAPTURE(device, k);
      CHECK(mine.steps_done == theirs.steps_done);
      CHECK(mine.phase == theirs.phase);
      CHECK(mine.state == theirs.state);
      CHECK(mine.validation_loss.has_value() == theirs.validation_loss.has_value());
      if (k > 0) {
        CHECK(without_rounding(mine) == without_rounding(theirs));
        CHECK(mine.train_loss == Approx(theirs.train_loss).epsilon(1e-7));
      }
    }
    CHECK(ours[0].state == "diverged");
    CHECK_FALSE(ours[1].validation_loss);
  }
}

TEST_CASE("ensembles: a failure reaches the caller, from any thread", "[ensemble]") {
  const std::vector<RunSpec> specs = {quick_spec(1), quick_spec(2), quick_spec(3)};
  const auto fail = [](std::size_t, const Record&) { throw Error("the store is full"); };
  CHECK_THROWS_WITH(train_ensembles(specs, {.threads = 2, .finished = fail}), "the store is full");
  CHECK_THROWS_WITH(train_ensembles(specs, {.device = "tpu"}),
                    "train: --device = 'tpu', allowed cpu, cuda");
  CHECK_THROWS_AS(train_ensembles(specs, {.threads = 0}), InputError);
  CHECK_THROWS_AS(train_ensembles(specs, {.members = -1}), InputError);
  CHECK(train_ensembles({}, {}).empty());
  if (cuda_report().devices == 0) {
    const std::string allowed = cuda_report().built
                                    ? "cpu (no CUDA device answers)"
                                    : "cpu (this LibTorch " + libtorch_version() + " has no CUDA)";
    CHECK_THROWS_WITH(train_ensembles(specs, {.device = "cuda"}),
                      "train: --device = 'cuda', allowed " + allowed);
  }
}

TEST_CASE("ensembles: the engine trains runs of this model, and of no other", "[ensemble]") {
  const std::vector<RunSpec> specs = {quick_spec(1), permutations_spec(2), quick_spec(3)};
  const std::vector<Record> wanted =
      train_ensembles(specs, {.start = [](auto k) { return k != 2; }});
  CHECK(ensemble_engine().trainer("another") == nullptr);
  const TorchTrainer* trainer = ensemble_engine().trainer("toy");
  REQUIRE(trainer != nullptr);
  const std::vector<Run> runs = runs_of(specs);
  std::map<std::size_t, Finished> ended;
  TrainOptions options;
  options.workers = {"torch", "cpu", 1, "asked for"};
  options.start = [](std::size_t k) { return k != 2; };
  options.finished = [&](std::size_t k, const Finished& f) { ended[k] = f; };
  trainer->train(runs, options);
  REQUIRE(ended.size() == 2);
  for (const std::size_t k : {0, 1}) {
    CHECK(same(ended[k].outcome.as<Record>(), wanted[k]));
    CHECK(&ended[k].outcome.model() == &model());
    CHECK(ended[k].curve == Curve());
    CHECK(ended[k].artefacts.empty());
  }
  options.stop = [] { return true; };
  CHECK_THROWS_AS(trainer->train(runs, options), Interrupted);
  options.workers.device = "tpu";
  CHECK_THROWS_WITH(trainer->train(runs, options), "train: --device = 'tpu', allowed cpu, cuda");
}

TEST_CASE("ensembles: what the engine says of itself", "[ensemble]") {
  const TorchInfo info = ensemble_engine().info();
  CHECK(info.version == libtorch_version());
  CHECK(info.version.find('.') != std::string::npos);
  CHECK(info.threads == 1);
  CHECK(info.cuda_built == cuda_report().built);
  CHECK((info.cuda_devices > 0) == !info.cuda_device.empty());
  if (info.blas.starts_with("OpenBLAS")) {
    CHECK_THAT(info.blas, ContainsSubstring(", 1 thread"));
  }
}

TEST_CASE("plain loop: trains the same network as the engines", "[engines][ensemble]") {
  std::vector<RunSpec> specs;
  for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
    specs.push_back(quick_spec(7));
    specs.back().loss = loss;
    for (const std::string combination : {"task", "concatenate", "concatenate-shared"}) {
      specs.push_back(permutations_spec(8));
      specs.back().loss = loss;
      specs.back().representation_combination = combination;
    }
    specs.push_back(quick_spec(9));
    specs.back().loss = loss;
    specs.back().optimiser = "sgd";
    specs.back().representation_rate = 0.2;
    specs.back().decoder_rate = 0.05;
  }
  for (RunSpec& spec : specs) {
    spec.precision = "float64";
    spec.batch = spec.loss == "hinge" ? 20 : 0;
    spec.decoder_decay = 0.5;
    spec.representation_decay = 0.2;
    spec.stop = "budget";
    const PlainLoopResult plain = plain_loop(resolve(spec, "test"), 50, 1);
    spec.steps = plain.steps - 1;
    const Record theirs = train_traced(spec, 0).record;
    const auto samples = static_cast<double>(task_of(resolve(spec, "test")).sample_count());
    const auto train = static_cast<double>(spec.train);
    CAPTURE(spec.task, spec.loss);
    CHECK(plain.steps > 50);
    CHECK(plain.seconds > 0);
    CHECK(plain.last.train_loss == Approx(theirs.train_loss).epsilon(1e-8));
    CHECK(plain.last.validation_loss == Approx(*theirs.validation_loss).epsilon(1e-8));
    CHECK(static_cast<double>(plain.last.train_correct) / train == theirs.train_accuracy);
    CHECK(static_cast<double>(plain.last.validation_correct) / (samples - train) ==
          *theirs.validation_accuracy);
    CHECK(plain.last.rqi == theirs.rqi.value_or(1));
  }
  CHECK_THROWS_AS(plain_loop(resolve(quick_spec(1), "test"), 0, 1), InputError);
}
