// The figure of the critical decay: from small networks to files, and verdicts of hand-made data.
#include "figures/parity/parity_decay.hpp"

#include <cmath>

#include "compare/store/store.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("parity-decay from networks to pictures, on a small study",
          "[figures][parity][gnuplot]") {
  const Scratch scratch("parity-decay");
  Store store(scratch / "store.db");
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  const Figure small = parity_decay(
      "[figure]\nfirst_loss_share = 0.05\ncollapse_share = 0.07\nshown_seed = 1\n"
      "[studies.start]\nmodel = \"parity\"\nrun.bits = 8\nrun.train = 100\nrun.test = 100\n"
      "run.width = 40\nrun.epochs = 150\n[studies.start.profiles.quick]\n"
      "axes.decay = [0.1, 0.3, 0.6]\naxes.seed = [0, 1]\n"
      "[studies.late]\nmodel = \"parity\"\nrun.bits = 8\nrun.train = 100\nrun.test = 100\n"
      "run.width = 40\nrun.epochs = 150\nrun.late_from = \"memorisation\"\n"
      "[studies.late.profiles.quick]\naxes.late_decay = [0.1, 0.3, 0.6]\naxes.seed = [0, 1]\n"
      "[studies.all]\nmodel = \"parity\"\nrun.bits = 4\nrun.train = 16\nrun.batch = 0\n"
      "run.test = 16\nrun.width = 40\nrun.epochs = 400\nrun.start = \"circuit\"\n"
      "zip.parity = [2, 2]\nzip.decay = [0.3, 0.4]\n[studies.all.profiles.quick]\n"
      "axes.seed = [0]\n");
  const auto claims = small.draw(small, context);
  REQUIRE(claims.size() == 10);
  CHECK(claims[8].ours.find("k = 2: ") != std::string::npos);
  CHECK(claims[9].verdict == Verdict::open);  // no random start of all strings here
  const auto tables = tables_in(scratch.folder());
  CHECK(tables.size() == 4);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables);
}

TEST_CASE("parity-decay: verdicts follow from the brackets", "[figures][parity]") {
  ParityDecay data;
  for (std::int64_t seed = 0; seed < 12; ++seed) {
    for (const bool late : {false, true}) {
      parity::DecaySeed one;
      one.seed = seed;
      one.late = late;
      one.counts = {75, 75, 75, 75};
      one.stairs = parity::staircase(one.counts);
      one.first_loss = {0.34, 0.36};
      one.collapse = {0.34, 0.36};
      data.steps.seeds.push_back(one);
    }
  }
  const auto fill = [&data](parity::DecayRatios& ratios, double ratio) {
    ratios = {};
    ratios.share = 0.05;
    for (const parity::DecaySeed& seed : data.steps.seeds) {
      ratios.measured_over_predicted.push_back(ratio);
      ratios.seeds.push_back(seed.seed);
      ratios.close.push_back(std::abs(ratio - 1) <= ratios.share);
    }
  };
  fill(data.steps.first_loss, 0.99);
  fill(data.steps.collapse, 1.2);
  fill(data.steps.stability, NAN);
  data.steps.modes_alike = std::vector<bool>(24, true);
  data.steps.modes_alike[3] = false;
  for (std::int64_t seed = 0; seed < 12; ++seed) {
    data.steps.modes_seeds.insert(data.steps.modes_seeds.end(), 2, seed);
  }
  // k = 2 is lost where it should be; k = 3 of one seed far below
  data.survivals.of = {{2, true, 1, {{0.98, 1.0}, {0.96, 0.98}}, {0, 1}},
                       {3, true, 1, {{0.98, 1.0}, {0.8, 0.82}}, {0, 1}},
                       {2, false, 1, {{0.98, 1.0}, {0.96, 0.98}}, {0, 1}},
                       {3, false, 1, {{0.98, std::nullopt}}, {0}}};
  const auto claims = claims_of(data);
  REQUIRE(claims.size() == 10);
  CHECK(claims[0].verdict == Verdict::agrees);  // 0.35 is between 0.1 and 0.5
  CHECK(claims[1].verdict == Verdict::agrees);
  CHECK(claims[3].verdict == Verdict::differs);
  CHECK(claims[4].verdict == Verdict::differs);  // none of 24
  CHECK(claims[5].verdict == Verdict::open);     // nobody has a step there
  CHECK(claims[6].verdict == Verdict::differs);  // a miss each
  CHECK(claims[7].verdict == Verdict::open);     // 23 of 24, in 12 seeds
  CHECK(claims[8].verdict == Verdict::open);     // k = 3 between 0.8 and 1
  CHECK(claims[9].verdict == Verdict::open);
  data.survivals.of[1].decays = {{0.8, 0.82}, {0.8, 0.82}};
  CHECK(claims_of(data)[8].verdict == Verdict::differs);
  for (std::size_t k = 0; k < 24; k += 2) {
    data.steps.modes_alike[k] = k % 4 == 0;
    data.steps.modes_alike[k + 1] = false;
  }
  CHECK(claims_of(data)[7].verdict == Verdict::differs);  // 6 of 24
  for (parity::DecaySeed& seed : data.steps.seeds) {
    seed.first_loss = {0.6, std::nullopt};  // nothing is lost on the grid
  }
  CHECK(claims_of(data)[0].verdict == Verdict::differs);
}
