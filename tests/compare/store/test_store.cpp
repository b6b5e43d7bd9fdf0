#include "compare/store/store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "core/provenance.hpp"
#include "nets/engine_choice.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

RunSpec spec_of(std::int64_t seed) {
  RunSpec spec;
  spec.seed = seed;
  return resolve(spec, "test");
}

// No two fields alike, none at its default, doubles that only survive bit for bit.
Record full_record() {
  Record r;
  r.steps_to_train = 11;
  r.steps_to_validation = 0;
  r.steps_to_rqi = std::numeric_limits<std::int64_t>::max();
  r.steps_done = 12;
  r.phase = "grokking";
  r.train_accuracy = 0.1 + 0.2;
  r.validation_accuracy = 1.0 / 3;
  r.accuracy = 0.7;
  r.rqi = std::numeric_limits<double>::denorm_min();
  r.predicted_accuracy = 1.0;
  r.train_loss = std::numeric_limits<double>::max();
  r.validation_loss = 1e-300;
  r.unique = true;
  r.nullity = 3;
  r.lambda3 = 20.0 / 3;
  r.ideal_accuracy = 0.9;
  r.ideal_rqi = 0.8;
  r.state = "it's \"odd\", \xce\xbb";
  r.engine = "another";
  r.seconds = 1.5;
  return r;
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& failure) {
    return failure.what();
  }
  return "no InputError";
}

// As any other program reads the file: NULL is "NULL".
std::vector<std::vector<std::string>> query(const std::filesystem::path& file,
                                            const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  std::vector<std::vector<std::string>> rows;
  const auto collect = [](void* out, int count, char** cells, char**) {
    auto& row = static_cast<std::vector<std::vector<std::string>>*>(out)->emplace_back();
    for (int k = 0; k < count; ++k) {
      row.emplace_back(cells[k] == nullptr ? "NULL" : cells[k]);
    }
    return 0;
  };
  char* failure = nullptr;
  sqlite3_exec(db, sql.c_str(), collect, &rows, &failure);
  INFO((failure == nullptr ? "" : failure));
  REQUIRE(failure == nullptr);
  sqlite3_close(db);
  return rows;
}

TEST_CASE("a record reads back exactly, from the same store and from a later one") {
  const Scratch scratch("store");
  Record empty;
  empty.phase = std::nullopt;
  {
    Store store(scratch / "s.db");
    CHECK(store.count() == 0);
    CHECK_FALSE(store.find(spec_of(1)));
    store.insert(spec_of(1), full_record());
    store.insert(spec_of(2), empty);
    CHECK(store.find(spec_of(1)) == full_record());
  }
  const Store store = Store::open_existing(scratch / "s.db");
  CHECK(store.count() == 2);
  CHECK(store.find(spec_of(1)) == full_record());
  CHECK(store.find(spec_of(2)) == empty);
  CHECK_FALSE(store.find(spec_of(3)));
}

TEST_CASE("a store of an older schema is read as it is, and migrated when it is written") {
  const Scratch scratch("store-schema");
  const int version = GENERATE(1, 2, 3, 4);
  std::vector<std::string> gone = {"optimiser"};
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
  { Store(scratch / "s.db").insert(spec_of(1), full_record()); }
  const CsvTable now = Store::open_existing(scratch / "s.db").table();
  for (const std::string& key : gone) {
    query(scratch / "s.db", "alter table runs drop column " + key);
  }
  if (version < 4) {
    query(scratch / "s.db", "drop table unfinished; drop table workers; drop table curves");
  }
  query(scratch / "s.db", fmt::format("pragma user_version = {}", version));
  CHECK(Store::open_existing(scratch / "s.db").find(spec_of(1)) == full_record());
  CHECK(Store::open_existing(scratch / "s.db").table().columns.size() + gone.size() ==
        now.columns.size());
  CHECK(unfinished_runs(Store::open_existing(scratch / "s.db")).empty());
  CHECK(query(scratch / "s.db", "pragma user_version")[0][0] == std::to_string(version));
  Store store(scratch / "s.db");
  store.insert(spec_of(2), Record{});
  CHECK(store.find(spec_of(1)) == full_record());
  CHECK(store.find(spec_of(2)) == Record{});
  CHECK(store.table().columns == now.columns);
  CHECK(query(scratch / "s.db", "pragma user_version")[0][0] ==
        std::to_string(Store::schema_version));
  const auto builds = query(scratch / "s.db", "select engine_build from runs order by rowid");
  CHECK(builds == std::vector<std::vector<std::string>>{{version == 1 ? "NULL" : "unknown"},
                                                        {engine_build("cpu")}});
  CHECK(query(scratch / "s.db", "select distinct optimiser from runs")[0][0] == "adamw");
  StoreWorker worker(store, {});
  CHECK(worker.take(spec_of(3)) == StoreWorker::Answer::taken);
}

