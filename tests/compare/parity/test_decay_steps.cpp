// Steps of the decay from hand-made records: where they are bracketed, what is compared with what.
#include "compare/parity/decay_steps.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "nets/parity/strings.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::parity;

namespace {

RunSpec spec_of(std::int64_t seed, double decay, bool late) {
  RunSpec spec;
  spec.bits = 10;
  spec.train = 100;
  spec.seed = seed;
  (late ? spec.late_decay.emplace() : spec.decay) = decay;
  if (late) {
    spec.late_from = "memorisation";
  }
  return checked(spec, [](const std::string&) { return std::string("test"); });
}

/// A network that does what the staircase says.
Record record_of(const Staircase& stairs, double decay) {
  Record record;
  record.test_accuracy = stairs.at(decay).accuracy;
  record.squared_norm = stairs.at(decay).squared_norm;
  return record;
}

Staircase stairs_of(const RunSpec& spec) {
  return staircase(pattern_counts(make_strings(spec).train, 2));
}

}  // namespace

TEST_CASE("decay steps: networks on the staircase are within a cell of it") {
  std::vector<RunSpec> specs;
  std::vector<Record> records;
  for (const std::int64_t seed : {3, 1, 2}) {
    for (const bool late : {false, true}) {
      for (int k = 60; k >= 10; --k) {  // in no order
        specs.push_back(spec_of(seed, 0.01 * k, late));
        records.push_back(record_of(stairs_of(specs.back()), 0.01 * k));
      }
    }
  }
  const DecaySteps steps = collect_decay_steps(specs, records, 0.05, 0.001);
  REQUIRE(steps.seeds.size() == 6);
  for (const DecaySeed& seed : steps.seeds) {
    CHECK(seed.stairs.first_loss == stairs_of(spec_of(seed.seed, 0.1, false)).first_loss);
    REQUIRE(seed.first_loss.middle());
    CHECK(*seed.first_loss.low < seed.stairs.first_loss);
    CHECK(*seed.first_loss.high >= seed.stairs.first_loss);
    CHECK(*seed.first_loss.high - *seed.first_loss.low == Approx(0.01));
    CHECK(*seed.collapse.low < seed.stairs.collapse);
    CHECK(*seed.collapse.high >= seed.stairs.collapse);
  }
  CHECK(steps.seeds[0].seed == 1);
  CHECK_FALSE(steps.seeds[0].late);
  CHECK(steps.seeds[5].late);
  CHECK(steps.first_loss.close == std::vector<bool>(6, true));
  CHECK(std::ranges::count(steps.collapse.close, true) < 6);  // the grid is coarser than that
  CHECK(steps.modes_alike == std::vector<bool>(6, true));
  CHECK(steps.modes_seeds == std::vector<std::int64_t>{1, 1, 2, 2, 3, 3});
  for (std::size_t k = 0; k < steps.seeds.size(); ++k) {  // eight bits more can only help
    CHECK(steps.seeds[k].zero_stability > 0.999999 * steps.seeds[k].stairs.collapse);
    CHECK(steps.stability.measured_over_predicted[k] ==
          Approx(*steps.seeds[k].collapse.middle() / steps.seeds[k].zero_stability));
  }
  CHECK(steps.runs.size() == specs.size());
  CHECK(steps.runs.front().decay == Approx(0.1));
}

TEST_CASE("decay steps: a step beyond the grid is open, another parity is refused") {
  std::vector<RunSpec> specs = {spec_of(0, 0.01, false), spec_of(0, 0.02, false)};
  std::vector<Record> records(2, record_of(stairs_of(specs[0]), 0.01));
  DecaySteps steps = collect_decay_steps(specs, records, 0.05, 0.05);
  CHECK_FALSE(steps.seeds.at(0).first_loss.middle());
  CHECK(steps.seeds[0].first_loss.low == 0.02);
  CHECK_FALSE(steps.seeds[0].first_loss.high);
  CHECK(std::isnan(steps.first_loss.measured_over_predicted.at(0)));
  CHECK_FALSE(steps.first_loss.close.at(0));
  CHECK(steps.modes_alike.empty());
  records[0].test_accuracy = 0.75;  // the first already fails, whatever comes after
  steps = collect_decay_steps(specs, records, 0.05, 0.05);
  CHECK_FALSE(steps.seeds[0].first_loss.low);
  CHECK(steps.seeds[0].first_loss.high == 0.01);
  records[0].state = "diverged";  // says nothing of what comes after
  steps = collect_decay_steps(specs, records, 0.05, 0.05);
  CHECK_FALSE(steps.seeds[0].first_loss.high);
  CHECK_FALSE(steps.seeds[0].collapse.low);
  specs[0].parity = 3;
  CHECK_THROWS_AS(collect_decay_steps(specs, records, 0.05, 0.05), InputError);
  CHECK_THROWS_AS(collect_decay_steps({}, {}, 0.05, 0.05), InputError);
}

TEST_CASE("survival: of all strings, by parity and start") {
  std::vector<RunSpec> specs;
  std::vector<Record> records;
  for (const std::int64_t parity : {2, 3}) {
    for (const double ratio : {1.1, 0.9, 1.0}) {
      RunSpec spec;
      spec.bits = 4;
      spec.train = 16;
      spec.batch = 0;
      spec.parity = parity;
      spec.decay = ratio * critical_decay(parity);
      spec.start = parity == 2 ? "circuit" : "random";
      specs.push_back(spec);
      Record record;
      record.squared_norm = ratio < 1.05 ? 0.9 * least_norm(parity) : 1e-9;
      records.push_back(record);
    }
  }
  const Survivals found = collect_survival(specs, records);
  REQUIRE(found.of.size() == 2);
  CHECK(found.of[0].parity == 3);  // random before exact
  CHECK_FALSE(found.of[0].circuit);
  CHECK(found.of[1].predicted == critical_decay(2));
  CHECK(found.of[1].decays.at(0).middle().value() == Approx(1.05 * critical_decay(2)));
  CHECK(found.runs[0].squared_norm < 1e-6);
  CHECK(found.runs[1].squared_norm == Approx(0.9));
  specs[0].train = 8;
  CHECK_THROWS_AS(collect_survival(specs, records), InputError);
}
