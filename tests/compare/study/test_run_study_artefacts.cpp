// What a study keeps beside its records: parameters, and checkpoints of what was interrupted.
#include <atomic>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "compare/store/store_worker.hpp"
#include "compare/study/run_study.hpp"
#include "core/errors.hpp"
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

TEST_CASE("artefacts are kept where they are asked for, with the record") {
  const Scratch scratch("study-artefacts");
  Store store(scratch / "s.db"), other(scratch / "other.db");
  const auto runs = small_runs(3, 30);
  run_missing(std::span(runs).first(1), store, training());
  CHECK(artefacts_of(store, runs[0].name()).empty());
  StudyTraining how = training(2);
  how.keep = {toy::parameters_name};
  CHECK(run_missing(runs, store, how).trained == 3);  // the first for its parameters
  CHECK(run_missing(runs, store, how).trained == 0);
  CHECK(run_missing(runs, store, training()).trained == 0);
  how.request = cpu_workers(1);
  run_missing(runs, other, how);
  for (const Run& run : runs) {
    const auto kept = find_artefact(store, run, toy::parameters_name);
    REQUIRE(kept);
    CHECK(kept->step == 30);
    CHECK(kept->bytes.size() > 100);
    CHECK(find_artefact(other, run, toy::parameters_name) == kept);
  }
  CHECK(find_artefact(store, runs[0], toy::parameters_name) !=
        find_artefact(store, runs[1], toy::parameters_name));
  how.keep = {"another"};
  CHECK_THROWS_AS(run_missing(small_runs(1, 31), other, how), InputError);
}

TEST_CASE("a run that was interrupted goes on from its checkpoint, to the same record") {
  const Scratch scratch("study-checkpoint");
  Store store(scratch / "s.db"), whole(scratch / "whole.db");
  const auto runs = small_runs(1, 200);
  StudyTraining how = training();
  how.curve_stride = 20;
  how.checkpoint_seconds = 0;  // at every step
  std::atomic<int> steps = 0, most = 50;
  how.stop = [&] { return ++steps > most; };
  CHECK_THROWS_AS(run_missing(runs, store, how), Interrupted);
  const auto checkpoint = find_artefact(store, runs[0], checkpoint_name);
  REQUIRE(checkpoint);
  CHECK(checkpoint->step > 20);
  CHECK(checkpoint->step <= 50);
  REQUIRE(unfinished_runs(store).size() == 1);
  steps = 0;
  most = 1000;
  const auto resumed = toy::records_of(run_missing(runs, store, how).outcomes);
  CHECK(steps >= 200 - checkpoint->step);  // and no step before it
  CHECK(steps < 200 - checkpoint->step + 10);
  CHECK_FALSE(has_artefact(store, runs[0], checkpoint_name));
  const auto straight = toy::records_of(run_missing(runs, whole, how).outcomes);
  CHECK(different_results(toy::outcome_of(resumed[0]), toy::outcome_of(straight[0])).empty());
  CHECK(find_curve(store, runs[0], 20) == find_curve(whole, runs[0], 20));
  CHECK(find_curve(whole, runs[0], 20)->rows() == 11);
}

}  // namespace
}  // namespace grok
