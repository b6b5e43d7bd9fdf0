#include "figures/representation/fig4_critical_fraction.hpp"

#include <cmath>
#include <sstream>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "nets/toy/train.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

struct Runs {
  std::vector<toy::RunSpec> specs;
  std::vector<toy::Record> records;
  void add(std::int64_t train, std::optional<std::int64_t> steps, bool unique) {
    toy::RunSpec spec;
    spec.train = train;
    spec.seed = std::ssize(specs);
    spec.steps = 10'000;
    specs.push_back(resolve(spec, "test"));
    toy::Record record;
    record.steps_to_rqi = steps;
    record.unique = unique;
    records.push_back(record);
  }
};

Runs example() {
  Runs runs;
  for (int k = 0; k < 6; ++k) {
    runs.add(11, std::nullopt, false);
    runs.add(22, k < 2 ? std::optional<std::int64_t>(3000 + k) : std::nullopt, k < 3);
    runs.add(44, 700 + 100 * k, true);
  }
  return runs;
}

CriticalFractionData whole(const WaitingData& waiting) {
  CriticalFractionData data;
  data.waiting = waiting;
  data.draws = 500;
  data.theory = summarise_threshold(count_unique(Task::addition(10), data.draws, 1, 1));
  Trajectories& run = data.trajectories;
  run.train = 45;
  run.seed = 58;
  run.n_h = 300.0;
  run.predicted_rqi = 700;
  run.steps = {0, 1000, 2000, 3000};
  run.flow = Eigen::MatrixXd::Random(4, 10);
  run.trained = Eigen::MatrixXd::Random(4, 10);
  return data;
}

std::filesystem::path written(const Scratch& scratch, const Sheet& sheet) {
  write_sheet("fig4", sheet, "the command", scratch.folder());
  return scratch / "fig4.png";
}

}  // namespace