TEST_CASE("the optimiser is a column, and a run of each is another run") {
  const Scratch scratch("store-optimiser");
  Store store(scratch / "s.db");
  RunSpec sgd = spec_of(1);
  sgd.optimiser = "sgd";
  store.insert(spec_of(1), full_record());
  CHECK_FALSE(store.find(sgd));
  store.insert(sgd, Record{});
  CHECK(store.find(sgd) == Record{});
  CHECK(store.find(spec_of(1)) == full_record());
  CHECK(query(scratch / "s.db", "select optimiser from runs order by rowid")[1][0] == "sgd");
}

TEST_CASE("booleans that schema 3 kept as text become numbers") {
  const Scratch scratch("store-text");
  { Store(scratch / "s.db").insert(spec_of(1), full_record()); }
  query(
      scratch / "s.db",
      "alter table runs drop column \"unique\"; alter table runs add column \"unique\" text; "
      "update runs set \"unique\" = 1; alter table runs drop column flags; alter table runs drop "
      "column threads; alter table runs drop column host; alter table runs drop column started_at; "
      "alter table runs drop column starts; alter table runs "
      "drop column optimiser; pragma user_version = 3");
  REQUIRE(query(scratch / "s.db", "select typeof(\"unique\") from runs")[0][0] == "text");
  Store store(scratch / "s.db");
  CHECK(store.find(spec_of(1)) == full_record());
  CHECK(query(scratch / "s.db", "select typeof(\"unique\") from runs")[0][0] == "integer");
}

TEST_CASE("losses that are not finite come back as they were") {
  const Scratch scratch("store-nan");
  Store store(scratch / "s.db");
  Record r = full_record();
  r.state = "diverged";
  r.train_loss = nan;
  r.validation_loss = nan;
  store.insert(spec_of(1), r);
  Record back = store.find(spec_of(1)).value();
  CHECK(std::isnan(back.train_loss));
  REQUIRE(back.validation_loss);
  CHECK(std::isnan(*back.validation_loss));
  back.train_loss = r.train_loss = 0;
  back.validation_loss = r.validation_loss = 0;
  CHECK(back == r);  // and nothing else changed

  r.train_loss = inf;
  r.validation_loss = -inf;
  store.insert(spec_of(2), r);
  CHECK(store.find(spec_of(2)) == r);

  r.train_loss = nan;  // no validation sample: its loss stays empty
  r.validation_accuracy = r.validation_loss = std::nullopt;
  store.insert(spec_of(3), r);
  back = store.find(spec_of(3)).value();
  CHECK(std::isnan(back.train_loss));
  CHECK_FALSE(back.validation_loss);
}

TEST_CASE("the first record of a run stays") {
  const Scratch scratch("store-first");
  Store store(scratch / "s.db");
  store.insert(spec_of(1), full_record());
  store.insert(spec_of(1), Record{});
  CHECK(store.count() == 1);
  CHECK(store.find(spec_of(1)) == full_record());
}

