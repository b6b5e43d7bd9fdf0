#include "cli/run_cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <new>

#include "cli/commands.hpp"
#include "cli/help_format.hpp"
#include "cli/parse_errors.hpp"
#include "core/errors.hpp"
#include "core/interrupt.hpp"
#include "core/provenance.hpp"
#include "mpi/launch.hpp"
#include "mpi/ranks.hpp"
#include "nets/engine_choice.hpp"
#include "nets/torch_engine.hpp"

namespace grok {
namespace {

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string version_text() {
  const LoadedEngine& torch = torch_engine();
  return to_text(provenance()) +
         fmt::format("engine     cpu: {}\nengine     torch: {}\n", engine_build("cpu"),
                     torch.engine != nullptr ? describe(torch.engine->info()) : torch.why_not) +
         fmt::format("ranks      MPI: {}\n", mpi_description());
}

void add_version(CLI::App& root, Action& action) {
  root.set_version_flag("--version", version_text, "Print what this program was made from");
  root.add_subcommand("version", "What this program was made from")->callback([&action] {
    action = [](const Output& output) {
      output.out << version_text();
      return 0;
    };
  });
}

// `help` in a group of commands: of the group, or of one of its commands.
void add_help(CLI::App& group, Action& action) {
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App& help = *group.add_subcommand("help", "The same as COMMAND --help");
  help.add_option("command", *words, "which; without it, this list")->type_name("COMMAND");
  help.callback([&group, &action, words] {
    const CLI::App* command = &group;
    for (const std::string& word : *words) {
      command = &command_in(*command, word);
    }
    action = [command](const Output& output) {
      output.out << help_of(*command);
      return 0;
    };
  });
}

// The arguments, and what they ask for.
class CommandLine {
 public:
  CommandLine(const std::vector<std::string>& args, const Models& models)
      : root_("A theory of grokking beside the experiment (Liu et al. 2022, arXiv:2205.10343)",
              "groktheory") {
    root_.formatter(std::make_shared<HelpFormat>());
    root_.require_subcommand(1);
    root_.footer(
        "Examples:\n"
        "  groktheory predict --symbols 10 --train 45\n"
        "  groktheory threshold --symbols 10 --draws 10000\n"
        "  groktheory figure core --profile quick\n"
        "Environment: GROK_INSTRUCTIONS = x86-64-v4, x86-64-v3 or baseline, no better "
        "instructions.\n"
        "Exit status: 0 done, 1 something broke, 2 bad input (nothing written) or no command,\n"
        "3 not converged, 4 study status: not complete, 130 and 143 stopped by SIGINT and "
        "SIGTERM.");
    add_predict(root_, action_);
    add_threshold(root_, action_);
    add_rates(root_, action_);
    add_scaling(root_, action_);
    add_parity(root_, action_);
    add_flow(root_, action_);
    add_train(root_, action_, args, models);
    add_study(root_, action_, models);
    add_show(root_, action_, models);
    add_figure(root_, action_);
    add_plot(root_, action_, models);
    add_report(root_, action_);
    add_referee(root_, action_, models);
    add_bench(root_, action_);
    add_version(root_, action_);
    add_help(root_, action_);
    for (CLI::App* group : root_.get_subcommands([](const CLI::App* app) {
           return !app->get_subcommands([](const CLI::App*) { return true; }).empty();
         })) {
      add_help(*group, action_);
    }
  }

  /// Throws CLI::Success where help or version are asked for, CLI::ParseError where nothing is,
  /// InputError for what is wrong.
  void parse(const std::vector<std::string>& args, const Models& models) {
    try {
      root_.parse(std::vector<std::string>(args.rbegin(), args.rend()));
    } catch (const CLI::Success&) {
      refuse_unknown_command(root_);  // "nonsense --help"
      throw;
    } catch (const CLI::ParseError& error) {
      if (asks_nothing(root_)) {
        throw;
      }
      refuse_arguments(error, root_, models);
    }
    refuse_swallowed_options(deepest_command(root_));
  }

  const CLI::App& command() const { return deepest_command(root_); }
  int act(const Output& output) const { return action_(output); }

 private:
  CLI::App root_;
  Action action_;
};

int parse_and_run(const std::vector<std::string>& args, const Output& output,
                  const Models& models) {
  CommandLine line(args, models);
  // Rank 0 has the same arguments, and says what is wrong with them.
  const bool silent = launch_of(environment_of_process()).rank > 0;
  try {
    line.parse(args, models);
    engine_build("cpu");  // an impossible GROK_INSTRUCTIONS is told before anything is done
  } catch (const CLI::CallForVersion&) {
    output.out << version_text();
    return 0;
  } catch (const CLI::Success&) {  // --help
    output.out << help_of(line.command());
    return 0;
  } catch (const CLI::ParseError&) {  // nothing is asked for
    if (!silent) {
      output.err << help_of(line.command());
    }
    return 2;
  } catch (const InputError&) {
    if (silent) {
      return 2;
    }
    throw;
  }
  return line.act(output);
}

}  // namespace

void check_cli(const std::vector<std::string>& args, const Models& models) {
  try {
    CommandLine(args, models).parse(args, models);
  } catch (const CLI::Success&) {  // --help, --version
  } catch (const CLI::ParseError&) {
    throw InputError("command = nothing, allowed one of 'groktheory help'");
  }
}

int run_cli(const std::vector<std::string>& args, std::ostream& out, std::ostream& err,
            const Models& models) {
  try {
    const int status = parse_and_run(args, {out, err}, models);
    if (!out.flush()) {
      throw Error("standard output: cannot be written");
    }
    return status;
  } catch (const std::exception& error) {
    return tell_failure(error, err);
  }
}

int tell_failure(const std::exception& error, std::ostream& err) {
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  err << "groktheory: " << one_line(memory ? "out of memory" : error.what()) << std::endl;
  return exit_status(error);
}

int exit_status(const std::exception& error) {
  if (dynamic_cast<const InputError*>(&error) != nullptr) {
    return 2;
  }
  if (dynamic_cast<const ConvergenceError*>(&error) != nullptr) {
    return 3;
  }
  return dynamic_cast<const Interrupted*>(&error) != nullptr ? 128 + stop_signal() : 1;
}

}  // namespace grok
