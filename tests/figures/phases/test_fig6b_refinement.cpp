#include "figures/phases/fig6b_regression.hpp"

#include <cmath>

#include "tests/compare/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("fig6b: rows of one phase are named, and what the others cost", "[figures][phase]") {
  // 41 x 41 cells; the lower 20 rows are plain, the upper 21 have one upright border.
  PhaseRuns runs;
  for (int y = 0; y < 41; ++y) {
    for (int x = 0; x < 41; ++x) {
      runs.add(1e-4 * std::pow(1.1, x), y, 58, y >= 21 ? 'x' : x < 20 ? 'm' : 'c');
    }
  }
  const PhaseDiagram one = runs.diagram();
  const Claim open = refinement_claim(one, replay_diagram(one, 4));
  CHECK(open.verdict == Verdict::open);
  CHECK_THAT(open.remark, ContainsSubstring("one seed: no interval"));
  CHECK(open.source.ours);
  CHECK_THAT(open.remark, ContainsSubstring("20 of the 41 rows are of one phase throughout, which "
                                            "costs little; in the others "));
  CHECK_THAT(open.remark, ContainsSubstring(" of 861 runs"));
  CHECK_THAT(open.ours, ContainsSubstring(" of 1681, "));
  CHECK_THAT(open.ours,
             ContainsSubstring("borders within one cell: 62 of 62, 1.00; exactly: 62 of"));
  CHECK(open.criterion == "runs below 0.2, borders within one cell above 0.9");
  CHECK_THAT(open.ours, ContainsSubstring("phases right: 1681 of"));
}

TEST_CASE("fig6b: the goal needs few runs and the borders, over seeds", "[figures][phase]") {
  const PhaseDiagram one = diagram_of({{"c"}});
  const auto verdict = [&](const Estimate& trained, const Estimate& borders) {
    ReplayedDiagram replayed;
    replayed.trained = {1, 10, trained};
    replayed.borders_within_one = {1, 10, borders};
    return refinement_claim(one, replayed).verdict;
  };
  const Estimate little{0.1, 0.09, 0.11}, much{0.3, 0.25, 0.35}, all{1, 0.95, 1},
      some{0.91, 0.85, 0.95}, few{0.7, 0.6, 0.8}, none{NAN, NAN, NAN};
  CHECK(verdict(little, all) == Verdict::agrees);
  CHECK(verdict(much, all) == Verdict::differs);
  CHECK(verdict(little, some) == Verdict::open);
  CHECK(verdict(little, few) == Verdict::differs);
  CHECK(verdict(little, none) == Verdict::open);
}
