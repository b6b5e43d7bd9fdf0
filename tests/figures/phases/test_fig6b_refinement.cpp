#include "figures/phases/fig6b_regression.hpp"

#include <cmath>

#include "tests/compare/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("fig6b: the goal needs few runs and the borders", "[figures][phase]") {
  const Estimate all{1, 0.95, 1}, some{0.91, 0.85, 0.95}, few{0.7, 0.6, 0.8};
  CHECK(refinement_verdict(0.2, all) == Verdict::agrees);
  CHECK(refinement_verdict(0.21, all) == Verdict::differs);
  CHECK(refinement_verdict(0.1, some) == Verdict::partly);  // 0.9 is in the interval
  CHECK(refinement_verdict(0.1, few) == Verdict::differs);
  CHECK(refinement_verdict(0.3, few) == Verdict::differs);
  CHECK(refinement_verdict(0.1, std::nullopt) == Verdict::open);
}

TEST_CASE("fig6b: rows of one phase are named, and what the others cost", "[figures][phase]") {
  // 41 x 41 cells; the lower 20 rows are plain, the upper 21 have one upright border.
  PhaseRuns runs;
  for (int y = 0; y < 41; ++y) {
    for (int x = 0; x < 41; ++x) {
      runs.add(1e-4 * std::pow(1.1, x), y, 58, y >= 21 ? 'x' : x < 20 ? 'm' : 'c');
    }
  }
  PhaseDiagram diagram = runs.diagram();
  const Claim claim = refinement_claim(diagram);
  CHECK_THAT(claim.remark, ContainsSubstring("20 of the 41 rows are of one phase throughout, which "
                                             "costs little; in the others "));
  CHECK_THAT(claim.remark, ContainsSubstring(" of 861 runs, "));
  CHECK_THAT(claim.ours, ContainsSubstring(" of 1681 runs, "));
  CHECK_THAT(claim.ours, ContainsSubstring("borders within one cell: 62 of 62, 1.0 [0.94, 1.0]; "
                                           "exactly: 62 of 62"));
  CHECK(claim.published == "at most 0.2 of the runs, over 0.9 of the borders within one cell");
  CHECK(claim.verdict == Verdict::agrees);
  CHECK_THAT(refinement_report(diagram),
             ContainsSubstring("borders of the full grid found: exactly "
                               "62 of 62"));
  diagram.differences = {"decoder_widths = [64, 64] instead of [200, 200]"};
  const Claim other = refinement_claim(diagram);
  CHECK(other.verdict == Verdict::partly);
  CHECK_THAT(other.remark, ContainsSubstring("[64, 64] instead of [200, 200]"));
}
