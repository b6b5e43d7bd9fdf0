// compare/store/merge_stores.hpp: the records of several stores in one.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "compare/store/store.hpp"

namespace grok {

/// A run that two stores have with different outcomes.
struct MergeConflict {
  std::string identity, file;       // the store it came from
  std::vector<std::string> fields;  // that differ (different_results)
};

struct MergeReport {
  std::int64_t read = 0, added = 0, present = 0;  // records: of all sources, new, there before
  std::int64_t curves = 0, artefacts = 0;         // new ones
  std::vector<MergeConflict> conflicts;           // not empty: nothing was added
};

/// Adds the rows of every source, provenance included, in one transaction: all of them or, if any
/// two records of one run differ, none. The same in any order and any number of times, but for
/// which of two equal records' times and provenance stay: those that came first. Throws InputError
/// for a source that is no store, is `into` itself, or has runs of a model that is not
/// among `models`. Checkpoints are left behind.
MergeReport merge_stores(Store& into, std::span<const std::filesystem::path> sources,
                         const Models& models = grok::models());

}  // namespace grok
