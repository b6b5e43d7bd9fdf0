// What README.md shows is what the program prints, and every line that README and docs print works.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include "compare/store/store.hpp"
#include "compare/study/study.hpp"
#include "nets/toy/model.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/shell_lines.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

namespace fs = std::filesystem;

std::string readme() { return content_of(std::string(GROK_SOURCE_DIR) + "/README.md"); }

// The lines between ```kind and ```.
std::string block(const std::string& text, const std::string& kind) {
  const std::string open = "```" + kind + "\n";
  const auto start = text.find(open);
  REQUIRE(start != std::string::npos);
  const auto first = start + open.size();
  return text.substr(first, text.find("```", first) - first);
}

std::vector<fs::path> pages() {
  const fs::path root = GROK_SOURCE_DIR;
  std::vector<fs::path> found = {root / "README.md", root / "CONTRIBUTING.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") {
      found.push_back(entry.path());
    }
  }
  REQUIRE(found.size() >= 6);
  return found;
}

struct Block {
  std::string kind, text;  // "sh", "toml"
};

std::vector<Block> blocks_in(const std::string& page) {
  std::vector<Block> blocks;
  std::istringstream in(page);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) {
        blocks.push_back({line.substr(3), ""});
      }
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

// Lines for a shell, with what a backslash continues.
std::vector<std::string> shell_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(std::regex_replace(text, std::regex("\\\\\n\\s*"), ""));
  for (std::string line; std::getline(in, line);) {
    if (const std::string found = bare(line); !found.empty()) {
      lines.push_back(found);
    }
  }
  return lines;
}

const char* const builds = "builds the program";
const char* const scripts = "needs a cluster, or GNU parallel";
const std::map<std::string, std::string> not_run = {
    {"./quickstart", "installs and builds"},
    {"./quickstart test", "installs and builds"},
    {R"x(/usr/bin/python3 -c 'import pandas, sqlite3; print(pandas.read_sql("select decoder_rate, decoder_decay, phase, steps_to_validation from runs order by decoder_rate, decoder_decay", sqlite3.connect("phases.db")))')x",
     "needs pandas; a test of its own"},
    {"cmake --preset release -DCMAKE_PREFIX_PATH=/opt/libtorch", builds},
    {R"x(cmake --preset release -DCMAKE_PREFIX_PATH="$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)')")x",
     builds},
    {"cmake --build --preset release && build/release/groktheory --version", builds},
    {"cmake --preset release && cmake --build --preset release", builds},
    {"ctest --preset release", "runs this test"},
    {"cmake --preset bench && cmake --build --preset bench", builds},
    {R"(build/bench/bench/simulate_scaling runs.db "task = 'addition' and symbols = 10 and steps = 100000" steps 20 /where/the/store/is)",
     "a program for measurements, of another preset"},
    {"groktheory referee --profile unseen --store runs.db --page docs/referee.md",
     "hours of training"},
    {"groktheory study run phases.toml --store part-$SLURM_ARRAY_TASK_ID.db --shard "
     "$SLURM_ARRAY_TASK_ID/16 --threads $SLURM_CPUS_PER_TASK",
     scripts},
    {"parallel -j 4 groktheory study run phases.toml --store part-{}.db --shard {}/16 --threads 2 "
     "::: {1..16}",
     scripts},
    {"groktheory study merge part-*.db --store phases.db", "has the parts of the scripts above it"},
    {"mpirun -n 64 groktheory study run phases.toml --store phases.db --threads 1", scripts},
    {"srun --mpi=pmix groktheory study run phases.toml --store phases.db --threads "
     "$SLURM_CPUS_PER_TASK",
     scripts},
};

// Commands in running text that stand for others, or are of another program.
const std::regex stands_for_others(R"(\||\.\.\.|\b(P|X|R|NEW|NAME)\b|my-figure|study\.toml)");

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

TEST_CASE("docs: every line for a shell works as it stands, or says why it is not run here",
          "[cli][readme]") {
  const Here here("docs");
  NotRun other(not_run);
  int run = 0;
  for (const fs::path& page : pages()) {  // README first: others go on with its study
    for (const Block& block : blocks_in(content_of(page))) {
      const std::string first = block.text.substr(0, block.text.find('\n'));
      if (block.kind == "toml" && std::regex_match(first, std::regex(R"(# [a-z]+\.toml)"))) {
        here.files.write(first.substr(2), block.text);
      }
      std::string script;  // of the whole block: its last line may wait for those before
      for (const std::string& line :
           block.kind == "sh" ? shell_lines(block.text) : std::vector<std::string>()) {
        CAPTURE(page, line);
        for (const auto& call : calls_in(line)) {
          CHECK_NOTHROW(check_cli(call));
        }
        if (!other.has(line)) {
          script += line + "\n";
          ++run;
        }
      }
      CAPTURE(page, script);
      const int status = script.empty() ? 0 : run_in_shell(script);
      CAPTURE(status == 0 ? std::string() : content_of("output.txt"));
      CHECK(status == 0);
    }
  }
  CHECK(run > 10);
  CHECK(other.left_over() == std::vector<std::string>());
}

TEST_CASE("docs: every command in running text is one", "[cli][readme]") {
  int checked = 0;
  const std::regex command("`groktheory ([^`]+)`");
  for (const fs::path& page : pages()) {
    const std::string text = content_of(page);
    for (std::sregex_iterator at(text.begin(), text.end(), command), end; at != end; ++at) {
      const std::string line = (*at)[1].str();
      if (std::regex_search(line, stands_for_others)) {
        continue;
      }
      CAPTURE(page, line);
      const bool name = run_line("help " + line).status == 0;  // `groktheory study` is named alone
      if (!name) {
        CHECK_NOTHROW(check_cli(calls_in("groktheory " + line).at(0)));
      }
      ++checked;
    }
  }
  CHECK(checked > 60);
}

TEST_CASE("docs: every file that is linked exists, and no blank is left to fill", "[cli][readme]") {
  std::vector<fs::path> all = pages();
  all.push_back(fs::path(GROK_SOURCE_DIR) / "CHANGELOG.md");
  int links = 0;
  const std::regex link(R"(\]\(([^)#:]+)\))"), blank("@[A-Z0-9]+@");
  for (const fs::path& page : all) {
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
