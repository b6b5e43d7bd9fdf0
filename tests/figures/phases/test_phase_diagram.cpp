#include "figures/phases/phase_diagram.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/figures/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("the phase of an outcome is its name, or none", "[figures][phase]") {
  toy::Record record;
  const auto phase_of_record = [](const toy::Record& of) {
    return phase_of_outcome(toy::outcome_of(of));
  };
  CHECK(phase_of_record(record) == Phase::none);
  for (const Phase phase : all_phases) {
    record.phase = phase_name(phase);
    CHECK(phase_of_record(record) == phase);
  }
  CHECK(phase_name(Phase::memorization) == "memorization");
  record.phase = "Grokking";
  CHECK_THROWS_WITH(phase_of_record(record),
                    ContainsSubstring("phase = Grokking, allowed comprehension, grokking"));
}

TEST_CASE("cells are centred on their values and share their borders", "[figures][phase]") {
  const PhaseAxis log = make_phase_axis(decoder_rate_axis(), {1e-2, 1e-4, 1e-3, 1e-4});
  CHECK(log.values == std::vector<double>{1e-4, 1e-3, 1e-2});
  CHECK(log.scale == AxisScale::logarithmic);
  REQUIRE(log.edges.size() == 4);
  CHECK(log.edges[1] == Approx(std::sqrt(1e-4 * 1e-3)));
  CHECK(log.edges[2] == Approx(std::sqrt(1e-3 * 1e-2)));
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(std::sqrt(log.edges[k] * log.edges[k + 1]) == Approx(log.values[k]));
  }
  const PhaseAxis linear =
      make_phase_axis({.key = "decoder_decay", .downward = true}, {0, 4, 2, 6});
  CHECK(linear.scale == AxisScale::linear);
  CHECK(linear.downward);
  CHECK(linear.edges == std::vector<double>{-1, 1, 3, 5, 7});
}

TEST_CASE("values that are not even on the wanted scale get a row each", "[figures][phase]") {
  const std::vector<double> uneven = {0, 1, 2, 3, 5, 10, 20, 30, 50, 100, 200};
  const PhaseAxis rows = make_phase_axis({.key = "decoder_decay"}, uneven);
  CHECK(rows.scale == AxisScale::categorical);
  CHECK(rows.values == uneven);
  CHECK(rows.edges.front() == -0.5);
  CHECK(rows.edges.back() == 10.5);
  for (const std::vector<double>& values :
       {std::vector<double>{0, 1, 10}, {1, 2, 3}, {1, 10, 101}}) {
    const PhaseAxis axis = make_phase_axis(decoder_rate_axis(), values);
    CHECK(axis.scale == AxisScale::categorical);
    CHECK(axis.edges == std::vector<double>{-0.5, 0.5, 1.5, 2.5});
  }
  // The numbers of a logspace are rounded to 12 digits: still even.
  CHECK(make_phase_axis(decoder_rate_axis(), {1e-5, 1.58489319246e-05, 2.51188643151e-05}).scale ==
        AxisScale::logarithmic);
}

TEST_CASE("an axis of one value has one cell around it, of none is an error", "[figures][phase]") {
  CHECK(make_phase_axis({.key = "decoder_decay"}, {3}).edges == std::vector<double>{2.5, 3.5});
  const PhaseAxis log = make_phase_axis(decoder_rate_axis(), {1e-3});
  CHECK(log.edges[1] / log.edges[0] == Approx(10));
  CHECK(std::sqrt(log.edges[0] * log.edges[1]) == Approx(1e-3));
  CHECK_THROWS_WITH(make_phase_axis(decoder_rate_axis(), {}),
                    ContainsSubstring("decoder_rate = no value"));
}

