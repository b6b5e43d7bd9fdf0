// cli/help_format.hpp: how --help and `groktheory help` look. Include from .cpp files only.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace grok {

/// What stands for an argument: "--store" with its value "FILE"; of a list whose items are words of
/// their own "NAME...". A positional argument is called as its value is.
std::string value_text(const CLI::Option& option);
std::string option_name(const CLI::Option& option);

/// Usage lines name what is needed; notes in brackets behind a description, "(needed)", "(default
/// 58)", stand where CLI11 has =58, REQUIRED and "..." in the column of names.
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_option_name(const CLI::Option* option, bool positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

/// All of it for one command, whatever was parsed.
std::string help_of(const CLI::App& command);

}  // namespace grok
