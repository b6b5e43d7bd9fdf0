// tests/compare/statistics/groups.hpp: labels for the bootstrap over groups.
#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

namespace grok {

/// Each pair a group of its own: the plain bootstrap.
inline std::vector<std::int64_t> each_alone(std::size_t count) {
  std::vector<std::int64_t> groups(count);
  std::iota(groups.begin(), groups.end(), std::int64_t{0});
  return groups;
}

}  // namespace grok
