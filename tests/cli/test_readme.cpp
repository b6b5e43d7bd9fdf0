// What README.md shows is what the program prints.
#include <fstream>
#include <sstream>

#include "compare/study.hpp"
#include "tests/catch.hpp"
#include "tests/cli/command.hpp"

using namespace grok;

namespace {

std::string readme() {
  std::ifstream in(std::string(GROK_SOURCE_DIR) + "/README.md");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The lines between ```kind and ```.
std::string block(const std::string& text, const std::string& kind) {
  const std::string open = "```" + kind + "\n";
  const auto start = text.find(open);
  REQUIRE(start != std::string::npos);
  const auto first = start + open.size();
  return text.substr(first, text.find("```", first) - first);
}

}  // namespace

TEST_CASE("README: the console example is what the command prints", "[cli][readme]") {
  const std::string example = block(readme(), "console");
  const std::string prompt = "$ groktheory ";
  REQUIRE(example.starts_with(prompt));
  const auto end = example.find('\n');
  const std::string line = example.substr(prompt.size(), end - prompt.size());
  CHECK(run_line(line).out == example.substr(end + 1));
}

TEST_CASE("README: the study example is a study", "[cli][readme]") {
  const Study study = parse_study(block(readme(), "toml"), "README.md");
  CHECK(study.runs.size() == 15);
  CHECK(study.axes == std::vector<std::string>{"decoder_rate", "decoder_decay"});
}
