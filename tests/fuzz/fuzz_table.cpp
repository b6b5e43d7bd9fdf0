// The table of a task as CSV.
#include "tests/fuzz/fuzz.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

void check_table(const std::filesystem::path& file) {
  const Task task = read_table(file);
  require(std::ssize(task.table_outputs()) == task.sample_count(), "an output for each sample");
  for (const Sample s : task.samples()) {
    const Index output = task.output(s);
    require(output >= 0 && output < task.outputs(), "outputs below C");
  }
}

}  // namespace
}  // namespace grok

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const grok::InputFile file;
  grok::expect_value_or_one_line([&] { grok::check_table(file.holding(data, size)); });
  return 0;
}
