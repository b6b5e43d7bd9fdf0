#include "figures/rates/stuck.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::StartsWith;

namespace {

RunSpec small_spec(std::int64_t seed) {
  RunSpec spec;
  spec.symbols = 6;
  spec.train = 15;
  spec.seed = seed;
  spec.decoder_widths = {20, 20};
  spec.steps = 300;
  spec.stop = "rqi";
  return resolve(spec, "test");
}

}  // namespace

TEST_CASE("targets in order pull the embeddings in order", "[figures][stuck]") {
  Known known = known_before(small_spec(1));
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
  const Known known = known_before(small_spec(3));
  const auto scores = score_before_training(known, 1);
  CHECK(scores.size() == stuck_scores(1).size());
  CHECK(scores == score_before_training(known_before(small_spec(3)), 1));
  CHECK(scores != score_before_training(known_before(small_spec(4)), 1));
  for (std::size_t k = 0; k < scores.size(); ++k) {
    CAPTURE(stuck_scores(1)[k].key);
    CHECK_FALSE(std::isnan(scores[k]));
    if (stuck_scores(1)[k].swap) {
      CHECK((scores[k] == 0 || scores[k] == 1));
    }
  }
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
