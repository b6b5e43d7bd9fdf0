#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::Equals;

namespace {

// Counts arrivals; `wait_for(n)` is false if n have not arrived within 30 s (a deadlock elsewhere).
class Arrivals {
 public:
  void arrive() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool wait_for(int n) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return count_ >= n; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace

TEST_CASE("parallel_for: every job once, for any number of threads", "[core]") {
  const int threads = GENERATE(1, 2, 5, 64);
  const std::int64_t count = GENERATE(0, 1, 7, 1'000'000);
  std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count) + 1);
  parallel_for(count, threads, [&](std::int64_t k) { ++calls.at(static_cast<std::size_t>(k)); });
  CHECK(std::count(calls.begin(), calls.end(), 1) == count);
  CHECK(calls.back() == 0);
}

TEST_CASE("parallel_for: one thread is the caller's, in order", "[core]") {
  std::vector<std::int64_t> order;
  bool elsewhere = false;
  const auto caller = std::this_thread::get_id();
  parallel_for(5, 1, [&](std::int64_t k) {
    order.push_back(k);
    elsewhere = elsewhere || std::this_thread::get_id() != caller;
  });
  CHECK(order == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  CHECK_FALSE(elsewhere);
}

TEST_CASE("parallel_for: jobs run at the same time, never more than `threads`", "[core]") {
  Arrivals arrivals;
  std::atomic<int> met = 0, running = 0, most = 0;
  parallel_for(3, 3, [&](std::int64_t) {
    arrivals.arrive();
    met += arrivals.wait_for(3) ? 1 : 0;  // each waits for the two others
  });
  CHECK(met == 3);
  parallel_for(200, 3, [&](std::int64_t) {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    --running;
  });
  CHECK(most <= 3);
}

TEST_CASE("parallel_for: a free thread takes the next job", "[core]") {
  Arrivals done;
  bool others_finished = false;
  parallel_for(10, 2, [&](std::int64_t k) {
    if (k == 0) {  // a long job: ends when the other thread has done all the rest
      others_finished = done.wait_for(9);
    } else {
      done.arrive();
    }
  });
  CHECK(others_finished);
}

TEST_CASE("parallel_for: the first failure comes back and stops the rest", "[core]") {
  const int threads = GENERATE(1, 4);
  std::atomic<std::int64_t> started = 0;
  const auto fail_at_3 = [&](std::int64_t k) {
    ++started;
    if (k == 3) {
      reject("job", "k", "3", "not 3");
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  };
  CHECK_THROWS_WITH(parallel_for(100'000, threads, fail_at_3), Equals("job: k = 3, allowed not 3"));
  CHECK(started >= 4);
  CHECK(started < 50'000);  // 100,000 without the stop
  if (threads == 1) {
    CHECK(started == 4);
  }
  CHECK_THROWS_AS(parallel_for(8, threads, [](std::int64_t) { throw ConvergenceError("all"); }),
                  ConvergenceError);
}

TEST_CASE("parallel_for: threads outside 1..4096 are rejected before any job", "[core]") {
  int calls = 0;
  const auto count = [&](std::int64_t) { ++calls; };
  CHECK_THROWS_WITH(parallel_for(1, 0, count),
                    Equals("parallel_for: threads = 0, allowed [1, 4096]"));
  CHECK_THROWS_AS(parallel_for(1, -1, count), InputError);
  CHECK_THROWS_AS(parallel_for(1, 4097, count), InputError);
  CHECK(calls == 0);
}

TEST_CASE("default_threads: what the system grants this process", "[core]") {
  cpu_set_t granted;
  CPU_ZERO(&granted);
  REQUIRE(sched_getaffinity(0, sizeof granted, &granted) == 0);
  CHECK(default_threads() == std::max(1, CPU_COUNT(&granted)));
}
