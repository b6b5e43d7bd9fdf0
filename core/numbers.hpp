// core/numbers.hpp: numbers that have a name everywhere.
#pragma once

#include <limits>

namespace grok {

/// There is no such number: an interval without an end, a statistic of nothing.
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace grok
