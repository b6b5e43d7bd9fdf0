// cli/spec_flags.hpp: the flags of `train`, one per field of RunSpec: --decoder-rate sets
// decoder_rate. Names, types and help come from for_each_field alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nets/toy/run_spec.hpp"

namespace CLI {
class App;
}

namespace grok {

class SpecFlags {
 public:
  void add_to(CLI::App& app);
  bool given(const std::string& key) const { return texts_.contains(key); }

  /// Sets what was given. A flag takes the place of whatever it contradicts in `spec`: --train of
  /// its pairs, --pairs of its train, another --task of its table.
  /// Throws InputError for a text that is no number; resolve() checks the ranges.
  void apply(RunSpec& spec, const std::string& where) const;

 private:
  std::map<std::string, std::vector<std::string>> texts_;  // by key
};

}  // namespace grok
