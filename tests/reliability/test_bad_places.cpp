// A disk that is full, a place that cannot be written, a store that goes away, a clock that jumps.
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "tests/reliability/program.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Catch::Matchers::ContainsSubstring;

std::vector<std::string> run_of(const std::string& study, const std::filesystem::path& store) {
  return {"study", "run", study, "--store", store.string(), "--threads", "2"};
}

// One line that begins with the program's name, after what it says while it works.
void check_last_line(const Program& program, const std::string& message) {
  const std::string text = program.err();
  REQUIRE(!text.empty());
  const auto start = text.rfind("groktheory: ");
  REQUIRE(start != std::string::npos);
  const std::string last = text.substr(start);
  CHECK_THAT(last, ContainsSubstring(message));
  CHECK(last.find('\n') == last.size() - 1);
}

TEST_CASE("a disk that fills up costs no record that was committed", "[places]") {
  const Scratch scratch("full");
  const std::string study = write_study(scratch, 2000, 10);
  const auto store = scratch / "s.db";
  // No file may grow beyond this: like a full disk, and needs no rights
  const auto limit = [] {
    const rlimit most{300'000, 300'000};
    setrlimit(RLIMIT_FSIZE, &most);
    std::signal(SIGXFSZ, SIG_IGN);
  };
  Program program(scratch, run_of(study, store), limit);
  CHECK(program.status() == 1);
  check_last_line(program, store.string() + ": ");
  const std::int64_t kept = count_in(store);
  CHECK(kept > 0);
  CHECK(kept < 2000);
  Program again(scratch, run_of(study, store));  // with room
  CHECK(again.status() == 0);
  CHECK(count_in(store) == 2000);
  CHECK(number_in(store, "select count(*) from runs where starts > 1") <= 4);
}

// In a user and mount namespace of its own, where the system allows that.
bool enter_tmpfs(const std::filesystem::path& folder, const char* options) {
  if (geteuid() != 0) {
    const uid_t user = geteuid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
      return false;
    }
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  } else if (unshare(CLONE_NEWNS) != 0) {
    return false;
  }
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("tmpfs", folder.c_str(), "tmpfs", 0, options) == 0;
}

constexpr int no_mount = 77;

TEST_CASE("a small disk", "[places]") {
  const Scratch scratch("tmpfs");
  const std::string study = write_study(scratch, 2000, 10);
  const auto small = scratch / "small";
  std::filesystem::create_directory(small);
  Program program(scratch, run_of(study, small / "s.db"), [&small] {
    if (!enter_tmpfs(small, "size=256k")) {
      _exit(no_mount);
    }
  });
  const int status = program.status();
  if (status == no_mount) {
    WARN("not tried: no file system can be mounted here");
    return;
  }
  CHECK(status == 1);
  check_last_line(program, "database or disk is full");
}

TEST_CASE("a disk that cannot be written is told before anything is trained", "[places]") {
  const Scratch scratch("read-only");
  const std::string study = write_study(scratch, 3, 10);
  const auto place = scratch / "place";
  std::filesystem::create_directory(place);
  Program program(scratch, run_of(study, place / "s.db"), [&place] {
    if (!enter_tmpfs(place, "size=256k") ||
        mount(nullptr, place.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      _exit(no_mount);
    }
  });
  const int status = program.status();
  if (status == no_mount) {
    WARN("not tried: no file system can be mounted here");
    return;
  }
  CHECK(status == 2);
  check_last_line(program,
                  "file = cannot be opened (Read-only file system), allowed a place that can be "
                  "written");
}

TEST_CASE("a store that is deleted or cut while it is in use", "[places]") {
  const bool cut = GENERATE(false, true);
  const Scratch scratch("deleted");
  const std::string study = write_study(scratch, 400, 20'000);
  const auto store = scratch / "s.db";
  Program program(scratch, run_of(study, store));
  REQUIRE(wait_until([&] { return count_in(store) >= 3; }));
  if (cut) {
    std::filesystem::resize_file(store, 4096);
  } else {
    std::filesystem::remove(store);
  }
  CHECK(program.status() == 1);
  check_last_line(program, store.string() + ": the store was " +
                               (cut ? "truncated" : "deleted or replaced") +
                               " while it was in use");
}

TEST_CASE("a clock that jumps changes no record and stops nothing", "[places]") {
  const Scratch scratch("clock");
  const std::string study = write_study(scratch, 60, 2000);
  const auto jumping = [] { setenv("LD_PRELOAD", GROK_JUMPING_CLOCK, 1); };
  Program straight(scratch, run_of(study, scratch / "a.db"));
  Program first(scratch, run_of(study, scratch / "b.db"), jumping);
  Program second(scratch, run_of(study, scratch / "b.db"), jumping);
  CHECK(straight.status() == 0);
  CHECK(first.status() == 0);
  CHECK(second.status() == 0);
  CHECK(records_in(scratch / "b.db", study) == records_in(scratch / "a.db", study));
  CHECK(number_in(scratch / "b.db", "select sum(starts) from runs") == 60);
  CHECK(number_in(scratch / "b.db",  // they did jump
                  "select max(julianday(finished_at)) - min(julianday(finished_at)) > 10 from "
                  "runs") == 1);
}

}  // namespace
}  // namespace grok
