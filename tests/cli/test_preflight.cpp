// What a command will need is looked for before it trains.
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

#include "compare/store/store.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

// The folders that programs are looked for in, while this lives.
class Path {
 public:
  explicit Path(const std::string& folders) : before_(std::getenv("PATH")) {
    setenv("PATH", folders.c_str(), 1);
  }
  ~Path() { setenv("PATH", before_.c_str(), 1); }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

 private:
  std::string before_;
};

const char* const study =
    "[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 10\nsteps = 5\ndecoder_widths = [2]\n"
    "[axes]\nseed = [1, 2]\ndecoder_rate = [1e-3, 1e-2]\n";

void check_refused(const std::string& line, int status, const std::string& message) {
  const auto before = snapshot(".");
  const CommandOutput outcome = run_line(line);
  CAPTURE(line, outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, ContainsSubstring(message));
  CHECK(std::ranges::count(outcome.err, '\n') == 1);  // not a word of training
  CHECK(snapshot(".") == before);
}

}  // namespace

TEST_CASE("gnuplot is looked for before anything is trained", "[cli][preflight]") {
  const Here here("no-gnuplot");
  here.files.write("s.toml", study);
  { const Store store("s.db"); }
  std::filesystem::create_directory("bin");
  const std::string terminals = "PATH that has the terminals pngcairo, pdfcairo and svg";
  {
    const Path none("/nowhere");
    check_refused("figure fig9 --out new", 1, "figure: gnuplot = not found, allowed a gnuplot on");
    check_refused("report fig9 --store s.db --out new", 1, "report: gnuplot = not found, allowed");
    check_refused("referee s.toml --out new", 1, "referee: gnuplot = not found, allowed a gnuplot");
    check_refused("plot s.toml --store s.db --out new", 1, "plot: gnuplot = not found, allowed");
  }
  here.files.write("bin/gnuplot", "#!/bin/sh\nexit 3\n");  // has not all terminals
  std::filesystem::permissions("bin/gnuplot", std::filesystem::perms::owner_all);
  const Path poor((here.files / "bin").string());
  check_refused("figure fig9 --out new", 1,
                "figure: gnuplot = status 3, allowed a gnuplot on the " + terminals);
}

TEST_CASE("a full disk is told before anything is trained", "[cli][preflight]") {
  const Here here("full-disk");
  here.files.write("s.toml", study);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{1000, before.rlim_max};  // no file may grow beyond: needs no rights
  REQUIRE(setrlimit(RLIMIT_FSIZE, &little) == 0);
  const std::string room = "--out = new, allowed a folder that can be written, on a disk with room";
  check_refused("figure fig9 --out new", 2, "figure: " + room);
  check_refused("referee s.toml --out new", 2, "referee: " + room);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
}

TEST_CASE("where pages and pictures go is looked at before anything is trained",
          "[cli][preflight]") {
  const Here here("no-place");
  here.files.write("s.toml", study);
  { const Store store("s.db"); }
  for (const char* folder : {"report/results.md", "page/images/p.png", "file.png"}) {
    std::filesystem::create_directories(folder);
  }
  here.files.write("images", "no folder");
  check_refused("report fig9 --store s.db", 2, "report: --out = report/results.md, allowed a file");
  check_refused("referee s.toml --page p.md --out new", 2,
                "referee: --out = images, allowed a folder that can be made");
  check_refused("referee s.toml --page page/p.md --out new", 2,
                "referee: --page = page/images/p.png, allowed a file that can be written");
  check_refused("figure fig9 --out file.png/x --store no/s.db", 2, "no/s.db");
}
