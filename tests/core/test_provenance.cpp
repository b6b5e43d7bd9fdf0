#include <fmt/format.h>

#include <algorithm>
#include <boost/version.hpp>
#include <fstream>
#include <sstream>

#include "core/provenance.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

std::string version_of(const std::string& library) {
  for (const auto& [name, version] : provenance().libraries) {
    if (name == library) {
      return version;
    }
  }
  return "absent";
}

}  // namespace

TEST_CASE("provenance: the program's version and commit", "[core]") {
  const Provenance p = provenance();
  CHECK(p.version == GROK_VERSION);
  std::string commit = p.commit;
  if (commit != "unknown") {  // "unknown": built outside git
    if (commit.back() == '+') {
      commit.pop_back();
    }
    CHECK(commit.size() >= 12);
    CHECK(commit.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
}

TEST_CASE("provenance: the compiler and libraries that this very file sees", "[core]") {
#if defined(__clang__)
  CHECK(provenance().compiler ==
        fmt::format("Clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__));
#else
  CHECK(provenance().compiler ==
        fmt::format("GNU {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__));
#endif
#ifdef NDEBUG
  CHECK(provenance().build_type.find("Rel") != std::string::npos);
#else
  CHECK(provenance().build_type == "Debug");
#endif
  CHECK(version_of("Boost") == fmt::format("{}.{}.{}", BOOST_VERSION / 100'000,
                                           BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100));
  CHECK(version_of("fmt") ==
        fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100));
  CHECK(version_of("Eigen").substr(0, 2) == "3.");
  CHECK(version_of("Spectra").substr(0, 2) == "1.");
}

TEST_CASE("provenance: the processor of this machine", "[core]") {
  const std::string processor = provenance().processor;
  REQUIRE_FALSE(processor.empty());
  std::ostringstream info;
  info << std::ifstream("/proc/cpuinfo").rdbuf();
  if (info.str().find("model name") != std::string::npos) {
    CHECK_THAT(info.str(), ContainsSubstring(": " + processor + "\n"));
  } else {
    CHECK(processor == "unknown");
  }
}

TEST_CASE("provenance: the text of --version names all of it", "[core]") {
  const Provenance p{"1.2.3",
                     "0123456789ab+",
                     "GNU 12.2.0",
                     "Release",
                     "-O3 -DNDEBUG",
                     "a cpu",
                     {{"Eigen", "3.4.0"}, {"Boost", "1.74.0"}}};
  CHECK(to_text(p) ==
        "groktheory 1.2.3 (commit 0123456789ab+)\ncompiler   GNU 12.2.0, Release, -O3 -DNDEBUG\n"
        "processor  a cpu\nlibrary    Eigen 3.4.0\nlibrary    Boost 1.74.0\n");
}
