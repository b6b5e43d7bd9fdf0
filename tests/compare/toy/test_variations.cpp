#include "compare/toy/variations.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/toy/flow_examples.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("variations: one thing at a time beside the base", "[compare][two_rate]") {
  const std::vector<Variation> found = collect_variations(varied_examples());
  REQUIRE(found.size() == 3);
  CHECK(found[0].key.empty());
  CHECK(found[0].name == "base: p = 10, |D| = 48");
  CHECK(found[1].key == "decoder_widths");
  CHECK(found[2].key == "symbols");
  CHECK_THAT(found[2].name, ContainsSubstring("symbols = 20, train = 175"));
  CHECK(found[1].runs.size() == 6);
  CHECK(found[0].constant.value == Approx(825e-3 * std::sqrt(0.1)).epsilon(0.01));
  CHECK(std::isnan(found[0].ratio.value));
  CHECK(found[1].ratio.value == Approx(1.97).epsilon(0.01));
  CHECK(found[2].ratio.value == Approx(1));
  CHECK(found[2].score.ratio.value == Approx(0.5));

  auto runs = varied_examples();
  runs[4].spec.decoder_decay = 2;
  CHECK_THROWS_WITH(collect_variations(runs), ContainsSubstring("allowed one thing that differs"));
  CHECK_THROWS_AS(collect_variations({}), InputError);
}
