#include "cli/spec_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/options.hpp"

namespace grok {
namespace {

std::string flag_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

std::string hint(const Choice& choice) { return fmt::format("{}", fmt::join(choice.names, "|")); }
std::string hint(FilePath) { return "FILE"; }
template <class T>
std::string hint(const Range<T>&) {
  return std::is_floating_point_v<T> ? "X" : "N";
}

std::string default_text(const std::string& value) { return value; }
std::string default_text(std::int64_t value) { return fmt::format("{}", value); }
std::string default_text(double value) { return to_text(value); }
template <class T>
std::string default_text(const std::optional<T>&) {
  return "";
}
std::string default_text(const std::vector<std::int64_t>& values) {
  return fmt::format("{}", fmt::join(values, ","));
}

/// The texts of one flag into one field.
struct Assign {
  const std::string& where;
  std::string flag;
  const std::vector<std::string>& texts;

  void operator()(std::string& field) const { field = texts.front(); }
  void operator()(std::int64_t& field) const { field = parse_integer(where, flag, texts.front()); }
  void operator()(double& field) const { field = parse_number(where, flag, texts.front()); }
  void operator()(std::optional<std::int64_t>& field) const {
    field = parse_integer(where, flag, texts.front());
  }
  void operator()(std::optional<double>& field) const {
    field = parse_number(where, flag, texts.front());
  }
  void operator()(std::vector<std::int64_t>& field) const {
    field.clear();
    if (texts == std::vector<std::string>{"none"}) {
      return;
    }
    for (const std::string& text : texts) {
      field.push_back(parse_integer(where, flag, text));
    }
  }
};

}  // namespace

void SpecFlags::add_to(CLI::App& app) {
  const RunSpec defaults;
  for_each_field(defaults, [&](const std::string& key, const auto& value, const auto& allowed,
                               const char* help) {
    using Field = std::decay_t<decltype(value)>;
    CLI::Option* option = nullptr;
    if constexpr (std::is_same_v<Field, std::vector<std::int64_t>>) {
      const auto keep = [this, key](const std::vector<std::string>& texts) {
        texts_[key] = list_items(texts);
      };
      option = app.add_option_function<std::vector<std::string>>(flag_of(key), keep, help);
      option->type_name("N,N,...|none");
    } else {
      const auto keep = [this, key](const std::string& text) { texts_[key] = {text}; };
      option = app.add_option_function<std::string>(flag_of(key), keep, help);
      option->type_name(hint(allowed));
    }
    // What a run cannot do without has no default here; --spec may hold it.
    if (key != "symbols" && key != "train") {
      option->default_str(default_text(value));
    }
  });
}

void SpecFlags::apply(RunSpec& spec, const std::string& where) const {
  if (given("train") && given("pairs")) {
    reject(where, "--train, --pairs", "both", "one of them");
  }
  if (given("train")) {
    spec.pairs.clear();
    spec.pair_list.clear();
  }
  if (given("pairs")) {
    spec.pair_list.clear();
  }
  if (given("task") && !given("symbols") && texts_.at("task").front() != spec.task &&
      (spec.task == "table" || spec.task == "abelian")) {
    reject(where, "--symbols", "nothing",
           fmt::format("a number (that of the file came from its task, {})", spec.task));
  }
  if (given("table") || (given("task") && texts_.at("task").front() != "table")) {
    spec.table.clear();
    spec.table_outputs.clear();
  }
  if (given("task") && texts_.at("task").front() != "abelian") {
    spec.orders.clear();
  }
  for_each_field(spec, [&](const std::string& key, auto& field, const auto&, const char*) {
    if (given(key)) {
      Assign{where, flag_of(key), texts_.at(key)}(field);
    }
  });
  if (given("symbols") && (spec.task == "table" || spec.task == "abelian")) {
    reject(where, "--symbols", fmt::format("{}", spec.symbols),
           spec.task == "table" ? "nothing (task = table: the file says)"
                                : "nothing (task = abelian: the orders say)");
  }
}

}  // namespace grok
