#include "cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/csv.hpp"
#include "core/parallel.hpp"

namespace grok {
std::string command_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  if (parent == nullptr) {
    return "";
  }
  const std::string above = command_name(*parent);
  return above.empty() ? command.get_name() : above + " " + command.get_name();
}

CLI::Option* add_file(CLI::App& app, const std::string& flag, std::string& target,
                      const std::string& help) {
  const auto assign = [&target, flag, where = command_name(app)](const std::string& text) {
    if (text.empty()) {
      reject(where, flag, "''", "the name of a file");
    }
    target = text;
  };
  return app.add_option_function<std::string>(flag, assign, help)->type_name("FILE");
}

CLI::Option* add_flag(CLI::App& app, const std::string& flag, bool& target,
                      const std::string& help) {
  return app.add_flag(flag, target, help)->disable_flag_override();
}

CLI::Option* add_choice(CLI::App& app, const std::string& flag, std::string& target,
                        const std::vector<std::string>& names, const std::string& help) {
  const auto assign = [&target, flag, names, where = command_name(app)](const std::string& text) {
    if (std::ranges::find(names, text) == names.end()) {
      reject(where, flag, "'" + text + "'", allowed_names(text, names));
    }
    target = text;
  };
  return app.add_option_function<std::string>(flag, assign, help)
      ->type_name("NAME")
      ->default_str(target);
}

std::vector<std::string> list_items(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) {
    std::istringstream in(text + ",");
    for (std::string item; std::getline(in, item, ',');) {
      items.push_back(item);
    }
  }
  return items;
}

CLI::Option* add_integers(CLI::App& app, const std::string& flag, std::vector<std::int64_t>& target,
                          std::int64_t low, std::int64_t high, const std::string& help) {
  const std::string where = command_name(app);
  const auto assign = [&target, where, flag, low, high](const std::vector<std::string>& texts) {
    target.clear();
    for (const std::string& item : list_items(texts)) {
      target.push_back(parse_integer(where, flag, item));
      require_in_range(where, flag, target.back(), low, high);
    }
  };
  return app.add_option_function<std::vector<std::string>>(flag, assign, help)
      ->type_name("N,N,...");
}

CLI::Option* add_normalisation(CLI::App& app, Normalisation& target) {
  const auto assign = [&target, where = command_name(app)](const std::string& text) {
    target = normalisation_from(where, text);
  };
  return app
      .add_option_function<std::string>("--normalisation", assign,
                                        "l0 is the sum over P0(D), or its mean (eq. 5 as printed)")
      ->type_name("sum|mean")
      ->default_str(to_text(target));
}

CLI::Option* add_threads(CLI::App& app, std::int64_t& target) {
  target = default_threads();
  return add_number(app, "--threads", target, 1, max_threads,
                    "threads; results do not depend on it");
}

void add_engine(CLI::App& app, WorkerOptions& options) {
  app.add_option("--engine", options.engine, "who trains: cpu, torch (LibTorch), auto")
      ->type_name("NAME")
      ->default_str(options.engine);
  app.add_option("--device", options.device, "where: cpu, cuda, auto (the faster one, by rule)")
      ->type_name("NAME")
      ->default_str(options.device);
}

void add_workers(CLI::App& app, WorkerOptions& options) {
  add_engine(app, options);
  add_threads(app, options.threads);
}

Workers checked_workers(const WorkerOptions& options, const std::string& where) {
  const Workers workers{options.engine, options.device, static_cast<int>(options.threads), ""};
  choose_engine({}, workers, look_at_hardware(workers), where);
  return workers;
}

void add_task_options(CLI::App& app, TaskOptions& options) {
  add_choice(app, "--task", options.task,
             {"addition", "modular-addition", "abelian", "permutations", "table"},
             "rule a o b = c: addition, modular-addition, abelian, permutations, table");
  add_file(app, "--table", options.table, "CSV of a,b,c (with --task table)");
  add_integers(app, "--orders", options.orders, 2, max_symbols,
               "orders of the cyclic groups (with --task abelian); their product is p");
  add_number(app, "--symbols", options.symbols, 2, max_symbols,
             "p: number of symbols (permutations: n!)");
}

