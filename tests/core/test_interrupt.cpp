#include "core/interrupt.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

// The exit status of a child that does this; of one killed by a signal minus the signal.
template <class Child>
int status_of(const Child& child) {
  const pid_t id = fork();
  REQUIRE(id >= 0);
  if (id == 0) {
    for (const int signal : {SIGINT, SIGTERM, SIGALRM}) {
      std::signal(signal, SIG_DFL);  // the test runner has handlers of its own
    }
    _exit(child());
  }
  int status = 0;
  REQUIRE(waitpid(id, &status, 0) == id);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST_CASE("the first signal is kept", "[interrupt]") {
  for (const int signal : {SIGINT, SIGTERM}) {
    CHECK(status_of([&] {
            const StopOnSignal stop;
            const int before = stop_signal();
            raise(signal);
            return before == 0 ? stop_signal() : -1;
          }) == signal);
  }
}

TEST_CASE("the second signal ends the program with its status", "[interrupt]") {
  CHECK(status_of([] {
          const StopOnSignal stop;
          raise(SIGTERM);
          std::this_thread::sleep_for(std::chrono::milliseconds(300));
          raise(SIGINT);
          return 1;
        }) == 128 + SIGINT);
}

TEST_CASE("two signals at once are one wish", "[interrupt]") {
  CHECK(status_of([] {
          const StopOnSignal stop;
          raise(SIGTERM);
          raise(SIGINT);
          return stop_signal();
        }) == SIGTERM);
}

TEST_CASE("a program that does not stop is ended", "[interrupt]") {
  CHECK(status_of([] {
          const StopOnSignal stop;
          raise(SIGTERM);
          raise(SIGALRM);  // as the clock will
          return 1;
        }) == 128 + SIGTERM);
  CHECK(status_of([] {
          const StopOnSignal stop;
          raise(SIGINT);
          const unsigned left = alarm(0);
          return left >= 1 && left <= StopOnSignal::grace_seconds ? 0 : 1;
        }) == 0);
}

TEST_CASE("loops hear a signal, while somebody listens", "[interrupt]") {
  const auto jobs_done = [] {
    std::atomic<int> done = 0;
    try {
      parallel_for(1000, 2, [&](std::int64_t k) {
        if (k == 3) {
          raise(SIGINT);
        }
        ++done;
      });
    } catch (const Interrupted&) {
      return done.load();
    }
    return -done.load();
  };
  CHECK(status_of([&] {
          const StopOnSignal stop;
          const int done = jobs_done();
          return done >= 4 && done <= 5 ? 0 : 1;  // the other thread may be in a job
        }) == 0);
  CHECK(status_of([&] {
          {
            const StopOnSignal stop;
            raise(SIGINT);
          }
          std::signal(SIGINT, SIG_IGN);
          return jobs_done() == -1000 ? 0 : 1;  // nobody listens any more
        }) == 0);
}

TEST_CASE("what is ended at once says its last words", "[interrupt]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  CHECK(status_of([&] {
          dup2(ends[1], STDERR_FILENO);
          const StopOnSignal stop("all is kept");
          raise(SIGINT);
          std::this_thread::sleep_for(std::chrono::milliseconds(300));
          raise(SIGINT);
          return 1;
        }) == 128 + SIGINT);
  char text[32] = {};
  REQUIRE(read(ends[0], text, sizeof text - 1) > 0);
  CHECK(std::string(text) == "all is kept\n");
}

TEST_CASE("a signal that was ignored still is", "[interrupt]") {
  CHECK(status_of([] {
          std::signal(SIGINT, SIG_IGN);
          const StopOnSignal stop;
          raise(SIGINT);
          return stop_signal();
        }) == 0);
}

TEST_CASE("afterwards signals do what they did", "[interrupt]") {
  CHECK(status_of([] {
          {
            const StopOnSignal stop;
            raise(SIGINT);
          }
          raise(SIGTERM);
          return 0;
        }) == -SIGTERM);
  CHECK(status_of([] {
          {
            const StopOnSignal stop;
            raise(SIGINT);
          }
          const StopOnSignal again;
          return stop_signal();
        }) == 0);
}

}  // namespace
}  // namespace grok
