#include "figures/representation/representation.hpp"

#include "tests/compare/toy/waiting_examples.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;
using toy::waiting_example;
using Runs = toy::WaitingExample;

namespace {

CriticalFractionData whole(const toy::WaitingRuns& waiting) {
  CriticalFractionData data;
  data.waiting = waiting;
  data.theory = summarise_threshold(count_unique(Task::addition(10), 500, 1, 1));
  toy::Trajectories& run = data.trajectories;
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

TEST_CASE("fig4: no critical fraction where all or none reach it, and the claim says so",
          "[figures][gnuplot]") {
  Runs none;
  none.add(11, std::nullopt, false);
  none.add(22, std::nullopt, true);
  const CriticalFractionData all = whole(none.collect());
  CHECK(claims_of(all).at(3).ours == all.waiting.critical.none);
  CHECK_THAT(all.waiting.critical.none, ContainsSubstring("not reached"));
  const Scratch scratch("fig4-none");
  CHECK(std::filesystem::exists(written(scratch, sheet_of(all))));
}

TEST_CASE("fig4: what diverged and what is resampled is reported; one seed is drawn",
          "[figures][gnuplot]") {
  Runs runs = waiting_example();
  runs.records[2].state = "diverged";
  runs.records[2].steps_to_rqi.reset();
  CHECK_THAT(sheet_of(whole(runs.collect())).report(),
             ContainsSubstring("18 networks, 1 diverged"));
  runs = waiting_example();
  for (std::size_t k = 0; k < runs.specs.size(); ++k) {
    runs.specs[k].seed = static_cast<std::int64_t>(k / 3);  // a seed with each size
  }
  CHECK_THAT(claims_of(whole(runs.collect())).at(3).ours, ContainsSubstring("18 runs in 6 seeds"));
  for (toy::RunSpec& spec : runs.specs) {  // r_c without an interval
    spec.seed = 3;
  }
  const Scratch scratch("fig4-one-seed");
  CHECK(std::filesystem::exists(written(scratch, sheet_of(whole(runs.collect())))));
}

TEST_CASE("fig4: what is drawn", "[figures][gnuplot]") {
  const Runs runs = waiting_example();
  const CriticalFractionData data = whole(runs.collect());
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 5);
  CHECK(sheet.table("a").rows.size() == 55);
  REQUIRE(sheet.table("b").rows.size() == 18);
  CHECK(sheet.table("b").rows[0][3].empty());  // censored: an empty value and the budget
  CHECK(sheet.table("b").rows[0][4] == "10000");
  CHECK(sheet.table("b_median").rows[0].back() == "10000");
  CHECK(sheet.table("c").rows.size() == 4);  // all steps, also those not shown
  CHECK_THAT(sheet.report(), ContainsSubstring("structure unique: RQI > 0.95 reached by 8 of 9, "));
  CHECK_THAT(claims_of(data).at(4).ours, ContainsSubstring("0 of 9"));
  const Scratch scratch("fig4");
  CHECK(std::filesystem::file_size(written(scratch, sheet)) > 50'000);
}

TEST_CASE("fig4 from networks to pictures, on a small study", "[figures][gnuplot]") {
  DrawingPlace place("fig4-all");
  auto& [scratch, store, report, context] = place;
  const Figure small = with_toml(
      "fig4",
      "[figure]\ndraws = 100\nseed = 1\ntrajectory_stride = 10\n"
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 8\nseed = 0\nsteps = 60\nstop = "
      "\"rqi\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 8]\nseed = [0, 1, 2]\n"
      "[profiles.trajectory.run]\nsteps = 50\nstop = \"budget\"\n");
  small.draw(small, context);
  CHECK(store.count() == 7);  // and the run of panels c and d
  CHECK_THAT(report.str(), ContainsSubstring("6 networks, 0 diverged"));
  CHECK(std::filesystem::file_size(scratch / "fig4_critical_fraction.png") > 20'000);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables_in(scratch.folder()));
  const auto refused = [&context = context](const std::string& settings) {
    const std::string toml = settings + "[run]\ntask = \"addition\"\n";
    const Figure other = with_toml("fig4", toml);
    other.draw(other, context);
  };
  CHECK_THROWS_WITH(refused("[figure]\ndraws = 0\n"),
                    "fig4_critical_fraction.toml:2: draws = 0, allowed a whole number in [1, "
                    "1000000]");
  CHECK_THROWS_WITH(refused("[figure]\ndraws = 9\nseed = 1\n"),
                    ContainsSubstring("trajectory_stride = nothing"));
  CHECK_THROWS_WITH(refused("[figure]\ndraws = 9\nseed = 1\ntrajectory_stride = 5\nseeds = 1\n"),
                    ContainsSubstring("fig4_critical_fraction.toml:5: key = 'seeds', allowed"));
  CHECK_THROWS_WITH(refused(""), ContainsSubstring("figure = nothing, allowed a table [figure]"));
}
