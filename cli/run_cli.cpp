#include "cli/run_cli.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>

#include "cli/commands.hpp"
#include "core/errors.hpp"
#include "core/provenance.hpp"
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
                     torch.engine != nullptr ? describe(torch.engine->info()) : torch.why_not);
}

void add_commands(CLI::App& root, Action& action) {
  root.require_subcommand(1);
  root.set_version_flag("--version", version_text, "Print what this program was made from");
  root.footer(
      "Examples:\n"
      "  groktheory predict --symbols 10 --train 45\n"
      "  groktheory threshold --symbols 10 --draws 10000\n"
      "  groktheory figure core --profile quick\n"
      "Exit status: 0 done, 1 something broke, 2 bad input (nothing written), 3 not converged.");
  add_predict(root, action);
  add_threshold(root, action);
  add_rates(root, action);
  add_flow(root, action);
  add_train(root, action);
  add_study(root, action);
  add_figure(root, action);
  add_report(root, action);
  add_bench(root, action);
}

int parse_and_run(const std::vector<std::string>& args, const Output& output) {
  CLI::App root("A theory of grokking beside the experiment (Liu et al. 2022, arXiv:2205.10343)",
                "groktheory");
  Action action;
  add_commands(root, action);
  try {
    root.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::CallForVersion&) {
    output.out << version_text();
    return 0;
  } catch (const CLI::Success& asked) {  // --help
    return root.exit(asked, output.out, output.err);
  } catch (const CLI::ParseError& error) {
    throw InputError(describe(error, root));
  }
  return action(output);
}

}  // namespace

int run_cli(const std::vector<std::string>& args, std::ostream& out, std::ostream& err) {
  const auto fail = [&err](int status, const std::string& message) {
    err << "groktheory: " << one_line(message) << '\n';
    return status;
  };
  try {
    const int status = parse_and_run(args, {out, err});
    if (!out.flush()) {
      return fail(1, "standard output: cannot be written");
    }
    return status;
  } catch (const InputError& error) {
    return fail(2, error.what());
  } catch (const ConvergenceError& error) {
    return fail(3, error.what());
  } catch (const std::bad_alloc&) {
    return fail(1, "out of memory");
  } catch (const std::exception& error) {
    return fail(1, error.what());
  }
}

}  // namespace grok
