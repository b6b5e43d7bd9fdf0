#include "compare/study/run_study.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "compare/store/curves.hpp"
#include "compare/store/store_worker.hpp"
#include "compare/study/study_status.hpp"
#include "core/errors.hpp"
#include "core/provenance.hpp"
#include "nets/toy/train.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

StudyTraining training(int threads = 1) {
  StudyTraining result;
  result.request = cpu_workers(threads);
  result.label = "test";
  return result;
}

std::vector<toy::Record> train_missing(std::span<const Run> runs, Store& store, int threads) {
  return toy::records_of(run_missing(runs, store, training(threads)).outcomes);
}

std::vector<toy::Record> without_times(std::vector<toy::Record> records) {
  for (toy::Record& record : records) {
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
    CHECK(record_in(store, runs[k]) == first[k]);
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
  for (const int k : {1, 4}) {
    runs[static_cast<std::size_t>(k)] =
        toy::run_of(small_spec(k, 1'000'000'000));  // hours, if they were trained
  }
  toy::Record mark;
  mark.steps_done = -1;  // no training gives this
  insert(store, runs[1], mark);
  insert(store, runs[4], mark);
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

TEST_CASE("two threads do not train one run twice") {
  const Scratch scratch("study-same");
  Store store(scratch / "s.db");
  const auto run = small_runs(1, 20'000);
  const std::vector<Run> twice = {run[0], run[0]};
  const StudyOutcome outcome = run_missing(twice, store, training(2));
  CHECK(outcome.trained == 1);
  CHECK(outcome.outcomes.size() == 2);
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
  std::vector<toy::Record> before;
  for (std::size_t k = 0; k < done; ++k) {  // one thread: in order
    before.push_back(record_in(store, runs[k]).value());
  }
  const auto records = train_missing(runs, store, 2);
  CHECK(std::vector(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(done)) ==
        before);  // times included
  Store whole(scratch / "whole.db");
  CHECK(without_times(records) == without_times(train_missing(runs, whole, 2)));
}

TEST_CASE("who made a record, and how often it was started, stands beside it") {
  const Scratch scratch("study-making");
  Store store(scratch / "s.db");
  const auto runs = small_runs(2, 20);
  StudyTraining how = training(2);
  how.host = true;
  run_missing(std::span(runs).first(1), store, how);
  run_missing(runs, store, training());
  const CsvTable table = store.table(toy::model());
  const auto cell = [&](std::size_t row, const std::string& column) {
    const auto at = std::ranges::find(table.columns, column) - table.columns.begin();
    return table.rows[row].at(static_cast<std::size_t>(at));
  };
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  CHECK(cell(0, "host") == host);
  CHECK(cell(1, "host").empty());  // only where it was asked for
  CHECK(cell(0, "threads") == "2");
  CHECK(cell(1, "threads") == "1");
  CHECK(cell(0, "starts") == "1");
  CHECK(cell(0, "flags") == provenance().flags);
  CHECK(cell(0, "started_at") <= cell(0, "finished_at"));
  CHECK(cell(0, "started_at").size() == std::string("2022-05-20T00:00:00Z").size());
}

TEST_CASE("a study that is asked to stop keeps what is finished and drops the rest") {
  const Scratch scratch("study-stop");
  Store store(scratch / "s.db");
  auto runs = small_runs(4, 20);
  runs[2] = toy::run_of(small_spec(2, 1'000'000'000));  // hours
  runs[3] = toy::run_of(small_spec(3, 1'000'000'000));
  StudyTraining how = training(2);
  const Store reading = Store::open_existing(scratch / "s.db");
  how.stop = [&runs, file = scratch / "s.db"] {
    thread_local int asked = 0;  // SQLite need not be asked at every step
    if (++asked % 1000 != 0) {
      return false;
    }
    const Store store_now = Store::open_existing(file);
    return count_done(runs, store_now).done == 2 && unfinished_runs(store_now).size() == 2;
  };
  CHECK_THROWS_AS(run_missing(runs, store, how), Interrupted);
  CHECK(count_done(runs, store).done == 2);
  const auto left = unfinished_runs(store);
  REQUIRE(left.size() == 2);
  for (const UnfinishedRun& run : left) {
    CHECK(run.state == "dropped");
    CHECK(run.starts == 1);
  }
  CHECK(workers_joined(store).empty());
}

TEST_CASE("runs that fail are told apart, and tried again") {
  const Scratch scratch("study-failed");
  Store store(scratch / "s.db");
  const auto runs = small_runs(3, 20);
  StudyTraining how = training();
  how.trainer = [](std::span<const Run> asked, const TrainOptions& options) {
    for (std::size_t k = 0; k < asked.size(); ++k) {
      REQUIRE(options.start(k));
      if (asked[k].as<toy::RunSpec>().seed == 1) {
        options.failed(k, "it's broken");
      } else {
        options.finished(k, {train(asked.subspan(k, 1)).front()});
      }
    }
  };
  CHECK_THROWS_AS(run_missing(runs, store, how), ConvergenceError);
  CHECK_THROWS_WITH(run_missing(runs, store, how),
                    ContainsSubstring("test: 1 runs failed, the first one: it's broken"));
  const StudyStatus status = study_status(runs, store);
  CHECK(status.done == 2);
  CHECK(status.failed == 1);
  CHECK(status.pending == 0);
  REQUIRE(status.failures.size() == 1);
  CHECK(status.failures[0].run.as<toy::RunSpec>().seed == 1);
  CHECK(status.failures[0].reason == "it's broken");
  CHECK(run_missing(runs, store, training()).trained == 1);  // third time
  CHECK(study_status(runs, store).done == 3);
  CHECK(unfinished_runs(store).empty());
  const CsvTable table = store.table(toy::model(), std::span(runs).subspan(1, 1));
  const auto starts = std::ranges::find(table.columns, "starts") - table.columns.begin();
  CHECK(table.rows[0][static_cast<std::size_t>(starts)] == "3");
}

TEST_CASE("a run that another process trains is waited for, or taken over") {
  const Scratch scratch("study-two");
  Store store(scratch / "s.db"), other(scratch / "s.db");
  const auto runs = small_runs(2, 20);
  const Outcome mark = train(std::span(runs).first(1)).front();
  auto away = std::make_unique<StoreWorker>(other, Making{});
  REQUIRE(away->take(runs[0]) == StoreWorker::Answer::taken);
  REQUIRE(away->take(runs[1]) == StoreWorker::Answer::taken);
  CHECK(study_status(runs, store).running == 2);
  std::vector<std::string> said;
  StudyTraining how = training();
  how.notice = [&said](const std::string& line) { said.push_back(line); };
  std::thread finishing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    away->finish(runs[0], {mark});
    away.reset();  // leaves without the second
  });
  const StudyOutcome outcome = run_missing(runs, store, how);
  finishing.join();
  CHECK(outcome.trained == 1);
  CHECK(outcome.outcomes[0].as<toy::Record>() == mark.as<toy::Record>());
  REQUIRE(said.size() == 2);
  CHECK(said[1] == "test: waiting for 2 runs that other processes train");
}

TEST_CASE("curves are kept where they are asked for, with the record") {
  const Scratch scratch("study-curves");
  Store store(scratch / "s.db");
  const auto runs = small_runs(2, 30);
  run_missing(std::span(runs).first(1), store, training());
  StudyTraining how = training();
  how.curve_stride = 10;
  CHECK(run_missing(runs, store, how).trained == 2);  // the first for its curve
  CHECK(run_missing(runs, store, how).trained == 0);
  for (const Run& run : runs) {
    const Curve curve = find_curve(store, run, 10).value();
    const auto& spec = run.as<toy::RunSpec>();
    const toy::TracedRun again = toy::train_traced(spec, 10);
    REQUIRE(curve.rows() == 4);
    CHECK(curve == toy::curve_of(spec, again.trajectory));
    const auto points = toy::points_of(spec, curve, "test");
    for (std::size_t k = 0; k < points.size(); ++k) {
      CHECK(points[k].step == again.trajectory[k].step);
      CHECK(points[k].train_loss == again.trajectory[k].train_loss);
      CHECK(points[k].validation_loss == again.trajectory[k].validation_loss);
      CHECK(points[k].embeddings == again.trajectory[k].embeddings);
    }
    CHECK_FALSE(find_curve(store, run, 15));
  }
  const CsvTable table = curve_table(store, toy::model(), runs, std::vector<std::string>{"seed"});
  REQUIRE(table.rows.size() == 8);
  CHECK(table.rows[5][1] == "1");
  CHECK(table.rows[5][3] == "10");

  // A curve of another network than the record's is not kept
  toy::Record changed = record_in(store, runs[0]).value();
  Store strange(scratch / "strange.db");
  *changed.rqi += 1;
  insert(strange, runs[0], changed);
  CHECK_THROWS_WITH(run_missing(std::span(runs).first(1), strange, how),
                    ContainsSubstring("the record in the store is another one"));
  CHECK_FALSE(find_curve(strange, runs[0], 10));
  const StudyStatus status = study_status(std::span(runs).first(1), strange);
  CHECK(status.done == 1);
  CHECK(status.failed == 0);
  REQUIRE(status.failures.size() == 1);
  CHECK(status.failures[0].reason == "curve, artefacts: the record in the store is another one");
  CHECK(record_in(strange, runs[0]) == changed);
}

TEST_CASE("a curve that no store would take is refused before anything is trained") {
  const Scratch scratch("study-long");
  Store store(scratch / "s.db");
  StudyTraining how = training();
  how.curve_stride = 1;
  CHECK_THROWS_WITH(run_missing(small_runs(1, 1'000'000), store, how),
                    "test: curves = 1, allowed more steps between points: 112000224 bytes a curve, "
                    "at most 60000000");
  CHECK(unfinished_runs(store).empty());
}

TEST_CASE("a record that cannot be kept ends the study with its error") {
  const Scratch scratch("study-full");
  { Store store(scratch / "s.db"); }
  Store store = Store::open_existing(scratch / "s.db");
  CHECK_THROWS_WITH(train_missing(small_runs(2, 5), store, 2),
                    ContainsSubstring("opened to be read"));
  Store writing(scratch / "s.db");
  CHECK_THROWS_AS(train_missing(small_runs(1, 5), writing, 0), InputError);
}

}  // namespace
}  // namespace grok
