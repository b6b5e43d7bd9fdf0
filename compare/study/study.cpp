#include "compare/study/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_set>

#include "compare/study/axis.hpp"
#include "compare/study/refine_table.hpp"
#include "compare/study/toml_file.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

using I = std::int64_t;
namespace fs = std::filesystem;

constexpr std::size_t max_name_bytes = 1000;  // of what is shown beside a study's numbers

// What a file, or a profile in it, says of the runs.
struct Layer {
  std::vector<Setting> run;
  std::vector<Axis> zip;
  std::vector<Axis> axes;
  std::optional<RefineTable> refine;
};

const toml::table& table_at(const std::string& file, const std::string& key,
                            const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    reject(place_of(file, node), key, shown(node), fmt::format("a table [{}]", key));
  }
  return *table;
}

std::vector<Setting> read_run_table(const std::string& file, const toml::table& table) {
  std::vector<Setting> settings;
  for (const auto& [key, node] : in_file_order(table)) {
    settings.push_back(read_setting(file, key, *node));
  }
  return settings;
}

std::vector<Axis> read_axes_table(const std::string& file, const toml::table& table) {
  std::vector<Axis> axes;
  for (const auto& [key, node] : in_file_order(table)) {
    axes.push_back(read_axis(file, key, *node));
  }
  return axes;
}

// True if `key` was one of run, axes, zip, refine, and is now in `layer`.
bool read_layer_key(const std::string& file, const std::string& key, const toml::node& node,
                    Layer& layer) {
  if (key == "run") {
    layer.run = read_run_table(file, table_at(file, key, node));
  } else if (key == "axes") {
    layer.axes = read_axes_table(file, table_at(file, key, node));
  } else if (key == "zip") {
    layer.zip = read_axes_table(file, table_at(file, key, node));
  } else if (key == "refine") {
    layer.refine = read_refine_table(file, table_at(file, key, node));
  } else {
    return false;
  }
  return true;
}

[[noreturn]] void unknown_key(const std::string& file, const std::string& key,
                              const toml::node& node, const char* allowed) {
  reject(place_of(file, node), "key", fmt::format("'{}'", key), allowed);
}

std::map<std::string, Layer> read_profiles(const std::string& file, const toml::node& node) {
  std::map<std::string, Layer> profiles;
  for (const auto& [name, profile] : in_file_order(table_at(file, "profiles", node))) {
    Layer& layer = profiles[name];
    for (const auto& [key, at] : in_file_order(table_at(file, "profiles." + name, *profile))) {
      if (!read_layer_key(file, key, *at, layer)) {
        unknown_key(file, key, *at, "run, axes, zip, refine");
      }
    }
  }
  return profiles;
}

template <class Keyed>
void replace_by_key(std::vector<Keyed>& base, const std::vector<Keyed>& over) {
  for (const Keyed& item : over) {
    const auto at = std::ranges::find(base, item.key, &Keyed::key);
    if (at == base.end()) {
      base.push_back(item);
    } else {
      *at = item;
    }
  }
}

void apply_profile(const std::string& file, const std::map<std::string, Layer>& profiles,
                   const std::string& name, Layer& layer) {
  const auto found = profiles.find(name);
  if (found == profiles.end()) {
    std::vector<std::string> names;
    for (const auto& [key, unused] : profiles) {
      names.push_back(key);
    }
    reject(file, "profile", fmt::format("'{}'", name),
           names.empty() ? "none (the file has no profiles)"
                         : fmt::format("{}", fmt::join(names, ", ")));
  }
  replace_by_key(layer.run, found->second.run);
  replace_by_key(layer.axes, found->second.axes);
  replace_by_key(layer.zip, found->second.zip);
  if (found->second.refine) {
    layer.refine =
        layer.refine ? replaced(*layer.refine, *found->second.refine) : found->second.refine;
  }
}

// a * b, or the largest number there is.
I saturated_product(I a, I b) {
  constexpr I most = std::numeric_limits<I>::max();
  return a > most / b ? most : a * b;
}

