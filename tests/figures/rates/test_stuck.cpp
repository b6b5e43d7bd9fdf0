#include "figures/rates/stuck.hpp"

#include <cmath>

#include "compare/store/artefacts.hpp"
#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::StartsWith;

TEST_CASE("stuck from networks to pictures, on a small study", "[figures][stuck][gnuplot]") {
  const Scratch scratch("stuck-all");
  Store store(scratch / "store.db");
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  const Figure small = stuck(
      "[figure]\ndraws = 2\n[run]\ntask = \"addition\"\nsymbols = 6\ntrain = 15\nsteps = "
      "3000\nstop = \"rqi\"\n"
      "decoder_widths = [20, 20]\n[profiles.quick.axes]\nseed = [0, 1, 5, 7, 10]\n");
  const auto claims = small.draw(small, context);
  CHECK(claims.size() == 11);
  const auto tables = tables_in(scratch.folder());
  CHECK(tables.size() == 2);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables);

  // Where nothing may be trained flows are followed all the same, and not kept
  const auto runs = parse_study(small.study, "test", "quick").runs;
  const std::string name = toy::stuck_flows_name(2);
  const auto kept = find_artefact(store, runs[0], name);
  REQUIRE(kept);
  drop_artefact(store.file(), runs[0].name(), name);
  context.train = false;
  CHECK(drawn_again(small, context, scratch / "store.db", false) == tables);
  CHECK_FALSE(has_artefact(store, runs[0], name));

  // What is kept is what is drawn
  toy::StuckFlows flows = toy::unpacked_flows(kept->bytes, 2);
  flows.own = 7;
  keep_artefact(store, runs[0], {name, 0, packed_flows(flows)});
  const auto others = drawn_again(small, context, scratch / "store.db");
  CHECK(others.at("stuck_runs.csv") != tables.at("stuck_runs.csv"));
}

TEST_CASE("ROC areas of scores that are right, wrong and blind", "[figures][stuck]") {
  const std::size_t count = toy::stuck_scores().size();
  std::vector<StuckRun> runs;
  for (std::int64_t seed = 0; seed < 12; ++seed) {
    const bool reached = seed % 3 == 0;
    StuckRun run{seed, reached, std::vector<double>(count, 7.0)};
    run.scores[0] = reached ? 1 : -INFINITY;
    run.scores[1] = reached ? 0 : 2;
    runs.push_back(run);
  }
  runs.push_back({12, false, {}});  // not unique: left out
  const StuckData data = collect_stuck(runs, 2);
  CHECK(data.runs.size() == 12);
  CHECK(data.not_unique == 1);
  CHECK(data.reached == 4);
  CHECK(data.results[0].area.value == 1);
  CHECK(data.results[1].area.value == 0);
  CHECK(data.results[2].area.value == Approx(0.5));
  const auto claims = claims_of(data);
  REQUIRE(claims.size() == 11);
  CHECK(claims[0].verdict == Verdict::open);     // 4 of 12: 0.14 to 0.61
  CHECK(claims[1].verdict == Verdict::differs);  // it does tell
  CHECK(claims[3].verdict == Verdict::agrees);   // says nothing, to all
  CHECK(claims[7].statement ==
        "before training, mode flow: steps tells who will get there: ROC area");
  CHECK(claims[7].verdict == Verdict::differs);  // a constant here
  CHECK(claims[8].statement == "the initial decoder hardly matters");
  CHECK(claims[8].verdict == Verdict::agrees);  // both say nothing
  CHECK(data.differences[1].difference.value == 0);
  const Sheet sheet = sheet_of(data);
  CHECK(sheet.table("areas").rows.size() == count);
  CHECK(sheet.table("runs").rows.size() == 12);
  CHECK(sheet.table("runs").rows[1][2] == "-inf");

  for (StuckRun& run : runs) {
    run.reached = true;
  }
  CHECK_THROWS_WITH(collect_stuck(runs, 2),
                    StartsWith("collect_stuck: networks that reach the threshold = 12"));
}
