#include "figures/panels/text.hpp"

#include <limits>

#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("text for gnuplot is quoted whatever is in it", "[figures]") {
  CHECK(quoted("r = 0.4") == "'r = 0.4'");
  CHECK(quoted("it's ''") == "'it''s '''''");
  CHECK(script_number(std::nullopt) == "NaN");
  CHECK(script_number(std::numeric_limits<double>::infinity()) == "NaN");
  CHECK(script_number(0.1) == "0.1");
}

TEST_CASE("numbers are rounded to significant digits, as one reads them", "[figures]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(rounded(0.40909) == "0.409");
  CHECK(rounded(0.9996) == "1.00");
  CHECK(rounded(1 - 1e-15) == "1.00");
  CHECK(rounded(334.56) == "335");
  CHECK(rounded(12345.6) == "12346");
  CHECK(rounded(0.0045, 2) == "0.0045");
  CHECK(rounded(-0.25, 2) == "−0.25");
  CHECK(rounded(0) == "0");
  CHECK(rounded(1.5e7) == "1.5e+07");
  CHECK(rounded(infinity) == "∞");
  CHECK(rounded(-infinity) == "−∞");
  CHECK(rounded(std::numeric_limits<double>::quiet_NaN()) == "undefined");
  CHECK(with_interval({0.409, 0.4, 0.4184}) == "0.409 [0.400, 0.418]");
  CHECK(runs_in_seeds(110, 10) == "110 runs in 10 seeds");
  CHECK(runs_in_seeds(3, 1) == "3 runs in 1 seed");
  CHECK(runs_line(3, 1, 2, "left out") == "  3 runs in 1 seed, 2 diverged (left out)\n");
  CHECK((letter_of(0) == "a" && letter_of(7) == "h"));
  const auto text = [](int k) { return k == 0 ? "" : std::to_string(k); };
  CHECK(joined(std::vector{0, 2, 3}, ", ", text) == ", 2, 3");
  CHECK(joined(std::vector<int>(), ", ", text).empty());
  CHECK(step_text(std::optional<double>(851.6)) == "852");
  CHECK(step_text(std::optional<std::int64_t>()) == "not reached");
}

TEST_CASE("the width of a text: letters, not markup", "[figures]") {
  CHECK(text_width("", 8) == 0);
  CHECK(text_width("nnnn", 10) == Approx(4 * 5.6));
  CHECK(text_width("λλλλ", 10) == Approx(text_width("nnnn", 10)));  // not eight bytes
  CHECK(text_width("{/:Italic nn}", 10) == Approx(text_width("nn", 10)));
  CHECK(text_width("n_h", 10) == Approx(5.6 + 0.8 * 5.6));
  CHECK(text_width("n_hn", 10) == Approx(2 * 5.6 + 0.8 * 5.6));  // one letter is small
  CHECK(text_width("n^{nn}n", 10) == Approx(2 * 5.6 + 2 * 0.8 * 5.6));
  CHECK(text_width("ill", 10) < text_width("now", 10));
}

TEST_CASE("text is wrapped at blanks, not inside of braces", "[figures]") {
  using Lines = std::vector<std::string>;
  CHECK(wrapped("one two three", 10, 1000) == Lines{"one two three"});
  CHECK(wrapped("one two three", 10, text_width("one two", 10)) == Lines{"one two", "three"});
  CHECK(wrapped("one two three", 10, 1) == Lines{"one", "two", "three"});
  CHECK(wrapped("a {/:Italic b c} d", 10, 1) == Lines{"a", "{/:Italic b c}", "d"});
  CHECK(wrapped("", 10, 100) == Lines{""});
}
