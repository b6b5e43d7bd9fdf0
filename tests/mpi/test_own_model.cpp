// A kind of network of the tests' own on two ranks: nobody on the way looks into what it sends.
#include <thread>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "compare/study/run_study.hpp"
#include "mpi/follow.hpp"
#include "mpi/lead.hpp"
#include "tests/mpi/thread_ranks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/echo_model.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

std::vector<Run> walks(std::int64_t count) {
  std::vector<Run> runs;
  for (std::int64_t seed = 0; seed < count; ++seed) {
    const Run run = walk::model().with(walk::model().usual(), "seed", seed);
    runs.push_back(resolved(walk::model().with(run, "steps", 300 + seed), "test"));
  }
  return runs;
}

}  // namespace

TEST_CASE("a model of one's own on two ranks: records, curves and artefacts of one process",
          "[model]") {
  const Scratch scratch("own-ranks");
  const auto runs = walks(40);
  Store one(scratch / "1.db"), two(scratch / "2.db");
  StudyTraining training{.request = cpu_workers(1), .label = "walk"};
  training.curve_stride = 25;
  training.keep = {"end"};
  const auto expected = run_missing(runs, one, training).outcomes;
  ThreadNetwork network(2);
  std::jthread follower([&] {
    const auto ranks = network.rank(1);
    follow(*ranks, runs, 1);
  });
  {
    const auto ranks = network.rank(0);
    Lead lead(*ranks, runs, 1);
    lead.gather({});
    StudyTraining leading = training;
    leading.trainer = [&](std::span<const Run> some, const TrainOptions& how) {
      lead.train(some, how);
    };
    leading.making = [&](const Making& own) { return lead.making(own); };
    const auto outcomes = run_missing(runs, two, leading).outcomes;
    for (std::size_t k = 0; k < runs.size(); ++k) {
      CHECK(different_results(outcomes[k], expected[k]).empty());
      CHECK(find_curve(two, runs[k], 25) == find_curve(one, runs[k], 25));
      CHECK(find_artefact(two, runs[k], "end") == find_artefact(one, runs[k], "end"));
    }
    end_ranks(*ranks, 0);
  }
}

TEST_CASE("what runs need comes to the rank that trains them", "[model]") {
  const Scratch scratch("own-needs");
  const auto runs = echo::runs(20), all = with_needed(runs);
  Store store(scratch / "s.db");
  ThreadNetwork network(2);
  std::jthread follower([&] {
    const auto ranks = network.rank(1);
    follow(*ranks, all, 1);
  });
  const auto ranks = network.rank(0);
  {
    Lead lead(*ranks, all, 1);
    lead.gather({});
    StudyTraining leading{.request = cpu_workers(1), .label = "echo"};
    leading.trainer = [&](std::span<const Run> some, const TrainOptions& how) {
      lead.train(some, how);
    };
    leading.making = [&](const Making& own) { return lead.making(own); };
    run_missing(runs, store, leading);
  }
  end_ranks(*ranks, 0);
  CHECK(store.count() == 40);
  for (const Run& run : runs) {
    const auto end = find_artefact(store, echo::walk_of(run.as<echo::Spec>()), "end");
    REQUIRE(end);
    CHECK(std::to_string(store.find(run)->as<echo::Record>().heard) == end->bytes);
  }
}

}  // namespace grok
