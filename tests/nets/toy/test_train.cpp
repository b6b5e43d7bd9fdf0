#include "nets/toy/train.hpp"

#include <atomic>
#include <cmath>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "nets/toy/decoder.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/network.hpp"
#include "tests/support/catch.hpp"
#include "theory/representation.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

RunSpec quick_spec(std::int64_t seed) {
  RunSpec spec;
  spec.seed = seed;
  spec.decoder_widths = {32, 32};
  spec.decoder_rate = 1e-3;
  spec.steps = 300;
  return spec;
}

// Everything but the wall time.
bool same(Record a, Record b) {
  a.seconds = b.seconds = 0;
  return a == b;
}

}  // namespace

TEST_CASE("records are bitwise the same for 1, 2 and 5 threads and any order", "[nets][promise]") {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < 12; ++seed) {
    RunSpec spec = quick_spec(seed);
    spec.train = 20 + 3 * seed;
    spec.batch = seed % 3 == 0 ? 10 : 0;
    spec.loss = seed % 4 == 0 ? "cross-entropy" : "mse";
    specs.push_back(spec);
  }
  const std::vector<Record> one = train(specs, cpu_workers(1));
  std::set<double> losses;
  for (const Record& r : one) {
    losses.insert(r.train_loss);
  }
  REQUIRE(losses.size() == specs.size());  // different runs, so that equality says something
  for (const int threads : {2, 5}) {
    const std::vector<Record> many = train(specs, cpu_workers(threads));
    for (std::size_t k = 0; k < specs.size(); ++k) {
      CHECK(same(one[k], many[k]));
    }
  }
  std::vector<RunSpec> reversed(specs.rbegin(), specs.rend());
  const std::vector<Record> back = train(reversed, cpu_workers(2));
  for (std::size_t k = 0; k < specs.size(); ++k) {
    CHECK(same(back[k], one[specs.size() - 1 - k]));
  }
}

TEST_CASE("a run may be left out, fail alone, or be stopped", "[nets]") {
  std::vector<RunSpec> specs = {quick_spec(0), quick_spec(1), quick_spec(2)};
  const std::vector<Record> all = train(specs);
  std::map<std::size_t, Record> finished;
  std::map<std::size_t, std::size_t> points;
  TrainOptions options;
  options.workers = cpu_workers(2);
  options.start = [](std::size_t k) { return k != 1; };
  options.stride = 50;
  options.finished = [&](std::size_t k, const Finished& f) {
    finished[k] = f.outcome.as<Record>();
    points[k] = f.curve.rows();
  };
  train_each(runs_of(specs), options);
  REQUIRE(finished.size() == 2);
  CHECK(same(finished[0], all[0]));
  CHECK(same(finished[2], all[2]));
  CHECK(points[0] == train_traced(specs[0], 50).trajectory.size());

  options.workers.engine = "torch";
  CHECK_THROWS_WITH(train_each(runs_of(specs), options),
                    Catch::Matchers::ContainsSubstring("cpu where trajectories are wanted"));
  options.workers = cpu_workers(2);

  specs[1].steps = specs[2].steps = 1'000'000'000;  // hours
  specs[1].stop = specs[2].stop = "budget";
  finished.clear();
  std::atomic<bool> stop = false;
  options.start = {};
  options.finished = [&](std::size_t k, const Finished& f) {
    finished[k] = f.outcome.as<Record>();
    stop = true;
  };
  options.stop = [&stop] { return stop.load(); };
  CHECK_THROWS_AS(train_each(runs_of(specs), options), Interrupted);
  CHECK(finished.size() == 1);
  CHECK(same(finished[0], all[0]));
}

TEST_CASE("a record that cannot be taken ends the other runs, too", "[nets]") {
  std::vector<RunSpec> specs = {quick_spec(0), quick_spec(1)};
  specs[1].steps = 1'000'000'000;  // hours
  specs[1].stop = "budget";
  TrainOptions options;
  options.workers = cpu_workers(2);
  options.finished = [](std::size_t, const Finished&) { throw Error("no place"); };
  CHECK_THROWS_WITH(train_each(runs_of(specs), options), "no place");
}

