#include "compare/study/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>

#include "compare/study/axis.hpp"
#include "compare/study/expand.hpp"
#include "compare/study/toml_file.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

using I = std::int64_t;
namespace fs = std::filesystem;

constexpr std::size_t max_name_bytes = 1000;  // of what is shown beside a study's numbers

const toml::table& table_at(const std::string& file, const std::string& key,
                            const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    reject(place_of(file, node), key, shown(node), fmt::format("a table [{}]", key));
  }
  return *table;
}

std::vector<Setting> read_run_table(const Model& model, const std::string& file,
                                    const toml::table& table) {
  std::vector<Setting> settings;
  for (const auto& [key, node] : in_file_order(table)) {
    settings.push_back(read_setting(model, file, key, *node));
  }
  return settings;
}

std::vector<StudyAxis> read_axes_table(const Model& model, const std::string& file,
                                       const toml::table& table) {
  std::vector<StudyAxis> axes;
  for (const auto& [key, node] : in_file_order(table)) {
    axes.push_back(read_axis(model, file, key, *node));
  }
  return axes;
}

// True if `key` was one of run, axes, zip, refine, and is now in `layer`.
bool read_layer_key(const Model& model, const std::string& file, const std::string& key,
                    const toml::node& node, Layer& layer) {
  if (key == "run") {
    layer.run = read_run_table(model, file, table_at(file, key, node));
  } else if (key == "axes") {
    layer.axes = read_axes_table(model, file, table_at(file, key, node));
  } else if (key == "zip") {
    layer.zip = read_axes_table(model, file, table_at(file, key, node));
  } else if (key == "refine") {
    layer.refine = read_refine_table(file, table_at(file, key, node));
  } else {
    return false;
  }
  return true;
}

// A key of a run that stands outside [run] is one that belongs there.
[[noreturn]] void unknown_key(const Model* model, const std::string& file, const std::string& key,
                              const toml::node& node, std::vector<std::string> allowed) {
  const std::string all = fmt::format("{}", fmt::join(allowed, ", "));
  OtherWords words;
  if (model != nullptr && find_field(model->keys(), key) != nullptr) {
    allowed.push_back("run." + key);
    words.push_back({key, allowed.back()});
  }
  reject(place_of(file, node), "key", fmt::format("'{}'", key),
         allowed_names(key, allowed, words, all));
}

