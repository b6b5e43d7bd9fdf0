// No name in a study becomes the name of a file: only the command line says where is written.
#include <vector>

#include "figures/figure.hpp"
#include "tests/cli/command.hpp"

using namespace grok;

namespace {

namespace fs = std::filesystem;

const std::string outward[] = {
    "../../x", "/tmp/groktheory-outward", "a/b", "..", "C:\\x", "$(touch x)", "`touch x`",
    "-o",      "x\"; touch \"x"};

std::string study_named(const std::string& name) {
  const std::string quoted = "'''" + name + "'''";
  return "name = " + quoted + "\nsource = " + quoted +
         "\n[run]\ntask = 'addition'\nsymbols = 4\ntrain = 8\nsteps = 3\n[profiles." + "'" + name +
         "'.run]\nsteps = 2\n";
}

// Files and folders below the current one, but for the store and what SQLite keeps beside it.
std::vector<std::string> files_here() {
  std::vector<std::string> names;
  for (const auto& [path, content] : snapshot(".")) {
    const std::string name = fs::path(path).lexically_normal().string();
    if (!name.starts_with("a/b/runs.db")) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace

TEST_CASE("hostile input: a study writes its store and its export, whatever its names are",
          "[cli]") {
  const Here here("hostile");
  fs::create_directories("a/b");
  for (const std::string& name : outward) {
    here.files.write("a/b/study.toml", study_named(name));
    for (const std::string& profile : {std::string(), "--profile=" + name}) {
      for (const std::vector<std::string>& command :
           {std::vector<std::string>{"run", "--threads", "1"},
            {"status", "--json"},
            {"export", "--out", "a/b/out.csv"}}) {
        std::vector<std::string> words = {"study", command[0], "a/b/study.toml", "--store",
                                          "a/b/runs.db"};
        words.insert(words.end(), command.begin() + 1, command.end());
        if (!profile.empty()) {
          words.push_back(profile);
        }
        const CommandOutput outcome = run_command(words);
        CAPTURE(name, profile, command, outcome.err);
        CHECK(outcome.status == 0);
      }
    }
    CAPTURE(name);
    CHECK(files_here() == std::vector<std::string>{"a", "a/b", "a/b/out.csv", "a/b/study.toml"});
    CHECK_FALSE(fs::exists("/tmp/groktheory-outward"));
    fs::remove("a/b/out.csv");
  }
}

TEST_CASE("hostile input: a file that a study names is read and never written", "[cli]") {
  const Here here("hostile");
  fs::create_directories("inside");
  here.files.write("pairs.csv", "0,1\n2,3\n");
  here.files.write("inside/study.toml",
                   "[run]\ntask = 'addition'\nsymbols = 4\npairs = '../pairs.csv'\nsteps = 3\n");
  const std::string study = " inside/study.toml --store ";
  const CommandOutput outcome = run_line("study run" + study + "inside/runs.db --threads 1");
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(run_line("study export" + study + "inside/runs.db --out pairs.csv").status == 2);
  CHECK(run_line("study run" + study + "pairs.csv --threads 1").status == 2);
  CHECK(content_of("pairs.csv") == "0,1\n2,3\n");
}

TEST_CASE("hostile input: the files of a figure are named by the program", "[cli]") {
  const char* letters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  for (const Figure& figure : figures()) {
    CHECK(figure.stem.find_first_not_of(letters) == std::string::npos);
  }
}
