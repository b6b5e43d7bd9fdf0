// Runs of two kinds of network in one store.
#include "compare/store/merge_stores.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "nets/linear/model.hpp"
#include "nets/train.hpp"
#include "tests/compare/store/gate_model.hpp"
#include "tests/compare/store/records.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

using Rows = std::vector<std::vector<std::string>>;
using Paths = std::vector<std::filesystem::path>;

Outcome gate_outcome(std::int64_t steps) {
  gates::Record record;
  record.steps_done = steps;
  record.errors = 2;
  return gates::model().outcome_of(record);
}
Outcome old_gate_outcome(std::int64_t steps) {
  return gates::old_model().outcome_of({steps, 0.25});
}

TEST_CASE("any program reads the runs of all models in one view", "[models]") {
  const Scratch scratch("models-view");
  const auto file = scratch / "s.db";
  const std::string all = "select identity, model, state, engine, seconds from all_runs";
  Store store(file);
  CHECK(query(file, all).empty());
  toy::Record record = full_record();
  record.state = "diverged";
  insert(store, run_of(1), record);
  CHECK(query(file, all) == Rows{{run_of(1).name(), "toy", "diverged", "another", "1.5"}});
  store.insert(gates::run(1), gate_outcome(7));
  insert(store, run_of(2), full_record());
  const Rows both = query(file, all + " order by model, seconds");
  REQUIRE(both.size() == 3);
  CHECK(both[2] == std::vector<std::string>{gates::run(1).name(), "two-gates", "done", "NULL",
                                            "NULL"});  // it has no such results
  Store again(file);                                   // the table is there already
  again.insert(gates::run(2), gate_outcome(8));
  CHECK(query(file, "select count(*) from all_runs where model = 'two-gates'")[0][0] == "2");
  CHECK(query(file, "select count(*) from all_runs")[0][0] == "4");
  CHECK(again.count() == 4);
}

TEST_CASE("a model has a table of its own, from its first run on", "[models]") {
  const Scratch scratch("models-tables");
  const auto file = scratch / "s.db";
  const std::string tables =
      "select name from sqlite_master where name like 'runs%' and type = "
      "'table' order by name";
  {
    Store store(file);
    CHECK(query(file, tables) == Rows{{"runs"}});
    CHECK_FALSE(store.find(gates::run(1)));
    CHECK(store.table(gates::model()).rows.empty());
    CHECK_FALSE(store.table(gates::model(), std::vector<Run>{gates::run(1)}).columns.empty());
    CHECK(query(file, tables) == Rows{{"runs"}});  // nothing was written
    StoreWorker worker(store, {});
    REQUIRE(worker.take(gates::run(1)) == StoreWorker::Answer::taken);
    worker.finish(gates::run(1), {gate_outcome(7)});
    CHECK(worker.take(gates::run(1)) == StoreWorker::Answer::done);
    CHECK(query(file, tables) == Rows{{"runs"}, {"runs_two_gates"}});
  }
  const Store store = Store::open_existing(file);
  const auto found = store.find(gates::run(1));
  REQUIRE(found);
  CHECK(found->as<gates::Record>().steps_done == 7);
  CHECK(found->as<gates::Record>().errors == 2);
  CHECK_FALSE(store.find(gates::run(2)));
  CHECK_FALSE(store.find(toy::model(), gates::run(1).name()));
  CHECK(store.count() == 1);
  const CsvTable table =
      store.table(gates::model(), std::vector<Run>{gates::run(2), gates::run(1)});
  REQUIRE(table.rows.size() == 1);
  CHECK(std::vector(table.rows[0].begin(), table.rows[0].begin() + 10) ==
        std::vector<std::string>{gates::run(1).name(), "1", "100", "1", "3", "2", "xor", "[2, 3]",
                                 "[0.5, 1]", ""});
}

// What a program stored that knew fewer keys and results of a model.
TEST_CASE("keys that came after a table are columns with what its runs stand for", "[models]") {
  const Scratch scratch("models-later");
  const auto file = scratch / "s.db";
  REQUIRE(gates::old_run(1).name() == gates::run(1).name());
  {
    Store store(file);
    store.insert(gates::old_run(1), old_gate_outcome(5));
  }
  const std::string columns = "select count(*) from pragma_table_info('runs_two_gates')";
  const std::string before = query(file, columns)[0][0];
  const auto check_old = [](const Store& store) {
    const auto found = store.find(gates::run(1));
    REQUIRE(found);
    const auto& record = found->as<gates::Record>();
    CHECK(record.steps_done == 5);
    CHECK(record.error == 0.25);
    CHECK(record.state == "done");  // as records of that time were
    CHECK(std::isnan(record.margin));
    CHECK_FALSE(record.errors);
  };
  Store store(file);
  check_old(Store::open_existing(file));
  check_old(store);
  CHECK(query(file, columns)[0][0] == before);  // nobody wrote
  CHECK(std::ssize(store.table(gates::model()).columns) == std::stoi(before));
  store.insert(gates::run(2), gate_outcome(6));
  CHECK(std::stoi(query(file, columns)[0][0]) == std::stoi(before) + 7 + 3);
  CHECK(query(file,
              "select biased, inputs, rate, rule, widths, starts_at, \"limit\", typeof(biased), "
              "typeof(inputs), typeof(rate), typeof(rule), state, margin, errors from "
              "runs_two_gates order by seed") ==
        Rows{{"1", "3", "2.0", "xor", "[2, 3]", "[0.5, 1]", "NULL", "integer", "integer", "real",
              "text", "NULL", "NULL", "NULL"},
             {"1", "3", "2.0", "xor", "[2, 3]", "[0.5, 1]", "NULL", "integer", "integer", "real",
              "text", "done", "0.0", "2"}});
  check_old(store);
  CHECK(store.find(gates::run(2))->as<gates::Record>().errors == 2);
  CHECK(store.table(gates::model()).rows.size() == 2);
  // A program that knows less goes on with the same table
  Store other(file);
  other.insert(gates::old_run(3), old_gate_outcome(9));
  CHECK(query(file, "select rule from runs_two_gates where seed = 3")[0][0] == "xor");
  CHECK(store.find(gates::run(3))->as<gates::Record>().steps_done == 9);
}

