// Numbers read from text are the numbers that stand there, or refused.
#include "core/numbers.hpp"

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("numbers: what stands there", "[core]") {
  CHECK(parse_number("w", "n", "0.25") == 0.25);
  CHECK(parse_number("w", "n", "-1e-3") == -1e-3);
  CHECK(parse_number("w", "n", "0e-999") == 0);
  CHECK(parse_number("w", "n", "4.9406564584124654e-324") > 0);
  CHECK(parse_number("w", "n", "1.7976931348623157e308") < parse_number("w", "n", "inf"));
  CHECK(parse_integer("w", "n", "-9223372036854775808") < 0);
}

TEST_CASE("numbers: what no double holds is neither 0 nor infinite", "[core]") {
  const std::string allowed = ", allowed 0, or a size in [4.9e-324, 1.8e+308]";
  for (const std::string text : {"1e-400", "-1e-400", "2e-324", "1e400", "-1e400"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(parse_number("w", "n", text), "w: n = '" + text + "'" + allowed);
    CHECK_FALSE(fits_double(text));
  }
  CHECK(fits_double("0e-400"));
  CHECK(fits_double("inf"));
  CHECK(fits_double("words"));
  CHECK_THROWS_WITH(parse_number("w", "n", "1e-400x"), "w: n = '1e-400x', allowed a number");
  CHECK_THROWS_WITH(parse_number("w", "n", ""), "w: n = '', allowed a number");
  CHECK_THROWS_WITH(parse_integer("w", "n", "9223372036854775808"),
                    "w: n = '9223372036854775808', allowed an integer");
}
