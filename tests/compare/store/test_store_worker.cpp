#include "compare/store/store_worker.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "core/errors.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

using Answer = StoreWorker::Answer;

TEST_CASE("a run is one worker's until that worker leaves", "[worker]") {
  const Scratch scratch("worker-two");
  const auto file = scratch / "s.db";
  Store one(file), two(file);
  const auto runs = small_runs(3, 10);
  auto first = std::make_unique<StoreWorker>(one, Making{});
  auto second = std::make_unique<StoreWorker>(two, Making{});
  CHECK(workers_joined(one).size() == 2);
  CHECK(first->take(runs[0]) == Answer::taken);
  CHECK(first->take(runs[0]) == Answer::taken);  // its own, once more
  CHECK(second->take(runs[0]) == Answer::elsewhere);
  CHECK(second->take(runs[1]) == Answer::taken);
  second->finish(runs[1], {toy::outcome_of({})});
  CHECK(first->take(runs[1]) == Answer::done);
  CHECK(std::filesystem::exists(file.string() + "-workers"));
  first.reset();
  auto left = unfinished_runs(two);
  REQUIRE(left.size() == 1);
  CHECK(left[0].identity == runs[0].name());
  CHECK(left[0].state == "dropped");
  CHECK(left[0].starts == 2);
  CHECK(second->take(runs[0]) == Answer::taken);
  CHECK(unfinished_runs(two)[0].starts == 3);
  CHECK(std::filesystem::exists(file.string() + "-workers"));
  second.reset();
  CHECK(workers_joined(two).empty());
  CHECK_FALSE(std::filesystem::exists(file.string() + "-workers"));
}

TEST_CASE("what a killed worker had is free at once", "[worker]") {
  const Scratch scratch("worker-killed");
  const auto file = scratch / "s.db";
  { Store store(file); }
  const auto runs = small_runs(1, 10);
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Store store(file);
    StoreWorker worker(store, {});
    const char answer = worker.take(runs[0]) == Answer::taken ? 't' : 'f';
    if (write(ready[1], &answer, 1) == 1) {
      pause();
    }
    _exit(1);
  }
  char answer = 0;
  REQUIRE(read(ready[0], &answer, 1) == 1);
  CHECK(answer == 't');
  Store store(file);
  StoreWorker worker(store, {});
  CHECK(worker.take(runs[0]) == Answer::elsewhere);
  CHECK(unfinished_runs(store)[0].state == "running");
  CHECK(workers_joined(store).size() == 2);
  REQUIRE(kill(child, SIGKILL) == 0);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(unfinished_runs(store)[0].state == "dropped");
  CHECK(workers_joined(store).size() == 1);
  CHECK(worker.take(runs[0]) == Answer::taken);
  worker.finish(runs[0], {toy::outcome_of({})});
  CHECK(unfinished_runs(store).empty());
  const CsvTable table = store.table(toy::model());
  CHECK(table.rows[0].at(table.columns.size() - 2) == "2");  // starts
}

TEST_CASE("a failure is left alone while its worker is there, and tried again later", "[worker]") {
  const Scratch scratch("worker-failed");
  const auto file = scratch / "s.db";
  Store one(file), two(file);
  const auto runs = small_runs(1, 10);
  auto first = std::make_unique<StoreWorker>(one, Making{});
  StoreWorker second(two, {});
  REQUIRE(first->take(runs[0]) == Answer::taken);
  first->fail(runs[0], "no memory");
  CHECK(second.take(runs[0]) == Answer::failed);
  CHECK(first->take(runs[0]) == Answer::failed);
  CHECK(unfinished_runs(one)[0].reason == "no memory");
  first.reset();
  CHECK(unfinished_runs(two)[0].state == "failed");
  CHECK(second.take(runs[0]) == Answer::taken);
  CHECK(unfinished_runs(two)[0].reason.empty());
}

TEST_CASE("a store by two names, or with its locks removed, is one store", "[worker]") {
  const Scratch scratch("worker-names");
  const auto file = scratch / "s.db";
  { Store store(file); }
  std::filesystem::create_symlink(file, scratch / "link.db");
  Store one(file), two(scratch / "link.db");
  const auto runs = small_runs(3, 10);
  StoreWorker first(one, {}), second(two, {});
  REQUIRE(first.take(runs[0]) == Answer::taken);
  CHECK(second.take(runs[0]) == Answer::elsewhere);
  std::filesystem::remove(file.string() + "-workers");
  REQUIRE(first.take(runs[1]) == Answer::taken);
  CHECK(second.take(runs[0]) == Answer::elsewhere);
  CHECK(second.take(runs[1]) == Answer::elsewhere);
  CHECK(workers_joined(one).size() == 2);
}

TEST_CASE("a worker needs a store it can write", "[worker]") {
  const Scratch scratch("worker-read");
  { Store store(scratch / "s.db"); }
  Store store = Store::open_existing(scratch / "s.db");
  CHECK_THROWS_AS(StoreWorker(store, {}), Error);
  CHECK(workers_joined(store).empty());
  CHECK(unfinished_runs(store).empty());
}

}  // namespace
}  // namespace grok
