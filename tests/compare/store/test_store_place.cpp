// A store's file that somebody moves, cuts or replaces while it is in use.
#include "compare/store/store.hpp"
#include "core/errors.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

toy::Record marked() {
  toy::Record record;
  record.steps_done = 77;
  return record;
}

TEST_CASE("a store that is taken away while it is in use is noticed before a record is lost") {
  const Scratch scratch("store-gone");
  const auto file = scratch / "s.db";
  const auto runs = small_runs(2, 10);
  Store store(file);
  insert(store, runs[0], marked());
  const auto message = [&] {
    try {
      insert(store, runs[1], toy::Record{});
    } catch (const InputError&) {
      return std::string("InputError");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  std::filesystem::rename(file, scratch / "moved.db");
  CHECK(message() == file.string() + ": the store was deleted or replaced while it was in use");
  std::filesystem::rename(scratch / "moved.db", file);
  CHECK(message() == "none");
  CHECK(record_in(store, runs[0]) == marked());
  const auto size = std::filesystem::file_size(file);
  std::filesystem::resize_file(file, size / 2);
  CHECK_THAT(message(), Catch::Matchers::StartsWith(
                            file.string() + ": the store was truncated while it was in use"));
  std::filesystem::remove(file);
  std::filesystem::copy_file(scratch.write("other.db", "another"), file);
  CHECK(message() == file.string() + ": the store was deleted or replaced while it was in use");
}

TEST_CASE("a log that is taken away is noticed", "[store]") {
  const Scratch scratch("store-log");
  const auto runs = small_runs(2, 10);
  Store store(scratch / "s.db");
  insert(store, runs[0], marked());
  REQUIRE(std::filesystem::remove((scratch / "s.db").string() + "-wal"));
  CHECK_THROWS_WITH(insert(store, runs[1], toy::Record{}),
                    Catch::Matchers::ContainsSubstring("s.db-wal: was deleted or replaced"));
}

}  // namespace
}  // namespace grok
