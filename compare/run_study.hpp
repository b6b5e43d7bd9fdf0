// compare/run_study.hpp: train what a store lacks.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "compare/store.hpp"
#include "nets/engine_choice.hpp"

namespace grok {

struct StudyCounts {
  std::int64_t runs = 0;
  std::int64_t done = 0;  // already in the store
};
StudyCounts count_done(std::span<const RunSpec> runs, const Store& store);

struct StudyOutcome {
  std::vector<Record> records;  // in the order of `runs`
  Workers workers;              // what trained the runs that were missing, and why
};

/// Trains the runs that are missing, on the workers chosen for them, and commits each record as it
/// finishes. `label` names the live progress line; `notice` gets lines the user should see.
StudyOutcome run_missing(std::span<const RunSpec> runs, Store& store, const Workers& request,
                         const std::string& label,
                         const std::function<void(const std::string&)>& notice = {});

}  // namespace grok
