// compare/store/find_run.hpp: a run of a store by its name alone.
#pragma once

#include <string>

#include "compare/store/store.hpp"

namespace grok {

struct StoredRun {
  std::string name;  // its identity
  Run run;           // resolved; as its row says where it cannot be
  Outcome outcome;
  /// Why the keys in the row do not give this run: a file that it was made from is gone, or holds
  /// something else now. Empty: they do.
  std::string why_not;
  struct {
    std::string version, commit, processor, finished_at;
  } made;
};

/// `name`: an identity, or how one begins (4 characters or more). Throws InputError "where:
/// identity = ..." for none or several, and for a run of a model that is not among `models`.
StoredRun find_run(const Store& store, const std::string& name, const Models& models,
                   const std::string& where);

}  // namespace grok
