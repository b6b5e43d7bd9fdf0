// A kind of network that this package does not have (tests/support/walk_model.hpp), through
// studies, stores, shards, refinement, merges and the referee.
#include <sqlite3.h>

#include <atomic>
#include <set>

#include "compare/referee/league.hpp"
#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "compare/store/find_run.hpp"
#include "compare/store/merge_stores.hpp"
#include "compare/study/refined_study.hpp"
#include "compare/study/run_study.hpp"
#include "compare/study/shard.hpp"
#include "compare/study/study.hpp"
#include "compare/theories.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/walk_model.hpp"

namespace grok {
namespace {

const std::string text =
    "model = \"walk\"\n[run]\nsteps = 400\n[axes]\nbias = [0.0, 0.1, 0.2, 0.3, 0.4]\n"
    "target = [5, 10, 20, 40, 80]\nseed = [1, 2, 3]\n";

Study parsed(const std::string& toml) {
  return parse_study(toml, "walk.toml", "", ".", max_study_runs, walk::all_models());
}

StudyTraining quiet(int threads = 2) {
  StudyTraining training;
  training.request = cpu_workers(threads);
  training.label = "walk";
  return training;
}

std::vector<std::vector<Value>> values_of(const std::vector<Outcome>& outcomes) {
  std::vector<std::vector<Value>> values;
  for (const Outcome& outcome : outcomes) {
    values.push_back(outcome.values());
    values.back().pop_back();  // seconds
  }
  return values;
}

}  // namespace

TEST_CASE("a model of one's own: study, store, export, what is wrong with a file", "[model]") {
  const Scratch scratch("own-study");
  const Study study = parsed(text);
  CHECK(study.model == &walk::model());
  REQUIRE(study.runs.size() == 75);
  Store store(scratch / "walk.db");
  const StudyOutcome outcome = run_missing(study.runs, store, quiet());
  CHECK(outcome.trained == 75);
  CHECK(run_missing(study.runs, store, quiet()).trained == 0);
  CHECK(store.count() == 75);
  const CsvTable table = store.table(walk::model(), study.runs);
  CHECK(table.rows.size() == 75);
  CHECK(std::vector<std::string>(table.columns.begin(), table.columns.begin() + 5) ==
        std::vector<std::string>{"identity", "bias", "target", "seed", "steps"});
  CHECK(table.rows[3][1] == "0");
  CHECK(table.rows[3][2] == "10");
  const StoredRun found =
      find_run(store, study.runs[7].name().substr(0, 12), walk::all_models(), "t");
  CHECK(found.run.name() == study.runs[7].name());
  CHECK(found.why_not.empty());
  CHECK_THROWS_WITH(find_run(store, study.runs[7].name(), models(), "t"),
                    ContainsSubstring("a run of a model that this program knows"));
  CHECK_THROWS_WITH(parse_study(text, "walk.toml"),
                    ContainsSubstring("walk.toml:1: model = 'walk', allowed toy, "));
  CHECK_THROWS_WITH(parsed("model = \"walk\"\n[run]\nsymbols = 3\n"),
                    ContainsSubstring("walk.toml:3: key = 'symbols', allowed the keys of a run: "
                                      "bias, target, seed, steps"));
  CHECK_THROWS_WITH(parsed("model = \"walk\"\n[run]\nbias = 0.7\n"),
                    ContainsSubstring("walk.toml:3: bias = 0.7, allowed [-0.5, 0.5]"));
  CHECK_THROWS_WITH(parsed("model = 3\n[run]\n"), ContainsSubstring("walk.toml:1: model = 3"));
}

TEST_CASE("a model of one's own: stopped at any time, a study goes on to the same records",
          "[model]") {
  const Scratch scratch("own-resume");
  const Study study = parsed(text);
  Store whole(scratch / "whole.db"), parts(scratch / "parts.db");
  const auto expected = values_of(run_missing(study.runs, whole, quiet()).outcomes);
  std::int64_t stops = 0;
  for (bool done = false; !done && stops < 1000;) {
    std::atomic<std::int64_t> asked = 0;
    StudyTraining training = quiet();
    training.checkpoint_seconds = 0;
    training.stop = [&] { return ++asked > 1500; };
    try {
      const auto found = values_of(run_missing(study.runs, parts, training).outcomes);
      CHECK(found == expected);
      done = true;
    } catch (const Interrupted&) {
      ++stops;
    }
  }
  CHECK(stops > 3);
  for (const Run& run : study.runs) {
    CHECK_FALSE(has_artefact(parts, run, checkpoint_name));  // dropped with the record
  }
}

TEST_CASE("a model of one's own: shards, merged, are the study", "[model]") {
  const Scratch scratch("own-shards");
  const Study study = parsed(text);
  std::set<std::string> names;
  std::vector<std::filesystem::path> files;
  for (std::int64_t index = 1; index <= 3; ++index) {
    files.push_back(scratch / (std::to_string(index) + ".db"));
    Store part(files.back());
    StudyTraining training = quiet();
    training.keep = {"end"};
    training.curve_stride = 10;
    for (const Run& run : runs_of(study.runs, {index, 3})) {
      CHECK(names.insert(run.name()).second);
    }
    run_missing(runs_of(study.runs, {index, 3}), part, training);
  }
  CHECK(names.size() == 75);
  Store all(scratch / "all.db"), one(scratch / "one.db");
  CHECK_THROWS_WITH(merge_stores(all, files), ContainsSubstring("table = runs_walk"));
  const MergeReport report = merge_stores(all, files, walk::all_models());
  CHECK(report.added == 75);
  CHECK(report.curves == 75);
  CHECK(report.artefacts == 75);
  CHECK(values_of(run_missing(study.runs, all, quiet()).outcomes) ==
        values_of(run_missing(study.runs, one, quiet()).outcomes));
  const auto curve = find_curve(all, study.runs[2], 10);
  REQUIRE(curve);
  CHECK(curve->columns == std::vector<std::string>{"step", "place"});
  CHECK(curve->numbers[0] == 0);
  const CsvTable curves = curve_table(all, walk::model(), study.runs, study.axes);
  CHECK(curves.columns ==
        std::vector<std::string>{"identity", "bias", "target", "seed", "stride", "step", "place"});
  CHECK(curves.rows.size() > 75);
}

TEST_CASE("a model of one's own: refinement finds its phases", "[model]") {
  const Scratch scratch("own-refine");
  const Study study = parsed(text + "[refine]\naxes = [\"bias\", \"target\"]\nstart = [2, 2]\n");
  Store store(scratch / "walk.db"), full(scratch / "full.db");
  const RefinedOutcome outcome = run_refined(study, store, quiet());
  CHECK(outcome.state.missing().empty());
  CHECK(outcome.trained_now < 75);
  const auto all = run_missing(study.runs, full, quiet()).outcomes;
  const auto replayed = replay_study(study, *study.refine, all);
  REQUIRE(replayed.size() == 1);
  CHECK(replayed[0].refinement.points == outcome.state.refinement(0).points);
  std::set<int> phases;
  for (const RefinedPoint& point : outcome.state.refinement(0).points) {
    phases.insert(point.phase);
  }
  CHECK(phases.size() >= 3);
}

TEST_CASE("a model of one's own: the referee knows no theory, and a theory that is given",
          "[model]") {
  const Scratch scratch("own-referee");
  const Study study = parsed(text);
  Store store(scratch / "walk.db");
  const auto outcomes = run_missing(study.runs, store, quiet()).outcomes;
  CHECK(theories_of(walk::model()).empty());
  CHECK(event_from("t", "train", walk::model()) == "train");
  CHECK_THROWS_WITH(event_from("t", "rqi", walk::model()),
                    ContainsSubstring("event = 'rqi', allowed train, validation"));
  Theory drift;
  drift.key = "drift";
  drift.applies = [](const Run&) { return true; };
  drift.ignores = {"seed"};
  drift.forecast = [](const Asked& asked) {
    const auto& spec = asked.run.as<walk::Spec>();
    return Forecast{.steps =
                        spec.bias > 0 ? static_cast<double>(spec.target) / (2 * spec.bias) : never};
  };
  const League league = judge(std::vector{drift}, study.runs, outcomes, "train", 2);
  REQUIRE(league.standings.size() == 3);
  CHECK(league.standings[2].score(Measure::roc_area).estimate.value > 0.9);
  CHECK(league.reached + league.censored == 75);
  CHECK(league_table(league).rows.size() > 10);
}

TEST_CASE("two models in one store keep apart, and one view has both", "[model]") {
  const Scratch scratch("own-two");
  Store store(scratch / "both.db");
  const Study walks = parsed("model = \"walk\"\n[run]\nsteps = 50\n[axes]\nseed = [1, 2, 3]\n");
  const Study toys = parsed(
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 6\nsteps = 5\ndecoder_widths = "
      "[4]\n[axes]\n"
      "seed = [1, 2]\n");
  run_missing(walks.runs, store, quiet());
  run_missing(toys.runs, store, quiet());
  CHECK(store.count() == 5);
  CHECK(store.table(walk::model()).rows.size() == 3);
  CHECK(store.table(*models().front()).rows.size() == 2);
  sqlite3* outside = nullptr;
  REQUIRE(sqlite3_open((scratch / "both.db").c_str(), &outside) == SQLITE_OK);
  std::string seen;
  const auto note = [](void* to, int, char** cells, char**) {
    static_cast<std::string*>(to)->append(cells[0]).append(cells[1]).append(cells[2]).append(";");
    return 0;
  };
  CHECK(sqlite3_exec(outside,
                     "select model, state, count(*) from all_runs group by model order by model",
                     note, &seen, nullptr) == SQLITE_OK);
  sqlite3_close(outside);
  CHECK(seen == "toydone2;walkdone3;");
}

}  // namespace grok
