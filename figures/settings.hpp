// figures/settings.hpp: what a figure itself asks for: the table [figure] of its .toml, where
// [figure.profiles.NAME] has other values for one profile. Nothing has a default: a key that is
// missing, of another type, out of range or unknown is an error that names the place.
//   Settings settings(figure, context.profile);
//   const auto draws = settings.whole("draws", 1, 1'000'000);
//   settings.done();
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "theory/task.hpp"

namespace grok {

class Settings {
 public:
  /// Throws InputError if there is no table [figure], or no such profile in a table that has some.
  Settings(const Figure& figure, const std::string& profile);

  // Each throws InputError "file:line: key = value, allowed ...".
  std::int64_t whole(const std::string& key, std::int64_t low, std::int64_t high);
  double number(const std::string& key, double low, double high);
  std::string text(const std::string& key, const std::vector<std::string>& allowed);
  std::vector<std::int64_t> wholes(const std::string& key, std::int64_t low, std::int64_t high);
  std::vector<double> numbers(const std::string& key, double low, double high);
  /// [[0, 4], [1, 3]]: samples, tokens up to `last`.
  std::vector<Sample> pairs(const std::string& key, std::int64_t last);
  /// Of the keys task and symbols.
  Task task();
  /// [[figure.KEY]], one or more tables; each is read to its end by its own `done`.
  std::vector<Settings> tables(const std::string& key);
  bool has(const std::string& key) const;

  /// Throws InputError for a key that nobody has read.
  void done() const;

 private:
  Settings(std::string file, std::shared_ptr<const toml::table> root, const toml::table& table)
      : file_(std::move(file)), root_(std::move(root)), table_(&table) {}
  const toml::node* find(const std::string& key) const;
  const toml::node& node(const std::string& key);
  [[noreturn]] void refuse(const std::string& key, const toml::node& node,
                           const std::string& allowed) const;
  std::int64_t whole_in(const std::string& key, const toml::node& node, std::int64_t low,
                        std::int64_t high) const;
  double number_in(const std::string& key, const toml::node& node, double low, double high) const;
  const toml::array& list(const std::string& key, const std::string& of);

  std::string file_;                         // "fig9_curriculum.toml", for messages
  std::shared_ptr<const toml::table> root_;  // whole, so that nodes know their lines
  const toml::table* table_ = nullptr;
  const toml::table* profile_ = nullptr;  // what it says goes before
  std::set<std::string> read_;
};

/// Of a figure whose .toml has [figure.profiles]; empty: every profile of its study, or quick and
/// full, will do.
std::vector<std::string> profiles_of_settings(const Figure& figure);

/// `quick_seconds` of [figure]: what the profile quick takes of one core from an empty store, as
/// measured once; empty: the file does not say. Throws InputError unless it is a whole number above
/// 0.
std::optional<std::int64_t> quick_seconds(const Figure& figure);

}  // namespace grok
