#include "compare/phases/phase_shares.hpp"

#include <cmath>

#include "compare/phases/replayed_diagram.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("counts, by cell and by seed", "[phase]") {
  PhaseRuns runs;
  runs.add(7, {"cgmxd-", "cccccc"});
  runs.add(8, {"xgm   "});
  const PhaseDiagram d = runs.diagram();
  CHECK(count_phases(d, 7) == PhaseCounts{7, 1, 1, 1, 1, 1});
  CHECK(count_phases(d, 8) == PhaseCounts{0, 1, 1, 1, 0, 0});
  CHECK(count_phases(d.cell(0, 0)) == PhaseCounts{1, 0, 0, 1, 0, 0});
  CHECK(count_phases(d.cell(1, 0)) == PhaseCounts{0, 2, 0, 0, 0, 0});
  CHECK(total(count_phases(d, 7)) == 12);
  CHECK(common_cells(count_phases(d, 7), {3, 3, 3, 0, 0, 3}) == 3 + 1 + 1 + 0 + 0 + 1);
  CHECK_THROWS_AS(common_cells(count_phases(d, 7), count_phases(d, 8)), InputError);
  CHECK(main_phase(d.cell(0, 0)) == Phase::comprehension);  // a tie: the first of the two
  CHECK(main_phase(d.cell(1, 0)) == Phase::grokking);
  CHECK_FALSE(main_phase(PhaseCell{}));
}

TEST_CASE("steps of a cell: a median that knows who never came", "[phase]") {
  PhaseRuns runs;
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    runs.add(1e-3, 0, seed, "ccgmd"[seed]);
  }
  const PhaseDiagram d = runs.diagram();
  const KaplanMeier steps = *steps_to_generalise(d.cell(0, 0), d.budget);
  CHECK(steps.count == 5);
  CHECK(steps.censored == 2);
  CHECK(steps.times == std::vector<double>{900, 2400});
  // The diverged run ended at step 50 but is at risk to the end: it never comes.
  CHECK(steps.surviving[0] == Approx(3.0 / 5));
  CHECK(steps.surviving[1] == Approx(2.0 / 5));
  CHECK(steps.median == 2400);
  CHECK_FALSE(steps_to_generalise(PhaseCell{}, 10));
}
TEST_CASE("halves of an axis leave out the middle of an odd number", "[phase]") {
  const PhaseDiagram d = diagram_of({{"cgmx", "cgmx", "cgmx"}});
  const auto cells_in = [&d](const CellTest& test) {
    std::vector<std::size_t> found;
    for (std::size_t k = 0; k < 12; ++k) {
      if (test(d, k % 4, k / 4)) {
        found.push_back(k);
      }
    }
    return found;
  };
  using Cells = std::vector<std::size_t>;
  CHECK(cells_in(in_halves(Half::low, Half::low)) == Cells{0, 1});
  CHECK(cells_in(in_halves(Half::high, Half::high)) == Cells{10, 11});
  CHECK(cells_in(in_halves(Half::any, Half::high)) == Cells{8, 9, 10, 11});
  CHECK(cells_in(outside(in_halves(Half::high, Half::any))) == Cells{0, 1, 4, 5, 8, 9});
  CHECK(cells_in(in_halves(Half::any, Half::any)).size() == 12);
}

TEST_CASE("a difference of shares between two regions", "[phase]") {
  // Right half all memorization but one of 12, left half one of 12.
  const PhaseDiagram d = diagram_of({{"cgmm", "xxmm"}, {"ccmm", "xxmm"}, {"cmmm", "xxmc"}});
  const CellTest left = in_halves(Half::low, Half::any), right = in_halves(Half::high, Half::any);
  const ShareDifference found = share_difference(d, {Phase::memorization, right, left, "", ""});
  CHECK(found.inside == Approx(11.0 / 12));
  CHECK(found.against == Approx(1.0 / 12));
  CHECK(found.difference.estimate.value == Approx(11.0 / 12 - 1.0 / 12));
  CHECK(found.difference.count == 24);
  CHECK(found.difference.groups == 3);
  CHECK(found.difference.estimate.low == Approx(2.0 / 4));  // seed 2 alone: 3/4 - 1/4
  CHECK(found.difference.estimate.high == Approx(1));
}

TEST_CASE("cells with the same phase in two seeds", "[phase]") {
  const auto equal = equal_cells_between_seeds(diagram_of({{"cgmx"}, {"cgmm"}, {"xxxx"}}));
  REQUIRE(equal);
  CHECK(equal->estimate.value == Approx((3.0 / 4 + 1.0 / 4 + 0) / 3));
  CHECK(equal->groups == 3);
  CHECK(equal->estimate.low == Approx(0));      // seeds 1 and 2 alone
  CHECK(equal->estimate.high == Approx(0.75));  // seeds 0 and 1 alone; never 1, one with itself
  CHECK_FALSE(equal_cells_between_seeds(diagram_of({{"cgmx"}})));
  // A cell counts where both seeds have a run.
  CHECK(equal_cells_between_seeds(diagram_of({{"cgmx"}, {"c  m"}}))->estimate.value == Approx(0.5));
}

