// core/numbers.hpp: numbers that have a name everywhere, and numbers read from text, the same way
// everywhere: an integer is [-]digits, a real number what std::from_chars reads.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace grok {

/// There is no such number: an interval without an end, a statistic of nothing.
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Throw InputError "where: name = 'text', allowed an integer" and the like.
std::int64_t parse_integer(std::string_view where, std::string_view name, std::string_view text);
/// Also for a number that no double holds: 1e-400 is not 0, 1e400 is not infinite.
double parse_number(std::string_view where, std::string_view name, std::string_view text);

/// False: the text begins with a number too large or too small for a double, which is not 0.
bool fits_double(std::string_view text);
/// What is allowed instead.
std::string doubles_allowed();

}  // namespace grok
