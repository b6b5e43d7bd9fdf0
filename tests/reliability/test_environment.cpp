// What the environment says: which instructions the cpu engine uses, which kernels OpenBLAS does.
#include <cstdlib>

#include "nets/kernels/mlp_kernel.hpp"
#include "tests/reliability/program.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

const std::vector<std::string> small_run = {"train", "--symbols", "4", "--train",
                                            "6",     "--steps",   "5"};

struct Answer {
  int status;
  std::string out, err;
};

Answer with(const char* variable, const std::string& value,
            const std::vector<std::string>& arguments) {
  const Scratch scratch("environment");
  Program program(scratch, arguments, [&] { setenv(variable, value.c_str(), 1); });
  const int status = program.status();
  return {status, program.out(), program.err()};
}

TEST_CASE("GROK_INSTRUCTIONS names the cpu engine's instruction set", "[environment]") {
  const auto kernels = mlp_kernels<float>();
  for (const auto* kernel : kernels) {
    const std::string set = kernel->instruction_set;
    const Answer version = with("GROK_INSTRUCTIONS", set, {"--version"});
    CHECK(version.status == 0);
    CHECK_THAT(version.out, ContainsSubstring("engine     cpu: " + set + "\n"));
    const Answer trained = with("GROK_INSTRUCTIONS", set, small_run);
    CHECK(trained.status == 0);
    CHECK_THAT(trained.out, ContainsSubstring("cpu, " + set + " ("));
  }
  const std::string best = kernels.front()->instruction_set;  // of this process' own environment
  if (std::getenv("GROK_INSTRUCTIONS") == nullptr) {
    CHECK_THAT(with("GROK_INSTRUCTIONS", "", {"--version"}).out,
               ContainsSubstring("engine     cpu: " + best + "\n"));
  }
}

TEST_CASE("an instruction set that is not there is refused before anything is done",
          "[environment]") {
  const std::vector<std::vector<std::string>> commands = {
      small_run, {"--version"}, {"predict", "--symbols", "4", "--train", "6"}, {"bench"}};
  for (const auto& command : commands) {
    const Answer answer = with("GROK_INSTRUCTIONS", "x86-64-v9", command);
    CAPTURE(command);
    CHECK(answer.status == 2);
    CHECK(answer.out.empty());
    CHECK_THAT(answer.err, Catch::Matchers::StartsWith(
                               "groktheory: GROK_INSTRUCTIONS: value = 'x86-64-v9', allowed "));
    CHECK_THAT(answer.err, ContainsSubstring("baseline"));
    CHECK(answer.err.find('\n') == answer.err.size() - 1);
  }
  CHECK(with("GROK_INSTRUCTIONS", "x86-64-v9", {"--help"}).status == 0);
}

#ifdef __x86_64__
TEST_CASE("kernels of OpenBLAS that somebody chose stay", "[environment]") {
  for (const std::string core : {"Prescott", "Nehalem"}) {  // on every x86-64 processor of today
    const Answer answer = with("OPENBLAS_CORETYPE", core, {"--version"});
    REQUIRE(answer.status == 0);
    if (answer.out.find("; OpenBLAS") == std::string::npos) {
      WARN("skipped: no torch engine with OpenBLAS here");
      return;
    }
    CHECK_THAT(answer.out, ContainsSubstring(", " + core + ", "));
  }
}
#endif

}  // namespace
}  // namespace grok
