#include "mpi/chunk_size.hpp"

#include <algorithm>

namespace grok {

std::int64_t chunk_size(const ChunkRequest& request) {
  const auto& [remaining, idle, lanes, all_lanes, others_idle] = request;
  const std::int64_t share = (remaining * lanes + all_lanes - 1) / all_lanes;
  const std::int64_t now = std::min(idle, share);
  const std::int64_t ahead =
      others_idle ? 0 : std::min(lanes, (remaining - now) * lanes / (2 * all_lanes));
  return std::min(remaining, now + ahead);
}

}  // namespace grok
