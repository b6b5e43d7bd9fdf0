// cli/run_flags.hpp: the flags of `train`, one per key of a run: --decoder-rate sets decoder_rate.
// Names, types and help come from Model::keys alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nets/model.hpp"

namespace CLI {
class App;
}

namespace grok {

class RunFlags {
 public:
  explicit RunFlags(const Model& model) : model_(&model) {}
  void add_to(CLI::App& app);
  const Model& model() const { return *model_; }
  bool given(std::string_view key) const { return texts_.contains(std::string(key)); }
  /// Throws InputError for a text that is no number; Model::resolve checks the ranges.
  std::map<std::string, Value> values(const std::string& where) const;

 private:
  const Model* model_;
  std::map<std::string, std::vector<std::string>> texts_;  // by key
};

/// A run as flags: what has to be said for Model::resolve to give it, and no more. Files are named
/// as the run names them. Nothing: no flags were found that give it.
std::optional<std::vector<std::string>> flags_for(const Run& resolved);

}  // namespace grok
