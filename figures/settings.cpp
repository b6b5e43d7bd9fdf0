#include "figures/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compare/study/axis.hpp"
#include "compare/study/toml_file.hpp"
#include "core/errors.hpp"
#include "core/nearest.hpp"

namespace grok {
namespace {

constexpr const char* quick_key = "quick_seconds";

std::vector<std::string> keys_of(const toml::table& table) {
  std::vector<std::string> keys;
  for (const auto& [key, node] : in_file_order(table)) {
    keys.push_back(key);
  }
  return keys;
}

}  // namespace

Settings::Settings(const Figure& figure, const std::string& profile)
    : file_(figure.stem + ".toml") {
  root_ = std::make_shared<const toml::table>(parse_toml(figure.toml, file_));
  table_ = (*root_)["figure"].as_table();
  if (table_ == nullptr) {
    reject(file_, "figure", "nothing", "a table [figure]");
  }
  if (const toml::table* profiles = (*table_)["profiles"].as_table()) {
    profile_ = (*profiles)[profile].as_table();
    if (profile_ == nullptr) {
      const std::vector<std::string> names = keys_of(*profiles);
      reject(file_, "profile", "'" + profile + "'",
             allowed_names(profile, names, {},
                           fmt::format("{} (of [figure.profiles])", fmt::join(names, ", "))));
    }
  }
}

void Settings::refuse(const std::string& key, const toml::node& node,
                      const std::string& allowed) const {
  reject(place_of(file_, node), key, shown(node), allowed);
}

const toml::node* Settings::find(const std::string& key) const {
  const toml::node* own = profile_ == nullptr ? nullptr : profile_->get(key);
  return own != nullptr ? own : table_->get(key);
}

bool Settings::has(const std::string& key) const { return find(key) != nullptr; }

const toml::node& Settings::node(const std::string& key) {
  const toml::node* found = find(key);
  if (found == nullptr) {
    reject(file_, key, "nothing",
           fmt::format("a value in the table [figure], which has {}",
                       fmt::join(keys_of(*table_), ", ")));
  }
  read_.insert(key);
  return *found;
}

std::int64_t Settings::whole_in(const std::string& key, const toml::node& node, std::int64_t low,
                                std::int64_t high) const {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < low || *value > high) {
    refuse(key, node, fmt::format("a whole number in [{}, {}]", low, high));
  }
  return *value;
}

double Settings::number_in(const std::string& key, const toml::node& node, double low,
                           double high) const {
  const auto value = node.value<double>();
  if (!node.is_number() || !(*value >= low && *value <= high)) {
    refuse(key, node, fmt::format("a number in [{}, {}]", to_text(low), to_text(high)));
  }
  return *value;
}

const toml::array& Settings::list(const std::string& key, const std::string& of) {
  const toml::node& found = node(key);
  if (!found.is_array() || found.as_array()->empty()) {
    refuse(key, found, "a list of " + of);
  }
  return *found.as_array();
}

std::int64_t Settings::whole(const std::string& key, std::int64_t low, std::int64_t high) {
  return whole_in(key, node(key), low, high);
}

double Settings::number(const std::string& key, double low, double high) {
  return number_in(key, node(key), low, high);
}

std::string Settings::text(const std::string& key, const std::vector<std::string>& allowed) {
  const toml::node& found = node(key);
  const auto value = found.value_exact<std::string>();
  if (!value || std::ranges::find(allowed, *value) == allowed.end()) {
    refuse(key, found, fmt::format("{}", fmt::join(allowed, ", ")));
  }
  return *value;
}

std::vector<std::int64_t> Settings::wholes(const std::string& key, std::int64_t low,
                                           std::int64_t high) {
  std::vector<std::int64_t> values;
  for (const toml::node& item : list(key, "whole numbers")) {
    values.push_back(whole_in(key, item, low, high));
  }
  return values;
}

std::vector<double> Settings::numbers(const std::string& key, double low, double high) {
  std::vector<double> values;
  for (const toml::node& item : list(key, "numbers")) {
    values.push_back(number_in(key, item, low, high));
  }
  return values;
}

std::vector<Sample> Settings::pairs(const std::string& key, std::int64_t last) {
  std::vector<Sample> pairs;
  for (const toml::node& item : list(key, "pairs [i, j]")) {
    const toml::array* pair = item.as_array();
    if (pair == nullptr || pair->size() != 2) {
      refuse(key, item, "a pair [i, j]");
    }
    const auto token = [&](std::size_t k) {
      return static_cast<std::int32_t>(whole_in(key, *pair->get(k), 0, last));
    };
    pairs.push_back({token(0), token(1)});
  }
  return pairs;
}

Task Settings::task() {
  const toml::node& name = node("task");
  const auto text = name.value_exact<std::string>();
  if (!text) {
    refuse("task", name, "a name of a task");
  }
  return make_task(*text, whole("symbols", 2, max_symbols));
}

std::vector<Settings> Settings::tables(const std::string& key) {
  std::vector<Settings> tables;
  for (const toml::node& item : list(key, "tables")) {
    if (!item.is_table()) {
      refuse(key, item, "a table");
    }
    tables.push_back(Settings(file_, root_, *item.as_table()));
  }
  return tables;
}

void Settings::done() const {
  for (const toml::table* table : {table_, profile_}) {
    if (table == nullptr) {
      continue;
    }
    for (const auto& [key, node] : in_file_order(*table)) {
      if (!read_.contains(key) && key != "profiles" && key != quick_key) {
        reject(place_of(file_, *node), "key", "'" + key + "'",
               fmt::format("{} (in the table [figure])", fmt::join(read_, ", ")));
      }
    }
  }
}

std::vector<std::string> profiles_of_settings(const Figure& figure) {
  const toml::table root = parse_toml(figure.toml, figure.stem + ".toml");
  const toml::table* profiles = root["figure"]["profiles"].as_table();
  return profiles == nullptr ? std::vector<std::string>() : keys_of(*profiles);
}

std::optional<std::int64_t> quick_seconds(const Figure& figure) {
  const std::string file = figure.stem + ".toml";
  const toml::table root = parse_toml(figure.toml, file);
  const toml::node* node = root["figure"][quick_key].node();
  const auto seconds = node == nullptr ? std::nullopt : node->value_exact<std::int64_t>();
  if (node != nullptr && seconds.value_or(0) < 1) {
    reject(place_of(file, *node), quick_key, shown(*node), "a whole number above 0");
  }
  return seconds;
}

}  // namespace grok
