#include "cli/run_cli.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>

#include "cli/commands.hpp"
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

const CLI::App& deepest_command(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : deepest_command(*parsed.front());
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

// CLI11's own words depend on its version; these name the command and what is allowed.
std::string describe(const CLI::ParseError& error, const CLI::App& root) {
  const CLI::App& command = deepest_command(root);
  const std::string name = command_name(command);
  const std::string prefix = name.empty() ? "" : name + ": ";
  const std::string help = "groktheory " + (name.empty() ? "" : name + " ") + "--help";
  const auto subcommands = subcommand_names(command);
  const auto extras = root.remaining(true);
  if (!subcommands.empty()) {
    return fmt::format("{}command = {}, allowed {}", prefix,
                       extras.empty() ? "nothing" : "'" + extras.front() + "'",
                       fmt::join(subcommands, ", "));
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !extras.empty()) {
    return fmt::format("{}argument = '{}', allowed those of '{}'", prefix, extras.front(), help);
  }
  return fmt::format("{}{} (see '{}')", prefix, error.what(), help);
}

std::string version_text() {
  const LoadedEngine& torch = torch_engine();
  return to_text(provenance()) +
         fmt::format("engine     cpu: {}\nengine     torch: {}\n", engine_build("cpu"),
                     torch.engine != nullptr ? describe(torch.engine->info()) : torch.why_not) +
         fmt::format("ranks      MPI: {}\n", mpi_description());
}

void add_commands(CLI::App& root, Action& action, const std::vector<std::string>& args,
                  const Models& models) {
  root.require_subcommand(1);
  root.set_version_flag("--version", version_text, "Print what this program was made from");
  root.footer(
      "Examples:\n"
      "  groktheory predict --symbols 10 --train 45\n"
      "  groktheory threshold --symbols 10 --draws 10000\n"
      "  groktheory figure core --profile quick\n"
      "Environment: GROK_INSTRUCTIONS = x86-64-v4, x86-64-v3 or baseline, no better instructions.\n"
      "Exit status: 0 done, 1 something broke, 2 bad input (nothing written), 3 not converged,\n"
      "4 study status: not complete, 130 and 143 stopped by SIGINT and SIGTERM.");
  add_predict(root, action);
  add_threshold(root, action);
  add_rates(root, action);
  add_scaling(root, action);
  add_parity(root, action);
  add_flow(root, action);
  add_train(root, action, args, models);
  add_study(root, action, models);
  add_show(root, action, models);
  add_figure(root, action);
  add_plot(root, action, models);
  add_report(root, action);
  add_referee(root, action, models);
  add_bench(root, action);
}

int parse_and_run(const std::vector<std::string>& args, const Output& output,
                  const Models& models) {
  CLI::App root("A theory of grokking beside the experiment (Liu et al. 2022, arXiv:2205.10343)",
                "groktheory");
  Action action;
  add_commands(root, action, args, models);
  // Rank 0 has the same arguments, and says what is wrong with them.
  const bool silent = launch_of(environment_of_process()).rank > 0;
  try {
    root.parse(std::vector<std::string>(args.rbegin(), args.rend()));
    engine_build("cpu");  // an impossible GROK_INSTRUCTIONS is told before anything is done
  } catch (const CLI::CallForVersion&) {
    output.out << version_text();
    return 0;
  } catch (const CLI::Success& asked) {  // --help
    return root.exit(asked, output.out, output.err);
  } catch (const CLI::ParseError& error) {
    if (silent) {
      return 2;
    }
    throw InputError(describe(error, root));
  } catch (const InputError&) {
    if (silent) {
      return 2;
    }
    throw;
  }
  return action(output);
}

}  // namespace

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
