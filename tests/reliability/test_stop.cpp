// Whatever is asked to stop does so soon, and says what is kept.
#include <chrono>
#include <csignal>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/reliability/program.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

double seconds_to_end(Program& program, int signal) {
  const auto asked = std::chrono::steady_clock::now();
  program.send(signal);
  CHECK(program.status() == 128 + signal);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
}

TEST_CASE("a figure and the referee say how many runs are done, and where", "[stop]") {
  const std::string command = GENERATE("figure fig4", "referee");
  const Scratch scratch("stop-figure");
  const auto store = scratch / "s.db";
  std::vector<std::string> words = {command.substr(0, command.find(' '))};
  if (command != words[0]) {
    words.push_back("fig4");
  }
  for (const std::string& word :
       {std::string("--out"), (scratch / "out").string(), std::string("--store"), store.string(),
        std::string("--threads"), std::string("2"), std::string("--device"), std::string("cpu")}) {
    words.push_back(word);
  }
  Program program(scratch, words);
  REQUIRE(wait_until([&] { return count_in(store) >= 2 || program.ended(); }));
  CHECK(seconds_to_end(program, SIGTERM) < 5);
  const std::regex said("groktheory: " + command +
                        ": interrupted with ([0-9]+) of [0-9]+ runs done and kept in (.*); the "
                        "same command goes on from there\n");
  std::smatch found;
  const std::string err = program.err();
  CAPTURE(err);
  REQUIRE(std::regex_search(err, found, said));
  CHECK(std::stoll(found[1]) == count_in(store));
  CHECK(found[2] == store.string());
}

// Its longest jobs are draws of p = 4000, some tens of milliseconds each.
TEST_CASE("a figure that trains nothing stops at once, and says so", "[stop]") {
  const int after = GENERATE(300, 2000);  // ms
  const Scratch scratch("stop-scaling");
  Program program(scratch,
                  {"figure", "scaling", "--out", (scratch / "out").string(), "--threads", "2"});
  REQUIRE(wait_until([&] { return std::filesystem::exists(scratch / "out" / "runs.db"); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(after));
  CHECK(seconds_to_end(program, SIGINT) < 1.5);  // 0.5 on a machine that does nothing else
  CHECK_THAT(program.err(),
             EndsWith("groktheory: figure scaling: interrupted; what was being computed is not "
                      "kept, the same command computes it again\n"));
}

TEST_CASE("train says what is left of a run, and keeps its trajectory", "[stop]") {
  const bool trajectory = GENERATE(false, true);
  const Scratch scratch("stop-train");
  const auto csv = scratch / "t.csv";
  std::vector<std::string> words = {"train",   "--symbols", "10",     "--train", "45",
                                    "--steps", "10000000",  "--stop", "budget"};
  if (trajectory) {
    words.insert(words.end(), {"--trajectory", csv.string(), "--stride", "7"});
  }
  Program program(scratch, words);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  CHECK(seconds_to_end(program, SIGINT) < 2);
  const std::regex said(
      "train: interrupted at step ([0-9]+) of 10000000; (.*), the same command "
      "begins anew \\('study run' goes on where it was\\)\n");
  std::smatch found;
  const std::string err = program.err();
  CAPTURE(err);
  REQUIRE(std::regex_search(err, found, said));
  CHECK(found[2] ==
        (trajectory ? csv.string() + " has the trajectory up to there" : "nothing is kept"));
  CHECK(program.out().empty());
  CHECK(std::filesystem::exists(csv) == trajectory);
  if (trajectory) {
    std::ifstream in(csv);
    std::string line, last;
    std::int64_t rows = -1;  // the header
    while (std::getline(in, line)) {
      last = line;
      ++rows;
    }
    const std::int64_t step = std::stoll(found[1]);
    CHECK(last.starts_with(found[1].str() + ","));
    CHECK(rows == step / 7 + 1 + (step % 7 == 0 ? 0 : 1));
  }
}

TEST_CASE("study status --watch says every change until the study is complete", "[stop]") {
  const Scratch scratch("watch");
  const std::string study = write_study(scratch, 8, 20'000);
  const auto store = scratch / "s.db";
  const std::vector<std::string> look = {"study", "status", study, "--store", store.string()};
  std::vector<std::string> watch = look;
  watch.insert(watch.end(), {"--watch", "0.1"});
  Program run(scratch, {"study", "run", study, "--store", store.string(), "--threads", "1"});
  REQUIRE(wait_until([&] { return count_in(store) >= 1; }));
  Program watching(scratch, watch), stopped(scratch, watch), once(scratch, look);
  CHECK(once.status() == 4);
  CHECK_THAT(once.err(), ContainsSubstring(" of 8 runs are not done in " + store.string()));
  REQUIRE(wait_until([&] { return !stopped.out().empty(); }));
  CHECK(seconds_to_end(stopped, SIGTERM) < 1);
  CHECK_THAT(stopped.err(),
             ContainsSubstring("study status: interrupted, ") && EndsWith(" of 8 runs done\n"));
  CHECK(run.status() == 0);
  CHECK(watching.status() == 0);
  CHECK(watching.err().empty());
  const std::string text = watching.out();
  CAPTURE(text);
  CHECK_THAT(text, EndsWith("small: 8 of 8 runs done, 0 running, 0 failed, 0 pending\n"));
  std::istringstream lines(text);
  std::string before;
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string counts = line.substr(0, line.find(" pending"));
    CHECK(counts != before);
    before = counts;
  }
  CHECK(count >= 2);
}

}  // namespace
}  // namespace grok
