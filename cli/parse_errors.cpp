#include "cli/parse_errors.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/help_format.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

std::string place_of(const CLI::App& command) {
  const std::string name = command_name(command);
  return name.empty() ? "" : name + ": ";
}

std::string help_command(const CLI::App& command) {
  const std::string name = command_name(command);
  return "'groktheory " + (name.empty() ? "" : name + " ") + "--help'";
}

std::vector<std::string> names_in(const CLI::App& group) {
  std::vector<std::string> names;
  for (const CLI::App* command : group.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

[[noreturn]] void refuse_command(const CLI::App& group, const std::string& name) {
  const std::string where = command_name(group);
  const std::string value = "'" + name + "'", allowed = allowed_names(name, names_in(group));
  if (where.empty()) {
    throw InputError(fmt::format("command = {}, allowed {}", value, allowed));
  }
  reject(where, "command", value, allowed);
}

std::string allowed_value(const CLI::Option& option) {
  return fmt::format("{} ({})", value_text(option), option.get_description());
}

// Of the options that CLI11 complains of, the one at fault: its text begins with the name, of a
// flag without the dashes.
const CLI::Option* option_at_fault(const CLI::ParseError& error, const CLI::App& command) {
  const std::string said = error.what();
  const std::string name = said.substr(0, said.find_first_of(": "));
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_name() == name || option->get_single_name() == name) {
      return option;
    }
  }
  return nullptr;
}

[[noreturn]] void refuse_argument(const std::string& argument, const CLI::App& command,
                                  const Models& models) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  OtherWords words;
  for (const Model* model : models) {
    for (const OtherWord& other : other_words(model->keys())) {
      words.push_back({other.word, flag_of(other.name)});
    }
  }
  const std::string name = argument.substr(0, argument.find('='));
  reject(command_name(command), "argument", "'" + argument + "'",
         allowed_names(name, names, words, "the arguments of " + help_command(command)));
}

}  // namespace

const CLI::App& deepest_command(const CLI::App& root) {
  const auto parsed = root.get_subcommands();
  return parsed.empty() ? root : deepest_command(*parsed.front());
}

bool asks_nothing(const CLI::App& root) {
  return !names_in(deepest_command(root)).empty() && root.remaining(true).empty();
}

void refuse_unknown_command(const CLI::App& root) {
  const CLI::App& command = deepest_command(root);
  const auto extras = root.remaining(true);
  if (!names_in(command).empty() && !extras.empty()) {
    refuse_command(command, extras.front());
  }
}

void refuse_arguments(const CLI::ParseError& error, const CLI::App& root, const Models& models) {
  refuse_unknown_command(root);
  const CLI::App& command = deepest_command(root);
  const auto extras = root.remaining(true);
  const std::string where = command_name(command);
  refuse_swallowed_options(command);
  // A needed option that is misspelt is both missing and unknown.
  const bool misspelt = !extras.empty() && extras.front().starts_with("-");
  if (misspelt || (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !extras.empty())) {
    refuse_argument(extras.front(), command, models);
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const CLI::Option* other : option->get_excludes()) {
      if (option->count() > 0 && other->count() > 0) {
        reject(where, option->get_name() + ", " + other->get_name(), "both", "one of them");
      }
    }
  }
  if (const CLI::Option* option = option_at_fault(error, command)) {
    const bool flag = value_text(*option).empty();
    const std::string name = option_name(*option);
    if (!flag && option->count() > 1) {
      reject(where, name, fmt::format("given {} times", option->count()), "once");
    }
    reject(where, name, flag ? "given with a value" : "nothing",
           flag ? "without a value" : allowed_value(*option));
  }
  throw InputError(
      fmt::format("{}{} (see {})", place_of(command), error.what(), help_command(command)));
}

void refuse_swallowed_options(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& value : option->results()) {
      if (option->nonpositional() && option->get_type_size() != 0 && value.size() > 2 &&
          value.starts_with("--")) {
        reject(command_name(command), option->get_name(), "'" + value + "'",
               allowed_value(*option));
      }
    }
  }
}

const CLI::App& command_in(const CLI::App& group, const std::string& name) {
  for (const CLI::App* command : group.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == name) {
      return *command;
    }
  }
  refuse_command(group, name);
}

}  // namespace grok
