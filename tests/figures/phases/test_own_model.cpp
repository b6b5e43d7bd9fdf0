// Phase diagrams of a kind of network of the tests' own, from its study file to the picture's data.
#include "compare/study/run_study.hpp"
#include "compare/study/study.hpp"
#include "figures/phases/phase_figure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/walk_model.hpp"

namespace grok {

TEST_CASE("a model of one's own has phase diagrams", "[figures][model]") {
  const Scratch scratch("own-phases");
  const Study study = parse_study(
      "model = \"walk\"\n[run]\nsteps = 400\n[axes]\nbias = [0.0, 0.1, 0.3]\ntarget = [5, 20, 80]\n"
      "seed = [1, 2, 3, 4]\n",
      "walk.toml", "", ".", max_study_runs, walk::all_models());
  Store store(scratch / "walk.db");
  const auto outcomes =
      run_missing(study.runs, store, {.request = cpu_workers(2), .label = "walk"}).outcomes;
  const auto diagrams = collect_phase_diagrams(study.runs, outcomes, "bias", "target");
  REQUIRE(diagrams.size() == 1);
  CHECK(diagrams[0].seeds == std::vector<std::int64_t>{1, 2, 3, 4});
  CHECK(diagrams[0].budget == 400);
  std::int64_t runs = 0, grokking = 0;
  for (const PhaseCell& cell : diagrams[0].cells) {
    runs += total(count_phases(cell));
    grokking += count_phases(cell)[static_cast<std::size_t>(Phase::grokking)];
  }
  CHECK(runs == 36);
  CHECK(grokking > 0);
  CHECK(grokking < 36);
  CHECK(phase_run_table(diagrams).rows.size() == 36);
  CHECK(sheet_of({{{"bias", {}}, {"target", {}}, {}}, diagrams}).rows().at(0).size() == 2);
}

}  // namespace grok
