// core/parallel.hpp: independent jobs over threads; a thread takes the next job when it is free.
#pragma once

#include <cstdint>
#include <functional>

namespace grok {

/// Threads to use when the user does not say: those the system grants, at least 1.
int default_threads();

/// Calls job(0), ..., job(count-1), each once, on `threads` threads. After a job throws no new one
/// starts; the first exception is rethrown here when the running jobs have ended. Throws
/// Interrupted between two jobs as throw_if_stopped (core/interrupt.hpp) does.
void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& job);

}  // namespace grok
