// What README.md shows is what the program prints.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include "compare/store/store.hpp"
#include "compare/study/study.hpp"
#include "nets/toy/model.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

std::string readme() { return content_of(std::string(GROK_SOURCE_DIR) + "/README.md"); }

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

// "# name.toml: 15 runs, 4 with --profile quick"
TEST_CASE("docs: the studies of studies.md are as many runs as they say", "[cli][readme]") {
  const std::string text = content_of(std::string(GROK_SOURCE_DIR) + "/docs/studies.md");
  const std::string open = "```toml\n";
  const std::regex head(R"(# [a-z]+\.toml: (\d+) runs(?:, (\d+) with --profile (\w+))?\n)");
  int studies = 0;
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at + 1)) {
    const auto begin = at + open.size();
    const std::string toml = text.substr(begin, text.find("```", begin) - begin);
    CAPTURE(toml);
    std::smatch said;
    REQUIRE(std::regex_search(toml, said, head, std::regex_constants::match_continuous));
    CHECK(std::to_string(parse_study(toml, "studies.md").runs.size()) == said[1].str());
    if (said[2].matched) {
      CHECK(std::to_string(parse_study(toml, "studies.md", said[3]).runs.size()) == said[2].str());
    }
    ++studies;
  }
  CHECK(studies == 9);
  const auto shares = std::string(GROK_SOURCE_DIR) + "/docs/examples/shares.toml";
  CHECK(read_study(shares).runs.size() == 150);  // as README and the file itself say
}

// The line that begins with `start`, of all blocks.
std::string line_of(const std::string& text, const std::string& start) {
  const auto at = text.find("\n" + start);
  REQUIRE(at != std::string::npos);
  return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

TEST_CASE("README, studies.md: what they ask a store for in Python is there, and fits a terminal",
          "[cli][readme]") {
  const Here here("readme-python");
  const Study study = parse_study(block(readme(), "toml"), "README.md");
  Store store("phases.db");
  toy::Record record;
  record.phase = "comprehension";
  for (const Run& run : study.runs) {
    store.insert(run, toy::outcome_of(record));
  }
  const CsvTable table = store.table(*study.model);
  const auto require_columns = [&](const std::string& text, const std::regex& name) {
    int found = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at, ++found) {
      CAPTURE(at->str());
      CHECK(std::ranges::find(table.columns, (*at)[1].str()) != table.columns.end());
    }
    CHECK(found >= 4);
  };
  const std::string line = line_of(readme(), "/usr/bin/python3 -c ");
  std::smatch select;
  REQUIRE(std::regex_search(line, select, std::regex("select (.*) from runs order")));
  require_columns(select[1], std::regex("([a-z_]+)"));
  const std::string page = content_of(std::string(GROK_SOURCE_DIR) + "/docs/studies.md");
  require_columns(line_of(page, "print(runs"), std::regex("\"([a-z_]+)\""));
  if (std::system("/usr/bin/python3 -c 'import pandas' 2> /dev/null") != 0) {
    SUCCEED("no pandas here");
    return;
  }
  REQUIRE(std::system((line + " > printed").c_str()) == 0);
  const std::string printed = content_of("printed");
  CHECK(std::count(printed.begin(), printed.end(), '\n') == 1 + 15);
  CHECK(printed.find("...") == std::string::npos);
  CHECK_THAT(printed, ContainsSubstring("comprehension") && ContainsSubstring("decoder_decay"));
}

TEST_CASE("docs: every file that is linked exists, and no blank is left to fill", "[cli][readme]") {
  namespace fs = std::filesystem;
  const fs::path root = GROK_SOURCE_DIR;
  std::vector<fs::path> pages = {root / "README.md", root / "CONTRIBUTING.md",
                                 root / "CHANGELOG.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") {
      pages.push_back(entry.path());
    }
  }
  REQUIRE(pages.size() >= 6);
  int links = 0;
  const std::regex link(R"(\]\(([^)#:]+)\))"), blank("@[A-Z0-9]+@");
  for (const fs::path& page : pages) {
    const std::string text = content_of(page);
    CAPTURE(page);
    CHECK_FALSE(std::regex_search(text, blank));
    for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at) {
      CAPTURE((*at)[1].str());
      CHECK(fs::exists(page.parent_path() / (*at)[1].str()));
      ++links;
    }
  }
  CHECK(links >= 10);
}
