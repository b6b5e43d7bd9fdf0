// theory/parallelograms.hpp: P0(D), never listed unless asked: all follows from D grouped by
// output.
//   parallelogram   an unordered pair of distinct samples (i,j), (m,n) of D with the same output;
//                   its row of A(P) is e_i + e_j - e_m - e_n (coefficient 2 where i = j)
//   a class of m samples holds m(m-1)/2 of them, whose rows span no more than m-1 dimensions
// Source: Liu et al. 2022, eq. 1 and 7, in the counting of the official code (docs/theory.md).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "theory/task.hpp"

namespace grok {

/// Samples sorted by output: class c is samples[offsets[c]] .. samples[offsets[c+1]-1], in the
/// order of D0. Memory O(|D| + C).
struct OutputClasses {
  std::vector<Sample> samples;
  std::vector<Index> offsets;  // C + 1

  Index count() const { return static_cast<Index>(offsets.size()) - 1; }
  std::span<const Sample> operator[](Index c) const {
    const auto first = static_cast<std::size_t>(offsets[static_cast<std::size_t>(c)]);
    const auto last = static_cast<std::size_t>(offsets[static_cast<std::size_t>(c) + 1]);
    return std::span(samples).subspan(first, last - first);
  }
};

OutputClasses group_by_output(const Task& task, std::span<const Sample> samples);
OutputClasses group_by_output(const Task& task);  // all of D0

/// |P0(D)|, O(C).
std::int64_t count_parallelograms(const OutputClasses& classes);

struct Parallelogram {
  Sample first;
  Sample second;
  friend auto operator<=>(const Parallelogram&, const Parallelogram&) = default;
};

/// All of P0(D), O(|P0(D)|) memory: for small tasks (RQI, tests, drawings).
std::vector<Parallelogram> list_parallelograms(const OutputClasses& classes);

}  // namespace grok
