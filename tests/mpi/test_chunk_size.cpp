#include "mpi/chunk_size.hpp"

#include "tests/support/catch.hpp"

namespace grok {
namespace {

TEST_CASE("idle lanes get a run each while there are enough") {
  CHECK(chunk_size({.remaining = 1, .idle = 1, .lanes = 1, .all_lanes = 4}) == 1);
  CHECK(chunk_size({.remaining = 8, .idle = 4, .lanes = 4, .all_lanes = 16}) == 2);  // a share
  CHECK(chunk_size({.remaining = 9, .idle = 4, .lanes = 4, .all_lanes = 16}) == 3);  // rounded up
  CHECK(chunk_size({.remaining = 3, .idle = 4, .lanes = 4, .all_lanes = 4}) == 3);
  CHECK(chunk_size({.remaining = 0, .idle = 4, .lanes = 4, .all_lanes = 4}) == 0);
}

TEST_CASE("ahead of need there is a run per lane at most, and none near the end") {
  CHECK(chunk_size({.remaining = 1000, .idle = 0, .lanes = 4, .all_lanes = 16}) == 4);
  CHECK(chunk_size({.remaining = 1000, .idle = 4, .lanes = 4, .all_lanes = 16}) == 8);
  CHECK(chunk_size({.remaining = 8, .idle = 0, .lanes = 4, .all_lanes = 16}) == 1);
  CHECK(chunk_size(
            {.remaining = 1000, .idle = 4, .lanes = 4, .all_lanes = 16, .others_idle = true}) == 4);
  CHECK(chunk_size(
            {.remaining = 1000, .idle = 0, .lanes = 4, .all_lanes = 16, .others_idle = true}) == 0);
  CHECK(chunk_size({.remaining = 7, .idle = 0, .lanes = 4, .all_lanes = 16}) == 0);
  CHECK(chunk_size({.remaining = 32, .idle = 0, .lanes = 1, .all_lanes = 16}) == 1);
  CHECK(chunk_size({.remaining = 31, .idle = 0, .lanes = 1, .all_lanes = 16}) == 0);
}

// Every lane of a fresh job gets work when there is a run for each, whoever asks first.
TEST_CASE("first requests leave no rank without work") {
  for (const std::int64_t runs : {48, 49, 100, 1000}) {
    std::int64_t remaining = runs;
    for (int rank = 0; rank < 6; ++rank) {
      const std::int64_t got =
          chunk_size({.remaining = remaining, .idle = 8, .lanes = 8, .all_lanes = 48});
      CAPTURE(runs, rank, got);
      CHECK(got >= (runs >= 48 + 7 * 6 ? 8 : 1));
      remaining -= got;
    }
    CHECK(remaining >= 0);
  }
}

}  // namespace
}  // namespace grok
