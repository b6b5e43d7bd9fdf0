#include "cli/help_format.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"

namespace grok {

std::string value_text(const CLI::Option& option) {
  const std::string type = option.get_type_size() == 0 ? "" : option.get_type_name();
  const bool many = option.get_expected_max() >= CLI::detail::expected_max_vector_size;
  return many && type.find("...") == std::string::npos ? type + "..." : type;
}

std::string option_name(const CLI::Option& option) {
  return option.nonpositional() ? option.get_name() : value_text(option);
}

std::string HelpFormat::make_usage(const CLI::App* app, std::string name) const {
  std::string text = "Usage: " + name;
  bool optional = false;
  for (const bool positional : {true, false}) {
    for (const CLI::Option* option : app->get_options()) {
      if (option->nonpositional() == positional) {
        continue;
      }
      const std::string value = value_text(*option);
      if (option->get_required()) {
        text += positional ? " " + value : fmt::format(" {} {}", option->get_name(), value);
      } else if (positional) {
        text += " [" + value + "]";
      }
      optional = optional || !(positional || option->get_required());
    }
  }
  const bool group = !app->get_subcommands([](const CLI::App*) { return true; }).empty();
  return text + (group ? " COMMAND" : "") + (optional ? " [OPTIONS]" : "") + "\n";
}

std::string HelpFormat::make_option_name(const CLI::Option* option, bool positional) const {
  return positional ? value_text(*option) : option->get_name(false, true);
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  const std::string value = option->nonpositional() ? value_text(*option) : "";
  return value.empty() ? "" : " " + value;
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  const std::string usual = option->get_default_str();
  return option->get_description() + (option->get_required() ? " (needed)" : "") +
         (usual.empty() ? "" : fmt::format(" (default {})", usual));
}

std::string help_of(const CLI::App& command) {
  const std::string name = command_name(command);
  return command.get_formatter()->make_help(
      &command, name.empty() ? "groktheory" : "groktheory " + name, CLI::AppFormatMode::Normal);
}

}  // namespace grok
