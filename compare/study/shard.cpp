#include "compare/study/shard.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/errors.hpp"

namespace grok {
namespace {

constexpr std::int64_t most_shards = 1'000'000;

}  // namespace

Shard parse_shard(const std::string& text, const std::string& where) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard.index);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, shard.count) : first;
  if (!slash || second.ec != std::errc() || second.ptr != end || shard.count < 1 ||
      shard.count > most_shards || shard.index < 1 || shard.index > shard.count) {
    reject(where, "--shard", "'" + text + "'", "i/n with 1 <= i <= n <= 1000000");
  }
  return shard;
}

// The first 32 bits of the identity, a SHA-1, are as good as random.
bool belongs(const Run& resolved, const Shard& shard) {
  const std::string& name = resolved.name();
  std::uint32_t bits = 0;
  std::from_chars(name.data(), name.data() + 8, bits, 16);
  return bits % shard.count == shard.index - 1;
}

std::vector<Run> runs_of(const std::vector<Run>& runs, const Shard& shard) {
  std::vector<Run> part;
  std::ranges::copy_if(runs, std::back_inserter(part),
                       [&](const Run& run) { return belongs(run, shard); });
  return part;
}

}  // namespace grok
