#include <sstream>

#include "compare/store/artefacts.hpp"
#include "core/errors.hpp"
#include "figures/representation/fig2_embeddings.hpp"
#include "figures/study_runs.hpp"
#include "nets/toy/parameters.hpp"
#include "nets/toy/train.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/figures/representation/fig2_points.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("fig2 from networks to pictures, on a small study", "[figures][gnuplot]") {
  const Scratch scratch("fig2-all");
  Store store(scratch / "store.db");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  context.report = &report;
  const Figure small = fig2_embeddings(fig2_small_study);
  CHECK_FALSE(small.core);
  context.train = false;
  CHECK_THROWS_WITH(small.draw(small, context), ContainsSubstring("12 of 12 missing"));
  CHECK(store.count() == 0);
  context.train = true;
  const auto claims = small.draw(small, context);
  CHECK(claims.size() == 7);
  CHECK(store.count() == 12);
  for (const toy::RunSpec& spec : toy::figure_runs(small, "quick")) {
    toy::Record stored = store.find(toy::run_of(spec))->as<toy::Record>();
    toy::Record again = train_traced(spec, 0).record;
    stored.seconds = again.seconds = 0;
    CHECK(stored == again);
  }
  const auto tables = tables_in(scratch.folder());
  CHECK(tables.size() == 13);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables);
  // What is drawn are the networks of the store: with others there, it is those
  for (const toy::RunSpec& spec : toy::figure_runs(small, "quick")) {
    const Run run = toy::run_of(spec);
    toy::InitialState network = toy::stored_network(store, run);
    CHECK(network.embeddings == train_traced(spec, 0).trained.embeddings);
    network.embeddings *= 3;
    keep_artefact(store, run, {toy::parameters_name, 0, packed_parameters(spec, network)});
  }
  const auto others = drawn_again(small, context, scratch / "store.db");
  for (const char* panel : {"a", "b", "c", "d"}) {
    const std::string name = std::string("fig2_embeddings_") + panel + "_symbols.csv";
    REQUIRE(others.contains(name));
    CHECK(others.at(name) != tables.at(name));
  }
  CHECK_THAT(report.str(), ContainsSubstring("panel (c), poor modular (published settings): 3 "
                                             "networks, 0 diverged and left out; 20 steps"));
  CHECK(std::filesystem::file_size(scratch / "fig2_embeddings.png") > 20'000);
  context.train = false;
  CHECK(small.draw(small, context).size() == 7);
  context.store = nullptr;
  CHECK_THROWS_WITH(small.draw(small, context),
                    ContainsSubstring("fig2_embeddings: store = none, allowed"));
}

TEST_CASE("fig2: the embedded study has the published settings", "[figures]") {
  const Figure* figure = find_figures({"fig2"}).at(0);
  const auto quick = toy::figure_runs(*figure, "quick");
  const auto full = toy::figure_runs(*figure, "full");
  REQUIRE(quick.size() == 40);
  REQUIRE(full.size() == 180);
  std::int64_t steps = 0;
  for (const toy::RunSpec& run : quick) {
    steps += run.steps;
    CHECK((run.symbols == 11 && run.representation_dimension == 2 && run.stop == "budget"));
    CHECK(run.representation_distribution == "normal");
  }
  CHECK(steps < 160'000);
  const toy::RunSpec &a = full[0], &c = full[60], &b = full[120], &d = full[150];
  CHECK((a.train == 46 && a.steps == 401 && a.targets == "one-hot" && a.loss == "mse"));
  CHECK((2 * a.representation_rate == 2e-4 && a.decoder_rate == 1e-3 && a.decoder_decay == 0));
  CHECK((b.train == 62 && b.steps == 20'000 && b.decoder_decay == 5 && b.decoder_rate == 9e-5));
  CHECK((2 * b.representation_rate == 1e-3 && 2 * b.representation_init_scale == 1));
  CHECK((c.train == 53 && c.steps == 20'000 && c.decoder_decay == 10 && c.decoder_rate == 1e-5));
  CHECK((c.representation_rate == 1e-3 && c.loss == "cross-entropy" &&
         c.decoder_activation == "relu"));
  CHECK((d.decoder_rate == 2e-4 && d.decoder_decay == 5 &&
         d.decoder_widths == std::vector<Index>{128}));
  CHECK(c.representation_init_scale == 1);
  for (std::size_t k = 0; k < 4; ++k) {  // the same networks in both profiles, but for (c)'s steps
    CHECK((identity(quick[10 * k]) == identity(full[30 * k])) == (k != 2));
  }
}
