// compare/study/shard.hpp: a study cut into parts that know nothing of each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nets/model.hpp"

namespace grok {

struct Shard {
  std::int64_t index = 1, count = 1;  // part 1 <= index <= count
};

/// "3/8". Throws InputError "where: --shard = text, allowed ...".
Shard parse_shard(const std::string& text, const std::string& where);

/// The part of a run follows from its identity alone, so it stays the same when a study grows.
bool belongs(const Run& resolved, const Shard& shard);
std::vector<Run> runs_of(const std::vector<Run>& runs, const Shard& shard);

}  // namespace grok
