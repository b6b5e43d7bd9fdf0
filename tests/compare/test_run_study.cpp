#include "compare/run_study.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <chrono>
#include <thread>

#include "core/errors.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

namespace grok {
namespace {

// Small networks; `steps` sets how long one takes, as no run ends before its budget.
std::vector<RunSpec> small_runs(std::int64_t count, std::int64_t steps) {
  std::vector<RunSpec> runs;
  for (std::int64_t seed = 0; seed < count; ++seed) {
    RunSpec spec;
    spec.symbols = 5;
    spec.train = 10;
    spec.seed = seed;
    spec.decoder_widths = {16};
    spec.output_dimension = 4;
    spec.steps = steps;
    spec.stop = "budget";
    runs.push_back(resolve(spec, "test"));
  }
  return runs;
}

std::vector<Record> train_missing(std::span<const RunSpec> runs, Store& store, int threads) {
  return run_missing(runs, store, cpu_workers(threads), "test").records;
}

std::vector<Record> without_times(std::vector<Record> records) {
  for (Record& record : records) {
    record.seconds = 0;
  }
  return records;
}

TEST_CASE("a study is trained once, and the store is what it returns") {
  const Scratch scratch("study-once");
  Store store(scratch / "s.db");
  const auto runs = small_runs(6, 50);
  CHECK(count_done(runs, store).runs == 6);
  CHECK(count_done(runs, store).done == 0);
  const auto first = train_missing(runs, store, 2);
  REQUIRE(first.size() == 6);
  CHECK(store.count() == 6);
  CHECK(count_done(runs, store).done == 6);
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(first[k].steps_done == 50);
    CHECK(store.find(runs[k]) == first[k]);
    CHECK(first[k].train_loss != first[(k + 1) % 6].train_loss);
  }
  CHECK(train_missing(runs, store, 1) == first);           // the times, too
  Store reading = Store::open_existing(scratch / "s.db");  // takes no record: nothing was trained
  CHECK(train_missing(runs, reading, 1) == first);
}

TEST_CASE("only what is missing is trained") {
  const Scratch scratch("study-missing");
  Store store(scratch / "s.db");
  auto runs = small_runs(5, 20);
  runs[1].steps = runs[4].steps = 1'000'000'000;  // hours, if they were trained
  Record mark;
  mark.steps_done = -1;  // no training gives this
  store.insert(runs[1], mark);
  store.insert(runs[4], mark);
  CHECK(count_done(runs, store).done == 2);
  const auto records = train_missing(runs, store, 1);
  REQUIRE(records.size() == 5);
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(records[k].steps_done == (k == 1 || k == 4 ? -1 : 20));
  }
  CHECK(store.count() == 5);
}

TEST_CASE("records depend neither on threads nor on what was done before") {
  const Scratch scratch("study-threads");
  const auto runs = small_runs(7, 60);
  Store one(scratch / "1.db"), three(scratch / "3.db"), parts(scratch / "parts.db");
  const auto expected = without_times(train_missing(runs, one, 1));
  CHECK(without_times(train_missing(runs, three, 3)) == expected);
  train_missing(std::span(runs).subspan(3, 2), parts, 1);
  CHECK(parts.count() == 2);
  CHECK(without_times(train_missing(runs, parts, 2)) == expected);
}

TEST_CASE("a run that is asked for twice has one row and two records") {
  const Scratch scratch("study-twice");
  Store store(scratch / "s.db");
  auto runs = small_runs(2, 10);
  runs.push_back(runs[0]);
  const auto records = train_missing(runs, store, 1);
  REQUIRE(records.size() == 3);
  CHECK(records[2] == records[0]);
  CHECK(store.count() == 2);
  CHECK(train_missing({}, store, 1).empty());
}

// kill -9 at an arbitrary moment loses the run in flight and nothing else.
TEST_CASE("a study that was killed goes on where it stood") {
  const Scratch scratch("study-killed");
  const auto runs = small_runs(24, 3000);
  const auto file = scratch / "s.db";
  { Store store(file); }
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Store store(file);
    train_missing(runs, store, 1);
    _exit(0);
  }
  for (int waited = 0; waited < 60'000 && Store::open_existing(file).count() < 3; ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  REQUIRE(kill(child, SIGKILL) == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));

  Store store(file);
  const auto done = static_cast<std::size_t>(count_done(runs, store).done);
  CHECK(done >= 3);
  REQUIRE(done < runs.size());
  std::vector<Record> before;
  for (std::size_t k = 0; k < done; ++k) {  // one thread: in order
    before.push_back(store.find(runs[k]).value());
  }
  const auto records = train_missing(runs, store, 2);
  CHECK(std::vector(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(done)) ==
        before);  // times included
  Store whole(scratch / "whole.db");
  CHECK(without_times(records) == without_times(train_missing(runs, whole, 2)));
}

TEST_CASE("a record that cannot be kept ends the study with its error") {
  const Scratch scratch("study-full");
  { Store store(scratch / "s.db"); }
  Store store = Store::open_existing(scratch / "s.db");
  CHECK_THROWS_WITH(train_missing(small_runs(2, 5), store, 2),
                    ContainsSubstring("opened to be read"));
  CHECK_THROWS_AS(train_missing(small_runs(1, 5), store, 0), InputError);
}

}  // namespace
}  // namespace grok
