#include "figures/study_runs.hpp"

#include <algorithm>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

constexpr const char* three_runs =
    "keep = [\"parameters\"]\n[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 6\nsteps = 20\n"
    "stop = \"budget\"\ndecoder_widths = [8]\n[profiles.quick.axes]\nseed = [0, 1, 2]\n";

Figure figure_with(std::string_view toml) {
  return {"fig99_test", "Test", false, toml, nullptr, toml};
}

struct Place {
  Scratch scratch{"study-runs"};
  Store store{scratch / "store.db"};
  FigureContext context;
  Place() { context.store = &store; }
};

}  // namespace

TEST_CASE("no figure trains what it lacks where nothing may be trained", "[figures]") {
  const Scratch scratch("untrained");
  { const Store empty(scratch / "store.db"); }
  Store store = Store::open_existing(scratch / "store.db");  // a write is another Error
  FigureContext context;
  context.out = scratch / "drawn";
  context.store = &store;
  context.train = false;
  context.stop = [] { return true; };
  std::filesystem::create_directory(context.out);
  int asked = 0;
  for (const Figure& figure : figures()) {
    if (figure.study.empty()) {
      continue;
    }
    CAPTURE(figure.stem);
    ++asked;
    CHECK_THROWS_AS(figure.draw(figure, context), InputError);
    CHECK_THROWS_WITH(figure.draw(figure, context),
                      ContainsSubstring(" missing in the store, allowed 0 ('groktheory figure " +
                                        short_name(figure) + " --profile quick' trains them)"));
    CHECK(store.count() == 0);
  }
  CHECK(asked >= 18);
  CHECK(std::filesystem::is_empty(context.out));
}

TEST_CASE("a figure's study keeps what its file says, and says what is missing of it",
          "[figures]") {
  Place place;
  const Figure figure = figure_with(three_runs);
  const std::vector<Run> runs = parse_study(three_runs, "test", "quick").runs;
  place.context.train = false;
  CHECK_THROWS_WITH(require_study(figure, place.context),
                    ContainsSubstring("fig99_test: runs = 3 of 3 missing in the store"));
  place.context.train = true;
  CHECK_NOTHROW(require_study(figure, place.context));
  figure_outcomes(figure, place.context, std::span(runs).first(2));
  CHECK_FALSE(has_artefact(place.store, runs[0], "parameters"));
  figure_outcomes(figure, place.context, std::span(runs).first(1), {.keep = {"parameters"}});
  CHECK(has_artefact(place.store, runs[0], "parameters"));
  figure_outcomes(figure, place.context, std::span(runs).last(1));

  place.context.train = false;
  CHECK_THROWS_WITH(run_figure_study(figure, place.context),
                    ContainsSubstring("fig99_test: parameters = 2 of 3 missing in the store, "
                                      "allowed 0 ('groktheory figure fig99 --profile quick'"));
  place.context.train = true;
  const FigureRuns trained = run_figure_study(figure, place.context);
  CHECK(trained.outcomes.size() == 3);
  CHECK(has_artefact(place.store, runs[2], "parameters"));
  place.context.train = false;
  CHECK_NOTHROW(run_figure_study(figure, place.context));
  CHECK_THROWS_WITH(figure_outcomes(figure, place.context, runs, {.curve_stride = 10}),
                    ContainsSubstring("fig99_test: curves = 3 of 3 missing in the store"));
}

TEST_CASE("networks and curves come from the store, as they were trained", "[figures]") {
  Place place;
  const Figure figure = figure_with(three_runs);
  const auto specs = toy::figure_runs(figure, "quick");
  const auto networks = train_networks(figure, place.context, specs);
  REQUIRE(networks.records.size() == 3);
  REQUIRE(networks.embeddings.size() == 3);
  for (std::size_t k = 0; k < specs.size(); ++k) {
    const toy::TracedRun wanted = train_traced(specs[k], 5);
    CHECK(networks.embeddings[k] == wanted.trained.embeddings);
    CHECK(networks.records[k].train_loss == wanted.record.train_loss);
    const auto network = toy::stored_network(place.store, toy::run_of(specs[k]));
    REQUIRE(network.decoder.size() == wanted.trained.decoder.size());
    CHECK(network.decoder[1].weight == wanted.trained.decoder[1].weight);
    CHECK(network.train == wanted.trained.train);
    const toy::TracedRun traced = trace_run(figure, place.context, specs[k], 5);
    REQUIRE(traced.trajectory.size() == 5);
    CHECK(traced.trajectory[3].step == 15);
    CHECK(traced.trajectory[3].embeddings == wanted.trajectory[3].embeddings);
    CHECK(traced.record.rqi == wanted.record.rqi);
  }
  toy::RunSpec other = specs[0];
  other.steps = 21;
  CHECK_THROWS_AS(toy::stored_network(place.store, toy::run_of(other)), Error);
}

TEST_CASE("what a figure keeps of its runs is trained by the cpu engine, whoever is asked",
          "[figures]") {
  Place place;
  place.context.workers.engine = "torch";
  place.context.workers.device = "cuda";
  const auto runs = parse_study(three_runs, "test", "quick").runs;
  const auto outcomes =
      figure_outcomes(figure_with(three_runs), place.context, runs, {.keep = {"parameters"}});
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[0].as<toy::Record>().engine == "cpu");
}

TEST_CASE("studies of figures that draw networks keep them", "[figures]") {
  for (const char* name : {"fig2", "fig12", "fig17"}) {
    const Figure& figure = *find_figures({name}).at(0);
    CHECK(parse_study(figure.study, name, "quick").keep == std::vector<std::string>{"parameters"});
  }
}
