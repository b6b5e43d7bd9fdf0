// core/provenance.hpp: what made a number: program, commit, compiler, libraries, processor.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace grok {

struct Provenance {
  std::string version;  // of groktheory, as in CMakeLists.txt
  std::string
      commit;  // git commit at build time, "+" if the tree was changed; "unknown" outside git
  std::string compiler;    // "GNU 12.2.0"
  std::string build_type;  // "Release"
  std::string flags;       // of the compiler, for everything but the engines' kernels
  std::string processor;   // of the machine this runs on
  std::vector<std::pair<std::string, std::string>> libraries;  // name, version, as built against
};

Provenance provenance();

/// "0.1.0 abc1234 GNU 12.2.0 Release": the same in all parts of one program.
std::string build_name();

/// The lines of `groktheory --version`.
std::string to_text(const Provenance& provenance);

}  // namespace grok
