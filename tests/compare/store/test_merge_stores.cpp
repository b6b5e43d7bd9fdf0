#include "compare/store/merge_stores.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "compare/store/curves.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "nets/toy/train.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

using Paths = std::vector<std::filesystem::path>;

toy::Record record_of(std::int64_t mark) {
  toy::Record r;
  r.steps_done = mark;
  r.train_loss = std::numeric_limits<double>::quiet_NaN();
  return r;
}

// Runs [first, last) with records that tell them apart.
std::filesystem::path store_with(const Scratch& scratch, const std::string& name,
                                 std::int64_t first, std::int64_t last) {
  const auto runs = small_runs(last, 10);
  Store store(scratch / name);
  for (auto k = static_cast<std::size_t>(first); k < runs.size(); ++k) {
    insert(store, runs[k], record_of(static_cast<std::int64_t>(k)));
  }
  return scratch / name;
}

Finished finished_with_curve(const Run& run, std::int64_t stride) {
  const auto& spec = run.as<toy::RunSpec>();
  const toy::TracedRun traced = toy::train_traced(spec, stride);
  return {toy::outcome_of(traced.record), toy::curve_of(spec, traced.trajectory)};
}

// But for the last column: a second of the clock.
std::vector<std::vector<std::string>> sorted_rows(const Store& store) {
  auto rows = store.table(toy::model()).rows;
  for (auto& row : rows) {
    row.pop_back();
  }
  std::ranges::sort(rows);
  return rows;
}

TEST_CASE("merging is the same in any order and any number of times", "[merge]") {
  const Scratch scratch("merge");
  const auto a = store_with(scratch, "a.db", 0, 4), b = store_with(scratch, "b.db", 2, 7);
  Store into(scratch / "into.db"), other(scratch / "other.db");
  const MergeReport report = merge_stores(into, Paths{a, b});
  CHECK(report.read == 9);
  CHECK(report.added == 7);
  CHECK(report.present == 2);
  CHECK(report.conflicts.empty());
  CHECK(into.count() == 7);
  CHECK(record_in(into, small_runs(7, 10)[5]).value().steps_done == 5);
  const MergeReport again = merge_stores(into, Paths{b, a, a});
  CHECK(again.added == 0);
  CHECK(again.present == 13);
  merge_stores(other, Paths{b});
  merge_stores(other, Paths{a});
  CHECK(sorted_rows(other) == sorted_rows(into));  // provenance, too
}

TEST_CASE("two records of one run that differ are told, and nothing is added", "[merge]") {
  const Scratch scratch("merge-conflict");
  const auto a = store_with(scratch, "a.db", 0, 3), b = store_with(scratch, "b.db", 3, 4);
  const auto runs = small_runs(4, 10);
  {
    Store store(b);
    toy::Record changed = record_of(1);
    changed.rqi = 0.5;
    changed.phase = "grokking";
    changed.seconds = 77;  // of no matter
    insert(store, runs[1], changed);
    changed = record_of(2);
    changed.seconds = 78;
    insert(store, runs[2], changed);
  }
  Store into(scratch / "into.db");
  insert(into, runs[0], record_of(0));
  const auto before = sorted_rows(into);
  for (const Paths& order : {Paths{a, b}, Paths{b, a}}) {
    const MergeReport report = merge_stores(into, order);
    REQUIRE(report.conflicts.size() == 1);
    CHECK(report.conflicts[0].identity == runs[1].name());
    CHECK(report.conflicts[0].file == order[1].string());
    CHECK(report.conflicts[0].fields == std::vector<std::string>{"phase", "rqi"});
    CHECK(report.added == 0);
    CHECK(sorted_rows(into) == before);
  }
}

TEST_CASE("curves come along, and what was unfinished is done", "[merge]") {
  const Scratch scratch("merge-curves");
  const auto runs = small_runs(1, 20);
  {
    Store source(scratch / "a.db");
    StoreWorker worker(source, {});
    worker.take(runs[0]);
    worker.finish(runs[0], finished_with_curve(runs[0], 10), 10);
  }
  Store into(scratch / "into.db");
  {
    StoreWorker worker(into, {});
    worker.take(runs[0]);
  }
  REQUIRE(unfinished_runs(into).size() == 1);
  CHECK(merge_stores(into, Paths{scratch / "a.db"}).curves == 1);
  CHECK(merge_stores(into, Paths{scratch / "a.db"}).curves == 0);
  CHECK(find_curve(into, runs[0], 10).value().rows() == 3);
  CHECK(unfinished_runs(into).empty());
}

TEST_CASE("a source that is damaged inside adds nothing", "[merge]") {
  const Scratch scratch("merge-damaged");
  const auto a = store_with(scratch, "a.db", 0, 3), b = store_with(scratch, "b.db", 3, 300);
  const auto size = std::filesystem::file_size(b);
  REQUIRE(size > 20 * 4096);
  int refused = 0;
  for (std::uintmax_t page = 4; page < size / 4096; page += 5) {
    std::filesystem::copy_file(b, scratch / "c.db",
                               std::filesystem::copy_options::overwrite_existing);
    {
      std::fstream file(scratch / "c.db", std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(page * 4096));
      file << std::string(4096, '\0');
    }
    std::filesystem::remove(scratch / "into.db");
    Store into(scratch / "into.db");
    try {
      const MergeReport report = merge_stores(into, Paths{a, scratch / "c.db"});
      CHECK(report.added == 300);  // it was a page of an index
    } catch (const Error&) {
      ++refused;
      CHECK(into.count() == 0);
    }
  }
  CHECK(refused > 3);
}

TEST_CASE("keys that an old store has not are what they stood for", "[merge]") {
  const Scratch scratch("merge-old");
  const auto a = store_with(scratch, "a.db", 0, 2);
  Store expected(scratch / "expected.db"), into(scratch / "into.db");
  merge_stores(expected, Paths{a});
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(a.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db,
                     "alter table runs drop column orders; alter table runs drop column targets; "
                     "alter table runs drop column representation_distribution; alter table runs "
                     "drop column representation_l1; alter table runs drop column optimiser; "
                     "alter table runs drop column representation_combination; "
                     "pragma user_version = 2",
                     nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  merge_stores(into, Paths{a});
  CHECK(sorted_rows(into) == sorted_rows(expected));
}

TEST_CASE("a run that is merged keeps its optimiser", "[merge]") {
  const Scratch scratch("merge-optimiser");
  toy::RunSpec spec;
  spec.optimiser = "sgd";
  Store source(scratch / "a.db"), into(scratch / "into.db");
  insert(source, toy::run_of(spec), toy::Record{});
  CHECK(merge_stores(into, Paths{scratch / "a.db"}).added == 1);
  CHECK(record_in(into, toy::run_of(spec)) == toy::Record{});
  CHECK(sorted_rows(into) == sorted_rows(source));
}

TEST_CASE("what cannot be merged is refused before anything is written", "[merge]") {
  const Scratch scratch("merge-bad");
  const auto a = store_with(scratch, "a.db", 0, 2);
  Store into(scratch / "into.db");
  CHECK_THROWS_AS(merge_stores(into, Paths{a, scratch / "none.db"}), InputError);
  CHECK_THROWS_AS(merge_stores(into, Paths{a, scratch.write("text.db", "no store")}), InputError);
  CHECK_THROWS_WITH(merge_stores(into, Paths{a, scratch / "into.db"}),
                    Catch::Matchers::ContainsSubstring("another store"));
  CHECK(into.count() == 0);
}

}  // namespace
}  // namespace grok
