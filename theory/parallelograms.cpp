#include "theory/parallelograms.hpp"

#include <algorithm>

namespace grok {

OutputClasses group_by_output(const Task& task, std::span<const Sample> samples) {
  std::vector<Sample> ordered;
  if (!std::is_sorted(samples.begin(), samples.end())) {  // the order of D0 is lexicographic
    ordered.assign(samples.begin(), samples.end());
    std::sort(ordered.begin(), ordered.end());
    samples = ordered;
  }
  OutputClasses classes;
  classes.offsets.assign(static_cast<std::size_t>(task.outputs()) + 1, 0);
  for (const Sample s : samples) {
    ++classes.offsets[static_cast<std::size_t>(task.output(s)) + 1];
  }
  for (std::size_t c = 1; c < classes.offsets.size(); ++c) {
    classes.offsets[c] += classes.offsets[c - 1];
  }
  std::vector<Index> next(classes.offsets.begin(), classes.offsets.end() - 1);
  classes.samples.resize(samples.size());
  for (const Sample s : samples) {
    const Index place = next[static_cast<std::size_t>(task.output(s))]++;
    classes.samples[static_cast<std::size_t>(place)] = s;
  }
  return classes;
}

OutputClasses group_by_output(const Task& task) { return group_by_output(task, task.samples()); }

std::int64_t count_parallelograms(const OutputClasses& classes) {
  std::int64_t count = 0;
  for (Index c = 0; c < classes.count(); ++c) {
    const auto m = std::ssize(classes[c]);
    count += m * (m - 1) / 2;
  }
  return count;
}

std::vector<Parallelogram> list_parallelograms(const OutputClasses& classes) {
  std::vector<Parallelogram> list;
  list.reserve(static_cast<std::size_t>(count_parallelograms(classes)));
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    for (std::size_t a = 0; a < samples.size(); ++a) {
      for (std::size_t b = a + 1; b < samples.size(); ++b) {
        list.push_back({samples[a], samples[b]});
      }
    }
  }
  return list;
}

}  // namespace grok