void check_task_options(const TaskOptions& options, const std::string& where) {
  const bool table = options.task == "table", abelian = options.task == "abelian";
  const std::string other = fmt::format("nothing (--task {})", options.task);
  if (table && options.table.empty()) {
    reject(where, "--table", "nothing", "a CSV file of a,b,c (--task table)");
  }
  if (abelian && options.orders.empty()) {
    reject(where, "--orders", "nothing", "the orders of cyclic groups, as 2,3 (--task abelian)");
  }
  if ((table || abelian) && options.symbols) {
    reject(where, "--symbols", fmt::format("{}", *options.symbols),
           table ? "nothing (--task table: the file says)"
                 : "nothing (--task abelian: the orders say)");
  }
  if (!table && !options.table.empty()) {
    reject(where, "--table", options.table, other);
  }
  if (!abelian && !options.orders.empty()) {
    reject(where, "--orders", fmt::format("{}", fmt::join(options.orders, ",")), other);
  }
  if (!table && !abelian && !options.symbols) {
    reject(where, "--symbols", "nothing", fmt::format("an integer in [2, {}]", max_symbols));
  }
}

Task make_task(const TaskOptions& options, const std::string& where) {
  check_task_options(options, where);
  return options.task == "table"     ? read_table(options.table)
         : options.task == "abelian" ? Task::abelian(options.orders)
                                     : make_task(options.task, *options.symbols);
}

void add_split_options(CLI::App& app, SplitOptions& options) {
  // The upper end is that of |D0|, known once the task is.
  add_number(app, "--train", options.train, std::numeric_limits<std::int64_t>::min(),
             std::numeric_limits<std::int64_t>::max(), "|D|: size of the training set, drawn");
  add_number(app, "--seed", options.seed, 0, max_seed,
             fmt::format("seed of the random streams (default {})", default_seed));
  add_file(app, "--pairs", options.pairs, "CSV of i,j: the training set itself");
}

void check_split_options(const SplitOptions& options, const std::string& where) {
  if (options.train.has_value() == !options.pairs.empty()) {
    reject(where, "--train, --pairs", options.train ? "both" : "neither", "one of them");
  }
}

std::vector<Sample> make_training_set(const SplitOptions& options, const Task& task,
                                      const std::string& where) {
  check_split_options(options, where);
  if (!options.pairs.empty()) {
    return read_pairs(options.pairs, task);
  }
  require_in_range(where, "--train", *options.train, std::int64_t{1}, task.sample_count());
  const std::int64_t seed = options.seed.value_or(default_seed);
  return draw_training_set(task, *options.train, static_cast<std::uint64_t>(seed));
}

void require_writable(const std::string& where, const std::string& flag,
                      const std::filesystem::path& file, const std::vector<std::string>& inputs) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (const std::string& input : inputs) {
    if (!input.empty() && fs::equivalent(file, input, ignored)) {
      reject(where, flag, file.string(), "a file that is not read as well");
    }
  }
  require_replaceable(where, flag, file);
  const auto refuse = [&] { reject(where, flag, file.string(), "a file that can be written"); };
  // A device or a folder cannot be replaced by a rename, which is how files are written.
  if (fs::exists(file, ignored) && !fs::is_regular_file(file, ignored)) {
    refuse();
  }
  const fs::path part = file.string() + ".part";
  const bool there = fs::exists(part, ignored);
  const bool good = std::ofstream(part, std::ios::app).is_open();
  if (!there) {
    fs::remove(part, ignored);
  }
  if (!good) {
    refuse();
  }
}

std::string LabelledLines::text() const {
  std::size_t width = 0;
  for (const auto& [label, value] : lines_) {
    width = std::max(width, label.size());
  }
  std::string text;
  for (const auto& [label, value] : lines_) {
    text += fmt::format("{:<{}}  {}\n", label, width, value);
  }
  return text;
}

std::string aligned_table(const std::vector<std::string>& titles,
                          const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& title : titles) {
    widths.push_back(title.size());
  }
  for (const auto& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      widths[k] = std::max(widths[k], row[k].size());
    }
  }
  std::string text;
  const auto append = [&](const std::vector<std::string>& cells) {
    for (std::size_t k = 0; k < cells.size(); ++k) {
      text += fmt::format("{}{:>{}}", k == 0 ? "" : "  ", cells[k], widths[k]);
    }
    text += '\n';
  };
  append(titles);
  for (const auto& row : rows) {
    append(row);
  }
  return text;
}

Json json_of(const Task& task) {
  Json json;
  json["task"] = task.name();
  json["symbols"] = task.symbols();
  if (!task.orders().empty()) {
    json["orders"] = std::vector<Index>(task.orders().begin(), task.orders().end());
  }
  return json;
}

}  // namespace grok
