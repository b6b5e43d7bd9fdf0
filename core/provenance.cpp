#include "core/provenance.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "build_info.hpp"

namespace grok {
namespace {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) {
      const auto colon = line.find(':');
      return colon == std::string::npos ? "unknown" : line.substr(colon + 2);
    }
  }
  return "unknown";
}

// "Eigen 3.4.0;Boost 1.74.0" as CMake wrote it
std::vector<std::pair<std::string, std::string>> split_libraries(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> libraries;
  std::istringstream in(text);
  for (std::string entry; std::getline(in, entry, ';');) {
    const auto space = entry.rfind(' ');
    libraries.emplace_back(entry.substr(0, space), entry.substr(space + 1));
  }
  return libraries;
}

}  // namespace

Provenance provenance() {
  return {build_info::version,
          build_info::commit,
          build_info::compiler,
          build_info::build_type,
          build_info::flags,
          processor_name(),
          split_libraries(build_info::libraries)};
}

std::string build_name() {
  return fmt::format("{} {} {} {}", build_info::version, build_info::commit, build_info::compiler,
                     build_info::build_type);
}

std::string to_text(const Provenance& p) {
  std::string text =
      fmt::format("groktheory {} (commit {})\ncompiler   {}, {}, {}\nprocessor  {}\n", p.version,
                  p.commit, p.compiler, p.build_type, p.flags, p.processor);
  for (const auto& [name, version] : p.libraries) {
    text += fmt::format("library    {} {}\n", name, version);
  }
  return text;
}

}  // namespace grok
