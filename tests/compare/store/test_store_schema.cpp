// Stores that older programs made, and tables that have fewer columns than their model has keys.
#include <fmt/format.h>

#include "compare/store/curves.hpp"
#include "compare/store/merge_stores.hpp"
#include "compare/store/store_worker.hpp"
#include "nets/engine_choice.hpp"
#include "nets/toy/trajectory.hpp"
#include "tests/compare/store/records.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

// All tables but `runs`, as they were in schemas 1 to 5.
void make_tables_older(const std::filesystem::path& file, int version) {
  query(file, "drop view all_runs; drop table artefacts");
  query(file, version < 4 ? "drop table unfinished; drop table workers; drop table curves"
                          : "alter table curves drop column columns; alter table curves drop "
                            "column metrics");
  query(file, fmt::format("pragma user_version = {}", version));
}

TEST_CASE("a store of an older schema is read as it is, and migrated when it is written") {
  const Scratch scratch("store-schema");
  const int version = GENERATE(1, 2, 3, 4, 5);
  std::vector<std::string> gone = {"representation_combination"};
  if (version < 5) {
    gone.emplace_back("optimiser");
  }
  if (version < 4) {
    gone.insert(gone.end(), {"flags", "threads", "host", "started_at", "starts"});
  }
  if (version < 3) {
    gone.insert(gone.end(),
                {"orders", "representation_distribution", "representation_l1", "targets"});
  }
  if (version < 2) {
    gone.emplace_back("engine_build");
  }
  {
    Store store(scratch / "s.db");
    insert(store, run_of(1), full_record());
  }
  const CsvTable now = Store::open_existing(scratch / "s.db").table(toy::model());
  for (const std::string& key : gone) {
    query(scratch / "s.db", "alter table runs drop column " + key);
  }
  make_tables_older(scratch / "s.db", version);
  CHECK(record_in(Store::open_existing(scratch / "s.db"), run_of(1)) == full_record());
  CHECK(Store::open_existing(scratch / "s.db").table(toy::model()).columns.size() + gone.size() ==
        now.columns.size());
  CHECK(unfinished_runs(Store::open_existing(scratch / "s.db")).empty());
  CHECK(query(scratch / "s.db", "pragma user_version")[0][0] == std::to_string(version));
  Store store(scratch / "s.db");
  insert(store, run_of(2), toy::Record{});
  CHECK(record_in(store, run_of(1)) == full_record());
  CHECK(record_in(store, run_of(2)) == toy::Record{});
  CHECK(store.table(toy::model()).columns == now.columns);
  CHECK(query(scratch / "s.db", "pragma user_version")[0][0] ==
        std::to_string(Store::schema_version));
  const auto builds = query(scratch / "s.db", "select engine_build from runs order by rowid");
  CHECK(builds == std::vector<std::vector<std::string>>{{version == 1 ? "NULL" : "unknown"},
                                                        {engine_build("cpu")}});
  CHECK(query(scratch / "s.db", "select distinct optimiser from runs")[0][0] == "adamw");
  CHECK(query(scratch / "s.db", "select count(*) from all_runs")[0][0] == "2");
  StoreWorker worker(store, {});
  CHECK(worker.take(run_of(3)) == StoreWorker::Answer::taken);
}

TEST_CASE("curves of schemas 4 and 5 have the columns of their model") {
  const Scratch scratch("store-old-curves");
  const int version = GENERATE(4, 5);
  const auto file = scratch / "s.db";
  const Run run = small_runs(1, 20)[0];
  Curve curve = run.model().first_curve_shape(run);
  for (std::size_t k = 0; k < 3 * curve.columns.size(); ++k) {
    curve.numbers.push_back(0.1 * static_cast<double>(k));
  }
  {
    Store store(file);
    StoreWorker worker(store, {});
    REQUIRE(worker.take(run) == StoreWorker::Answer::taken);
    worker.finish(run, {toy::outcome_of(full_record()), curve}, 10);
  }
  make_tables_older(file, version);
  CHECK(find_curve(Store::open_existing(file), run, 10) == curve);
  CHECK(has_curve(Store::open_existing(file), run, 10));
  const CsvTable table =
      curve_table(Store::open_existing(file), toy::model(), std::vector<Run>{run}, {});
  Store into(scratch / "into.db");
  CHECK(merge_stores(into, std::vector{file}).curves == 1);
  CHECK(find_curve(into, run, 10) == curve);
  CHECK(table.columns.back() == "output_norm");
  CHECK(table.rows[0].back().empty());  // which such a curve has not
  CHECK_FALSE(toy::points_of(run.as<toy::RunSpec>(), curve, "here").front().norms);
  const Store store(file);  // migrated
  CHECK(query(file, "select typeof(columns), typeof(metrics) from curves") ==
        std::vector<std::vector<std::string>>{{"null", "null"}});
  CHECK(find_curve(store, run, 10) == curve);
  CHECK(curve_table(store, toy::model(), std::vector<Run>{run}, {}).rows == table.rows);
  CHECK(table.rows.size() == 3);
}

TEST_CASE("booleans that schema 3 kept as text become numbers") {
  const Scratch scratch("store-text");
  {
    Store store(scratch / "s.db");
    insert(store, run_of(1), full_record());
  }
  query(
      scratch / "s.db",
      "alter table runs drop column \"unique\"; alter table runs add column \"unique\" text; "
      "update runs set \"unique\" = 1; alter table runs drop column flags; alter table runs drop "
      "column threads; alter table runs drop column host; alter table runs drop column started_at; "
      "alter table runs drop column starts; alter table runs "
      "drop column optimiser");
  make_tables_older(scratch / "s.db", 3);
  REQUIRE(query(scratch / "s.db", "select typeof(\"unique\") from runs")[0][0] == "text");
  Store store(scratch / "s.db");
  CHECK(record_in(store, run_of(1)) == full_record());
  CHECK(query(scratch / "s.db", "select typeof(\"unique\") from runs")[0][0] == "integer");
}

}  // namespace
}  // namespace grok