TEST_CASE("a metric at step t is that of the state after t updates", "[nets][steps]") {
  RunSpec spec = quick_spec(3);
  spec.precision = "float64";
  spec.steps = 40;
  spec.stop = "budget";
  const TracedRun run = train_traced(spec, 1);
  REQUIRE(run.trajectory.size() == 41);
  const RunSpec resolved = resolve(spec, "test");
  const Task task = task_of(resolved);
  const InitialState state = draw_initial_state(resolved);
  Network<double> network(resolved, state, task.sample_count());
  const Batch train_batch = make_batch(task, state.train);
  const Batch validation_batch = make_batch(task, remaining_samples(task, state.train));
  for (std::size_t t = 0; t <= 40; ++t) {
    const TrajectoryPoint& p = run.trajectory[t];
    network.forward(validation_batch);
    const Score validation = network.score(validation_batch, 0, validation_batch.count());
    network.forward(train_batch);
    const Score training = network.score(train_batch, 0, train_batch.count());
    CHECK(p.step == static_cast<std::int64_t>(t));
    CHECK(p.train_loss == Approx(training.loss).epsilon(1e-10));
    CHECK(*p.validation_loss == Approx(validation.loss).epsilon(1e-10));
    CHECK(p.train_accuracy == training.accuracy());
    CHECK(p.validation_accuracy == validation.accuracy());
    CHECK((p.embeddings - network.embeddings()).norm() < 1e-10);
    network.backward(train_batch, train_batch.count());
    network.update();
  }
  CHECK(run.record.steps_done == 40);
  CHECK(run.record.train_loss == run.trajectory.back().train_loss);
  CHECK(run.trajectory.front().embeddings == state.embeddings);
  CHECK(run.trajectory.back().train_loss < run.trajectory.front().train_loss);
}

TEST_CASE("steps to X is the first step at which X holds; stop rules", "[nets][steps]") {
  RunSpec spec = quick_spec(2);
  spec.steps = 3000;
  spec.representation_rate = 5e-3;
  spec.stop = "budget";
  const TracedRun full = train_traced(spec, 1);
  const Record& record = full.record;
  REQUIRE(record.steps_to_train);
  REQUIRE(record.steps_to_rqi);
  const auto first = [&](auto holds) -> std::optional<std::int64_t> {
    for (const TrajectoryPoint& p : full.trajectory) {
      if (holds(p)) {
        return p.step;
      }
    }
    return std::nullopt;
  };
  CHECK(record.steps_to_train == first([](const auto& p) { return p.train_accuracy >= 0.9; }));
  CHECK(record.steps_to_validation ==
        first([](const auto& p) { return *p.validation_accuracy >= 0.9; }));
  CHECK(record.steps_to_rqi == first([](const auto& p) { return p.rqi > 0.95; }));
  CHECK(record.steps_done == 3000);

  spec.stop = "rqi";
  const Record rqi_only = train_traced(spec, 0).record;
  CHECK(rqi_only.steps_done == *record.steps_to_rqi);
  CHECK(rqi_only.steps_to_rqi == record.steps_to_rqi);
  CHECK_FALSE(rqi_only.phase);  // it stopped before its accuracies were known
  spec.stop = "decided";
  const Record decided = train_traced(spec, 0).record;
  REQUIRE(record.steps_to_validation);
  CHECK(decided.steps_done ==
        std::max({*record.steps_to_train, *record.steps_to_validation, *record.steps_to_rqi}));
  CHECK(decided.phase == record.phase);
  spec.steps = *record.steps_to_rqi - 1;
  const Record censored = train_traced(spec, 0).record;
  CHECK(censored.steps_to_rqi == std::nullopt);
  CHECK(censored.steps_done == spec.steps);
}

