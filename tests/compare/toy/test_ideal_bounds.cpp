#include "compare/toy/ideal_bounds.hpp"

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "theory/representation.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

struct Runs {
  std::vector<RunSpec> specs;
  std::vector<Record> records;
  /// RQIs in parallelograms of 70, accuracies in samples of 55.
  void add(std::int64_t train, std::int64_t seed, double rqi, double ideal_rqi, double accuracy,
           double predicted, double ideal_accuracy) {
    RunSpec spec;
    spec.train = train;
    spec.seed = seed;
    specs.push_back(resolve(spec, "test"));
    Record record;
    record.rqi = rqi / 70;
    record.ideal_rqi = ideal_rqi / 70;
    record.accuracy = accuracy / 55;
    record.predicted_accuracy = predicted / 55;
    record.ideal_accuracy = ideal_accuracy / 55;
    records.push_back(record);
  }
  IdealBounds data() const { return collect_ideal(specs, records); }
};

Runs example() {
  Runs runs;
  runs.add(11, 0, 3, 2, 13, 11, 12);
  runs.add(11, 1, 2, 2, 12, 12, 12);
  runs.add(22, 0, 8, 3, 16, 22, 22);
  runs.add(22, 1, 10, 70, 30, 24, 50);
  runs.add(44, 0, 70, 70, 55, 55, 54);
  runs.add(44, 1, 60, 70, 50, 51, 55);
  return runs;
}

}  // namespace

TEST_CASE("ideal bounds: what breaks a bound is counted", "[compare]") {
  const IdealBounds data = example().data();
  REQUIRE(data.bounds.size() == 3);
  const Bound &rqi = data.bounds[0], &accuracy = data.bounds[1], &predicted = data.bounds[2];
  CHECK((rqi.name == "RQI" && rqi.units == 70 && rqi.largest_train == 22));
  CHECK((rqi.networks.count == 6 && rqi.networks.broken == 2 && rqi.networks.binding == 3));
  CHECK(rqi.networks.largest_excess == Approx(5.0 / 70));
  CHECK((accuracy.name == "Acc" && accuracy.units == 55 && accuracy.largest_train == 44));
  CHECK((accuracy.networks.broken == 2 && accuracy.networks.binding == 5));
  CHECK(accuracy.networks.largest_excess == Approx(1.0 / 55));
  CHECK((predicted.name == "predicted Acc" && predicted.networks.broken == 1));
  CHECK(predicted.largest_train == 44);
  CHECK(data.seeds == 2);
}

TEST_CASE("ideal bounds: means per size", "[compare]") {
  const IdealBounds data = example().data();
  REQUIRE(data.means.size() == 3);
  CHECK(data.means[0].train == 11);
  CHECK(data.means[0].fraction == Approx(0.2));
  CHECK(data.means[0].count == 2);
  CHECK(data.means[0].rqi.value == Approx(2.5 / 70));
  CHECK(data.means[0].rqi.low == Approx(2.0 / 70));
  CHECK(data.means[0].rqi.high == Approx(3.0 / 70));
  CHECK(data.means[1].ideal_rqi.value == Approx(36.5 / 70));
  CHECK(data.means[1].accuracy.value == Approx(23.0 / 55));
  CHECK(data.means[2].ideal_accuracy.value == Approx(54.5 / 55));
}

TEST_CASE("ideal bounds: luck is the RQI of embeddings before training, each counted once",
          "[compare]") {
  const Runs runs = example();
  const IdealBounds data = runs.data();
  CHECK(data.untrained.count == 2);
  const auto P0 = list_parallelograms(group_by_output(Task::addition(10)));
  double sum = 0;
  for (const std::int64_t seed : {0, 1}) {
    RandomStream stream(static_cast<std::uint64_t>(seed), "embeddings");
    Eigen::MatrixXd E(10, 1);
    for (int k = 0; k < 10; ++k) {
      E(k, 0) = stream.uniform(-0.5, 0.5);
    }
    sum += rqi(E, P0);
  }
  CHECK(data.untrained.estimate.value == Approx(sum / 2));
}

TEST_CASE("ideal bounds: a diverged network is counted, nothing else; one task at a time",
          "[compare]") {
  Runs runs = example();
  runs.add(44, 2, 70, 1, 55, 55, 1);
  runs.records.back().state = "diverged";
  const IdealBounds data = runs.data();
  CHECK(data.diverged == 1);
  CHECK(data.runs.size() == 6);
  CHECK(data.bounds[0].networks.broken == 2);
  CHECK(data.seeds == 2);
  RunSpec other;
  other.symbols = 6;
  other.train = 7;
  runs.specs.back() = resolve(other, "test");
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("task = addition, 6 symbols, allowed one task"));
  runs.records.pop_back();
  CHECK_THROWS_AS(runs.data(), InputError);
}
