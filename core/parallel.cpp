#include "core/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "core/errors.hpp"
#include "core/interrupt.hpp"

namespace grok {

// Not hardware_concurrency: it counts processors that this process may not use (a cluster's job).
int default_threads() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    return std::max(1, CPU_COUNT(&allowed));
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& job) {
  require_in_range("parallel_for", "threads", threads, 1, 4096);
  std::atomic<std::int64_t> next = 0;
  std::atomic<bool> failed = false;
  std::exception_ptr first_failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    while (!failed) {
      const std::int64_t k = next++;
      if (k >= count) {
        return;
      }
      try {
        throw_if_stopped();
        job(k);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failed.exchange(true)) {
          first_failure = std::current_exception();
        }
      }
    }
  };
  {
    std::vector<std::jthread> pool;
    const std::int64_t helpers = std::min<std::int64_t>(threads, count) - 1;
    for (std::int64_t t = 0; t < helpers; ++t) {
      pool.emplace_back(work);
    }
    work();
  }
  if (first_failure) {
    std::rethrow_exception(first_failure);
  }
}

}  // namespace grok