TEST_CASE("the table has every key of spec and record, in their order, and where it was made") {
  const Scratch scratch("store-table");
  Store store(scratch / "s.db");
  for (const int seed : {3, 1, 2}) {
    Record r = full_record();
    r.steps_done = seed;
    store.insert(spec_of(seed), r);
  }
  std::vector<std::string> keys = {"identity"};
  RunSpec spec;
  for_each_field(spec, [&](const char* key, auto&&...) { keys.emplace_back(key); });
  Record record;
  for_each_record_field(record, [&](const char* key, auto&) { keys.emplace_back(key); });
  for (const char* key : {"version", "commit_id", "compiler", "processor", "engine_build", "flags",
                          "threads", "host", "started_at", "starts", "finished_at"}) {
    keys.emplace_back(key);
  }
  CsvTable table = store.table();
  CHECK(table.columns == keys);
  const auto column = [&](const std::string& name) {
    const auto at =
        static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
    std::vector<std::string> cells;
    for (const auto& row : table.rows) {
      REQUIRE(row.size() == keys.size());
      cells.push_back(row[at]);
    }
    return cells;
  };
  using Cells = std::vector<std::string>;
  CHECK(column("seed") == Cells{"3", "1", "2"});  // as inserted
  const std::vector<RunSpec> wanted = {spec_of(2), spec_of(9), spec_of(3)};
  table = store.table(wanted);
  CHECK(column("seed") == Cells{"2", "3"});
  CHECK(column("identity") == Cells{identity(spec_of(2)), identity(spec_of(3))});
  CHECK(column("decoder_widths")[0] == "[200, 200]");
  CHECK(column("decoder_rate")[0] == "0.0001");
  CHECK(column("unique")[0] == "1");
  CHECK(column("validation_accuracy")[0] == "0.3333333333333333");
  CHECK(column("version")[0] == provenance().version);
  CHECK(column("processor")[0] == provenance().processor);
  CHECK_THAT(column("finished_at")[0], Catch::Matchers::EndsWith("Z"));
  table = store.table(std::span<const RunSpec>());
  CHECK(table.columns == keys);
  CHECK(table.rows.empty());
}

TEST_CASE("a row shows the spec asked for, also where another spec of the same run came first") {
  const Scratch scratch("same-run");
  Store store(scratch / "s.db");
  RunSpec first, second;
  first.seed = 1;
  second.seed = 7;
  for (RunSpec* spec : {&first, &second}) {
    spec->split_seed = spec->label_seed = spec->init_seed = spec->batch_seed = 3;
    *spec = resolve(*spec, "test");
  }
  REQUIRE(identity(first) == identity(second));
  store.insert(first, Record{});
  const std::vector<RunSpec> asked = {second};
  const CsvTable table = store.table(asked);
  REQUIRE(table.rows.size() == 1);
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
  };
  CHECK(table.rows[0][column("seed")] == "7");
  CHECK(table.rows[0][column("init_seed")] == "3");
  CsvTable plain = store.table();
  CHECK(plain.rows[0][column("seed")] == "1");
  plain.rows[0][column("seed")] = "7";
  CHECK(plain.rows == table.rows);  // every other cell is as SQLite tells it
}

TEST_CASE("another program reads the store while it is open") {
  const Scratch scratch("store-pandas");
  Store store(scratch / "s.db");
  Record censored = full_record();
  censored.steps_to_rqi.reset();
  censored.unique = false;
  store.insert(spec_of(1), censored);
  const auto rows =
      query(scratch / "s.db",
            "select seed, \"unique\", steps_to_train, steps_to_rqi, decoder_widths, "
            "typeof(train_accuracy), typeof(predicted_accuracy), typeof(steps_done) from runs");
  CHECK(rows == std::vector<std::vector<std::string>>{
                    {"1", "0", "11", "NULL", "[200, 200]", "real", "real", "integer"}});
  CHECK(query(scratch / "s.db", "pragma journal_mode")[0][0] == "wal");
  CHECK(query(scratch / "s.db", "pragma application_id")[0][0] == "1735552875");
  CHECK(query(scratch / "s.db", "pragma user_version")[0][0] ==
        std::to_string(Store::schema_version));
}