TEST_CASE("final metrics are those of the last state", "[nets][record]") {
  RunSpec spec = quick_spec(2);
  spec.stop = "budget";
  const TracedRun run = train_traced(spec, 100);
  const RunSpec resolved = resolve(spec, "test");
  const Task task = task_of(resolved);
  const auto& last = run.trajectory.back();
  REQUIRE(last.step == 300);
  CHECK(run.trajectory.size() == 4);
  const std::vector<Sample> D = training_set_of(resolved);
  CHECK(run.record.rqi == rqi(last.embeddings, list_parallelograms(group_by_output(task))));
  CHECK(run.record.predicted_accuracy == predicted_accuracy(task, D, last.embeddings));
  CHECK(run.record.accuracy ==
        Approx((45 * last.train_accuracy + 10 * *last.validation_accuracy) / 55).epsilon(1e-14));
}

TEST_CASE("norms of a curve: embeddings, decoder, outputs over D", "[nets][curve]") {
  for (const std::string precision : {"float32", "float64"}) {
    RunSpec spec;
    spec.precision = precision;
    spec.representation_dimension = 3;
    spec.decoder_widths = {19, 5};
    spec.steps = 30;
    spec.stop = "budget";
    const RunSpec resolved = resolve(spec, "test");
    const TracedRun run = train_traced(resolved, 30);
    const std::vector<Sample> D = training_set_of(resolved);
    double decoder = 0;
    for (const Layer& layer : run.trained.decoder) {
      decoder += layer.weight.squaredNorm() + layer.bias.squaredNorm();
    }
    const Eigen::MatrixXd outputs =
        decode(resolved, run.trained, decoder_inputs(resolved, run.trained, D));
    const Norms& norms = run.trajectory.back().norms.value();
    CHECK(norms.embeddings == Approx(run.trained.embeddings.norm()).epsilon(1e-12));
    CHECK(norms.decoder == Approx(std::sqrt(decoder)).epsilon(1e-12));
    CHECK(norms.outputs == Approx(outputs.rowwise().norm().mean()).epsilon(1e-5));
    CHECK(norms.decoder != run.trajectory.front().norms->decoder);
  }
}

// In float32 p - 1 keeps no digit once the loss is near 1e-7, and Adam makes whole steps of what is
// left: the validation loss fell to half of what it is (docs/theory.md, "The networks").
TEST_CASE("cross-entropy in float32 follows float64 to a training loss of 1e-8", "[nets][loss]") {
  std::vector<Record> records;
  for (const std::string precision : {"float64", "float32"}) {
    RunSpec spec;
    spec.loss = "cross-entropy";
    spec.decoder_widths = {64, 64};
    spec.representation_rate = spec.decoder_rate = 1e-2;
    spec.precision = precision;
    spec.steps = 20'000;
    spec.stop = "budget";
    records.push_back(train_traced(spec, 0).record);
  }
  CHECK(records[0].train_loss < 3e-8);
  CHECK(records[1].train_loss == Approx(records[0].train_loss).epsilon(0.05));
  CHECK(*records[1].validation_loss == Approx(*records[0].validation_loss).epsilon(0.01));
}

TEST_CASE("a run is replayed from its initial state", "[nets][initial-state]") {
  RunSpec spec = quick_spec(5);
  spec.batch = 20;
  const RunSpec resolved = resolve(spec, "test");
  const InitialState state = draw_initial_state(resolved);
  CHECK(same(train_traced(spec, 0).record, train_traced(spec, 0, &state).record));
  InitialState other = state;
  other.embeddings(0, 0) += 0.01;
  CHECK_FALSE(same(train_traced(spec, 0).record, train_traced(spec, 0, &other).record));
}

TEST_CASE("no validation sample: null, not 0 or 1; one sample trains too", "[nets][edge]") {
  RunSpec spec = quick_spec(1);
  spec.train = 55;
  const Record full = train_traced(spec, 0).record;
  CHECK_FALSE(full.steps_to_validation);
  CHECK_FALSE(full.validation_accuracy);
  CHECK_FALSE(full.validation_loss);
  CHECK_FALSE(full.phase);
  CHECK(full.accuracy == full.train_accuracy);
  spec.train = 1;
  const Record single = train_traced(spec, 0).record;
  CHECK(single.validation_accuracy.has_value());
  CHECK(single.steps_to_train.has_value());
  CHECK(single.nullity == 10);
  CHECK(single.lambda3 == 0);
}

