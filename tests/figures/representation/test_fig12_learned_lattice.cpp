#include "figures/representation/representation.hpp"

#include <cmath>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/study_runs.hpp"
#include "nets/toy/train.hpp"
#include "tests/compare/toy/learned_runs.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;
using namespace grok::made_up;

TEST_CASE("fig12: the study asks for two pairs of rates with the same seeds", "[figures]") {
  const Figure* figure = find_figures({"fig12"}).at(0);
  for (const auto& [profile, seeds] : {std::pair{"quick", 20}, std::pair{"full", 100}}) {
    const auto specs = toy::figure_runs(*figure, profile);
    REQUIRE(std::ssize(specs) == 2 * seeds);
    std::map<std::pair<double, double>, std::set<std::int64_t>> pairs;
    for (const toy::RunSpec& run : specs) {
      pairs[{run.representation_rate, run.decoder_rate}].insert(run.seed);
      CHECK((run.symbols == 4 && run.train == 6 && run.steps == 10'000 && run.stop == "budget"));
      CHECK((run.representation_dimension == 1 && run.decoder_widths.size() == 2));
    }
    REQUIRE(pairs.size() == 2);
    CHECK(pairs.at({1e-3, 1e-2}) == pairs.at({1e-2, 1e-3}));
    CHECK(std::ssize(pairs.at({1e-3, 1e-2})) == seeds);
  }
}

TEST_CASE("fig12: claims follow the numbers", "[figures]") {
  toy::LearnedLattice data = learned_example().data();
  auto claims = claims_of(data);
  REQUIRE(claims.size() == 2);
  CHECK_THAT(claims[0].ours, ContainsSubstring("5 of the 5 closed sets occur, 8 networks"));
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK(claims[0].remark == "networks in sets that are not closed: 1");
  CHECK_THAT(claims[1].ours, ContainsSubstring("1.50 ["));
  data.pairs[0].nodes.counts[2] = 0;
  claims = claims_of(data);
  CHECK(claims[0].verdict == Verdict::open);
  CHECK_THAT(claims[0].remark,
             ContainsSubstring("never: A2; networks in sets that are not closed: 1"));
  for (const auto& [low, high, verdict] :
       {std::tuple{0.1, 1.0, Verdict::agrees}, std::tuple{-1.0, -0.1, Verdict::differs},
        std::tuple{-0.1, 0.1, Verdict::open}}) {
    data.difference.estimate = {(low + high) / 2, low, high};
    CHECK(claims_of(data)[1].verdict == verdict);
  }
}

TEST_CASE("fig12: tables and numbers", "[figures][gnuplot]") {
  const LearnedRuns runs = learned_example();
  toy::LearnedLattice data = runs.data();
  CHECK(sheet_of(data).table("b").rows.size() == 16);  // no untrained ones
  count_untrained(data, runs.specs[0], 50);
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 2);
  REQUIRE(sheet.table("ac").rows.size() == 8);
  CHECK(sheet.table("ac").rows[2][3] == "A1");
  CHECK(sheet.table("ac").rows[2].size() == 11);
  REQUIRE(sheet.table("b").rows.size() == 24);
  CHECK(sheet.table("b").rows[3] == std::vector<std::string>{"A1", "fast decoder", "2", "4", "0.5",
                                                             to_text(wilson(2, 4).low),
                                                             to_text(wilson(2, 4).high)});
  CHECK_THAT(sheet.report(), ContainsSubstring("8 runs in 4 seeds, 0 diverged (left out)"));
  const Scratch scratch("fig12");
  CHECK(write_sheet("fig12", sheet, "the command", scratch.folder()).size() == 6);
}

TEST_CASE("fig12: one seed, all networks in one node, is drawn", "[figures][gnuplot]") {
  LearnedRuns runs;
  runs.add(true, 7, line);
  runs.add(false, 7, line);
  const toy::LearnedLattice data = runs.data();
  CHECK_THAT(claims_of(data)[1].ours,
             !ContainsSubstring("undefined"));  // a mean without an interval
  CHECK(claims_of(data)[1].verdict == Verdict::open);
  const Scratch scratch("fig12-one");
  CHECK(write_sheet("fig12", sheet_of(data), "c", scratch.folder()).size() == 6);
}

TEST_CASE("fig12 from networks to pictures, on a small study", "[figures][gnuplot]") {
  DrawingPlace place("fig12-all");
  auto& [scratch, store, report, context] = place;
  const std::string_view toml =
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 6\nsteps = 40\nstop = \"budget\"\n"
      "decoder_widths = [8]\n[zip]\nrepresentation_rate = [1e-3, 1e-1]\ndecoder_rate = [1e-2, "
      "1e-3]\n[profiles.quick.axes]\nseed = [0, 1, 2]\n[figure]\nuntrained = 50\n";
  const Figure small = with_toml("fig12", toml);
  context.train = false;
  CHECK_THROWS_WITH(small.draw(small, context),
                    ContainsSubstring("fig12_learned_lattice: runs = 6 of 6 missing in the store"));
  context.train = true;
  const auto claims = small.draw(small, context);
  CHECK(claims.size() == 2);
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("6 runs in 3 seeds, 0 diverged (left out)"));
  CHECK(std::filesystem::file_size(scratch / "fig12_learned_lattice.png") > 20'000);

  // The store holds the networks that were drawn; RQI there is the share that holds here.
  LearnedRuns traced;
  for (toy::RunSpec spec : toy::figure_runs(small, "quick")) {
    spec.pair_list = paper_train;
    traced.specs.push_back(resolve(spec, "test"));
    const toy::TracedRun run = train_traced(traced.specs.back(), 0);
    traced.records.push_back(run.record);
    traced.embeddings.push_back(run.trained.embeddings);
    const auto outcome = store.find(toy::run_of(traced.specs.back()));
    REQUIRE(outcome);
    CHECK(outcome->as<toy::Record>().rqi == run.record.rqi);
  }
  const toy::LearnedLattice data = traced.data();
  for (std::size_t k = 0; k < data.runs.size(); ++k) {
    CHECK(data.runs[k].held == Approx(3 * traced.records[k].rqi.value()));
  }
  CHECK_THAT(claims[1].ours, ContainsSubstring(with_interval(data.difference.estimate)));

  CHECK(drawn_again(small, context, scratch / "store.db") == tables_in(scratch.folder()));
  context.train = false;
  CHECK(small.draw(small, context).size() == 2);
  CHECK(store.count() == 6);

  const Figure wrong = with_toml(
      "fig12",
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 5\n[zip]\nrepresentation_rate = [1e-3, "
      "1e-1]\ndecoder_rate = [1e-2, 1e-3]\n[profiles.quick.axes]\nseed = [0, "
      "1]\n[figure]\nuntrained = 50\n");
  CHECK_THROWS_WITH(wrong.draw(wrong, context), ContainsSubstring("train = 5, allowed [6, 6]"));
  context.store = nullptr;
  CHECK_THROWS_WITH(small.draw(small, context),
                    ContainsSubstring("fig12_learned_lattice: store = none, allowed"));
}