TEST_CASE("a column of the first model that a table has not comes with the next record",
          "[models]") {
  const Scratch scratch("models-dropped");
  const auto file = scratch / "s.db";
  {
    Store store(file);
    insert(store, run_of(1), full_record());
  }
  query(file,
        "alter table runs drop column representation_init_scale; alter table runs drop "
        "column decoder_widths; alter table runs drop column nullity");
  toy::Record without = full_record();
  without.nullity.reset();
  CHECK(record_in(Store::open_existing(file), run_of(1)) == without);
  Store store(file);
  insert(store, run_of(2), full_record());
  CHECK(query(file,
              "select representation_init_scale, decoder_widths, nullity from runs order by "
              "seed") == Rows{{"1.0", "[200, 200]", "NULL"}, {"1.0", "[200, 200]", "3"}});
  CHECK(record_in(store, run_of(1)) == without);
}

TEST_CASE("merging takes the runs of every model that the program knows", "[models]") {
  const Scratch scratch("models-merge");
  {
    Store old(scratch / "old.db"), young(scratch / "young.db");
    old.insert(gates::old_run(1), old_gate_outcome(5));
    insert(old, run_of(1), full_record());
    young.insert(gates::run(2), gate_outcome(6));
  }
  const Paths sources = {scratch / "old.db", scratch / "young.db"};
  Store into(scratch / "into.db");
  CHECK_THROWS_WITH(
      merge_stores(into, sources),
      ContainsSubstring("old.db: table = runs_two_gates, allowed runs, "
                        "runs_linear_teacher, runs_diagonal, runs_parity: the runs of"));
  CHECK(into.count() == 0);
  const Models known = {models().front(), &gates::model()};
  const MergeReport report = merge_stores(into, sources, known);
  CHECK(report.read == 3);
  CHECK(report.added == 3);
  CHECK(into.find(gates::run(1))->as<gates::Record>().error == 0.25);
  CHECK(into.find(gates::run(2))->as<gates::Record>().errors == 2);
  CHECK(record_in(into, run_of(1)) == full_record());
  CHECK(query(scratch / "into.db", "select rule from runs_two_gates order by seed") ==
        Rows{{"xor"}, {"xor"}});
  CHECK(merge_stores(into, sources, known).added == 0);
}

TEST_CASE("records of the linear models come back, empty values and NaN in lists included",
          "[models]") {
  const Scratch scratch("models-linear");
  const Model& teacher = linear::teacher_model();
  const Model& diagonal = linear::diagonal_model();
  Run short_run = teacher.with(teacher.usual(), "thresholds", std::vector<double>{1e-3, 0.999});
  short_run = teacher.with(short_run, "dimension", std::int64_t{18});
  short_run = teacher.with(short_run, "at", std::vector<std::int64_t>{0, 2, 2});
  short_run = resolved(teacher.with(short_run, "steps", std::int64_t{20}), "t");
  Run followed = diagonal.with(diagonal.usual(), "at_switch", std::vector<double>{0.0, 0.01});
  followed = resolved(diagonal.with(followed, "steps", std::int64_t{5}), "t");
  const std::vector<Run> runs = {short_run, followed};
  const std::vector<Outcome> made = train(runs);
  const auto& record = made[0].as<linear::LinearTeacherRecord>();
  REQUIRE((record.steps_to_train.size() == 2 && record.train_loss_at.size() == 3));
  CHECK((!std::isnan(record.steps_to_train[0]) && std::isnan(record.steps_to_train[1])));
  CHECK(std::isnan(made[1].as<linear::DiagonalRecord>().least_norm_cosine.at(0)));  // of w = 0
  CHECK_FALSE(made[1].as<linear::DiagonalRecord>().steps_to_switch);
  {
    Store store(scratch / "s.db");
    store.insert(runs[0], made[0]);
    store.insert(runs[1], made[1]);
  }
  const Store store = Store::open_existing(scratch / "s.db");
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const auto found = store.find(runs[k]);
    REQUIRE(found);
    CHECK(different_results(*found, made[k]).empty());
  }
  const auto found = store.find(runs[0])->as<linear::LinearTeacherRecord>();
  CHECK(found.steps_to_train[0] == record.steps_to_train[0]);
  CHECK(std::isnan(found.steps_to_train[1]));
  const auto reached = linear::outcome_of(found).reached;
  CHECK((reached[0].train && !reached[1].train && !reached[1].generalisation));
  const auto back = store.find(runs[1])->as<linear::DiagonalRecord>();
  CHECK((back.least_norm_cosine.size() == 2 && std::isnan(back.least_norm_cosine[0])));
  CHECK_FALSE(back.steps_to_switch);
}

}  // namespace
}  // namespace grok
