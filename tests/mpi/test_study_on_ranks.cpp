// Whole studies on ranks that are threads: rank 0 with a store, as `groktheory study run` does it.
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "compare/store/store_worker.hpp"
#include "compare/study/run_study.hpp"
#include "core/errors.hpp"
#include "mpi/follow.hpp"
#include "mpi/lead.hpp"
#include "nets/toy/model.hpp"
#include "tests/mpi/thread_ranks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

// Uneven: the longest takes fifty times the shortest.
std::vector<Run> small_runs(std::int64_t count, std::int64_t steps = 40) {
  std::vector<Run> runs;
  for (std::int64_t seed = 0; seed < count; ++seed) {
    toy::RunSpec spec;
    spec.symbols = 5;
    spec.train = 10;
    spec.seed = seed;
    spec.decoder_widths = {16};
    spec.output_dimension = 4;
    spec.steps = seed % 7 == 0 ? 50 * steps : steps;
    spec.stop = "budget";
    runs.push_back(toy::run_of(spec));
  }
  return runs;
}

std::vector<toy::Record> without_times(const StudyOutcome& outcome) {
  std::vector<toy::Record> records = toy::records_of(outcome.outcomes);
  for (toy::Record& record : records) {
    record.seconds = 0;
  }
  return records;
}

/// Ranks 1 .. size-1 as threads, that end with the test.
class Followers {
 public:
  Followers(ThreadNetwork& network, int size, std::span<const Run> runs, int threads = 1)
      : stops(static_cast<std::size_t>(size)) {
    for (int number = 1; number < size; ++number) {
      threads_.emplace_back([this, &network, runs, threads, number] {
        const auto ranks = network.rank(number);
        auto& asked = stops[static_cast<std::size_t>(number)];
        const int status = follow(
            *ranks, runs, threads, [&asked] { return asked.load(); }, {},
            std::chrono::milliseconds(50));
        ended += status;
      });
    }
  }
  std::vector<std::atomic<bool>> stops;
  std::atomic<int> ended = 0;  // sum of statuses

 private:
  std::vector<std::jthread> threads_;
};

constexpr std::chrono::seconds silence{2};  // forty signs of life

struct Study {
  StudyOutcome outcome;
  std::vector<std::string> lines;
};

// As rank 0 of `size`; `during` is called as each record is kept.
Study lead_study(ThreadNetwork& network, std::span<const Run> runs, Store& store,
                 StudyTraining training = {.request = cpu_workers(1), .label = "test"}) {
  const auto ranks = network.rank(0);
  struct AtLast {
    Ranks& all;
    ~AtLast() { end_ranks(all, 5); }
  } const at_last{*ranks};
  Lead lead(*ranks, runs, training.request.threads, silence);
  Study study;
  study.lines = lead.gather(training.stop);
  training.trainer = [&](std::span<const Run> specs, const TrainOptions& how) {
    lead.train(specs, how);
  };
  if (!training.making) {
    training.making = [&](const Making& own) { return lead.making(own); };
  }
  study.outcome = run_missing(runs, store, training);
  return study;
}

TEST_CASE("records of several ranks are those of one process") {
  const Scratch scratch("ranks-equal");
  const auto runs = small_runs(30);
  Store one(scratch / "1.db"), many(scratch / "4.db");
  const auto expected =
      without_times(run_missing(runs, one, {.request = cpu_workers(2), .label = "test"}));
  ThreadNetwork network(4);
  Study study;
  {
    Followers followers(network, 4, runs, 2);
    study = lead_study(network, runs, many);
  }
  CHECK(without_times(study.outcome) == expected);
  CHECK(study.outcome.trained == 30);
  CHECK(study.lines.front() == "4 ranks on 1 machine, 7 threads");
  Followers again(network, 4, runs);  // nothing is missing: nobody is asked
  CHECK(lead_study(network, runs, many).outcome.trained == 0);
}