TEST_CASE("two stores write one file at once") {
  const Scratch scratch("store-two");
  constexpr int each = 40;
  const auto write = [&](int first) {
    Store store(scratch / "s.db");  // both create it, too
    for (int seed = first; seed < first + each; ++seed) {
      Record r;
      r.steps_done = seed;
      store.insert(spec_of(seed), r);
    }
  };
  std::thread other(write, each / 2);  // the middle half is written twice
  write(0);
  other.join();
  const Store store = Store::open_existing(scratch / "s.db");
  CHECK(store.count() == each + each / 2);
  for (int seed = 0; seed < each + each / 2; ++seed) {
    CHECK(store.find(spec_of(seed)).value().steps_done == seed);
  }
}

TEST_CASE("what was inserted is on disk before insert returns") {
  const Scratch scratch("store-commit");
  Store store(scratch / "s.db");
  store.insert(spec_of(1), full_record());
  for (const char* suffix : {"", "-wal"}) {  // the files as a power cut would leave them
    std::filesystem::copy_file((scratch / "s.db").string() + suffix,
                               (scratch / "cut.db").string() + suffix);
  }
  CHECK(Store(scratch / "cut.db").find(spec_of(1)) == full_record());
}

TEST_CASE("a place that is no store is refused, and left as it was") {
  const Scratch scratch("store-bad");
  const auto both = [](const std::filesystem::path& file, const std::string& message) {
    CHECK(message_of([&] { Store store(file); }) == file.string() + ": " + message);
    CHECK(message_of([&] { Store::open_existing(file); }) == file.string() + ": " + message);
  };
  const std::string ours = "allowed a store of groktheory";
  both(scratch.write("text.db", "steps,rqi\n1,2\n"), "file = no database, " + ours);
  both(scratch.write("long.db", std::string(5000, 'x')), "file = no database, " + ours);
  both(scratch.folder(), "file = a directory, " + ours);

  const auto empty = scratch.write("empty.db", "");
  CHECK(message_of([&] { Store::open_existing(empty); }) ==
        empty.string() + ": file = empty, " + ours);

  const auto other = scratch / "other.db";
  query(other, "create table notes (text)");
  both(other, "application_id = 0, allowed 1735552875 (a store of groktheory)");
  query(other, "pragma application_id = 5");
  both(other, "application_id = 5, allowed 1735552875 (a store of groktheory)");
  CHECK(query(other, "select name from sqlite_master").size() == 1);
  CHECK(query(other, "pragma journal_mode")[0][0] == "delete");

  const auto newer = scratch / "newer.db";
  { Store store(newer); }
  query(newer, "pragma user_version = 6");
  both(newer, "user_version = 6, allowed [1, 5]: it was written by a newer groktheory");

  const auto nowhere = scratch / "no" / "s.db";
  CHECK(message_of([&] { Store store(nowhere); }) ==
        nowhere.string() + ": file = cannot be opened, allowed a place that can be written");
  CHECK(message_of([&] { Store store("/proc/groktheory.db"); }) ==
        "/proc/groktheory.db: file = cannot be opened, allowed a place that can be written");
  const auto missing = scratch / "none.db";
  CHECK(message_of([&] { Store::open_existing(missing); }) ==
        missing.string() + ": file = missing, allowed an existing store");
  CHECK_FALSE(std::filesystem::exists(missing));
}

TEST_CASE("a store opened to be read takes no record") {
  const Scratch scratch("store-read");
  { Store store(scratch / "s.db"); }
  Store store = Store::open_existing(scratch / "s.db");
  CHECK_THROWS_AS(store.insert(spec_of(1), Record{}), Error);
  CHECK(store.count() == 0);
}

TEST_CASE("a store can be moved") {
  const Scratch scratch("store-move");
  Store first(scratch / "a.db");
  Store second = std::move(first);
  second.insert(spec_of(1), full_record());
  first = Store(scratch / "b.db");
  CHECK(first.count() == 0);
  first = std::move(second);
  CHECK(first.find(spec_of(1)) == full_record());
}

}  // namespace
}  // namespace grok
