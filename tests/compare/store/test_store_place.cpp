// A store's file that somebody moves, cuts or replaces while it is in use.
#include "compare/store/store.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

Record marked() {
  Record record;
  record.steps_done = 77;
  return record;
}

TEST_CASE("a store that is taken away while it is in use is noticed before a record is lost") {
  const Scratch scratch("store-gone");
  const auto file = scratch / "s.db";
  const auto runs = small_runs(2, 10);
  Store store(file);
  store.insert(runs[0], marked());
  const auto message = [&] {
    try {
      store.insert(runs[1], Record{});
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
  CHECK(store.find(runs[0]) == marked());
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
  store.insert(runs[0], marked());
  REQUIRE(std::filesystem::remove((scratch / "s.db").string() + "-wal"));
  CHECK_THROWS_WITH(store.insert(runs[1], Record{}),
                    Catch::Matchers::ContainsSubstring("s.db-wal: was deleted or replaced"));
}

}  // namespace
}  // namespace grok
