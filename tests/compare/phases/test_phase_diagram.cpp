#include "compare/phases/phase_diagram.hpp"

#include "core/errors.hpp"
#include "tests/compare/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("the phase of an outcome is its name, or none", "[phase]") {
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

TEST_CASE("any number of a run can be swept", "[phase]") {
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

TEST_CASE("records come to their cells, whatever their order", "[phase]") {
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

TEST_CASE("one diagram per loss, each with its own axes", "[phase]") {
  PhaseRuns runs;
  runs.add(1, {"cg", "mx"});
  runs.loss = "cross-entropy";
  runs.add(1, {"xxx"});
  const auto diagrams = runs.collect();
  REQUIRE(diagrams.size() == 2);
  CHECK((diagrams[0].loss == "mse" && diagrams[0].cells.size() == 4));
  CHECK((diagrams[1].loss == "cross-entropy" && diagrams[1].cells.size() == 3));
  CHECK(diagrams[1].cell(2, 0).runs.at(0).phase == Phase::confusion);
}

TEST_CASE("a study that is no phase diagram is refused", "[phase]") {
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

TEST_CASE("another setting is named key by key", "[phase]") {
  PhaseRuns runs, published;
  published.add(58, {"cgmx", "cgmx", "cgmx"});
  runs.add(58, {"cgm", "mmm"});
  runs.add(3, {"cgm", "mmm"});
  const auto differences = [&](const std::string& loss) {
    return differing_keys(runs.runs(), published.runs(), loss, "decoder_rate", "decoder_decay");
  };
  using Texts = std::vector<std::string>;
  CHECK(differences("mse") ==
        Texts{"decoder_rate: 3 values, 0.0001 to 0.0004, instead of 4 values, 0.0001 to 0.0008",
              "decoder_decay: 2 values, 0 to 1, instead of 3 values, 0 to 2"});
  CHECK(differences("cross-entropy").empty());  // nothing to compare
  for (toy::RunSpec& spec : runs.specs) {
    spec.decoder_widths = {64, 64};
    spec.steps = 4000;              // the budget is said elsewhere
    spec.representation_l1 = 1e-3;  // not in the text of the published run
  }
  CHECK(differences("mse").size() == 4);
  for (toy::RunSpec& spec : runs.specs) {
    spec.label_scale = 2;  // a text as long as the published one
  }
  CHECK(differences("mse").size() == 5);
  CHECK(differences("mse")[0] == "decoder_widths = [64, 64] instead of [200, 200]");
  CHECK(differences("mse")[1] == "label_scale = 2 instead of 1");
  CHECK(differences("mse")[2] == "representation_l1 = 0.001 instead of none");
  runs.specs = published.specs;
  CHECK(differences("mse").empty());
}
