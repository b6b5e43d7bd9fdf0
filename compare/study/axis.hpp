// compare/study/axis.hpp: keys of a run and axes of a study as TOML holds them; behind study.hpp.
//   list      [v, ...]                               as it stands
//   range     { range = [a, b], step = s }           a, a + s, ... up to b (b itself if it is met)
//   logspace  { logspace = [a, b], count = n }       a (b/a)^(k/(n-1)), real keys only
//   random    { random = n, low = a, high = b, seed = s }   n numbers in [a, b], in no order
//   sobol     { sobol = n, low = a, high = b }              in [zip] alone: its k-th is dimension k
//                                  of one sequence; with `seed` a digital shift of it
//             both with `log = true`: uniform in the logarithm (compare/study/sampled.hpp)
// Computed numbers are rounded, those of a range to 15 digits, the others to 12 (ends of a logspace
// stay as given), so that 0.1 + 2*0.1 is the 0.3 of a list and no two mathematics libraries differ:
// the same run has the same name however it was asked for.
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compare/study/sampled.hpp"
#include "nets/model.hpp"

namespace grok {

struct AxisValue {
  Value value;
  std::int64_t line = 0;
};

struct Setting {
  std::string key;
  AxisValue entry;
};

// Its values, computed when they are asked for: an axis of ten million takes no memory.
class StudyAxis {
 public:
  struct Range {
    double first = 0, step = 0;
    std::int64_t count = 0;
    bool integer = false;
  };
  struct Logspace {
    double first = 0, last = 0;
    std::int64_t count = 0;
  };
  std::string key;
  std::int64_t line = 0;
  std::variant<std::vector<AxisValue>, Range, Logspace, Sampled> values;

  std::int64_t size() const;
  AxisValue operator[](std::int64_t k) const;  // 0 <= k < size()
};

/// Where messages about a node start: "file:line".
std::string place_of(const std::string& file, const toml::node& node);

/// The entries of a table in the order of the file (toml++ keeps them sorted by key).
std::vector<std::pair<std::string, const toml::node*>> in_file_order(const toml::table& table);

/// Throws InputError: no key of a run, a value of another type. 1 is a real number, 1.0 no integer.
Setting read_setting(const Model& model, const std::string& file, const std::string& key,
                     const toml::node& node);

/// Throws InputError also for an empty axis, a step of 0 or away from the end, ends of a logarithm
/// that are not positive, low not below high, a number that is not finite, more than max_study_runs
/// values.
StudyAxis read_axis(const Model& model, const std::string& file, const std::string& key,
                    const toml::node& node);

/// A number as its first decimal digits give it.
double rounded_to(double value, int digits);

/// A node on one line, as messages show it.
std::string shown(const toml::node& node);

}  // namespace grok
