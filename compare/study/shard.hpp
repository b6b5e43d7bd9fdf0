// compare/study/shard.hpp: a study cut into parts that know nothing of each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nets/toy/run_spec.hpp"

namespace grok {

struct Shard {
  std::int64_t index = 1, count = 1;  // part 1 <= index <= count
};

/// "3/8". Throws InputError "where: --shard = text, allowed ...".
Shard parse_shard(const std::string& text, const std::string& where);

/// The part of a run follows from its identity alone, so it stays the same when a study grows.
bool belongs(const RunSpec& resolved, const Shard& shard);
std::vector<RunSpec> runs_of(const std::vector<RunSpec>& runs, const Shard& shard);

}  // namespace grok
