#include "compare/store/store.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "core/errors.hpp"
#include "core/provenance.hpp"
#include "nets/engine_choice.hpp"
#include "tests/compare/store/records.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& failure) {
    return failure.what();
  }
  return "no InputError";
}

TEST_CASE("a record reads back exactly, from the same store and from a later one") {
  const Scratch scratch("store");
  toy::Record empty;
  empty.phase = std::nullopt;
  {
    Store store(scratch / "s.db");
    CHECK(store.count() == 0);
    CHECK_FALSE(record_in(store, run_of(1)));
    insert(store, run_of(1), full_record());
    insert(store, run_of(2), empty);
    CHECK(record_in(store, run_of(1)) == full_record());
  }
  const Store store = Store::open_existing(scratch / "s.db");
  CHECK(store.count() == 2);
  CHECK(record_in(store, run_of(1)) == full_record());
  CHECK(record_in(store, run_of(2)) == empty);
  CHECK_FALSE(record_in(store, run_of(3)));
}

TEST_CASE("the optimiser is a column, and a run of each is another run") {
  const Scratch scratch("store-optimiser");
  Store store(scratch / "s.db");
  toy::RunSpec descent = run_of(1).as<toy::RunSpec>();
  descent.optimiser = "sgd";
  const Run sgd = toy::run_of(descent);
  insert(store, run_of(1), full_record());
  CHECK_FALSE(record_in(store, sgd));
  insert(store, sgd, toy::Record{});
  CHECK(record_in(store, sgd) == toy::Record{});
  CHECK(record_in(store, run_of(1)) == full_record());
  CHECK(query(scratch / "s.db", "select optimiser from runs order by rowid")[1][0] == "sgd");
}

TEST_CASE("losses that are not finite come back as they were") {
  const Scratch scratch("store-nan");
  Store store(scratch / "s.db");
  toy::Record r = full_record();
  r.state = "diverged";
  r.train_loss = nan;
  r.validation_loss = nan;
  insert(store, run_of(1), r);
  toy::Record back = record_in(store, run_of(1)).value();
  CHECK(std::isnan(back.train_loss));
  REQUIRE(back.validation_loss);
  CHECK(std::isnan(*back.validation_loss));
  back.train_loss = r.train_loss = 0;
  back.validation_loss = r.validation_loss = 0;
  CHECK(back == r);  // and nothing else changed

  r.train_loss = inf;
  r.validation_loss = -inf;
  insert(store, run_of(2), r);
  CHECK(record_in(store, run_of(2)) == r);

  r.train_loss = nan;  // no validation sample: its loss stays empty
  r.validation_accuracy = r.validation_loss = std::nullopt;
  insert(store, run_of(3), r);
  back = record_in(store, run_of(3)).value();
  CHECK(std::isnan(back.train_loss));
  CHECK_FALSE(back.validation_loss);
}

TEST_CASE("the first record of a run stays") {
  const Scratch scratch("store-first");
  Store store(scratch / "s.db");
  insert(store, run_of(1), full_record());
  insert(store, run_of(1), toy::Record{});
  CHECK(store.count() == 1);
  CHECK(record_in(store, run_of(1)) == full_record());
}

TEST_CASE("the table has every key of spec and record, in their order, and where it was made") {
  const Scratch scratch("store-table");
  Store store(scratch / "s.db");
  for (const int seed : {3, 1, 2}) {
    toy::Record r = full_record();
    r.steps_done = seed;
    insert(store, run_of(seed), r);
  }
  std::vector<std::string> keys = {"identity"};
  toy::RunSpec spec;
  for_each_field(spec, [&](const char* key, auto&&...) { keys.emplace_back(key); });
  toy::Record record;
  for_each_result(record, [&](const char* key, auto&&...) { keys.emplace_back(key); });
  for (const char* key : {"version", "commit_id", "compiler", "processor", "engine_build", "flags",
                          "threads", "host", "started_at", "starts", "finished_at"}) {
    keys.emplace_back(key);
  }
  CsvTable table = store.table(toy::model());
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
  const std::vector<Run> wanted = {run_of(2), run_of(9), run_of(3)};
  table = store.table(toy::model(), wanted);
  CHECK(column("seed") == Cells{"2", "3"});
  CHECK(column("identity") == Cells{run_of(2).name(), run_of(3).name()});
  CHECK(column("decoder_widths")[0] == "[200, 200]");
  CHECK(column("decoder_rate")[0] == "0.0001");
  CHECK(column("unique")[0] == "1");
  CHECK(column("validation_accuracy")[0] == "0.3333333333333333");
  CHECK(column("version")[0] == provenance().version);
  CHECK(column("processor")[0] == provenance().processor);
  CHECK_THAT(column("finished_at")[0], Catch::Matchers::EndsWith("Z"));
  for (const auto& none : {std::vector<Run>{}, std::vector<Run>{run_of(9)}}) {
    table = store.table(toy::model(), none);
    CHECK(table.columns == keys);
    CHECK(table.rows.empty());
  }
}