TEST_CASE("fig4: censored runs count as not before", "[figures]") {
  const Runs runs = example();
  const WaitingData data = collect_waiting(runs.specs, runs.records);
  REQUIRE(data.medians.size() == 3);
  CHECK(data.budget == 10'000);
  CHECK(data.medians[0].curve.censored == 6);
  CHECK_FALSE(data.medians[0].curve.median);
  CHECK(data.medians[1].curve.censored == 4);
  CHECK_FALSE(data.medians[1].curve.median);  // two of six are not half
  CHECK(data.medians[2].curve.censored == 0);
  CHECK(data.medians[2].curve.median == Approx(900));  // S <= 1/2 at the third of six
  REQUIRE(data.critical.critical);
  CHECK(data.critical.critical->count == 18);
  CHECK(data.critical.critical->estimate.value > 11.0 / 55);
  CHECK(data.critical.critical->estimate.value < 44.0 / 55);
}

TEST_CASE("fig4: no critical fraction where all or none reach it, and the report says so",
          "[figures][gnuplot]") {
  Runs none;
  none.add(11, std::nullopt, false);
  none.add(22, std::nullopt, true);
  const WaitingData data = collect_waiting(none.specs, none.records);
  CHECK_FALSE(data.critical.critical);
  CHECK_FALSE(data.critical.none.empty());
  const CriticalFractionData all = whole(data);
  CHECK_THAT(report_of(all), ContainsSubstring("measured r_c: undetermined"));
  const Scratch scratch("fig4-none");
  CHECK(std::filesystem::exists(written(scratch, sheet_of(all))));
}

TEST_CASE("fig4: a network that diverged is not there; budgets must agree", "[figures]") {
  Runs runs = example();
  runs.records[2].state = "diverged";  // |D| = 44, and would have been there at 700
  runs.records[2].steps_to_rqi.reset();
  runs.records[2].steps_done = 300;
  const WaitingData data = collect_waiting(runs.specs, runs.records);
  CHECK(data.diverged == 1);
  CHECK(data.runs.size() == 18);
  CHECK(data.runs[2].diverged);
  CHECK(data.medians[2].curve.count == 6);
  CHECK(data.medians[2].curve.censored == 1);
  CHECK(data.medians[2].curve.median == Approx(1000));  // the third of six, the first lost
  REQUIRE(data.critical.critical);
  CHECK(data.critical.critical->count == 18);
  CHECK(data.critical.critical->estimate.value >
        collect_waiting(example().specs, example().records).critical.critical->estimate.value);
  CHECK_THAT(report_of(whole(data)), ContainsSubstring("18 networks, 1 diverged"));
  runs.specs[3].steps = 9999;
  CHECK_THROWS_WITH(collect_waiting(runs.specs, runs.records),
                    ContainsSubstring("steps = 9999, allowed the same budget"));
}

TEST_CASE("fig4: seeds are resampled, not runs", "[figures][gnuplot]") {
  Runs runs = example();
  CHECK(collect_waiting(runs.specs, runs.records).critical.critical->groups == 18);
  for (std::size_t k = 0; k < runs.specs.size(); ++k) {
    runs.specs[k].seed = static_cast<std::int64_t>(k / 3);  // a seed with each size
  }
  const WaitingData data = collect_waiting(runs.specs, runs.records);
  CHECK(data.critical.critical->groups == 6);
  CHECK_THAT(report_of(whole(data)), ContainsSubstring("18 runs in 6 seeds"));
  for (toy::RunSpec& spec : runs.specs) {  // one seed: r_c without an interval, and it is drawn
    spec.seed = 3;
  }
  const CriticalFractionData single = whole(collect_waiting(runs.specs, runs.records));
  CHECK(single.waiting.critical.critical->groups == 1);
  CHECK(std::isnan(single.waiting.critical.critical->estimate.low));
  const Scratch scratch("fig4-one-seed");
  CHECK(std::filesystem::exists(written(scratch, sheet_of(single))));
}

TEST_CASE("fig4: what is drawn", "[figures][gnuplot]") {
  const Runs runs = example();
  const CriticalFractionData data = whole(collect_waiting(runs.specs, runs.records));
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 5);
  CHECK(sheet.table("a").rows.size() == 55);
  REQUIRE(sheet.table("b").rows.size() == 18);
  CHECK(sheet.table("b").rows[0][3].empty());  // censored: an empty value and the budget
  CHECK(sheet.table("b").rows[0][4] == "10000");
  CHECK(sheet.table("c").rows.size() == 4);  // all steps, also those not shown
  const std::string report = report_of(data);
  CHECK_THAT(report, ContainsSubstring("unique:     RQI > 0.95 reached by 8 of 9"));
  CHECK_THAT(report, ContainsSubstring("not unique: RQI > 0.95 reached by 0 of 9"));
  const Scratch scratch("fig4");
  CHECK(std::filesystem::file_size(written(scratch, sheet)) > 50'000);
}

TEST_CASE("fig4: flow and network start from the same embeddings; the flow keeps Z0", "[figures]") {
  toy::RunSpec spec;
  spec.symbols = 6;
  spec.train = 18;
  spec.seed = 3;
  spec.steps = 400;
  spec.stop = "budget";
  spec.decoder_widths = {16};
  spec = resolve(spec, "test");
  const Trajectories run = collect_trajectories(spec, train_traced(spec, 10));
  REQUIRE(run.steps.size() == 41);
  CHECK(run.steps.back() == 400);
  CHECK((run.flow.row(0) - run.trained.row(0)).norm() < 1e-12);
  REQUIRE((run.flow.row(40) - run.flow.row(0)).norm() > 0.1);  // it moved
  REQUIRE((run.trained.row(40) - run.trained.row(0)).norm() > 1e-3);
  for (Eigen::Index k = 0; k < 41; ++k) {
    CHECK(run.flow.row(k).squaredNorm() == Approx(5).epsilon(1e-12));  // Z0 = p - 1
    CHECK(run.trained.row(k).squaredNorm() == Approx(5).epsilon(1e-12));
    CHECK(std::abs(run.flow.row(k).sum()) < 1e-10);
  }
}

TEST_CASE("fig4 from networks to pictures, on a small study", "[figures][gnuplot]") {
  const Scratch scratch("fig4-all");
  Store store(scratch / "store.db");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  context.report = &report;
  const Figure small = fig4_critical_fraction(
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 8\nseed = 0\nsteps = 60\nstop = "
      "\"rqi\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 8]\nseed = [0, 1, 2]\n"
      "[profiles.trajectory.run]\nsteps = 50\nstop = \"budget\"\n");
  small.draw(small, context);
  CHECK(store.count() == 7);  // and the run of panels c and d
  CHECK_THAT(report.str(), ContainsSubstring("predicted r_c"));
  CHECK(std::filesystem::file_size(scratch / "fig4_critical_fraction.png") > 20'000);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables_in(scratch.folder()));
}
