#include "nets/field.hpp"

#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using I = std::int64_t;

namespace {

const double not_a_number = std::numeric_limits<double>::quiet_NaN();
const double infinite = std::numeric_limits<double>::infinity();

std::string refusal(const Value& value, const Allowed& allowed) {
  try {
    check_field([](const std::string& key) { return "line of " + key; }, "key", value, allowed);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

// One of each kind, all different.
const std::vector<Value> values = {Value(),
                                   true,
                                   false,
                                   I{1},
                                   I{0},
                                   1.0,
                                   0.5,
                                   not_a_number,
                                   std::string(),
                                   std::string("a"),
                                   std::vector<I>{},
                                   std::vector<I>{1, 2},
                                   std::vector<double>{},
                                   std::vector<double>{1, not_a_number},
                                   std::vector<double>{not_a_number, 1}};

}  // namespace

TEST_CASE("a value as text: what identities, tables and messages have", "[nets][field]") {
  CHECK(text_of({}).empty());
  CHECK(text_of(true) == "true");
  CHECK(text_of(false) == "false");
  CHECK(text_of(I{-200}) == "-200");
  CHECK(text_of(1e-3) == "0.001");
  CHECK(text_of(100.0) == "100");
  CHECK(text_of(1.0 / 3) == "0.3333333333333333");  // as many digits as tell it from its neighbours
  CHECK(text_of(-0.0) == "0");
  CHECK(text_of(not_a_number) == "nan");
  CHECK(text_of(std::string("a b")) == "a b");
  CHECK(text_of(std::vector<I>{200, 200}) == "[200, 200]");
  CHECK(text_of(std::vector<I>{}) == "[]");
  CHECK(text_of(std::vector<double>{0.1, -0.0, 3}) == "[0.1, 0, 3]");
}

TEST_CASE("a value is the same as itself alone, NaN included", "[nets][field]") {
  for (std::size_t a = 0; a < values.size(); ++a) {
    for (std::size_t b = 0; b < values.size(); ++b) {
      CAPTURE(a, b);
      CHECK(same_value(values[a], values[b]) == (a == b));
    }
  }
  CHECK(same_value(0.0, -0.0));  // one text, one name
  CHECK_FALSE(same_value(std::vector<double>{not_a_number},
                         std::vector<double>{not_a_number, not_a_number}));
}

TEST_CASE("the number in a value: of integers and reals alone", "[nets][field]") {
  CHECK(number_in(I{7}) == 7.0);
  CHECK(number_in(-0.25) == -0.25);
  CHECK(std::isnan(number_in(not_a_number).value()));
  for (const Value& value : values) {
    const bool number = std::holds_alternative<I>(value) || std::holds_alternative<double>(value);
    CHECK(number_in(value).has_value() == number);
  }
}

TEST_CASE("a field that is not allowed is refused with its place, value and range",
          "[nets][field][errors]") {
  const Range<I> counts{1, 300};
  CHECK(refusal(I{0}, counts) == "line of key: key = 0, allowed [1, 300]");
  CHECK(refusal(I{301}, counts) == "line of key: key = 301, allowed [1, 300]");
  CHECK(refusal(I{1}, counts) == "none");
  CHECK(refusal(I{300}, counts) == "none");
  const Range<double> rates{0, 10};
  CHECK(refusal(10.5, rates) == "line of key: key = 10.5, allowed [0, 10]");
  CHECK(refusal(-1e-3, rates) == "line of key: key = -0.001, allowed [0, 10]");
  CHECK(refusal(not_a_number, rates) == "line of key: key = nan, allowed [0, 10]");
  CHECK(refusal(infinite, rates) == "line of key: key = inf, allowed [0, 10]");
  CHECK(refusal(10.0, rates) == "none");
  const Choice words{{"tanh", "relu"}};
  CHECK(refusal(std::string("gelu"), words) ==
        "line of key: key = 'gelu', allowed relu? (of tanh, relu)");
  CHECK(refusal(std::string(), words) == "line of key: key = '', allowed tanh, relu");
  CHECK(refusal(std::string("relu"), words) == "none");
  CHECK(refusal(std::string("a.csv"), FilePath{}) == "none");
  CHECK_THAT(refusal(std::string("a\0b", 3), FilePath{}),
             ContainsSubstring("allowed a name without control characters"));
}

TEST_CASE("lists are checked number by number, and for their length", "[nets][field][errors]") {
  const Range<I> widths{1, 10};
  CHECK(refusal(std::vector<I>{1, 10}, widths) == "none");
  CHECK(refusal(std::vector<I>{}, widths) == "none");
  CHECK(refusal(std::vector<I>{4, 0}, widths) == "line of key: key[1] = 0, allowed [1, 10]");
  CHECK(refusal(std::vector<I>(100, 1), widths) == "none");
  CHECK(refusal(std::vector<I>(101, 1), widths) ==
        "line of key: key (how many) = 101, allowed [0, 100]");
  CHECK(refusal(std::vector<double>{1, not_a_number}, Range<double>{0, 10}) ==
        "line of key: key[1] = nan, allowed [0, 10]");
}

TEST_CASE("an empty value is allowed, and so is any where nothing is said", "[nets][field]") {
  for (const Allowed& allowed :
       {Allowed(Choice{{"a"}}), Allowed(FilePath{}), Allowed(Range<I>{1, 2})}) {
    CHECK(refusal({}, allowed) == "none");
  }
  for (const Value& value : values) {
    CHECK(refusal(value, {}) == "none");
  }
}

TEST_CASE("a member becomes a value and comes back", "[nets][field]") {
  const auto back = [](auto member) {
    decltype(member) read{};
    assign(read, value_of(member));
    return read == member;
  };
  CHECK(back(true));
  CHECK(back(I{5}));
  CHECK(back(0.5));
  CHECK(back(std::string("a")));
  CHECK(back(std::vector<I>{3, 4}));
  CHECK(back(std::vector<double>{3, 4}));
  CHECK(back(std::optional<I>(3)));
  CHECK(back(std::optional<std::string>("a")));
  std::optional<I> set = 3;
  assign(set, {});
  CHECK_FALSE(set);
  CHECK(same_value(value_of(std::optional<double>()), {}));
  I number = 0;
  CHECK_THROWS(assign(number, 1.0));  // no conversions
}

TEST_CASE("fields are found by key and by role", "[nets][field]") {
  const std::vector<Field> fields = {{"a", "", Kind::integer, I{1}, {}, Role::seed},
                                     {"b", "", Kind::text, {}, FilePath{}},
                                     {"c", "", Kind::integer, I{1}, {}, Role::seed}};
  CHECK(find_field(fields, "c") == &fields[2]);
  CHECK(find_field(fields, Role::seed) == &fields[0]);  // the first
  CHECK(find_field(fields, "d") == nullptr);
  CHECK(find_field(fields, Role::budget) == nullptr);
  CHECK(fields[1].optional());
  CHECK_FALSE(fields[0].optional());
  CHECK(fields[1].is_file());
  CHECK_FALSE(fields[0].is_file());
  CHECK(flag_of("decoder_init_scale") == "--decoder-init-scale");
}
