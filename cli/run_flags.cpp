#include "cli/run_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <ranges>

#include "cli/options.hpp"

namespace grok {
namespace {

bool is_list(const Field& field) {
  return field.kind == Kind::integers || field.kind == Kind::reals;
}

std::string hint(const Field& field) {
  if (const auto* choice = std::get_if<Choice>(&field.allowed)) {
    return fmt::format("{}", fmt::join(choice->names, "|"));
  }
  switch (field.kind) {
    case Kind::flag:
      return "true|false";
    case Kind::integer:
      return "N";
    case Kind::real:
      return "X";
    case Kind::integers:
      return "N,N,...|none";
    case Kind::reals:
      return "X,X,...|none";
    case Kind::text:
      return field.is_file() ? "FILE" : "TEXT";
  }
  throw Error("hint: no such kind");
}

// As a flag takes it: 200,200; a list of nothing: none.
std::vector<std::string> texts_of(const Value& value) {
  std::vector<std::string> texts;
  const auto add_all = [&texts](const auto& values) {
    for (const auto& one : values) {
      texts.push_back(text_of(Value(one)));
    }
  };
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) {
    add_all(*integers);
  } else if (const auto* reals = std::get_if<std::vector<double>>(&value)) {
    add_all(*reals);
  } else {
    texts.push_back(text_of(value));
  }
  return texts;
}

template <class T>
std::vector<T> numbers_in(const std::string& where, const std::string& flag,
                          const std::vector<std::string>& texts) {
  std::vector<T> numbers;
  if (texts != std::vector<std::string>{"none"}) {
    for (const std::string& text : texts) {
      numbers.push_back(parse_as<T>(where, flag, text));
    }
  }
  return numbers;
}

Value value_in(const Field& field, const std::vector<std::string>& texts,
               const std::string& where) {
  const std::string flag = flag_of(field.key);
  switch (field.kind) {
    case Kind::flag:
      if (texts.front() != "true" && texts.front() != "false") {
        reject(where, flag, "'" + texts.front() + "'", "true, false");
      }
      return texts.front() == "true";
    case Kind::integer:
      return parse_integer(where, flag, texts.front());
    case Kind::real:
      return parse_number(where, flag, texts.front());
    case Kind::text:
      return texts.front();
    case Kind::integers:
      return numbers_in<std::int64_t>(where, flag, texts);
    case Kind::reals:
      return numbers_in<double>(where, flag, texts);
  }
  throw Error("value_in: no such kind");
}

// Of a model: from the values of these keys alone; empty if that is no run.
std::string name_from(const Model& model, const std::map<std::string, Value>& values) {
  try {
    return resolved(model.overridden(model.usual(), values, "show"), "show").name();
  } catch (const InputError&) {
    return {};
  }
}

// Takes at most two keys out of `said`, so that it gives the run; false: that is not enough.
bool without_contradiction(const Run& run, std::map<std::string, Value>& said) {
  const auto gives = [&run](const std::map<std::string, Value>& values) {
    return name_from(run.model(), values) == run.name();
  };
  const std::map<std::string, Value> all = said;
  for (const bool alone : {true, false}) {
    for (const auto& [first, unused] : all) {
      for (const auto& [second, also_unused] : all) {
        if (gives(said)) {
          return true;
        }
        if (alone == (first == second)) {
          said = all;
          said.erase(first);
          said.erase(second);
        }
      }
    }
  }
  return gives(said);
}

}  // namespace

void RunFlags::add_to(CLI::App& app) {
  for (const Field& field : model_->keys()) {
    const std::string key = field.key;
    CLI::Option* option = nullptr;
    if (is_list(field)) {
      const auto keep = [this, key](const std::vector<std::string>& texts) {
        texts_[key] = list_items(texts);
      };
      option = app.add_option_function<std::vector<std::string>>(flag_of(key), keep, field.help);
    } else {
      const auto keep = [this, key](const std::string& text) { texts_[key] = {text}; };
      option = app.add_option_function<std::string>(flag_of(key), keep, field.help);
    }
    option->type_name(hint(field));
    if (field.role != Role::required) {  // which --spec may hold
      option->default_str(fmt::format("{}", fmt::join(texts_of(field.usual), ",")));
    }
  }
}

std::map<std::string, Value> RunFlags::values(const std::string& where) const {
  std::map<std::string, Value> values;
  for (const Field& field : model_->keys()) {
    if (const auto found = texts_.find(field.key); found != texts_.end()) {
      values[field.key] = value_in(field, found->second, where);
    }
  }
  return values;
}

// Everything that differs from its default, less what contradicts the rest (the size of a set that
// a file gives), less what follows from the rest.
std::optional<std::vector<std::string>> flags_for(const Run& run) {
  const Model& model = run.model();
  std::map<std::string, Value> said;
  for (const Field& field : model.keys()) {
    const Value value = run[field.key];
    if (!same_value(value, field.usual) || field.role == Role::required) {
      said[field.key] = value;
    }
  }
  if (!without_contradiction(run, said)) {
    return {};
  }
  for (const Field& field : model.keys() | std::views::reverse) {  // what follows comes later
    auto less = said;
    if (field.role != Role::required && less.erase(field.key) > 0 &&
        name_from(model, less) == run.name()) {
      said = std::move(less);
    }
  }
  std::vector<std::string> words;
  for (const Field& field : model.keys()) {
    if (const auto found = said.find(field.key); found != said.end()) {
      const auto texts = texts_of(found->second);
      words.push_back(flag_of(field.key));
      words.push_back(texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ",")));
    }
  }
  return words;
}

}  // namespace grok
