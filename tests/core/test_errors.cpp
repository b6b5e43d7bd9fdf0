#include <cmath>
#include <cstdlib>
#include <limits>
#include <type_traits>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::Equals;

namespace {

const double infinity = std::numeric_limits<double>::infinity();
const double nan_value = std::numeric_limits<double>::quiet_NaN();

void require_share(double value) { require_in_range("draw", "share", value, 0.0, 0.3); }
void require_size(std::int64_t value) { require_in_range<std::int64_t>("draw", "k", value, 1, 55); }

}  // namespace

TEST_CASE("errors: a rejection says where, name, value and allowed, in one line", "[core]") {
  CHECK_THROWS_WITH(reject("a.toml", "train", "0", "[1, 55]"),
                    Equals("a.toml: train = 0, allowed [1, 55]"));
  CHECK_THROWS_WITH(require_share(0.5), Equals("draw: share = 0.5, allowed [0, 0.3]"));
  CHECK_THROWS_WITH(require_size(56), Equals("draw: k = 56, allowed [1, 55]"));
  CHECK_THROWS_WITH(require_in_range<int>("draw", "k", 1, 3, 2),
                    Equals("draw: k = 1, allowed nothing"));
}

TEST_CASE("errors: a range holds its ends and nothing beyond, NaN least of all", "[core]") {
  for (const double good : {0.0, -0.0, 0.3, 0.1}) {
    CHECK_NOTHROW(require_share(good));
  }
  for (const double bad : {std::nextafter(0.3, 1.0), -5e-324, infinity, -infinity, nan_value}) {
    CHECK_THROWS_AS(require_share(bad), InputError);
  }
  CHECK_NOTHROW(require_size(1));
  CHECK_NOTHROW(require_size(55));
  CHECK_THROWS_AS(require_size(0), InputError);
  CHECK_THROWS_AS(require_size(std::numeric_limits<std::int64_t>::max()), InputError);
  CHECK_THROWS_WITH(require_share(nan_value), Equals("draw: share = nan, allowed [0, 0.3]"));
}

TEST_CASE("errors: three kinds, told apart by a handler", "[core]") {
  CHECK(std::is_base_of_v<std::runtime_error, Error>);
  CHECK(std::is_base_of_v<Error, InputError>);
  CHECK(std::is_base_of_v<Error, ConvergenceError>);
  CHECK_FALSE(std::is_base_of_v<InputError, ConvergenceError>);
  CHECK_FALSE(std::is_base_of_v<ConvergenceError, InputError>);
  CHECK_THROWS_AS(reject("a", "b", "c", "d"), InputError);
}

TEST_CASE("errors: what came from outside stays on one line, and short", "[core]") {
  CHECK_THROWS_WITH(reject("w", "n", "a\nb\x1b[0m\t", "c"),
                    "w: n = a\\x0ab\\x1b[0m\\x09, allowed c");
  CHECK_THROWS_WITH(reject("w", "n", "é", "c"), "w: n = é, allowed c");
  const std::string longest(200, 'x');
  CHECK_THROWS_WITH(reject("w", "n", longest, "c"), "w: n = " + longest + ", allowed c");
  CHECK_THROWS_WITH(reject("w", "n", longest + "y", "c"),
                    "w: n = " + longest + "... (201 bytes), allowed c");
}

TEST_CASE("errors: to_text is short and reads back as the same double", "[core]") {
  CHECK(to_text(0.1) == "0.1");
  CHECK(to_text(1e-3) == "0.001");
  CHECK(to_text(20.0 / 3.0) == "6.666666666666667");
  CHECK(to_text(infinity) == "inf");
  CHECK(to_text(nan_value) == "nan");
  CHECK(to_text(-nan_value) == "nan");
  RandomStream stream(1, "to_text");
  int different = 0;
  for (int k = 0; k < 2000; ++k) {
    const double value = std::exp(stream.uniform(-700.0, 700.0)) * (k % 2 == 0 ? 1 : -1);
    different += std::strtod(to_text(value).c_str(), nullptr) == value ? 0 : 1;
  }
  CHECK(different == 0);
}

TEST_CASE("errors: what comes from outside cannot leave its line", "[core]") {
  CHECK_THROWS_WITH(
      reject("a\nb.toml:1", "ke\ty", "\x1b[31mred\x7f", "one\r\ntwo"),
      Equals("a\\x0ab.toml:1: ke\\x09y = \\x1b[31mred\\x7f, allowed one\\x0d\\x0atwo"));
  // U+009B begins a command on some terminals; other characters stay as they are
  CHECK_THROWS_WITH(reject("a", "b", "\xc2\x9b!", "c"), Equals("a: b = \\xc2\\x9b!, allowed c"));
  const std::string greek = "\xce\xbb\xc2\xa0\xc3\xa9";
  CHECK_THROWS_WITH(reject(greek, "b", greek, "c"),
                    Equals(greek + ": b = " + greek + ", allowed c"));
  CHECK(has_control_characters(std::string("a\0b", 3)));
  CHECK(has_control_characters("\n"));
  CHECK(has_control_characters("\x7f"));
  CHECK_FALSE(has_control_characters("a b~ " + greek));
}

TEST_CASE("errors: a long value is cut between characters", "[core]") {
  const std::string most(199, 'x');
  CHECK_THROWS_WITH(reject("a", "b", most + "\xce\xbb" + std::string(99, 'y'), "c"),
                    Equals("a: b = " + most + "... (300 bytes), allowed c"));
  CHECK_THROWS_WITH(reject("a", "b", most + "x", "c"), Equals("a: b = " + most + "x, allowed c"));
}
