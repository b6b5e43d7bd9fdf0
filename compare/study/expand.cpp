#include "compare/study/expand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <any>
#include <map>
#include <unordered_set>
#include <utility>

namespace grok {
namespace {

using I = std::int64_t;
namespace fs = std::filesystem;

// Walks every combination and keeps the distinct runs.
class Expander {
 public:
  Expander(const Model& model, std::string file, fs::path folder)
      : model_(model), file_(std::move(file)), folder_(std::move(folder)) {}

  std::vector<Run> expand(const Layer& layer) {
    layer_ = &layer;
    cells_ = layer.zip.empty() ? 1 : layer.zip.front().size();
    for (const StudyAxis& axis : layer.axes) {
      cells_ *= axis.size();
    }
    Run run = model_.usual();
    for (const Setting& setting : layer.run) {
      run = with(run, setting.key, setting.entry);
    }
    if (layer.zip.empty()) {
      walk(run, 0);
    }
    const I length = layer.zip.empty() ? 0 : layer.zip.front().size();
    for (I k = 0; k < length; ++k) {
      Run zipped = run;
      for (const StudyAxis& axis : layer.zip) {
        zipped = with(zipped, axis.key, axis[k]);
      }
      walk(zipped, 0);
    }
    return std::move(runs_);
  }

  /// One run, checked, but with nothing filled in: what is set later still has its effect.
  Run as_written(const std::vector<Setting>& settings) {
    Run run = model_.usual();
    for (const Setting& setting : settings) {
      run = with(run, setting.key, setting.entry);
    }
    run = located(run);
    resolved(run);
    return run;
  }

 private:
  std::string place(const std::string& key) const {
    const auto found = lines_.find(key);
    return found == lines_.end() ? file_ : fmt::format("{}:{}", file_, found->second);
  }

  Run with(const Run& run, const std::string& key, const AxisValue& entry) {
    lines_[key] = entry.line;
    return model_.with(run, key, entry.value);
  }

  void walk(const Run& run, std::size_t depth) {
    if (depth == layer_->axes.size()) {
      ++cell_;
      const Run found = resolved_in_cell(located(run));
      if (names_.insert(found.name()).second) {
        runs_.push_back(found);
      }
      return;
    }
    const StudyAxis& axis = layer_->axes[depth];
    for (I k = 0; k < axis.size(); ++k) {
      walk(with(run, axis.key, axis[k]), depth + 1);
    }
  }

  // With the names of its files as seen from here.
  Run located(Run run) const {
    for (const Field& field : model_.keys()) {
      if (!field.is_file()) {
        continue;
      }
      const auto name = std::get<std::string>(run[field.key]);
      if (!name.empty()) {
        run = model_.with(run, field.key, (folder_ / name).lexically_normal().string());
      }
    }
    return run;
  }

  Run resolved(const Run& run) {
    const Given given{Given::By::file,
                      [this](std::string_view key) { return lines_.contains(std::string(key)); },
                      &read_};
    return model_.resolve(run, given, [this](const std::string& key) { return place(key); });
  }

  // What cannot be may be so in this cell alone: which it is, beside the line of the key at fault.
  Run resolved_in_cell(const Run& run) {
    try {
      return resolved(run);
    } catch (const InputError& error) {
      std::vector<std::string> values;
      for (const auto* axes : {&layer_->zip, &layer_->axes}) {
        for (const StudyAxis& axis : *axes) {
          values.push_back(axis.key + " = " + text_of(run[axis.key]));
        }
      }
      if (values.empty()) {
        throw;
      }
      reject_further(error,
                     fmt::format("run {} of {}: {}", cell_, cells_, fmt::join(values, ", ")));
    }
  }

  const Model& model_;
  std::string file_;
  fs::path folder_;
  const Layer* layer_ = nullptr;
  I cell_ = 0, cells_ = 0;
  std::map<std::string, I> lines_;  // where the keys of the run at hand stand
  std::map<std::string, std::any> read_;
  std::unordered_set<std::string> names_;
  std::vector<Run> runs_;
};

}  // namespace

std::vector<Run> expand(const Model& model, const std::string& file, const fs::path& folder,
                        const Layer& layer) {
  return Expander(model, file, folder).expand(layer);
}

Run run_as_written(const Model& model, const std::string& file, const fs::path& folder,
                   const std::vector<Setting>& settings) {
  return Expander(model, file, folder).as_written(settings);
}

}  // namespace grok
