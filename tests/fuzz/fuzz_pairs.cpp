// A training set as CSV.
#include <algorithm>

#include "tests/fuzz/fuzz.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

void check_pairs(const std::filesystem::path& file, const Task& task) {
  const auto samples = read_pairs(file, task);
  require(!samples.empty() && std::ssize(samples) <= task.sample_count(), "a training set");
  require(std::ranges::adjacent_find(samples, std::greater_equal<>()) == samples.end(),
          "in the order of D0");
  for (const Sample s : samples) {
    require(task.sample(task.index(s)) == s && s.j < task.symbols(), "samples of D0");
  }
}

}  // namespace
}  // namespace grok

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const grok::InputFile file;
  static const grok::Task addition = grok::Task::addition(10);
  static const grok::Task permutations = grok::Task::permutations(3);
  const auto path = file.holding(data, size);
  grok::expect_value_or_one_line([&] { grok::check_pairs(path, addition); });
  grok::expect_value_or_one_line([&] { grok::check_pairs(path, permutations); });
  return 0;
}
