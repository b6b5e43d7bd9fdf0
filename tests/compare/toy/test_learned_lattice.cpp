#include "compare/toy/learned_lattice.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/compare/toy/learned_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;
using namespace grok::made_up;

TEST_CASE("learned lattice: networks are counted where their equations hold", "[compare]") {
  const LearnedLattice data = learned_example().data();
  REQUIRE(data.pairs.size() == 2);
  const RatePair &fast = data.pairs[0], &slow = data.pairs[1];
  CHECK((fast.nodes.name == "fast decoder" && fast.decoder_rate == 1e-2));
  CHECK((slow.nodes.name == "slow decoder" && slow.representation_rate == 1e-2));
  CHECK(fast.nodes.counts == std::vector<std::int64_t>{1, 2, 1, 0, 0, 0, 0, 0});
  CHECK(slow.nodes.counts ==
        std::vector<std::int64_t>{0, 0, 0, 1, 1, 0, 0, 2});  // 3: A1 and A2, not A3
  CHECK(fast.nodes.networks == 4);
  const Estimate wanted = wilson(2, 4);
  CHECK(fast.nodes.shares[1].value == wanted.value);
  CHECK(fast.nodes.shares[1].low == wanted.low);
  CHECK(fast.nodes.shares[1].high == wanted.high);
  CHECK(fast.held.estimate.value == Approx(3.0 / 4));
  CHECK(slow.held.estimate.value == Approx(9.0 / 4));
  CHECK(data.difference.estimate.value == Approx((3.0 + 2 + 0 + 1) / 4));
  CHECK(data.difference.groups == 4);
  CHECK(data.difference.estimate.low >= 0);
  CHECK(data.difference.estimate.high <= 3);
  CHECK(data.train == paper_train);
  CHECK(held_by_seed(data).at(3) == std::pair<double, double>(1, 2));
}

TEST_CASE("learned lattice: embeddings are standardised and stand with E_0 on the left",
          "[compare]") {
  const LearnedLattice data = learned_example().data();
  for (const LearnedRun& run : data.runs) {
    CHECK(run.embeddings.sum() == Approx(0).margin(1e-12));
    CHECK(run.embeddings.squaredNorm() == Approx(3));
    CHECK(run.embeddings(0) < run.embeddings(3));
  }
  const double step = std::sqrt(3 / 5.0);
  CHECK(data.runs[3].embeddings(0) == Approx(-1.5 * step));  // -line, mirrored
  CHECK(data.runs[3].embeddings(1) == Approx(-0.5 * step));
}

TEST_CASE("learned lattice: a diverged network leaves its seed's difference", "[compare]") {
  LearnedRuns runs = learned_example();
  runs.records[0].state = "diverged";
  const LearnedLattice data = runs.data();
  CHECK(data.diverged == 1);
  CHECK(data.runs.size() == 7);
  CHECK(data.pairs[1].nodes.networks == 3);
  CHECK(data.pairs[0].nodes.networks == 4);
  CHECK(data.difference.groups == 3);
  CHECK(data.difference.estimate.value == Approx(1.0));
}

TEST_CASE("learned lattice: what it cannot pair is refused", "[compare]") {
  LearnedRuns runs = learned_example();
  runs.add(true, 4, line);
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("seeds = others for the second pair"));
  runs.add(false, 4, line);
  CHECK(runs.data().runs.size() == 10);
  runs.specs.back().decoder_rate = 0.5;
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("pairs of learning rates = 3, allowed"));
  runs = learned_example();
  runs.embeddings.pop_back();
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("embeddings = 7, allowed"));
  runs = learned_example();
  runs.specs[2].representation_dimension = 2;
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("representation_dimension = 2, allowed"));
}

TEST_CASE("learned lattice: runs on the samples of all equations, and no other size", "[compare]") {
  toy::RunSpec spec;
  spec.symbols = 4;
  spec.train = 6;
  CHECK(toy::with_every_equation({spec}, "here").at(0).pair_list == paper_train);
  spec.train = 5;
  CHECK_THROWS_WITH(toy::with_every_equation({spec}, "here"),
                    ContainsSubstring("here: train = 5, allowed [6, 6]"));
}

TEST_CASE("learned lattice: untrained embeddings are those that runs start from", "[compare]") {
  const LearnedRuns runs = learned_example();
  LearnedLattice data = runs.data();
  std::vector<std::int64_t> wanted(8, 0);
  for (std::uint64_t k = 0; k < 400; ++k) {
    RandomStream stream(k, "embeddings");
    Eigen::MatrixXd E(4, 1);
    for (int s = 0; s < 4; ++s) {
      E(s, 0) = stream.uniform(-0.5, 0.5);
    }
    const auto holds = holding(E, data.lattice.equations);
    const unsigned node = (holds[0] ? 1U : 0U) + (holds[1] ? 2U : 0U) + (holds[2] ? 4U : 0U);
    ++wanted[node];
    if (node != 0 || k == 399) {  // each draw by its number
      count_untrained(data, runs.specs[0], static_cast<std::int64_t>(k) + 1);
      CHECK(data.untrained.counts == wanted);
    }
  }
  CHECK(wanted[1] + wanted[2] + wanted[4] > 0);
  CHECK(data.untrained.networks == 400);
  CHECK(data.untrained.shares[0].value == Approx(static_cast<double>(wanted[0]) / 400));
  CHECK_THROWS_AS(count_untrained(data, runs.specs[0], 0), InputError);
}

TEST_CASE("learned lattice: which closed sets some network is in", "[compare]") {
  toy::LearnedLattice data = learned_example().data();
  CHECK((toy::seen_sets(data).closed == 5 && toy::seen_sets(data).seen == 5));
  CHECK(toy::seen_sets(data).never.empty());
  CHECK(toy::seen_sets(data).elsewhere == 1);  // two within the tolerance, not the third
  data.pairs[0].nodes.counts[2] = 0;
  CHECK(toy::seen_sets(data).seen == 4);
  CHECK(toy::seen_sets(data).never == std::vector<EquationSet>{2});
}