TEST_CASE("every rank takes part, and its records say so") {
  const Scratch scratch("ranks-making");
  const auto runs = small_runs(40, 400);
  Store store(scratch / "s.db");
  ThreadNetwork network(3);
  {
    Followers followers(network, 3, runs, 2);  // two threads there, one at rank 0
    lead_study(network, runs, store);
  }
  const CsvTable table = store.table(toy::model(), runs);
  const auto column =
      static_cast<std::size_t>(std::ranges::find(table.columns, "threads") - table.columns.begin());
  std::map<std::string, int> by_threads;
  for (const auto& row : table.rows) {
    ++by_threads[row[column]];
  }
  CHECK(by_threads["1"] > 0);
  CHECK(by_threads["2"] > 0);
  CHECK(by_threads["1"] + by_threads["2"] == 40);
}

TEST_CASE("a record of another process names its processor and build") {
  const Scratch scratch("ranks-provenance");
  const auto runs = small_runs(2);
  Store store(scratch / "s.db");
  StudyTraining training{.request = cpu_workers(1), .label = "test"};
  training.making = [](const Making& own) {
    Making making = own;
    making.processor = "another";
    making.engine_build = "x86-64-v9";
    return making;
  };
  run_missing(runs, store, training);
  const CsvTable table = store.table(toy::model(), runs);
  for (const auto& row : table.rows) {
    CHECK(std::ranges::count(row, "another") == 1);
    CHECK(std::ranges::count(row, "x86-64-v9") == 1);
  }
}

TEST_CASE("curves come with their records") {
  const Scratch scratch("ranks-curves");
  const auto runs = small_runs(9);
  Store one(scratch / "1.db"), many(scratch / "3.db");
  run_missing(runs, one, {.request = cpu_workers(1), .label = "test", .curve_stride = 10});
  ThreadNetwork network(3);
  Followers followers(network, 3, runs);
  lead_study(network, runs, many, {.request = cpu_workers(1), .label = "test", .curve_stride = 10});
  for (const Run& run : runs) {
    const auto expected = find_curve(one, run, 10);
    const auto found = find_curve(many, run, 10);
    REQUIRE(expected.has_value());
    REQUIRE(found.has_value());
    CHECK(*found == *expected);
  }
}

TEST_CASE("artefacts come with their records, and checkpoints before them") {
  const Scratch scratch("ranks-artefacts");
  const auto runs = small_runs(9, 4);
  Store one(scratch / "1.db"), many(scratch / "3.db");
  StudyTraining training{.request = cpu_workers(1), .label = "test"};
  training.keep = {toy::parameters_name};
  run_missing(runs, one, training);
  training.checkpoint_seconds = 1e-9;  // at every step
  int preceded = 0;                    // records, by a checkpoint of some run
  training.making = [&](const Making& own) {
    preceded += std::ranges::any_of(
        runs, [&](const Run& run) { return has_artefact(many, run, checkpoint_name); });
    return own;
  };
  ThreadNetwork network(3);
  Followers followers(network, 3, runs);
  lead_study(network, runs, many, training);
  CHECK(preceded == 9);
  for (const Run& run : runs) {
    const auto expected = find_artefact(one, run, toy::parameters_name);
    REQUIRE(expected);
    CHECK(find_artefact(many, run, toy::parameters_name) == expected);
    CHECK(artefacts_of(many, run.name()).size() == 1);  // no checkpoint is left
  }
}

TEST_CASE("runs of a rank that is lost, or leaves, go to the others") {
  const bool dies = GENERATE(true, false);
  const Scratch scratch(dies ? "ranks-lost" : "ranks-left");
  const auto runs = small_runs(40, 400);
  Store one(scratch / "1.db"), many(scratch / "3.db");
  const auto expected =
      without_times(run_missing(runs, one, {.request = cpu_workers(1), .label = "test"}));
  ThreadNetwork network(3);
  Followers followers(network, 3, runs, 2);
  int kept = 0;
  StudyTraining training{.request = cpu_workers(1), .label = "test"};
  training.making = [&](const Making& own) {
    if (++kept == 5) {
      if (dies) {
        network.lose(1);
      } else {
        followers.stops[1] = true;
      }
    }
    return own;
  };
  const Study study = lead_study(network, runs, many, training);
  CHECK(without_times(study.outcome) == expected);
  CHECK(kept == 40);
  CHECK(network.given_up(1) == dies);
}