// Before anything is expanded: how many runs, and no key on two axes.
void check_axes(const std::string& file, const Layer& layer, I most_runs) {
  I runs = 1;
  for (const Axis& axis : layer.zip) {
    const std::string place = fmt::format("{}:{}", file, axis[0].line);
    runs = layer.zip.front().size();
    if (axis.size() != runs) {
      reject(place, "zip." + axis.key, fmt::format("{} values", axis.size()),
             fmt::format("{} (as many as zip.{})", runs, layer.zip.front().key));
    }
    if (std::ranges::find(layer.axes, axis.key, &Axis::key) != layer.axes.end()) {
      reject(place, "zip." + axis.key, "a list",
             fmt::format("nothing ({} is in [axes])", axis.key));
    }
  }
  for (const Axis& axis : layer.axes) {
    runs = saturated_product(runs, axis.size());
  }
  if (runs > most_runs) {
    const bool counted = runs < std::numeric_limits<I>::max();
    reject(file, "runs", fmt::format("{}{}", runs, counted ? "" : " or more"),
           fmt::format("[1, {}]", most_runs));
  }
}

// Walks every combination and keeps the distinct runs.
class Expander {
 public:
  Expander(std::string file, fs::path folder)
      : file_(std::move(file)), folder_(std::move(folder)) {}

  std::vector<RunSpec> expand(const Layer& layer) {
    layer_ = &layer;
    RunSpec spec;
    for (const Setting& setting : layer.run) {
      set(spec, setting.key, setting.entry);
    }
    if (layer.zip.empty()) {
      walk(spec, 0);
    }
    const I length = layer.zip.empty() ? 0 : layer.zip.front().size();
    for (I k = 0; k < length; ++k) {
      RunSpec zipped = spec;
      for (const Axis& axis : layer.zip) {
        set(zipped, axis.key, axis[k]);
      }
      walk(zipped, 0);
    }
    return std::move(runs_);
  }

  /// One run, checked, but with nothing filled in: what is set later still has its effect.
  RunSpec as_written(const std::vector<Setting>& settings) {
    RunSpec spec;
    for (const Setting& setting : settings) {
      set(spec, setting.key, setting.entry);
    }
    written_symbols_ = spec.symbols;
    spec = located(std::move(spec));
    resolved(spec);
    return spec;
  }

 private:
  std::string place(const std::string& key) const {
    const auto found = lines_.find(key);
    return found == lines_.end() ? file_ : fmt::format("{}:{}", file_, found->second);
  }

  void set(RunSpec& spec, const std::string& key, const Entry& entry) {
    lines_[key] = entry.line;
    assign(spec, key, entry.value);
  }

  void walk(const RunSpec& spec, std::size_t depth) {
    if (depth == layer_->axes.size()) {
      add(spec);
      return;
    }
    const Axis& axis = layer_->axes[depth];
    RunSpec next = spec;
    for (I k = 0; k < axis.size(); ++k) {
      set(next, axis.key, axis[k]);
      walk(next, depth + 1);
    }
  }

  // task, symbols and train have no default in a file; a file that is named stands for them.
  void require_given(const RunSpec& spec) const {
    const auto missing = [&](const char* key, const char* allowed) {
      if (!lines_.contains(key)) {
        reject(file_, key, "nothing", allowed);
      }
    };
    missing("task", "a task in [run], [axes] or [zip]");
    if (spec.table.empty() && spec.orders.empty()) {
      missing("symbols", "a number of symbols in [run], [axes] or [zip]");
    }
    if (spec.pairs.empty()) {
      missing("train", "a size (train) or a file (pairs) in [run], [axes] or [zip]");
    } else if (lines_.contains("train")) {
      reject(place("train"), "train", fmt::format("{}", spec.train),
             "nothing (pairs gives the training set)");
    }
  }

  // Checks a run as written: nothing is filled in yet but the folder of its files.
  RunSpec located(RunSpec spec) const {
    require_given(spec);
    for (std::string* name : {&spec.table, &spec.pairs}) {
      if (!name->empty()) {
        *name = (folder_ / *name).lexically_normal().string();
      }
    }
    return spec;
  }

