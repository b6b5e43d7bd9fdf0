// What --help prints, and that every line of its examples works as it stands.
#include "tests/cli/command.hpp"
#include "tests/cli/shell_lines.hpp"

using namespace grok;

namespace {

// Names under "Subcommands:".
std::vector<std::string> commands_in(const std::string& help) {
  std::vector<std::string> names;
  std::istringstream in(help);
  bool there = false;
  for (std::string line; std::getline(in, line);) {
    if (there && !line.starts_with("  ")) {
      break;
    }
    if (there && line.size() > 2 && line[2] != ' ') {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    there = there || line == "Subcommands:";
  }
  return names;
}

// Every command, as it is called: groups before what is in them.
std::vector<std::string> all_commands(const std::string& group = "") {
  std::vector<std::string> all = {group};
  for (const std::string& name : commands_in(run_line(group + " --help").out)) {
    const auto inner = all_commands(group.empty() ? name : group + " " + name);
    all.insert(all.end(), inner.begin(), inner.end());
  }
  return all;
}

std::vector<std::string> examples_in(const std::string& help) {
  std::vector<std::string> lines;
  const auto start = help.find("\nExample");
  std::istringstream in(start == std::string::npos ? "" : help.substr(start));
  for (std::string line; std::getline(in, line);) {
    const std::string first = bare(line).substr(0, bare(line).find(' '));
    if (line.starts_with("  ") &&
        (first == "groktheory" || first == "printf" || first == "mpirun")) {
      lines.push_back(bare(line));
    }
  }
  return lines;
}

const std::map<std::string, std::string> not_run = {
    {"groktheory bench --repetitions 3 --seconds 0.1 --json", "minutes"},
    {"groktheory figure core --profile quick", "minutes of training"},
    {"groktheory figure fig4 --profile fast --out pictures", "minutes of training"},
    {"groktheory figure core --profile full --threads 8", "days of training"},
    {"groktheory referee --profile quick", "an hour of training"},
    {"groktheory referee --profile unseen --store runs.db --page referee.md", "hours of training"},
    {"groktheory scaling --symbols 40:4000:8 --draws 400", "minutes"},
    {"mpirun -n 64 groktheory study run rates.toml --store rates.db --threads 1",
     "needs a cluster"},
};

}  // namespace

TEST_CASE("help: every way to ask for it", "[cli][help]") {
  const std::vector<std::string> commands = all_commands();
  CHECK(commands.size() == 26);
  for (const std::string& command : commands) {
    CAPTURE(command);
    const CommandOutput asked = run_line(command + " --help");
    CHECK(asked.status == 0);
    CHECK(asked.err.empty());
    CHECK_THAT(asked.out,
               ContainsSubstring("Usage: groktheory" + (command.empty() ? "" : " " + command)));
    CHECK(run_line("help " + command).out == asked.out);
    if (command.starts_with("study ")) {
      CHECK(run_line("study help " + command.substr(6)).out == asked.out);
    }
  }
  CHECK(run_line("study help").out == run_line("study --help").out);
  CHECK(run_line("version").out == run_line("--version").out);
  CHECK(run_line("version").status == 0);
}

TEST_CASE("help: asked for nothing, a group of commands prints its help, and fails",
          "[cli][help]") {
  for (const std::string group : {"", "study", "parity"}) {
    const CommandOutput nothing = run_line(group);
    CHECK(nothing.status == 2);
    CHECK(nothing.out.empty());
    CHECK(nothing.err == run_line("help " + group).out);
  }
}

TEST_CASE("help: in words of this program", "[cli][help]") {
  for (const std::string& command : all_commands()) {
    const std::string help = run_line("help " + command).out;
    CAPTURE(command, help);
    for (const char* raw :
         {"REQUIRED", "Excludes", "Needs", "... ...", "OPTIONS]:", "Positionals:\n  -"}) {
      CHECK_THAT(help, !ContainsSubstring(raw));
    }
    // Defaults stand behind descriptions.
    CHECK_FALSE(std::regex_search(help, std::regex(R"(\n  --[a-z-]+ [^ ]*[A-Z|]=[^A-Z])")));
  }
  CHECK_THAT(run_line("help study run").out,
             ContainsSubstring("Usage: groktheory study run FILE --store FILE [OPTIONS]\n"));
  CHECK_THAT(run_line("help study merge").out,
             ContainsSubstring("Usage: groktheory study merge FILE... --store FILE [OPTIONS]\n"));
  CHECK_THAT(run_line("help figure").out,
             ContainsSubstring("Usage: groktheory figure [NAME[:PROFILE]...] [OPTIONS]\n"));
  const std::string predict = run_line("help predict").out;
  CHECK_THAT(predict, ContainsSubstring("  --orders N,N,...            orders of the"));
  CHECK_THAT(predict, ContainsSubstring("permutations, table (default addition)\n"));
  CHECK_THAT(run_line("help show").out, ContainsSubstring("SQLite file of the records (needed)\n"));
}

TEST_CASE("help: every line of every example works as it stands, one after the other",
          "[cli][help]") {
  const Here here("examples");
  NotRun slow(not_run);
  int run = 0;
  for (const std::string& command : all_commands()) {
    const auto lines = examples_in(run_line("help " + command).out);
    const bool none =
        command.empty() || command.ends_with("help") || command == "version" || command == "parity";
    CHECK((none || !lines.empty()));
    for (const std::string& line : lines) {
      CAPTURE(command, line);
      for (const auto& call : calls_in(line)) {
        CHECK_NOTHROW(check_cli(call));
      }
      if (slow.has(line)) {
        continue;
      }
      const int status = run_in_shell(line);
      CAPTURE(status == 0 ? std::string() : content_of("output.txt"));
      CHECK(status == 0);
      ++run;
    }
  }
  CHECK(run > 25);
  CHECK(slow.left_over().empty());
}