TEST_CASE("a row shows the spec asked for, also where another spec of the same run came first") {
  const Scratch scratch("same-run");
  Store store(scratch / "s.db");
  toy::RunSpec first, second;
  first.seed = 1;
  second.seed = 7;
  for (toy::RunSpec* spec : {&first, &second}) {
    spec->split_seed = spec->label_seed = spec->init_seed = spec->batch_seed = 3;
  }
  REQUIRE(toy::run_of(first).name() == toy::run_of(second).name());
  insert(store, toy::run_of(first), toy::Record{});
  const std::vector<Run> asked = {toy::run_of(second)};
  const CsvTable table = store.table(toy::model(), asked);
  REQUIRE(table.rows.size() == 1);
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
  };
  CHECK(table.rows[0][column("seed")] == "7");
  CHECK(table.rows[0][column("init_seed")] == "3");
  CsvTable plain = store.table(toy::model());
  CHECK(plain.rows[0][column("seed")] == "1");
  plain.rows[0][column("seed")] = "7";
  CHECK(plain.rows == table.rows);  // every other cell is as SQLite tells it
}

TEST_CASE("another program reads the store while it is open") {
  const Scratch scratch("store-pandas");
  Store store(scratch / "s.db");
  toy::Record censored = full_record();
  censored.steps_to_rqi.reset();
  censored.unique = false;
  insert(store, run_of(1), censored);
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
      toy::Record r;
      r.steps_done = seed;
      insert(store, run_of(seed), r);
    }
  };
  std::thread other(write, each / 2);  // the middle half is written twice
  write(0);
  other.join();
  const Store store = Store::open_existing(scratch / "s.db");
  CHECK(store.count() == each + each / 2);
  for (int seed = 0; seed < each + each / 2; ++seed) {
    CHECK(record_in(store, run_of(seed)).value().steps_done == seed);
  }
}

TEST_CASE("what was inserted is on disk before insert returns") {
  const Scratch scratch("store-commit");
  Store store(scratch / "s.db");
  insert(store, run_of(1), full_record());
  for (const char* suffix : {"", "-wal"}) {  // the files as a power cut would leave them
    std::filesystem::copy_file((scratch / "s.db").string() + suffix,
                               (scratch / "cut.db").string() + suffix);
  }
  CHECK(record_in(Store(scratch / "cut.db"), run_of(1)) == full_record());
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
  query(newer, "pragma user_version = 7");
  both(newer, "user_version = 7, allowed [1, 6]: it was written by a newer groktheory");

  const auto nowhere = scratch / "no" / "s.db";
  both(nowhere, "folder = '" + nowhere.parent_path().string() +
                    "', which is missing, allowed one that exists");
  CHECK(message_of([&] { Store store("/proc/groktheory.db"); }) ==
        "/proc/groktheory.db: file = cannot be opened (No such file or directory), allowed a place "
        "that can be written");
  const auto missing = scratch / "none.db";
  CHECK(message_of([&] { Store::open_existing(missing); }) ==
        missing.string() + ": file = missing, allowed an existing store");
  CHECK_FALSE(std::filesystem::exists(missing));
}

TEST_CASE("a store opened to be read takes no record") {
  const Scratch scratch("store-read");
  { Store store(scratch / "s.db"); }
  Store store = Store::open_existing(scratch / "s.db");
  CHECK_THROWS_AS(insert(store, run_of(1), toy::Record{}), Error);
  CHECK(store.count() == 0);
}

TEST_CASE("a store can be moved") {
  const Scratch scratch("store-move");
  Store first(scratch / "a.db");
  Store second = std::move(first);
  insert(second, run_of(1), full_record());
  first = Store(scratch / "b.db");
  CHECK(first.count() == 0);
  first = std::move(second);
  CHECK(record_in(first, run_of(1)) == full_record());
}

}  // namespace
}  // namespace grok
