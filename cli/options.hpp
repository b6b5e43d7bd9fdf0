// cli/options.hpp: what the subcommands share: numbers read from arguments, the task and training
// set options, aligned text. Include from .cpp files only (CLI11 is slow to compile).
//   Numbers are read here and not by CLI11, whose reading differs between versions (octal, 1'000):
//   an integer is [-]digits, a number what std::from_chars reads, and every one has a range.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "nets/engine_choice.hpp"
#include "theory/spectrum.hpp"
#include "theory/training_set.hpp"

namespace grok {

template <class T>
T parse_as(const std::string& where, const std::string& name, const std::string& text) {
  if constexpr (std::is_floating_point_v<T>) {
    return parse_number(where, name, text);
  } else {
    return parse_integer(where, name, text);
  }
}

template <class T>
struct ValueOf {
  using type = T;
};
template <class T>
struct ValueOf<std::optional<T>> {
  using type = T;
};

/// An option with one number in [low, high]; `target` (int64, double, or an optional of one) holds
/// the default, which --help shows.
template <class Target, class T = typename ValueOf<Target>::type>
CLI::Option* add_number(CLI::App& app, const std::string& flag, Target& target,
                        std::type_identity_t<T> low, std::type_identity_t<T> high,
                        const std::string& help) {
  const std::string where = command_name(app);
  const auto assign = [&target, where, flag, low, high](const std::string& text) {
    const T value = parse_as<T>(where, flag, text);
    require_in_range(where, flag, value, low, high);
    target = value;
  };
  CLI::Option* option = app.add_option_function<std::string>(flag, assign, help);
  option->type_name(std::is_floating_point_v<T> ? "X" : "N");
  if constexpr (std::is_same_v<Target, double>) {
    option->default_str(to_text(target));
  } else if constexpr (std::is_same_v<Target, T>) {
    option->default_str(std::to_string(target));
  }
  return option;
}

/// A flag that takes no value: `--json=3` is refused.
CLI::Option* add_flag(CLI::App& app, const std::string& flag, bool& target,
                      const std::string& help);
/// An option with one of a few names; `target` holds the default.
CLI::Option* add_choice(CLI::App& app, const std::string& flag, std::string& target,
                        const std::vector<std::string>& names, const std::string& help);
/// "2,3" or "2 3"; an empty item stays, to be refused as one (CLI11 would drop it).
std::vector<std::string> list_items(const std::vector<std::string>& texts);
/// An option with a list of integers, each in [low, high].
CLI::Option* add_integers(CLI::App& app, const std::string& flag, std::vector<std::int64_t>& target,
                          std::int64_t low, std::int64_t high, const std::string& help);
CLI::Option* add_file(CLI::App& app, const std::string& flag, std::string& target,
                      const std::string& help);
CLI::Option* add_normalisation(CLI::App& app, Normalisation& target);
CLI::Option* add_threads(CLI::App& app, std::int64_t& target);

/// --engine, --device and --threads; `train` has no --threads.
struct WorkerOptions {
  std::string engine = "auto", device = "auto";
  std::int64_t threads = 1;
};
void add_engine(CLI::App& app, WorkerOptions& options);
void add_workers(CLI::App& app, WorkerOptions& options);
/// Throws InputError unless they can be had here, before anything is written.
Workers checked_workers(const WorkerOptions& options, const std::string& where);

/// Puts `run(options, output)` into `action` when `app` is the command asked for.
template <class Options>
void run_when_asked(CLI::App& app, Action& action, std::shared_ptr<Options> options,
                    int (*run)(const Options&, const Output&)) {
  app.callback([&action, options, run] {
    action = [options, run](const Output& output) { return run(*options, output); };
  });
}

inline constexpr std::int64_t default_seed = 58;                 // as toy::RunSpec
inline constexpr std::int64_t max_seed = 9'007'199'254'740'992;  // 2^53, as toy::RunSpec
inline constexpr std::int64_t max_threads = 4096;                // as parallel_for

struct TaskOptions {
  std::string task = "addition";
  std::string table;
  std::vector<std::int64_t> orders;  // of the cyclic groups of an abelian task
  std::optional<std::int64_t> symbols;
};
void add_task_options(CLI::App& app, TaskOptions& options);
/// Throws InputError unless exactly what the task needs was given.
void check_task_options(const TaskOptions& options, const std::string& where);
Task make_task(const TaskOptions& options, const std::string& where);

struct SplitOptions {
  std::optional<std::int64_t> train;
  std::string pairs;
  std::optional<std::int64_t> seed;
};
void add_split_options(CLI::App& app, SplitOptions& options);
void check_split_options(const SplitOptions& options, const std::string& where);
/// The training set, in the order of D0.
std::vector<Sample> make_training_set(const SplitOptions& options, const Task& task,
                                      const std::string& where);

/// Throws InputError if `file` cannot be written (by writing beside it and removing that again), or
/// is one of `inputs` (empty names are skipped): an output never replaces what was read. Nor an
/// SQLite database or a .toml that is there.
void require_writable(const std::string& where, const std::string& flag,
                      const std::filesystem::path& file,
                      const std::vector<std::string>& inputs = {});

/// Lines "label   value" with the values in one column.
class LabelledLines {
 public:
  void add(std::string label, std::string value) {
    lines_.emplace_back(std::move(label), std::move(value));
  }
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

/// Columns of right-aligned cells under their titles, two blanks apart.
std::string aligned_table(const std::vector<std::string>& titles,
                          const std::vector<std::vector<std::string>>& rows);

/// {task, symbols}, of an abelian task its orders as well.
Json json_of(const Task& task);

}  // namespace grok
