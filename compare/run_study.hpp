// compare/run_study.hpp: train what a store lacks.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compare/store.hpp"

namespace grok {

struct StudyCounts {
  std::int64_t runs = 0;
  std::int64_t done = 0;  // already in the store
};
StudyCounts count_done(std::span<const RunSpec> runs, const Store& store);

/// Trains the runs that are missing, commits each record as it finishes, and returns all records in
/// the order of `runs`. `label` names the live progress line.
std::vector<Record> run_missing(std::span<const RunSpec> runs, Store& store, int threads,
                                const std::string& label);

}  // namespace grok
