// cli/parse_errors.hpp: what is wrong with arguments, in words of our own: CLI11's depend on its
// version. Include from .cpp files only.
#pragma once

#include <CLI/CLI.hpp>

#include "nets/model.hpp"

namespace grok {

/// The command that was parsed: of `study run ...` that of `run`.
const CLI::App& deepest_command(const CLI::App& root);

/// A group of commands (the program, `study`) and none of them named.
bool asks_nothing(const CLI::App& root);

/// Throws InputError where what follows a group of commands is none of them.
void refuse_unknown_command(const CLI::App& root);

/// Throws InputError "command: what = value, allowed ...". The models say what others call keys.
[[noreturn]] void refuse_arguments(const CLI::ParseError& error, const CLI::App& root,
                                   const Models& models);

/// Throws InputError for an option whose value is the next option: `--store --json`.
void refuse_swallowed_options(const CLI::App& command);

/// The command of this name in a group. Throws InputError where there is none.
const CLI::App& command_in(const CLI::App& group, const std::string& name);

}  // namespace grok