TEST_CASE("how many columns generalise between memorization and confusion", "[phase]") {
  const std::vector<std::string> first = {"mmmcx-m",  //
                                          "cgxmmmd",  //
                                          "xxcxgxx"},
                                 second = {"mmmmmmm",  //
                                           "ddddddd",  //
                                           "x xxxxx"};
  // Columns of the first: mcx and mgx around; mxc direct; cmx, xmg, -mx (direct), mdx direct.
  const Between one = between_memorization_and_confusion(diagram_of({first}));
  CHECK((one.columns == 6 && one.with_generalisation == 2));
  const Between two = between_memorization_and_confusion(diagram_of({first, second}));
  CHECK((two.columns == 12 && two.with_generalisation == 2));
  CHECK(two.share->estimate.value == Approx(2.0 / 12));
  CHECK(two.share->groups == 2);
  CHECK_FALSE(between_memorization_and_confusion(diagram_of({{"xxx", "ccc", "mmm"}})).share);
}

TEST_CASE("the share of runs in the phase of the first row", "[phase]") {
  const std::vector<std::string> same = {"cgmx", "cgmx", "cgmx"}, other = {"cgmx", "xmgc", "xxxx"};
  const BootstrapInterval share = same_phase_as_first_row(diagram_of({same, same, other}));
  CHECK(share.estimate.value == Approx((8 + 8 + 1) / 24.0));
  CHECK(share.count == 24);
  CHECK(share.groups == 3);
  CHECK(std::isnan(same_phase_as_first_row(diagram_of({{"cgmx"}})).estimate.value));
}

TEST_CASE("totals of the phases of Table 1, and of others where they occur", "[phase]") {
  const auto plain = phase_totals(diagram_of({{"cgm"}}));
  REQUIRE(plain.size() == 4);
  CHECK((plain[3].phase == "confusion" && plain[3].most == 0));
  CHECK(std::isnan(plain[0].share.low));  // one seed
  const auto totals = phase_totals(diagram_of({{"cgm", "mxd"}, {"cgg", "xxx"}}));
  REQUIRE(totals.size() == 5);
  CHECK((totals[2].first == 2 && totals[2].fewest == 0 && totals[2].most == 2));
  CHECK(totals[2].share.value == Approx(2.0 / 12));
  CHECK((totals[4].phase == "diverged" && totals[4].first == 1 && totals[4].fewest == 0));
}

TEST_CASE("how like ours another diagram is by its counts", "[phase]") {
  const std::vector<std::string> one = {"mmm", "xgc"}, wide = {"mmm", "xxx"};
  CHECK(is_complete(diagram_of({one, wide})));
  CHECK_FALSE(is_complete(diagram_of({{"mmm"}, {"mm "}})));
  CHECK(std::isnan(overlap_difference(diagram_of(std::vector(4, one)), {1, 1, 3, 1, 0, 0}).value));
  // Five alike and the same again: nothing to tell them apart; the other way: one cell of six.
  const PhaseDiagram alike = diagram_of(std::vector(5, one));
  const Estimate same = overlap_difference(alike, {1, 1, 3, 1, 0, 0});
  CHECK((same.value == Approx(0).margin(1e-12) && same.high - same.low < 1e-12));
  CHECK(overlap_difference(alike, {0, 1, 4, 1, 0, 0}).value == Approx(-1.0 / 6));
  // Of five with one odd one: the others overlap by 1, 1, 1, 4/6, the odd one by 4/6 with all.
  const Estimate odd =
      overlap_difference(diagram_of({one, one, one, one, wide}), {1, 1, 3, 1, 0, 0});
  const double others = (3 + 4.0 / 6) / 4, mean = (4 * others + 4.0 / 6) / 5;
  CHECK(odd.value == Approx((4 + 4.0 / 6) / 5 - mean));
  const double squares = 4 * std::pow(others - mean, 2) + std::pow(4.0 / 6 - mean, 2);
  CHECK(odd.high - odd.value == Approx(2.776445 * std::sqrt(squares / 4 * 1.2) * 4 / 3));
  CHECK_THROWS_AS(overlap_difference(alike, {1, 1, 1, 1, 0, 0}), InputError);
}

TEST_CASE("replayed refinement: sums over the seeds, intervals over them", "[phase]") {
  // An upright border in the middle of 9 x 9, and the same with rows of one phase below.
  std::vector<std::string> upright(9, "mmmmccccc"), plain = upright;
  std::fill(plain.begin(), plain.begin() + 4, "xxxxxxxxx");
  const ReplayedDiagram one = replay_diagram(diagram_of({upright}), 4);
  CHECK(one.trained.of == 81);
  CHECK(one.borders_exact.of == 9);
  CHECK((one.borders_exact.share.value == 1 && std::isnan(one.borders_exact.share.low)));
  CHECK((one.rows == 9 && one.plain_rows == 0 && one.beside_borders == 18));
  const ReplayedDiagram two = replay_diagram(diagram_of({upright, plain}), 4);
  CHECK(two.trained.of == 162);
  CHECK((two.rows == 18 && two.plain_rows == 4));
  CHECK(two.trained.share.low < two.trained.share.value);
  CHECK(replay_diagram(diagram_of({{"mm", "mm"}}), 4).borders_exact.of == 0);
  CHECK(std::isnan(replay_diagram(diagram_of({{"mm", "mm"}}), 4).borders_exact.share.value));
  CHECK_THROWS_AS(replay_diagram(diagram_of({{"mm", "m "}}), 4), InputError);
}
