// A study or a run in TOML.
#include <algorithm>
#include <set>

#include "compare/study/study.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace grok {
namespace {

constexpr std::int64_t most_runs = 12;  // each costs a millisecond under the sanitizers

void check_study(const std::string& text, const std::string& profile) {
  const Study study = parse_study(text, "study.toml", profile, GROK_FUZZ_FILES "/study", most_runs);
  require(!study.runs.empty() && std::ssize(study.runs) <= most_runs, "1 to 12 runs");
  std::set<std::string> names;
  for (const Run& run : study.runs) {
    require(names.insert(run.name()).second, "runs are distinct");
  }
  const Run& last = study.runs.back();
  const Run again = resolved(last, "study.toml");
  require(again.name() == last.name() &&
              std::ranges::equal(again.model().row(again), last.model().row(last), same_value),
          "resolved once for all");
}

}  // namespace
}  // namespace grok

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const grok::InputFile file;
  const std::string text(reinterpret_cast<const char*>(data), size);
  grok::expect_value_or_one_line([&] { grok::check_study(text, ""); });
  if (text.find("[profiles.quick") != std::string::npos) {
    grok::expect_value_or_one_line([&] { grok::check_study(text, "quick"); });
  }
  grok::expect_value_or_one_line([&] { grok::read_run(file.holding(data, size)); });
  return 0;
}