TEST_CASE("a loss that is not finite ends the run as diverged", "[nets][diverged]") {
  RunSpec spec = quick_spec(1);
  spec.decoder_activation = "relu";
  spec.decoder_rate = 10;
  spec.decoder_decay = 1e6;  // each step multiplies the weights by 1 - 1e7
  const Record record = train_traced(spec, 0).record;
  CHECK(record.state == "diverged");
  CHECK(record.phase == "diverged");
  CHECK(record.steps_done < 300);
  CHECK_FALSE(std::isfinite(record.train_loss));
}

TEST_CASE("a mini-batch step is that of the samples its stream draws", "[nets][batch]") {
  RunSpec spec = quick_spec(8);
  spec.precision = "float64";
  spec.batch = 12;
  spec.batch_seed = 77;
  spec.steps = 15;
  spec.stop = "budget";
  const TracedRun run = train_traced(spec, 1);
  const RunSpec resolved = resolve(spec, "test");
  const Task task = task_of(resolved);
  const InitialState state = draw_initial_state(resolved);
  Network<double> network(resolved, state, task.sample_count());
  RandomStream batches(77, "batches");
  for (std::size_t t = 0; t <= 15; ++t) {
    CHECK((run.trajectory.at(t).embeddings - network.embeddings()).norm() < 1e-12);
    std::vector<Sample> chosen;
    for (const std::int64_t k : batches.sample(45, 12)) {
      chosen.push_back(state.train[static_cast<std::size_t>(k)]);
    }
    const Batch batch = make_batch(task, chosen);
    network.forward(batch);
    network.backward(batch, 12);
    network.update();
  }
  REQUIRE((run.trajectory.back().embeddings - state.embeddings).norm() > 1e-3);
}

TEST_CASE("a full batch and a batch of |D| samples are the same run", "[nets][batch]") {
  RunSpec spec = quick_spec(6);
  const Record whole = train_traced(spec, 0).record;
  spec.batch = 45;
  CHECK(same(whole, train_traced(spec, 0).record));
  spec.batch = 44;
  CHECK_FALSE(same(whole, train_traced(spec, 0).record));
}

// Seeds and streams are not the official code's, so only ranges can agree. Published for |D| = 45
// by the official code: training passes 90 % at 1130 steps (seed 58), RQI passes
// 0.95 at 800 (seed 58) and 833, 1071, 887 (seeds 0-2). The numbers here are fixed by the seeds;
// the margins are for the rounding of other processors.
TEST_CASE("the default run behaves as published", "[nets][published]") {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < 10; ++seed) {
    RunSpec spec;
    spec.seed = seed;
    spec.steps = 3000;
    spec.stop = "decided";
    specs.push_back(spec);
  }
  int trained = 0, found = 0;
  for (const Record& r : train(specs, cpu_workers(2))) {
    trained += r.steps_to_train && *r.steps_to_train > 700 && *r.steps_to_train < 2000 ? 1 : 0;
    found += r.steps_to_rqi && *r.steps_to_rqi > 600 && *r.steps_to_rqi < 1400 ? 1 : 0;
  }
  CHECK(trained >= 7);
  CHECK(found >= 7);
}

TEST_CASE("networks larger than the memory is refused in one line", "[nets][train]") {
  RunSpec spec;
  spec.decoder_widths = {9000, 9000};  // 4 GB a network
  spec.precision = "float64";
  const std::vector<RunSpec> specs(2000, spec);
  CHECK_THROWS_WITH(train(specs, cpu_workers(2000)),
                    Catch::Matchers::StartsWith("train: memory = ") &&
                        ContainsSubstring("for networks on 2000 threads, allowed "));
}