  RunSpec resolved(const RunSpec& spec) const {
    RunSpec result = resolve(spec, [this](const std::string& key) { return place(key); });
    if (lines_.contains("symbols") && written_symbols_ != result.symbols) {
      reject(place("symbols"), "symbols", fmt::format("{}", written_symbols_),
             fmt::format("{} (as in the {})", result.symbols,
                         result.task == "table" ? "table" : "orders"));
    }
    return result;
  }

  void add(RunSpec spec) {
    written_symbols_ = spec.symbols;
    spec = located(std::move(spec));
    const std::string files =
        fmt::format("{}\n{}\n{}\n{}", spec.task, spec.symbols, spec.table, spec.pairs);
    if (const auto read = read_.find(files); read != read_.end()) {  // each file once
      spec.pair_list = read->second.pair_list;
      spec.table_outputs = read->second.table_outputs;
      spec.table_commutes = read->second.table_commutes;
      spec.symbols = read->second.symbols;
    }
    spec = resolved(spec);
    if (!spec.table.empty() || !spec.pairs.empty()) {
      read_.try_emplace(files, spec);
    }
    if (names_.insert(identity(spec)).second) {
      runs_.push_back(std::move(spec));
    }
  }

  std::string file_;
  fs::path folder_;
  const Layer* layer_ = nullptr;
  I written_symbols_ = 0;           // of the run at hand
  std::map<std::string, I> lines_;  // where the keys of the run at hand stand
  std::map<std::string, RunSpec> read_;
  std::unordered_set<std::string> names_;
  std::vector<RunSpec> runs_;
};

std::string text_at(const std::string& file, const std::string& key, const toml::node& node) {
  const auto text = node.value_exact<std::string>();
  if (!text) {
    reject(place_of(file, node), key, shown(node), "a string");
  }
  if (has_control_characters(*text) || text->size() > max_name_bytes) {
    reject(place_of(file, node), key, "'" + *text + "'",
           fmt::format("at most {} bytes without control characters", max_name_bytes));
  }
  return *text;
}

}  // namespace

Study parse_study(std::string_view toml, const std::string& where, const std::string& profile,
                  const fs::path& folder, I most_runs) {
  const toml::table root = parse_toml(toml, where);
  Study study;
  Layer layer;
  std::map<std::string, Layer> profiles;
  for (const auto& [key, node] : in_file_order(root)) {
    if (key == "name" || key == "source") {
      (key == "name" ? study.name : study.source) = text_at(where, key, *node);
    } else if (key == "profiles") {
      profiles = read_profiles(where, *node);
    } else if (!read_layer_key(where, key, *node, layer)) {
      unknown_key(where, key, *node, "name, source, run, axes, zip, refine, profiles");
    }
  }
  if (!profile.empty()) {
    apply_profile(where, profiles, profile, layer);
  }
  for (const auto* axes : {&layer.zip, &layer.axes}) {
    for (const Axis& axis : *axes) {
      study.axes.push_back(axis.key);
    }
  }
  check_axes(where, layer, most_runs);
  if (layer.refine) {
    study.refine = checked_refine(*layer.refine, layer.axes, layer.zip);
  }
  study.runs = Expander(where, folder).expand(layer);
  return study;
}

Study read_study(const fs::path& file, const std::string& profile) {
  Study study = parse_study(read_toml_text(file), file.string(), profile, file.parent_path());
  if (study.name.empty()) {
    study.name = file.stem().string();
  }
  return study;
}

RunSpec read_run(const fs::path& file) {
  const std::string where = file.string();
  const toml::table root = parse_toml(read_toml_text(file), where);
  const bool nested = root.contains("run");
  std::vector<Setting> run;
  for (const auto& [key, node] : in_file_order(root)) {
    if (key == "name" || key == "source") {
      text_at(where, key, *node);
    } else if (key == "run") {
      run = read_run_table(where, table_at(where, key, *node));
    } else if (nested || key == "axes" || key == "zip" || key == "refine" || key == "profiles") {
      unknown_key(where, key, *node, nested ? "name, source, run" : "keys of one run, no axes");
    } else {
      run.push_back(read_setting(where, key, *node));
    }
  }
  return Expander(where, file.parent_path()).as_written(run);
}

}  // namespace grok
