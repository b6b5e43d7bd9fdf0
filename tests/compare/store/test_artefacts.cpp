#include "compare/store/artefacts.hpp"

#include "compare/store/merge_stores.hpp"
#include "compare/store/store_file.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "tests/compare/store/records.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

using Answer = StoreWorker::Answer;
using Paths = std::vector<std::filesystem::path>;

const Artefact parameters{"parameters", 20, std::string("a\0b\xff", 4)};
const Artefact states{"states", 0, ""};
const Artefact checkpoint{checkpoint_name, 7, "half way"};

void put(const Store& store, const Run& run, const Artefact& artefact) {
  Transaction transaction(store.file());
  put_artefact(store.file(), run.name(), artefact);
  transaction.commit();
}

// With the record of run 1, its parameters and states, and a checkpoint of run 2.
void fill(Store& store) {
  StoreWorker worker(store, {});
  REQUIRE(worker.take(run_of(1)) == Answer::taken);
  worker.finish(run_of(1), {toy::outcome_of(full_record()), {}, {parameters, states}});
  REQUIRE(worker.take(run_of(2)) == Answer::taken);
  worker.shelve(run_of(2), checkpoint);
}

TEST_CASE("an artefact is there bit for bit, under its run and its name", "[artefacts]") {
  const Scratch scratch("artefacts");
  {
    const Store store(scratch / "s.db");
    CHECK_FALSE(find_artefact(store, run_of(1), "parameters"));
    CHECK_FALSE(has_artefact(store, run_of(1), "parameters"));
    put(store, run_of(1), states);
    put(store, run_of(1), parameters);
    put(store, run_of(2), checkpoint);
  }
  const Store store = Store::open_existing(scratch / "s.db");
  CHECK(find_artefact(store, run_of(1), "parameters") == parameters);
  CHECK(find_artefact(store, run_of(1), "states") == states);
  CHECK_FALSE(find_artefact(store, run_of(1), checkpoint_name));
  CHECK_FALSE(find_artefact(store, run_of(2), "parameters"));
  CHECK(has_artefact(store, run_of(1), "parameters"));
  CHECK_FALSE(has_artefact(store, run_of(2), "parameters"));
  CHECK(has_artefacts(store, run_of(1), {"states", "parameters"}));
  CHECK_FALSE(has_artefacts(store, run_of(1), {"states", "another"}));
  CHECK(has_artefacts(store, run_of(3), {}));
  const auto all = artefacts_of(store, run_of(1).name());
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "parameters");
  CHECK(all[0].step == 20);
  CHECK(all[0].bytes == 4);
  CHECK(all[1].name == "states");
  CHECK(all[1].bytes == 0);
}

TEST_CASE("a later artefact of one name takes the place of the first", "[artefacts]") {
  const Scratch scratch("artefacts-replaced");
  const Store store(scratch / "s.db");
  put(store, run_of(1), checkpoint);
  put(store, run_of(2), checkpoint);
  const Artefact later{checkpoint_name, 9, "further"};
  put(store, run_of(1), later);
  CHECK(find_artefact(store, run_of(1), checkpoint_name) == later);
  CHECK(find_artefact(store, run_of(2), checkpoint_name) == checkpoint);
  CHECK(artefacts_of(store, run_of(1).name()).size() == 1);
  drop_artefact(store.file(), run_of(1).name(), checkpoint_name);
  CHECK_FALSE(has_artefact(store, run_of(1), checkpoint_name));
  CHECK(has_artefact(store, run_of(2), checkpoint_name));
}

TEST_CASE("a run that is finished has its artefacts and no checkpoint", "[artefacts]") {
  const Scratch scratch("artefacts-finish");
  Store store(scratch / "s.db");
  StoreWorker worker(store, {});
  for (const int seed : {1, 2}) {
    REQUIRE(worker.take(run_of(seed)) == Answer::taken);
    worker.shelve(run_of(seed), checkpoint);
  }
  CHECK(find_artefact(store, run_of(1), checkpoint_name) == checkpoint);
  worker.finish(run_of(1), {toy::outcome_of(full_record()), {}, {parameters}});
  CHECK_FALSE(has_artefact(store, run_of(1), checkpoint_name));
  CHECK(has_artefact(store, run_of(2), checkpoint_name));  // it goes on
  CHECK(find_artefact(store, run_of(1), "parameters") == parameters);
  // Done is who has what is wanted, too
  CHECK(worker.take(run_of(1)) == Answer::done);
  CHECK(worker.take(run_of(1), {.keep = {"parameters"}}) == Answer::done);
  CHECK(worker.take(run_of(1), {.keep = {"parameters", "states"}}) == Answer::taken);
}

TEST_CASE("a store of an older schema has no artefacts", "[artefacts]") {
  const Scratch scratch("artefacts-old");
  const auto file = scratch / "s.db";
  {
    Store store(file);
    insert(store, run_of(1), full_record());
  }
  query(file, "drop table artefacts; drop view all_runs; pragma user_version = 5");
  {
    const Store store = Store::open_existing(file);
    CHECK_FALSE(find_artefact(store, run_of(1), "parameters"));
    CHECK_FALSE(has_artefact(store, run_of(1), "parameters"));
    CHECK_FALSE(has_artefacts(store, run_of(1), {"parameters"}));
    CHECK(artefacts_of(store, run_of(1).name()).empty());
  }
  Store into(scratch / "into.db");
  const MergeReport report = merge_stores(into, Paths{file});
  CHECK(report.added == 1);
  CHECK(report.artefacts == 0);
}

TEST_CASE("an artefact that is too large for a store is an error", "[artefacts]") {
  const Scratch scratch("artefacts-large");
  const Store store(scratch / "s.db");
  Artefact large{"parameters", 1, std::string(60'000'001, 'x')};
  CHECK_THROWS_AS(put(store, run_of(1), large), Error);
  CHECK_THROWS_WITH(put(store, run_of(1), large),
                    (scratch / "s.db").string() +
                        ": artefact parameters = 60000001 bytes, allowed at most 60000000");
  CHECK_FALSE(has_artefact(store, run_of(1), "parameters"));
  large.bytes.pop_back();
  put(store, run_of(1), large);
  CHECK(artefacts_of(store, run_of(1).name()).at(0).bytes == 60'000'000);
  CHECK(find_artefact(store, run_of(1), "parameters") == large);
}

TEST_CASE("merging takes all artefacts but checkpoints", "[artefacts]") {
  const Scratch scratch("artefacts-merge");
  {
    Store source(scratch / "a.db");
    fill(source);
    REQUIRE(has_artefact(source, run_of(2), checkpoint_name));
  }
  Store into(scratch / "into.db");
  const MergeReport report = merge_stores(into, Paths{scratch / "a.db"});
  CHECK(report.artefacts == 2);
  CHECK(find_artefact(into, run_of(1), "parameters") == parameters);
  CHECK(find_artefact(into, run_of(1), "states") == states);
  CHECK_FALSE(has_artefact(into, run_of(2), checkpoint_name));
  CHECK(merge_stores(into, Paths{scratch / "a.db"}).artefacts == 0);
  CHECK(find_artefact(into, run_of(1), "parameters") == parameters);
}

}  // namespace
}  // namespace grok
