// tests/cli/command.hpp: commands run in-process, in a folder of their own.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/run_cli.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {

struct CommandOutput {
  int status = 0;
  std::string out, err;
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

inline CommandOutput run_command(const std::vector<std::string>& args) {
  std::ostringstream out, err;
  const int status = run_cli(args, out, err);
  return {status, out.str(), err.str()};
}

/// "predict --train 45" at its blanks; '' stands for an empty argument.
inline CommandOutput run_line(const std::string& line) {
  std::vector<std::string> args;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    args.push_back(word == "''" ? "" : word);
  }
  return run_command(args);
}

/// The JSON of a command that must go well, and what it says on standard error meanwhile.
inline nlohmann::json json_from(const std::string& line, const std::string& said = "") {
  const CommandOutput outcome = run_line(line);
  CAPTURE(line, outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(outcome.err == said);
  return outcome.json();
}

/// A scratch folder that is the current one while this lives.
class Here {
 public:
  explicit Here(const std::string& name) : before_(std::filesystem::current_path()), files(name) {
    std::filesystem::current_path(files.folder());
  }
  ~Here() { std::filesystem::current_path(before_); }
  Here(const Here&) = delete;
  Here& operator=(const Here&) = delete;

 private:
  std::filesystem::path before_;

 public:
  Scratch files;
};

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Every file and folder under `folder`, with what the files hold.
inline std::map<std::string, std::string> snapshot(const std::filesystem::path& folder) {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    found[entry.path().string()] = entry.is_directory() ? "folder" : content_of(entry.path());
  }
  return found;
}

}  // namespace grok
