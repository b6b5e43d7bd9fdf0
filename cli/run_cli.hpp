// cli/run_cli.hpp: the command `groktheory`, from its arguments to its exit status.
//   0  done     1  something broke (disk full, no gnuplot)     2  bad input, nothing written
//   3  a computation failed (not converged, a run diverged)    4  study status: not complete
//   128 + signal  asked to stop
//   Whatever is not 0 puts one line on standard error; no command at all (2) the help.
#pragma once

#include <exception>
#include <iosfwd>
#include <string>
#include <vector>

#include "nets/model.hpp"

namespace grok {

inline constexpr int not_complete = 4;

/// args: without the program's name. Results go to `out`, messages to `err`. `models`: the kinds of
/// network that there are; a program with one of its own passes a longer list.
int run_cli(const std::vector<std::string>& args, std::ostream& out, std::ostream& err,
            const Models& models = grok::models());

/// Reads the arguments and does nothing: throws InputError for commands, options, values and names
/// that there are not. What files hold and what options mean together is for the run to say.
void check_cli(const std::vector<std::string>& args, const Models& models = grok::models());

/// What an error that is thrown means as an exit status.
int exit_status(const std::exception& error);
/// Its line on standard error, and its exit status.
int tell_failure(const std::exception& error, std::ostream& err);

}  // namespace grok
