#include "compare/study/sampled.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>

#include "compare/study/axis.hpp"
#include "core/random.hpp"

namespace grok {
namespace {

using I = std::int64_t;

/// 53 bits, all that a real number in [0, 1) has.
constexpr int spare_bits = 11;
double share_of(std::uint64_t bits) {
  return std::ldexp(static_cast<double>(bits >> spare_bits), spare_bits - 64);
}

std::uint64_t shift_of(I seed, const std::string& key) {
  RandomStream stream(static_cast<std::uint64_t>(seed), "sobol " + key);
  return static_cast<std::uint64_t>(stream.below(I{1} << 53)) << spare_bits;
}

/// In [0, 1).
double share_at(const Sampled& axis, const std::string& key, I k) {
  if (axis.sobol) {
    const std::uint64_t shift = axis.seed ? shift_of(*axis.seed, key) : 0;
    return share_of(sobol_bits(axis.dimension, k) ^ shift);
  }
  return RandomStream(static_cast<std::uint64_t>(axis.seed.value()),
                      fmt::format("axis {} {}", key, k))
      .uniform(0, 1);
}

/// Of the way from `low` to `high`.
double between(double low, double high, double share, bool log) {
  return log ? std::pow(10.0, std::log10(low) + share * (std::log10(high) - std::log10(low)))
             : low + share * (high - low);
}

}  // namespace

Value value_at(const Sampled& axis, const std::string& key, I k) {
  const double share = share_at(axis, key, k);
  if (axis.integer) {
    // 15 digits: the logarithm's rounding must not take one off a whole number.
    const double value =
        std::floor(rounded_to(between(axis.low, axis.high + 1, share, axis.log), 15));
    return static_cast<I>(std::clamp(value, axis.low, axis.high));
  }
  const double value = rounded_to(between(axis.low, axis.high, share, axis.log), 12);
  return std::clamp(value, axis.low, axis.high);
}

std::uint64_t sobol_bits(std::size_t dimension, I k) {
  if (k == 0) {
    return 0;  // which Boost's engine leaves out; the others are balanced with it alone
  }
  const std::size_t dimensions = dimension + 1;
  boost::random::sobol_engine<std::uint64_t, 64> sequence(dimensions);
  sequence.discard(static_cast<std::uint64_t>(k - 1) * dimensions + dimension);
  return sequence();
}

}  // namespace grok
