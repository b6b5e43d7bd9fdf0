// mpi/follow.hpp: the ranks that train for rank 0. They never open the store.
#pragma once

#include <chrono>
#include <functional>
#include <span>

#include "mpi/messages.hpp"
#include "mpi/ranks.hpp"
#include "nets/model.hpp"

namespace grok {

/// What this process tells of itself and of the list of runs that it has read.
Hello hello_of(std::span<const Run> runs, int threads);

/// A rank with nothing to tell sends an empty packet after so long.
inline constexpr std::chrono::seconds sign_of_life{5};

/// Sleeps a little longer each time nothing came, up to 2 ms: a rank that waits costs no core.
class Patience {
 public:
  void rest();
  void reset() { microseconds_ = shortest; }

 private:
  static constexpr int shortest = 100, longest = 2000;
  int microseconds_ = shortest;
};

/// Trains what rank 0 orders on `threads` threads until it says that it is over; the exit status it
/// gives. Once `stop` says so: drops what is in flight, tells rank 0, calls `stopped`, and waits.
int follow(Ranks& ranks, std::span<const Run> runs, int threads,
           const std::function<bool()>& stop = {}, const std::function<void()>& stopped = {},
           std::chrono::milliseconds sign = sign_of_life);

/// Instead of `follow`, for a rank that cannot take part: rank 0 hears why.
int follow_with_failure(Ranks& ranks, std::int64_t status, const std::string& reason);

}  // namespace grok
