// Parity runs: the engine against the plain loop, what a run notes, and the predictions that a
// network must meet.
#include "nets/parity/train.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "nets/parity/measures.hpp"
#include "nets/parity/model.hpp"
#include "tests/nets/parity/plain_parity.hpp"
#include "tests/support/catch.hpp"
#include "theory/parity/critical_decay.hpp"

using namespace grok;
using namespace grok::parity;

namespace {

TracedRun traced(const RunSpec& spec, std::int64_t stride = 0) {
  static const std::vector<std::string> nothing;
  const Run run;
  return train_traced(spec_of(spec), OneRun{.run = run, .stride = stride, .keep = nothing});
}

RunSpec small() {
  RunSpec spec;
  spec.bits = 12;
  spec.width = 40;
  spec.train = 60;
  spec.test = 200;
  spec.batch = 16;
  spec.epochs = 60;
  return spec;
}

double distance(const Weights& a, const Weights& b) {
  return std::max({(a.W - b.W).cwiseAbs().maxCoeff(), (a.b - b.b).cwiseAbs().maxCoeff(),
                   (a.u - b.u).cwiseAbs().maxCoeff()});
}

std::size_t column(const Curve& curve, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(curve.columns, name) - curve.columns.begin());
}

}  // namespace

TEST_CASE("parity run: float64 is the plain loop, float32 near it") {
  RunSpec spec = small();
  spec.label_noise = 0.1;
  for (const std::int64_t batch : {0, 16, 17}) {
    spec.batch = batch;
    for (const bool single : {false, true}) {  // rounding grows where samples cross the margin
      spec.precision = single ? "float32" : "float64";
      spec.epochs = single ? 5 : 60;
      const Weights plain = plain_training(spec_of(spec), spec.epochs);
      CHECK(distance(traced(spec).snapshots.back().weights, plain) < (single ? 1e-5 : 1e-12));
    }
  }
}

TEST_CASE("parity strings: distinct, nested, flipped as asked") {
  RunSpec spec = small();
  spec.bits = 8;
  spec.train = 256;
  spec.label_noise = 0.1;
  const Strings all = make_strings(spec_of(spec));
  CHECK(all.train.colwise().sum().cwiseAbs().maxCoeff() == 0);  // each string once
  CHECK(all.flipped.size() == 26);
  CHECK((all.labels.array() != all.truth.array()).count() == 26);
  for (const Eigen::Index row : all.flipped) {
    CHECK(all.labels[row] == -all.truth[row]);
  }
  spec.train = 100;
  CHECK(make_strings(spec_of(spec)).train == all.train.topRows(100));
  spec.random_labels = true;
  spec.label_noise = 0;
  const Strings coins = make_strings(spec_of(spec));
  CHECK(std::abs((coins.labels.array() == coins.truth.array()).count() - 50) < 25);
  CHECK(coins.flipped.empty());
  spec.test_seed = 7;
  CHECK(make_strings(spec_of(spec)).train == coins.train);
  CHECK(make_strings(spec_of(spec)).test != coins.test);
}

TEST_CASE("parity run: a curve, snapshots and crossings say the same") {
  RunSpec spec = small();
  spec.train = 150;
  spec.epochs = 200;
  spec.snapshots = {0, 3, 200};
  const TracedRun run = traced(spec, 1);
  const Curve& curve = run.curve;
  REQUIRE(curve.columns == curve_shape().columns);
  REQUIRE(curve.rows() == 201);
  const auto at = [&](std::size_t row, const char* name) {
    return curve.numbers[row * curve.columns.size() + column(curve, name)];
  };
  std::int64_t first = -1, since = -1;
  double best = 0;
  for (std::size_t row = 0; row < 201; ++row) {
    const bool above = at(row, "test_accuracy") > spec.generalisation_threshold;
    first = first < 0 && above ? static_cast<std::int64_t>(row) : first;
    since = !above ? -1 : since < 0 ? static_cast<std::int64_t>(row) : since;
    best = std::max(best, at(row, "test_accuracy"));
  }
  REQUIRE(first > 0);
  CHECK(run.record.epochs_to_generalisation == first);
  CHECK(run.record.generalised_from.value_or(-1) == since);
  CHECK(run.record.best_test_accuracy == best);
  CHECK(run.record.test_accuracy == at(200, "test_accuracy"));
  CHECK(run.record.path_norm == at(200, "path_norm"));
  CHECK(at(200, "circuit_faithfulness") > 0.95);
  CHECK(at(200, "circuit_norm") > at(200, "rest_norm"));
  CHECK(at(200, "largest_at_end") >= at(200, "largest_at_memorisation"));
  CHECK(at(200, "sparsity_by_predictions") ==
        static_cast<double>(run.record.circuit_by_predictions.value()));
  REQUIRE(run.snapshots.size() == 3);
  CHECK(run.snapshots[1].epoch == 3);
  CHECK(distance(run.snapshots[0].weights, initial_weights(spec_of(spec))) == 0);
  // With another stride, or none, the run is the same.
  const TracedRun none = traced(spec);
  CHECK(distance(none.snapshots.back().weights, run.snapshots.back().weights) == 0);
  const auto bytes = packed(spec_of(spec), run.snapshots);
  const auto back = unpacked(spec_of(spec), bytes, "test");
  REQUIRE(back.size() == 3);
  CHECK(distance(back[1].weights, run.snapshots[1].weights) == 0);
  CHECK_THROWS_AS(unpacked(spec_of(spec), bytes.substr(1), "test"), Error);
  CHECK_THROWS_AS(unpacked(spec_of(spec), bytes + "x", "test"), Error);
}

