// tests/cli/shell_lines.hpp: lines as help and docs print them, for a shell.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace grok {

/// The line without the comment at its end, and without blanks around it.
inline std::string bare(const std::string& line) {
  return std::regex_replace(line, std::regex(R"(^\s+|(\s+#|^#).*$|\s+$)"), "");
}

/// The arguments of `groktheory` in a line for a shell; none: it is another command. Places that a
/// script fills in ($VARIABLE, {}) are filled with 1; quotes hold words together.
inline std::vector<std::vector<std::string>> calls_in(const std::string& line) {
  const std::string filled = std::regex_replace(bare(line), std::regex(R"(\$[A-Z_]+|\{\})"), "1");
  std::vector<std::vector<std::string>> calls;
  bool inside = false;
  const std::regex word(R"((?:'[^']*'|"[^"]*"|[^\s'"])+)"), quote("['\"]");
  for (std::sregex_iterator at(filled.begin(), filled.end(), word), end; at != end; ++at) {
    const std::string text = at->str();
    if (text == "groktheory" || text.ends_with("/groktheory")) {
      calls.emplace_back();
      inside = true;
    } else if (text == "&" || text == "|" || text == "&&" || text == ">" || text == ":::") {
      inside = false;
    } else if (inside) {
      calls.back().push_back(std::regex_replace(text, quote, ""));
    }
  }
  return calls;
}

/// Lines that are not run, and why; every one must be met, so that none is left over.
class NotRun {
 public:
  explicit NotRun(std::map<std::string, std::string> why) : why_(std::move(why)) {}
  bool has(const std::string& line) {
    const auto found = why_.find(line);
    if (found != why_.end()) {
      met_[line] = true;
    }
    return found != why_.end();
  }
  std::vector<std::string> left_over() const {
    std::vector<std::string> left;
    for (const auto& [line, why] : why_) {
      if (!met_.contains(line)) {
        left.push_back(line);
      }
    }
    return left;
  }

 private:
  std::map<std::string, std::string> why_;
  std::map<std::string, bool> met_;
};

/// Exit status of a line under sh in the current folder, with `groktheory` the program under test;
/// what it says is in output.txt.
inline int run_in_shell(const std::string& line) {
  const std::string folder = std::filesystem::path(GROK_PROGRAM).parent_path().string();
  const std::string script = "PATH=\"" + folder + ":$PATH\"\n" + line + "\n";
  {
    std::FILE* file = std::fopen("line.sh", "w");
    std::fputs(script.c_str(), file);
    std::fclose(file);
  }
  const int status = std::system("sh -e line.sh >output.txt 2>&1 </dev/null");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace grok
