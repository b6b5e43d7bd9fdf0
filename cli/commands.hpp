// cli/commands.hpp: the subcommands. Each add_* puts one onto the command line; when it is the one
// asked for, parsing sets `action`, which is run once all arguments are known to be good.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "nets/model.hpp"

namespace CLI {
class App;
}

namespace grok {

struct Output {
  std::ostream& out;  // results
  std::ostream& err;  // messages
};
using Action = std::function<int(const Output&)>;  // returns the exit status

void add_predict(CLI::App& root, Action& action);
void add_threshold(CLI::App& root, Action& action);
void add_rates(CLI::App& root, Action& action);
void add_scaling(CLI::App& root, Action& action);
void add_parity(CLI::App& root, Action& action);
void add_flow(CLI::App& root, Action& action);
/// `args`: all of them, since the flags depend on the model that they name.
void add_train(CLI::App& root, Action& action, const std::vector<std::string>& args,
               const Models& models);
void add_study(CLI::App& root, Action& action, const Models& models);
void add_show(CLI::App& root, Action& action, const Models& models);
void add_figure(CLI::App& root, Action& action);
void add_plot(CLI::App& root, Action& action, const Models& models);
void add_report(CLI::App& root, Action& action);
void add_referee(CLI::App& root, Action& action, const Models& models);
void add_bench(CLI::App& root, Action& action);

/// "study run": how a command is called, without the program's name.
std::string command_name(const CLI::App& command);

}  // namespace grok