TEST_CASE("parity run: stop, a late decay, divergence, noise") {
  RunSpec spec = small();
  spec.train = 150;
  spec.epochs = 200;
  const Record whole = traced(spec).record;
  REQUIRE(whole.epochs_to_generalisation);
  spec.stop = "generalisation";
  const Record stopped = traced(spec).record;
  CHECK(stopped.epochs_done ==
        std::max(whole.epochs_to_memorisation.value(), whole.epochs_to_generalisation.value()));
  spec.stop = "budget";
  // The same decay, late, changes nothing; another one from epoch 0 on is that decay.
  RunSpec late = spec;
  late.late_from = "epoch";
  late.late_epoch = 50;
  late.late_decay = spec.decay;
  CHECK(traced(late).record.path_norm == whole.path_norm);
  late.late_epoch = 0;
  late.late_decay = 0.05;
  RunSpec other = spec;
  other.decay = 0.05;
  CHECK(traced(late).record.path_norm == traced(other).record.path_norm);
  late.late_from = "memorisation";
  late.late_epoch.reset();
  late.late_decay = 2;  // far above the critical decay of any parity
  const Record lost = traced(late).record;
  CHECK(lost.epochs_to_memorisation == whole.epochs_to_memorisation);
  CHECK(lost.squared_norm < 1e-6);
  RunSpec wild = spec;
  wild.rate = 100;
  wild.decay = 0;
  wild.init_scale = 100;
  const Record diverged = traced(wild, 10).record;
  CHECK(diverged.state == "diverged");
  CHECK(diverged.phase == "diverged");
  spec.label_noise = 0.1;
  const Record noisy = traced(spec).record;
  CHECK(noisy.flipped_accuracy.has_value());
  CHECK_FALSE(whole.flipped_accuracy.has_value());
}

TEST_CASE("parity run: all strings of 8 bits are kept below the critical decay and lost above") {
  RunSpec spec;
  spec.bits = 8;
  spec.train = 256;
  spec.epochs = 600;
  const auto norm = [&spec](std::int64_t parity, double decay) {
    spec.parity = parity;
    spec.decay = decay;
    return traced(spec).record.squared_norm;
  };
  CHECK(norm(2, 0.34) > 4.5);
  CHECK(norm(2, 0.36) < 0.1);
  CHECK(norm(3, 0.115) > 12);
  CHECK(norm(3, 0.13) < 0.5);
}

TEST_CASE("parity run: what is refused") {
  const auto refused = [](auto change, const std::string& words) {
    RunSpec spec;
    change(spec);
    CHECK_THROWS_WITH(spec_of(spec), ContainsSubstring(words));
  };
  refused([](RunSpec& s) { s.parity = 51; }, "test: parity = 51, allowed 1 to bits = 50");
  refused([](RunSpec& s) { s.bits = 5; }, "test: train = 300, allowed 1 to 2^bits = 32");
  refused([](RunSpec& s) { s.width = 0; }, "test: width = 0");
  refused([](RunSpec& s) { s.label_noise = 0.6; }, "test: label_noise = 0.6");
  refused([](RunSpec& s) { s.batch = 301; }, "test: batch = 301");
  refused([](RunSpec& s) { s.late_decay = 0.1; },
          "test: late_decay = 0.1, allowed one with late_from");
  refused([](RunSpec& s) { s.late_from = "memorisation"; }, "test: late_from = memorisation");
  refused(
      [](RunSpec& s) {
        s.late_decay = 0.1;
        s.late_from = "epoch";
      },
      "late_epoch");
  refused([](RunSpec& s) { s.late_epoch = 3; }, "test: late_epoch = 3");
  refused([](RunSpec& s) { s.snapshots = {3, 3}; }, "test: snapshots = 3");
  refused([](RunSpec& s) { s.snapshots = {501}; }, "test: snapshots = 501");
  refused([](RunSpec& s) { s.decay = 11; }, "test: decay = 11, allowed 0 to 1/rate = 10");
  refused(
      [](RunSpec& s) {
        s.late_decay = 11;
        s.late_from = "memorisation";
      },
      "test: late_decay = 11, allowed 0 to 1/rate = 10");
  refused(
      [](RunSpec& s) {
        s.start = "circuit";
        s.width = 3;
      },
      "test: start = circuit");
  refused(
      [](RunSpec& s) {
        s.random_labels = true;
        s.label_noise = 0.1;
      },
      "test: label_noise = 0.1");
}
