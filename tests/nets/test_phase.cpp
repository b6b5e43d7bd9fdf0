#include "nets/phase.hpp"

#include "tests/support/catch.hpp"

using namespace grok;
using Steps = std::optional<std::int64_t>;

TEST_CASE("Table 1: one label for every case, boundaries included", "[nets][phase]") {
  const auto phase = [](Steps train, Steps validation, bool diverged = false,
                        bool has_validation = true) {
    return phase_of({train, validation, diverged, has_validation, true, 1000});
  };
  CHECK(phase(100, 1099) == "comprehension");
  CHECK(phase(100, 1100) == "grokking");  // a gap of exactly 1000
  CHECK(phase(100, 50) == "comprehension");
  CHECK(phase(0, 0) == "comprehension");
  CHECK(phase(100, Steps{}) == "memorization");
  CHECK(phase(Steps{}, Steps{}) == "confusion");
  CHECK(phase(Steps{}, 100) == "confusion");  // unclassified in the official code (Q14)
  CHECK(phase(100, 1100, true) == "diverged");
  CHECK(phase(Steps{}, Steps{}, true) == "diverged");
  CHECK(phase(100, Steps{}, false, false) == std::nullopt);
  CHECK(phase(Steps{}, Steps{}, false, false) == std::nullopt);
  CHECK(phase(100, Steps{}, true, false) == "diverged");

  // Stopped before the budget: no label unless both steps are known.
  const auto stopped = [](Steps train, Steps validation, bool diverged = false) {
    return phase_of({train, validation, diverged, true, false, 1000});
  };
  CHECK(stopped(100, 1099) == "comprehension");
  CHECK(stopped(100, 1100) == "grokking");
  CHECK(stopped(100, Steps{}) == std::nullopt);
  CHECK(stopped(Steps{}, 100) == std::nullopt);
  CHECK(stopped(Steps{}, Steps{}) == std::nullopt);
  CHECK(stopped(Steps{}, Steps{}, true) == "diverged");
}