TEST_CASE("rank 0 goes on alone when all others are lost") {
  const Scratch scratch("ranks-alone");
  const auto runs = small_runs(12);
  Store store(scratch / "s.db");
  ThreadNetwork network(3);
  Followers followers(network, 3, runs);
  StudyTraining training{.request = cpu_workers(1), .label = "test"};
  int kept = 0;
  training.making = [&](const Making& own) {
    if (++kept == 1) {
      network.lose(1);
      network.lose(2);
    }
    return own;
  };
  CHECK(lead_study(network, runs, store, training).outcome.trained == 12);
}

// A rank whose runs all fail.
int fail_all(Ranks& ranks, std::span<const Run> runs) {
  const auto tell = [&](const Message& message) { ranks.send(0, encoded({&message, 1})); };
  tell(hello_of(runs, 1));
  std::int64_t orders = 0;
  for (Patience patience;; patience.rest()) {
    while (const auto packet = ranks.receive()) {
      for (const Message& message : decoded(packet->data)) {
        if (const auto* order = std::get_if<Order>(&message)) {
          for (const RunTask& task : order->tasks) {
            tell(Failure{task.place, "no luck"});
          }
          tell(Want{++orders, 1});
        } else if (std::holds_alternative<End>(message)) {
          return 0;
        }
      }
    }
  }
}

TEST_CASE("a failure is told with its reason, and the other runs are trained") {
  const Scratch scratch("ranks-failure");
  const auto runs = small_runs(12, 400);
  Store store(scratch / "s.db");
  ThreadNetwork network(2);
  std::jthread other([&] { fail_all(*network.rank(1), runs); });
  CHECK_THROWS_WITH(lead_study(network, runs, store), ContainsSubstring("no luck"));
  const auto unfinished = unfinished_runs(store);
  REQUIRE_FALSE(unfinished.empty());
  for (const UnfinishedRun& run : unfinished) {
    CHECK(run.state == "failed");
    CHECK(run.reason == "no luck");
  }
  CHECK(store.count() + std::ssize(unfinished) == 12);
  CHECK(store.count() > 0);
}

TEST_CASE("a study that is stopped keeps what is finished") {
  const Scratch scratch("ranks-stop");
  const auto runs = small_runs(60, 1000);
  Store store(scratch / "s.db");
  ThreadNetwork network(3);
  Followers followers(network, 3, runs);
  StudyTraining training{.request = cpu_workers(1), .label = "test"};
  std::atomic<int> kept = 0;
  training.making = [&](const Making& own) {
    ++kept;
    return own;
  };
  training.stop = [&] { return kept >= 6; };
  CHECK_THROWS_AS(lead_study(network, runs, store, training), Interrupted);
  CHECK(store.count() == kept);
  CHECK(store.count() >= 6);
  CHECK(store.count() < 60);
}

TEST_CASE("a rank that has read another list is refused before anything is written") {
  const auto runs = small_runs(12);
  auto other = runs;
  const bool shorter = GENERATE(true, false);
  if (shorter) {
    other.pop_back();
  } else {
    std::swap(other[4], other[5]);
  }
  ThreadNetwork network(3);
  const auto ranks = network.rank(0);
  Followers followers(network, 3, other);
  Lead lead(*ranks, runs, 1);
  CHECK_THROWS_AS(lead.gather({}), InputError);
  end_ranks(*ranks, 2);
}

TEST_CASE("what a rank could not do ends the study with its words and status") {
  const auto runs = small_runs(3);
  ThreadNetwork network(2);
  const auto ranks = network.rank(0);
  int status = 0;
  std::jthread other([&] {
    const auto own = network.rank(1);
    status = follow_with_failure(*own, 2, "read: file = x.toml, allowed another");
  });
  Lead lead(*ranks, runs, 1);
  CHECK_THROWS_WITH(lead.gather({}), "rank 1: read: file = x.toml, allowed another");
  end_ranks(*ranks, 2);
  other.join();
  CHECK(status == 2);
}

}  // namespace
}  // namespace grok
