// compare/study/sampled.hpp: values of an axis that are drawn between two ends, at random or along
// Sobol's sequence; behind axis.hpp. Each is computed by itself, so a longer axis begins with a
// shorter one, and numbers are rounded to 12 digits, as those of a logspace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nets/field.hpp"

namespace grok {

struct Sampled {
  double low = 0, high = 1;  // low < high; of integers both may be drawn
  bool log = false;          // uniform in the logarithm; low > 0
  bool integer = false;
  std::int64_t count = 0;
  /// Of the stream "axis KEY k" of random numbers; of the digital shift of Sobol's sequence (stream
  /// "sobol KEY"), which keeps what sobol_bits promises. Empty: the sequence as it is.
  std::optional<std::int64_t> seed;
  bool sobol = false;
  std::size_t dimension = 0;  // of Sobol's sequence: the place among those of a [zip]
};

/// 0 <= k < count; `key` of the axis.
Value value_at(const Sampled& axis, const std::string& key, std::int64_t k);

/// Number k of a dimension of Sobol's sequence times 2^64, both from 0; number 0 is 0. In every
/// dimension the first 2^m numbers lie in one interval of length 2^-m each, and so do 2^m numbers
/// behind any multiple of 2^m. Gray-code order, direction numbers of Joe & Kuo (2008, SIAM J. Sci.
/// Comput. 30, 2635). Cost: O(64 (dimension + 1)).
std::uint64_t sobol_bits(std::size_t dimension, std::int64_t k);

}  // namespace grok
