#include "compare/statistics/agreement_numbers.hpp"

#include <algorithm>
#include <cmath>

#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("an agreement as rows: counts, shares, and what exists", "[statistics]") {
  std::vector<StepPair> pairs;
  for (int k = 1; k <= 4; ++k) {
    pairs.push_back({100.0 * k, 150.0 * k, 1000, k});
  }
  pairs.push_back({900, std::nullopt, 1000, 5});
  const auto numbers = numbers_of(agreement(pairs, 100, 1), 5);
  CHECK(numbers.size() == 14);
  const auto of = [&numbers](const std::string& name) {
    return *std::ranges::find(numbers, name, &AgreementNumber::name);
  };
  CHECK(of("predicted and not there").value.value == 1);
  CHECK(of("seeds").pairs == 5);
  CHECK_FALSE(of("seeds").undecided);
  CHECK(std::isnan(of("seeds").value.low));
  CHECK(of("of all decided within 1.25").value.value == 0);
  CHECK(of("of all decided within 1.25").pairs == 4);  // of the fifth it is not known
  CHECK(of("of all decided within 1.25").undecided == 1);
  CHECK(of("over kappa, of all decided within 1.25").value.value == Approx(1));
  CHECK(of("kappa of those there").value.value == Approx(1.5));
  CHECK(of("slope of those there").value.value == Approx(1));
  const auto few = numbers_of(agreement(std::span(pairs).first(2), 100, 1), 2);
  CHECK(few.size() == 12);  // two pairs have no slope, no rank
}