TEST_CASE("any number of a run can be swept", "[figures][phase]") {
  toy::RunSpec spec;
  spec.batch = 15;
  spec.representation_init_scale = 0.3;
  const Run run = toy::run_of(spec);
  CHECK(number_of(run, "batch") == 15);
  CHECK(number_of(run, "representation_init_scale") == 0.3);
  CHECK_THROWS_WITH(number_of(run, "loss"),
                    ContainsSubstring("key = loss, allowed a key of a run"));
  CHECK_THROWS_AS(number_of(run, "rate"), InputError);
}

TEST_CASE("records come to their cells, whatever their order", "[figures][phase]") {
  PhaseRuns runs;
  runs.add(58, {"cgm", "xd-"});
  runs.add(3, {"ggm", "xx "});
  std::swap(runs.specs[0], runs.specs[10]);  // the first seed met is 3 now
  std::swap(runs.records[0], runs.records[10]);
  const PhaseDiagram d = runs.diagram();
  CHECK(d.seeds == std::vector<std::int64_t>{3, 58});
  CHECK(d.budget == 100'000);
  CHECK(d.loss == "mse");
  CHECK(d.x.values.size() == 3);
  CHECK(d.y.values == std::vector<double>{0, 1});
  REQUIRE(d.cells.size() == 6);
  const auto phase_in = [&d](std::size_t ix, std::size_t iy, std::size_t k) {
    return d.cell(ix, iy).runs.at(k).phase;
  };
  CHECK((phase_in(0, 0, 0) == Phase::grokking && phase_in(0, 0, 1) == Phase::comprehension));
  CHECK((phase_in(1, 0, 0) == Phase::grokking && phase_in(1, 0, 1) == Phase::grokking));
  CHECK((d.cell(1, 0).runs[0].seed == 3 && d.cell(1, 0).runs[1].seed == 58));  // 58 came first
  CHECK((phase_in(2, 0, 0) == Phase::memorization && phase_in(2, 0, 1) == Phase::memorization));
  CHECK((phase_in(0, 1, 0) == Phase::confusion && phase_in(0, 1, 1) == Phase::confusion));
  CHECK((phase_in(1, 1, 0) == Phase::confusion && phase_in(1, 1, 1) == Phase::diverged));
  REQUIRE(d.cell(2, 1).runs.size() == 1);  // seed 3 has no run there
  CHECK((d.cell(2, 1).runs[0].seed == 58 && d.cell(2, 1).runs[0].phase == Phase::none));
  CHECK(d.cell(0, 0).runs[0].steps_to_validation == 2400);
  CHECK(d.cell(0, 0).runs[1].steps_to_train == 400);
}

TEST_CASE("one diagram per loss, each with its own axes", "[figures][phase]") {
  PhaseRuns runs;
  runs.add(1, {"cg", "mx"});
  runs.loss = "cross-entropy";
  runs.add(1, {"xxx"});
  const auto diagrams = runs.collect();
  REQUIRE(diagrams.size() == 2);
  CHECK((diagrams[0].loss == "mse" && diagrams[0].cells.size() == 4));
  CHECK((diagrams[1].loss == "cross-entropy" && diagrams[1].cells.size() == 3));
  CHECK(count_phases(diagrams[1], 1)[3] == 3);
}

TEST_CASE("a study that is no phase diagram is refused", "[figures][phase]") {
  PhaseRuns runs;
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("runs = 0"));
  runs.add(1, {"cg"});
  PhaseRuns twice = runs;
  twice.add(1e-4, 0, 1, 'x');
  CHECK_THROWS_WITH(twice.collect(), ContainsSubstring("seed = 1 twice, allowed one run per loss"));
  PhaseRuns budgets = runs;
  budgets.budget = 4000;
  budgets.add(1e-4, 0, 2, 'x');
  CHECK_THROWS_WITH(budgets.collect(), ContainsSubstring("steps = 4000"));
  runs.records.pop_back();
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("outcomes = 1"));
}

TEST_CASE("counts, by cell and by seed", "[figures][phase]") {
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

TEST_CASE("steps of a cell: a median that knows who never came", "[figures][phase]") {
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