std::map<std::string, Layer> read_profiles(const Model& model, const std::string& file,
                                           const toml::node& node) {
  std::map<std::string, Layer> profiles;
  for (const auto& [name, profile] : in_file_order(table_at(file, "profiles", node))) {
    Layer& layer = profiles[name];
    for (const auto& [key, at] : in_file_order(table_at(file, "profiles." + name, *profile))) {
      if (!read_layer_key(model, file, key, *at, layer)) {
        unknown_key(&model, file, key, *at, {"run", "axes", "zip", "refine"});
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

void apply_profile(const std::string& place, const std::map<std::string, Layer>& profiles,
                   const std::string& name, Layer& layer) {
  const auto found = profiles.find(name);
  if (found == profiles.end()) {
    std::vector<std::string> names;
    for (const auto& [key, unused] : profiles) {
      names.push_back(key);
    }
    reject(place, "profile", fmt::format("'{}'", name),
           allowed_names(name, names, {}, names.empty() ? "none (the file has no profiles)" : ""));
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

// Each axis of Sobol's sequence in [zip] is the next dimension of it.
void place_sobol(const std::string& file, Layer& layer) {
  std::size_t dimension = 0;
  for (StudyAxis& axis : layer.zip) {
    Sampled* sampled = std::get_if<Sampled>(&axis.values);
    if (sampled != nullptr && sampled->sobol) {
      sampled->dimension = dimension++;
    }
  }
  for (const StudyAxis& axis : layer.axes) {
    const Sampled* sampled = std::get_if<Sampled>(&axis.values);
    if (sampled != nullptr && sampled->sobol) {
      reject(fmt::format("{}:{}", file, axis.line), axis.key + ".sobol",
             fmt::format("{}", sampled->count),
             "nothing in [axes] (the axes of a sequence stand in [zip])");
    }
  }
}

// Before anything is expanded: how many runs (of the study at `place`), and no key on two axes.
void check_axes(const std::string& file, const std::string& place, const Layer& layer,
                I most_runs) {
  I runs = 1;
  for (const StudyAxis& axis : layer.zip) {
    const std::string line = fmt::format("{}:{}", file, axis[0].line);
    runs = layer.zip.front().size();
    if (axis.size() != runs) {
      reject(line, "zip." + axis.key, fmt::format("{} values", axis.size()),
             fmt::format("{} (as many as zip.{})", runs, layer.zip.front().key));
    }
    if (std::ranges::find(layer.axes, axis.key, &StudyAxis::key) != layer.axes.end()) {
      reject(line, "zip." + axis.key, "a list", fmt::format("nothing ({} is in [axes])", axis.key));
    }
  }
  for (const StudyAxis& axis : layer.axes) {
    runs = saturated_product(runs, axis.size());
  }
  if (runs > most_runs) {
    const bool counted = runs < std::numeric_limits<I>::max();
    reject(place, "runs", fmt::format("{}{}", runs, counted ? "" : " or more"),
           fmt::format("[1, {}]", most_runs));
  }
}

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

// `model` at the top of a file; the first of the list without it.
const Model& model_in(const std::string& file, const toml::table& root, const Models& models) {
  const toml::node* node = root.get("model");
  return node == nullptr
             ? *models.front()
             : model_named(text_at(file, "model", *node), models, place_of(file, *node));
}

std::vector<std::string> read_keep(const Model& model, const std::string& file,
                                   const toml::node& node) {
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    reject(place_of(file, node), "keep", shown(node), "a list of names of artefacts");
  }
  std::vector<std::string> names;
  for (const toml::node& item : *list) {
    const std::string name = text_at(file, "keep", item);
    require_artefact(model, name, place_of(file, item), "keep");
    if (std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

bool is_title(const std::string& key) { return key == "name" || key == "source" || key == "model"; }

// A text, and what is asked of it.
struct StudyText {
  const std::string& where;
  const std::string& profile;
  const fs::path& folder;
  I most_runs;
  const Models& models;
};

// True if `key` was name or source, and is now in `study`.
bool read_name(const std::string& file, const std::string& key, const toml::node& node,
               Study& study) {
  if (key != "name" && key != "source") {
    return false;
  }
  (key == "name" ? study.name : study.source) = text_at(file, key, node);
  return true;
}

// A file that is one study, or the table [studies.NAME] at `place` in it, which takes its name and
// source from the `title` of the file.
Study study_in(const StudyText& text, const toml::table& table, const std::string& place,
               const Study* title) {
  Study study = title != nullptr ? *title : Study();
  study.model = &model_in(text.where, table, text.models);
  const Model& model = *study.model;
  Layer layer;
  std::map<std::string, Layer> profiles;
  for (const auto& [key, node] : in_file_order(table)) {
    if (title == nullptr && (key == "figure" || read_name(text.where, key, *node, study))) {
      continue;  // [figure] is what a figure reads beside its study
    }
    if (key == "keep") {
      study.keep = read_keep(model, text.where, *node);
    } else if (key == "profiles") {
      profiles = read_profiles(model, text.where, *node);
    } else if (key != "model" && !read_layer_key(model, text.where, key, *node, layer)) {
      std::vector<std::string> allowed = {"model", "keep",   "run",     "axes",
                                          "zip",   "refine", "profiles"};
      if (title == nullptr) {
        allowed.insert(allowed.begin(), {"name", "source", "figure"});
      }
      unknown_key(&model, text.where, key, *node, allowed);
    }
  }
  if (!text.profile.empty()) {
    apply_profile(place, profiles, text.profile, layer);
  }
  place_sobol(text.where, layer);
  for (const auto* axes : {&layer.zip, &layer.axes}) {
    for (const StudyAxis& axis : *axes) {
      study.axes.push_back(axis.key);
    }
  }
  check_axes(text.where, place, layer, text.most_runs);
  if (layer.refine) {
    study.refine = checked_refine(model, *layer.refine, layer.axes, layer.zip);
  }
  study.runs = expand(model, text.where, text.folder, layer);
  return study;
}

}  // namespace

Study parse_study(std::string_view toml, const std::string& where, const std::string& profile,
                  const fs::path& folder, I most_runs, const Models& models) {
  return study_in({where, profile, folder, most_runs, models}, parse_toml(toml, where), where,
                  nullptr);
}

NamedStudies parse_studies(std::string_view toml, const std::string& where,
                           const std::string& profile, const fs::path& folder, I most_runs,
                           const Models& models) {
  const StudyText text{where, profile, folder, most_runs, models};
  const toml::table root = parse_toml(toml, where);
  NamedStudies studies;
  if (!root.contains("studies")) {
    studies.emplace_back("", study_in(text, root, where, nullptr));
    return studies;
  }
  Study title;
  for (const auto& [key, node] : in_file_order(root)) {
    if (!read_name(where, key, *node, title) && key != "figure" && key != "studies") {
      unknown_key(nullptr, where, key, *node, {"name", "source", "figure", "studies"});
    }
  }
  const toml::node& node = *root.get("studies");
  for (const auto& [name, table] : in_file_order(table_at(where, "studies", node))) {
    studies.emplace_back(name, study_in(text, table_at(where, "studies." + name, *table),
                                        place_of(where, *table), &title));
  }
  if (studies.empty()) {
    reject(place_of(where, node), "studies", "{}", "one or more tables [studies.NAME]");
  }
  return studies;
}

void require_artefact(const Model& model, const std::string& name, const std::string& where,
                      const std::string& key) {
  const auto known = model.artefacts();
  if (std::ranges::find(known, name) == known.end()) {
    reject(where, key, "'" + name + "'",
           allowed_names(name, known, {},
                         known.empty() ? fmt::format("nothing (model = {})", model.name()) : ""));
  }
}

Study read_study(const fs::path& file, const std::string& profile, const Models& models) {
  Study study = parse_study(read_toml_text(file), file.string(), profile, file.parent_path(),
                            max_study_runs, models);
  if (study.name.empty()) {
    study.name = file.stem().string();
  }
  return study;
}

Run read_run(const fs::path& file, const Models& models) {
  const std::string where = file.string();
  const toml::table root = parse_toml(read_toml_text(file), where);
  const Model& model = model_in(where, root, models);
  const bool nested = root.contains("run");
  std::vector<Setting> run;
  for (const auto& [key, node] : in_file_order(root)) {
    if (is_title(key)) {
      text_at(where, key, *node);
    } else if (key == "run") {
      run = read_run_table(model, where, table_at(where, key, *node));
    } else if (nested) {
      unknown_key(&model, where, key, *node, {"name", "source", "model", "run"});
    } else if (key == "axes" || key == "zip" || key == "refine" || key == "profiles") {
      reject(place_of(where, *node), "key", "'" + key + "'", "keys of one run, no axes");
    } else {
      run.push_back(read_setting(model, where, key, *node));
    }
  }
  return run_as_written(model, where, file.parent_path(), run);
}

const Model& read_model(const fs::path& file, const Models& models) {
  return model_in(file.string(), parse_toml(read_toml_text(file), file.string()), models);
}

}  // namespace grok
