// tests/theory/small_tables.hpp: rules that do not commute, as tables.
#pragma once

#include <functional>

#include "theory/task.hpp"

namespace grok::small_tables {

/// Ordered pairs of p symbols.
inline Task ordered(std::int32_t p, const std::function<Index(Sample)>& output) {
  std::vector<std::int32_t> outputs;
  for (std::int32_t i = 0; i < p; ++i) {
    for (std::int32_t j = 0; j < p; ++j) {
      outputs.push_back(static_cast<std::int32_t>(output({i, j})));
    }
  }
  return Task::table(p, false, outputs);
}

inline Task s3() {
  const Task group = Task::permutations(3);
  return ordered(6, [&](Sample s) { return group.output(s); });
}

inline Task subtraction(std::int32_t p) {
  return ordered(p, [p](Sample s) { return (p + s.i - s.j) % p; });
}

}  // namespace grok::small_tables
