// mpi/chunk_size.hpp: how many runs rank 0 hands out at once.
#pragma once

#include <cstdint>

namespace grok {

/// Lanes: networks that a rank trains side by side. A run that nobody has begun waits in a queue
/// of rank 0 (`remaining`) or, ahead of need, at a rank.
struct ChunkRequest {
  std::int64_t remaining = 0;  // runs at rank 0
  std::int64_t idle = 0;       // lanes of this rank that have nothing to do
  std::int64_t lanes = 1;      // of this rank
  std::int64_t all_lanes = 1;  // of all ranks
  bool others_idle = false;    // another rank that asks has idle lanes
};

/// Runs for a rank that asks.
///   for idle lanes  one each, but no more than the rank's share of what remains, rounded up
///   ahead of need   guided self-scheduling (Polychronopoulos and Kuck 1987): half the rank's
///                   share of what remains then, rounded down, at most one run per lane. Less than
///                   two runs per lane are left, or another rank is idle now: none, so that no
///                   run waits at a busy rank while another rank has nothing to do.
/// A large chunk would save no message (a rank asks in the packet that brings a result), but lets
/// others wait: long runs lie side by side in a phase diagram, and each run is entered in the store
/// as it is handed out.
std::int64_t chunk_size(const ChunkRequest& request);

}  // namespace grok
