#include "figures/rates/stuck.hpp"

#include <cmath>

#include "compare/store/artefacts.hpp"
#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::StartsWith;

namespace {

toy::RunSpec small_spec(std::int64_t seed, std::int64_t steps = 300) {
  toy::RunSpec spec;
  spec.symbols = 6;
  spec.train = 15;
  spec.seed = seed;
  spec.decoder_widths = {20, 20};
  spec.steps = steps;
  spec.stop = "rqi";
  return resolve(spec, "test");
}

}  // namespace

TEST_CASE("targets in order pull the embeddings in order", "[figures][stuck]") {
  toy::Known known = toy::known_before(small_spec(1));
  const double random = label_order(known);
  CHECK(random >= 0);
  CHECK(random <= 1);
  // Y_c = c v: row k of M is v times a sum that grows with k over the full table.
  known.initial.train = known.task.samples();
  for (Index c = 0; c < known.initial.labels.rows(); ++c) {
    known.initial.labels.row(c).setConstant(static_cast<double>(c));
  }
  CHECK(label_order(known) == Approx(1).margin(1e-12));
  known.initial.labels = -3.0 * known.initial.labels;  // neither sign nor scale matter
  CHECK(label_order(known) == Approx(1).margin(1e-12));
  known.initial.labels = Eigen::MatrixXd::Zero(3, 2);
  CHECK_THROWS_AS(label_order(known), InputError);
}

TEST_CASE("scores before training: one for each name, from the spec alone", "[figures][stuck]") {
  const toy::Known known = toy::known_before(small_spec(3));
  const StuckFlows flows = follow_stuck(known, 1);
  const auto scores = score_before_training(known, flows);
  CHECK(scores.size() == stuck_scores(1).size());
  CHECK(scores == score_before_training(known, follow_stuck(toy::known_before(small_spec(3)), 1)));
  const toy::Known other = toy::known_before(small_spec(4));
  CHECK(scores != score_before_training(other, follow_stuck(other, 1)));
  for (std::size_t k = 0; k < scores.size(); ++k) {
    CAPTURE(stuck_scores(1)[k].key);
    CHECK_FALSE(std::isnan(scores[k]));
    if (stuck_scores(1)[k].swap) {
      CHECK((scores[k] == 0 || scores[k] == 1));
    }
  }
}

TEST_CASE("kept flows: every number in its place, other settings another name",
          "[figures][stuck]") {
  const toy::Known known = toy::known_before(small_spec(3));
  StuckFlows flows;
  flows.own = 150;
  flows.swapped = {{{1, 2}, {std::nullopt, 301}, {300, std::nullopt}, {0, 301}}};
  const StuckFlows read = unpacked_flows(packed_flows(flows), 2);
  CHECK(read.own == flows.own);
  CHECK(read.swapped == flows.swapped);
  const auto scores = score_before_training(known, read);
  CHECK(scores[6] == Approx(std::log(2)));  // ln(300/150)
  CHECK(scores[7] == 1);                    // decoders
  CHECK(scores[8] == 0);                    // embeddings: never, and behind the budget
  CHECK(scores[9] == 0.5);                  // targets
  CHECK(scores[10] == 0.5);                 // D
  flows.own.reset();
  CHECK_FALSE(unpacked_flows(packed_flows(flows), 2).own);
  CHECK(score_before_training(known, flows)[6] == -INFINITY);
  CHECK_THROWS_AS(unpacked_flows(packed_flows(flows), 1), Error);
  CHECK_THROWS_AS(unpacked_flows(packed_flows(flows), 3), Error);
  CHECK(stuck_flows_name(2) != stuck_flows_name(10));
  CHECK(stuck_flows_name(2) ==
        "mode_flow 1, modes 4, budgets 1.5, swaps 1, apart 1000003, draws 2");
}

TEST_CASE("swaps are those of their ingredient", "[figures][stuck]") {
  toy::Known known = toy::known_before(small_spec(3, 3000));
  const StuckFlows flows = follow_stuck(known, 2);
  for (const auto& drawn : flows.swapped) {
    CHECK(drawn.size() == 2);
  }
  known.initial.embeddings = toy::known_before(small_spec(5)).initial.embeddings;
  const StuckFlows moved = follow_stuck(known, 2);
  CHECK(moved.swapped[1] == flows.swapped[1]);  // with other embeddings those at hand do not matter
  CHECK(moved.swapped[0] != flows.swapped[0]);
}

TEST_CASE("stuck from networks to pictures, on a small study", "[figures][stuck][gnuplot]") {
  const Scratch scratch("stuck-all");
  Store store(scratch / "store.db");
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  const Figure small = stuck(
      "[run]\ntask = \"addition\"\nsymbols = 6\ntrain = 15\nsteps = 3000\nstop = \"rqi\"\n"
      "decoder_widths = [20, 20]\n[profiles.quick.axes]\nseed = [0, 1, 5, 7, 10]\n");
  const auto claims = small.draw(small, context);
  CHECK(claims.size() == stuck_scores(2).size() + 1);
  const auto tables = tables_in(scratch.folder());
  CHECK(tables.size() == 2);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables);

  // Where nothing may be trained flows are followed all the same, and not kept
  const auto runs = parse_study(small.study, "test", "quick").runs;
  const std::string name = stuck_flows_name(2);
  const auto kept = find_artefact(store, runs[0], name);
  REQUIRE(kept);
  drop_artefact(store.file(), runs[0].name(), name);
  context.train = false;
  CHECK(drawn_again(small, context, scratch / "store.db", false) == tables);
  CHECK_FALSE(has_artefact(store, runs[0], name));

  // What is kept is what is drawn
  StuckFlows flows = unpacked_flows(kept->bytes, 2);
  flows.own = 7;
  keep_artefact(store, runs[0], {name, 0, packed_flows(flows)});
  const auto others = drawn_again(small, context, scratch / "store.db");
  CHECK(others.at("stuck_runs.csv") != tables.at("stuck_runs.csv"));
}

TEST_CASE("ROC areas of scores that are right, wrong and blind", "[figures][stuck]") {
  const std::size_t count = stuck_scores(2).size();
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
  const auto claims = claims_of_stuck(data);
  REQUIRE(claims.size() == count + 1);
  CHECK(claims[1].remark == "better than a coin");
  CHECK(claims[2].remark == "the other way round");
  CHECK(claims[3].remark == "no better than a coin");
  const Drawing drawing = draw_stuck(data, "a command");
  REQUIRE(drawing.tables.size() == 2);
  CHECK(drawing.tables[0].second.rows.size() == count);
  CHECK(drawing.tables[1].second.rows.size() == 12);

  for (StuckRun& run : runs) {
    run.reached = true;
  }
  CHECK_THROWS_WITH(collect_stuck(runs, 2),
                    StartsWith("collect_stuck: networks that reach the threshold = 12"));
}
