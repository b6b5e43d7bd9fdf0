#include "compare/study/shard.hpp"

#include <set>

#include "core/errors.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

TEST_CASE("shards cut a study into disjoint parts that make up the whole", "[shard]") {
  const auto runs = small_runs(200, 10);
  for (const std::int64_t count : {1, 2, 3, 7, 500}) {
    std::multiset<std::string> seen;
    for (std::int64_t index = 1; index <= count; ++index) {
      for (const Run& run : runs_of(runs, {index, count})) {
        seen.insert(run.name());
      }
    }
    CHECK(seen.size() == runs.size());
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == runs.size());
  }
  // Even within what chance allows: 50 of 200 expected, 5 standard deviations
  for (std::int64_t index = 1; index <= 4; ++index) {
    CHECK(std::abs(std::ssize(runs_of(runs, {index, 4})) - 50) < 31);
  }
}

TEST_CASE("a run stays in its shard when the study grows", "[shard]") {
  const auto few = runs_of(small_runs(10, 10), {2, 3});
  const auto many = runs_of(small_runs(50, 10), {2, 3});
  REQUIRE(many.size() > few.size());
  for (std::size_t k = 0; k < few.size(); ++k) {
    CHECK(few[k].name() == many[k].name());
  }
}

TEST_CASE("a shard is written i/n", "[shard]") {
  CHECK(parse_shard("3/8", "t").index == 3);
  CHECK(parse_shard("3/8", "t").count == 8);
  for (const char* text : {"", "3", "3/", "/8", "0/8", "9/8", "-1/8", "1/0", "1/8x", "1 /8", "a/b",
                           "1/1000001", "99999999999999999999/8", "1/2/3"}) {
    CHECK_THROWS_WITH(parse_shard(text, "t"), "t: --shard = '" + std::string(text) +
                                                  "', allowed i/n with 1 <= i <= n <= 1000000");
  }
}

}  // namespace
}  // namespace grok
