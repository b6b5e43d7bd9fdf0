#include "nets/field.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <sstream>

#include "core/errors.hpp"

namespace grok {
namespace {

using I = std::int64_t;

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

constexpr I longest_list = 100;

/// A value of one type against what is allowed for it; other pairs do not occur.
struct FieldCheck {
  const PlaceOfKey& place;
  const std::string& key;

  void operator()(const std::string& value, const Choice& allowed) const {
    if (std::ranges::find(allowed.names, value) == allowed.names.end()) {
      reject(place(key), key, fmt::format("'{}'", value), allowed_names(value, allowed.names));
    }
  }
  void operator()(const std::string& value, const FilePath&) const {
    if (has_control_characters(value)) {  // a zero byte would cut the name short
      reject(place(key), key, fmt::format("'{}'", value), "a name without control characters");
    }
  }
  template <class T>
  void operator()(const T& value, const Range<T>& allowed) const {
    require_in_range(place(key), key, value, allowed.low, allowed.high);
  }
  template <class T>
  void operator()(const std::vector<T>& values, const Range<T>& allowed) const {
    require_in_range<I>(place(key), key + " (how many)", std::ssize(values), 0, longest_list);
    for (std::size_t k = 0; k < values.size(); ++k) {
      require_in_range(place(key), fmt::format("{}[{}]", key, k), values[k], allowed.low,
                       allowed.high);
    }
  }
  template <class T, class A>
  void operator()(const T&, const A&) const {}
};

struct ToText {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(I value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return to_text(value + 0.0); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<I>& values) const { return fmt::format("{}", values); }
  std::string operator()(const std::vector<double>& values) const {
    std::vector<std::string> texts;
    for (const double value : values) {
      texts.push_back(to_text(value + 0.0));
    }
    return fmt::format("[{}]", fmt::join(texts, ", "));
  }
};

}  // namespace

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::flag:
      return "true or false";
    case Kind::integer:
      return "an integer";
    case Kind::real:
      return "a number";
    case Kind::text:
      return "a string";
    case Kind::integers:
      return "a list of integers";
    case Kind::reals:
      return "a list of numbers";
  }
  throw Error("name_of: no such kind");
}

std::string text_of(const Value& value) { return std::visit(ToText{}, value); }

std::optional<double> number_in(const Value& value) {
  if (const I* integer = std::get_if<I>(&value)) {
    return static_cast<double>(*integer);
  }
  const double* real = std::get_if<double>(&value);
  return real != nullptr ? std::optional(*real) : std::nullopt;
}

bool same_value(const Value& a, const Value& b) {
  if (a.index() != b.index()) {
    return false;
  }
  if (const double* real = std::get_if<double>(&a)) {
    return same(*real, std::get<double>(b));
  }
  if (const auto* reals = std::get_if<std::vector<double>>(&a)) {
    return std::ranges::equal(*reals, std::get<std::vector<double>>(b), same);
  }
  return a == b;
}

OtherWords other_words(std::span<const Field> fields) {
  OtherWords words;
  for (const Field& field : fields) {
    std::istringstream also(field.also);
    for (std::string word; also >> word;) {
      words.push_back({word, field.key});
    }
  }
  return words;
}

std::string allowed_keys(std::string_view said, std::span<const Field> fields) {
  std::vector<std::string> keys;
  for (const Field& field : fields) {
    keys.push_back(field.key);
  }
  return allowed_names(said, keys, other_words(fields),
                       fmt::format("the keys of a run: {}", fmt::join(keys, ", ")));
}

std::string flag_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

void check_field(const PlaceOfKey& place, const std::string& key, const Value& value,
                 const Allowed& allowed) {
  std::visit(FieldCheck{place, key}, value, allowed);
}

}  // namespace grok
