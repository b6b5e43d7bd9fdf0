// Runs that start from artefacts of others, which are trained before them.
#include "compare/store/artefacts.hpp"
#include "compare/study/run_study.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/echo_model.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

StudyTraining quiet() {
  StudyTraining training;
  training.request = cpu_workers(2);
  training.label = "echo";
  return training;
}

void check_heard(const Store& store, const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    const auto end = find_artefact(store, echo::walk_of(run.as<echo::Spec>()), "end");
    REQUIRE(end);
    CHECK(std::to_string(store.find(run)->as<echo::Record>().heard) == end->bytes);
  }
}

}  // namespace

TEST_CASE("what a run needs is trained before it, once, and kept", "[needs]") {
  const Scratch scratch("needs");
  const auto runs = echo::runs(8);
  CHECK(with_needed(runs).size() == 16);
  CHECK(with_needed(runs)[0].model().name() == "walk");
  Store store(scratch / "s.db");
  CHECK(run_missing(runs, store, quiet()).trained == 8);
  CHECK(store.count() == 16);
  check_heard(store, runs);
  CHECK(run_missing(runs, store, quiet()).trained == 0);
}

TEST_CASE("a record without the artefact that is needed is made again for it", "[needs]") {
  const Scratch scratch("needs-again");
  const auto runs = echo::runs(3);
  std::vector<Run> walks;
  for (const Run& run : runs) {
    walks.push_back(echo::walk_of(run.as<echo::Spec>()));
  }
  Store store(scratch / "s.db");
  run_missing(walks, store, quiet());  // keeps nothing
  CHECK_FALSE(has_artefact(store, walks[0], "end"));
  run_missing(runs, store, quiet());
  check_heard(store, runs);
  CHECK(store.count() == 6);
}

TEST_CASE("without a shelf a run says what it lacks", "[needs]") {
  const auto runs = echo::runs(1);
  CHECK_THROWS_WITH(train(runs), "echo: nothing to hear");
}

}  // namespace grok
