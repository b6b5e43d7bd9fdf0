// tests/nets/torch_ensemble_train.cpp: runs in, records out, beside the cpu engine.
#include <cmath>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "nets/ensemble_engine.hpp"
#include "nets/train.hpp"
#include "tests/catch.hpp"
#include "tests/nets/ensemble_checks.hpp"

using namespace grok;

namespace {

RunSpec quick_spec(std::int64_t seed) {
  RunSpec spec;
  spec.seed = seed;
  spec.decoder_widths = {32, 32};
  spec.decoder_rate = 1e-3;
  spec.steps = 1500;
  return spec;
}

// Different sizes of D, losses, budgets, stop rules: several shapes, ends at different times.
std::vector<RunSpec> mixed_specs() {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < 14; ++seed) {
    RunSpec spec = quick_spec(seed);
    spec.precision = "float64";
    spec.train = seed % 2 == 0 ? 45 : 30;
    spec.batch = seed % 4 == 2 ? 12 : 0;
    spec.loss = seed % 5 == 4 ? "cross-entropy" : "mse";
    spec.representation_rate = seed % 3 == 1 ? 1e-3 : 5e-3;
    spec.stop = seed % 3 == 1 ? "budget" : seed % 3 == 2 ? "rqi" : "decided";
    spec.steps = 200 + 31 * seed;
    specs.push_back(spec);
  }
  specs[0].steps = specs[8].steps = 4000;  // decided before
  return specs;
}

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

TEST_CASE("ensembles: records are those of the cpu engine", "[ensemble]") {
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

TEST_CASE("ensembles: size, order, company and threads change nothing", "[ensemble]") {
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

// Rounding makes long runs differ; their distribution must not. Were the engines alike, each of
// the two checks would fail for one choice of seeds in a thousand.
TEST_CASE("ensembles: 64 runs in float32 have the cpu engine's distribution", "[ensemble]") {
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
    CHECK(equal.steps > 1e-3);
    CHECK(equal.phases > 1e-3);
    // The same statement finds a rate that is off by 3 %.
    CHECK(compare(train_ensembles(others, {.device = device}), theirs).steps < 1e-3);
  }
}

TEST_CASE("ensembles: divergence, full training sets, tables", "[ensemble]") {
  std::vector<RunSpec> specs(3, quick_spec(5));
  specs[0].decoder_rate = 10;
  specs[0].decoder_decay = 1e6;
  specs[1].train = 55;
  specs[1].steps = 300;
  specs[2].task = "table";
  specs[2].symbols = 5;
  specs[2].train = 19;
  specs[2].table_commutes = false;
  for (std::int32_t k = 0; k < 25; ++k) {
    specs[2].table_outputs.push_back((k / 5 + 2 * (k % 5)) % 5);
  }
  specs[2].steps = 300;
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

TEST_CASE("ensembles: too large for the memory are halved, said once", "[ensemble]") {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < 9; ++seed) {
    specs.push_back(quick_spec(seed));
    specs.back().steps = 60;
    specs.back().train = seed < 5 ? 45 : 40;  // two shapes
  }
  const EnsembleLayout layout(resolve(specs[0], "test"));
  std::vector<std::string> said;
  const auto notice = [&](const std::string& text) { said.push_back(text); };
  for (const std::string& device : devices()) {
    const std::vector<Record> free = train_ensembles(specs, {.device = device, .members = 4});
    said.clear();
    const std::vector<Record> tight =
        train_ensembles(specs, {.device = device,
                                .members = 4,
                                .memory = layout.bytes(2, Ensemble::chunk_steps) + 100,
                                .notice = notice});
    REQUIRE(said.size() == 1);
    CHECK_THAT(said[0], ContainsSubstring("2 networks side by side instead of 4"));
    for (std::size_t k = 0; k < specs.size(); ++k) {
      CHECK(without_rounding(tight[k]) == without_rounding(free[k]));
    }
    const std::int64_t one = layout.bytes(1, Ensemble::chunk_steps);
    CHECK_NOTHROW(train_ensembles(std::span(specs).first(1), {.device = device, .memory = one}));
    CHECK_THROWS_WITH(
        train_ensembles(std::span(specs).first(1), {.device = device, .memory = one - 1}),
        "train: memory = " + std::to_string(one) + " bytes for one network, allowed " +
            std::to_string(one - 1) + " (device " + device + ")");
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

TEST_CASE("plain loop: trains the same network as the engines", "[ensemble]") {
  for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
    RunSpec spec = quick_spec(7);
    spec.precision = "float64";
    spec.loss = loss;
    spec.batch = loss == "hinge" ? 20 : 0;
    spec.decoder_decay = 0.5;
    spec.representation_decay = 0.2;
    spec.stop = "budget";
    const PlainLoopResult plain = plain_loop(resolve(spec, "test"), 50, 1);
    spec.steps = plain.steps - 1;
    const Record theirs = train_traced(spec, 0).record;
    CAPTURE(loss);
    CHECK(plain.steps > 50);
    CHECK(plain.seconds > 0);
    CHECK(plain.last.train_loss == Approx(theirs.train_loss).epsilon(1e-8));
    CHECK(plain.last.validation_loss == Approx(*theirs.validation_loss).epsilon(1e-8));
    CHECK(static_cast<double>(plain.last.train_correct) / 45 == theirs.train_accuracy);
    CHECK(static_cast<double>(plain.last.validation_correct) / 10 == *theirs.validation_accuracy);
    CHECK(plain.last.rqi == theirs.rqi);
  }
  CHECK_THROWS_AS(plain_loop(resolve(quick_spec(1), "test"), 0, 1), InputError);
}
