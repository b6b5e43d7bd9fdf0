// nets/field.hpp: a key of a run, or of its outcome, as everything outside a model sees it.
//   A model names its fields once (for_each_field, for_each_result); TOML keys, flags, JSON,
//   columns of the store and the identity of a run all come from there.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/nearest.hpp"

namespace grok {

/// monostate: empty, which is censored or does not exist. Lists of numbers may hold NaN.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                           std::vector<std::int64_t>, std::vector<double>>;

enum class Kind { flag, integer, real, text, integers, reals };
const char* name_of(Kind kind);  // "a string", "a list of integers", ...

struct Choice {
  std::vector<std::string> names;
};
struct FilePath {};
template <class T>
struct Range {
  T low, high;
};
using Allowed = std::variant<std::monostate, Choice, FilePath, Range<std::int64_t>, Range<double>>;

/// What a field is to studies, stores, phase diagrams and referees, which know no keys.
enum class Role {
  setting,
  required,   // has no default for whoever asks for a run
  seed,       // runs that differ in seeds alone are one cell
  budget,     // steps, at most
  reached,    // step at which an event came; empty: censored
  steps,      // done
  accuracy,   // at the end, over all samples
  phase,      // one of Table 1 (nets/phase.hpp)
  state,      // "done", "diverged"
  engine,     // that made the record
  wall_time,  // the only result that varies
};
struct Mark {
  Role role = Role::setting;
  bool later = false;          // came after runs were made without it: see Field
  std::string_view also = {};  // words that others use for it, blanks between: "epochs iterations"
};
inline constexpr Mark later{Role::setting, true};

struct Field {
  std::string key, help;
  Kind kind = Kind::integer;
  Value usual;           // default; empty: it may be empty
  Allowed allowed = {};  // of a result: a Choice, or nothing
  Role role = Role::setting;
  /// Came after runs were made without it. A key is then named in an identity only where it differs
  /// from `usual`; a result may be missing in an older record, which is no difference.
  bool later = false;
  std::string also = {};

  bool optional() const { return std::holds_alternative<std::monostate>(usual); }
  bool is_file() const { return std::holds_alternative<FilePath>(allowed); }
};

/// As identities, CSV and messages have it: 200, 0.001, [200, 200]; -0.0 is 0.0; empty: "".
std::string text_of(const Value& value);
/// An integer or a real number as a real number; empty for anything else.
std::optional<double> number_in(const Value& value);
/// Equal; NaN equals NaN.
bool same_value(const Value& a, const Value& b);

/// Of the fields, that with this key or role (the first); nullptr: none.
template <class Fields>
const Field* find_field(const Fields& fields, std::string_view key) {
  const auto found = std::ranges::find(fields, key, &Field::key);
  return found == fields.end() ? nullptr : &*found;
}
template <class Fields>
const Field* find_field(const Fields& fields, Role role) {
  const auto found = std::ranges::find(fields, role, &Field::role);
  return found == fields.end() ? nullptr : &*found;
}

/// What others call them, for messages about a key that there is not.
OtherWords other_words(std::span<const Field> fields);
/// What such a message allows.
std::string allowed_keys(std::string_view said, std::span<const Field> fields);

/// "decoder_rate" as a flag: "--decoder-rate".
std::string flag_of(std::string key);

/// The place that opens a message about a key: "train", "study.toml:12".
using PlaceOfKey = std::function<std::string(const std::string& key)>;

/// Throws InputError "place: key = value, allowed ..." unless the value is allowed; an empty one
/// is.
void check_field(const PlaceOfKey& place, const std::string& key, const Value& value,
                 const Allowed& allowed);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// A member of a spec or a record as a Value, and back. Members: bool, int64, double, string,
/// vectors of int64 and double, and optionals of these.
template <class T>
Value value_of(const T& member) {
  if constexpr (IsOptional<T>::value) {
    return member ? Value(*member) : Value();
  } else {
    return Value(member);
  }
}
template <class T>
void assign(T& member, const Value& value) {
  if constexpr (IsOptional<T>::value) {
    if (std::holds_alternative<std::monostate>(value)) {
      member.reset();
    } else {
      assign(member.emplace(), value);
    }
  } else {
    member = std::get<T>(value);
  }
}

template <class T>
constexpr Kind kind_of_member() {
  if constexpr (IsOptional<T>::value) {
    return kind_of_member<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return Kind::flag;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return Kind::integer;
  } else if constexpr (std::is_same_v<T, double>) {
    return Kind::real;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return Kind::text;
  } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
    return Kind::integers;
  } else {
    static_assert(std::is_same_v<T, std::vector<double>>, "a type that no field has");
    return Kind::reals;
  }
}

}  // namespace grok
