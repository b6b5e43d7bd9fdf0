// groktheory train: one network on one training set.
#include "nets/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "cli/initial_state_json.hpp"
#include "cli/json.hpp"
#include "cli/options.hpp"
#include "cli/run_flags.hpp"
#include "compare/store/curves.hpp"
#include "compare/study/study.hpp"
#include "core/csv.hpp"
#include "core/interrupt.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"

namespace grok {
namespace {

struct TrainCommand {
  const Models& models;
  RunFlags flags;
  std::string model;
  std::string spec;
  std::string initial_state;
  std::string trajectory;
  std::optional<std::int64_t> stride;
  WorkerOptions workers;
  bool json = false;

  TrainCommand(const Models& all, const Model& asked) : models(all), flags(asked) {}
};

constexpr std::int64_t default_stride = 10;

/// The run asked for, resolved, and the state it starts from if that is given (of the toy alone).
struct Request {
  Run run;
  std::optional<toy::InitialState> initial;
};

std::string place(const std::string&) { return "train"; }

Run run_as_asked(const TrainCommand& command) {
  const Model& model = command.flags.model();
  Run run = model.usual();
  if (!command.spec.empty()) {
    run = read_run(command.spec, command.models);
    if (run.model().name() != model.name()) {
      reject("train", "--model", "'" + std::string(model.name()) + "'",
             fmt::format("{} (as --spec says)", run.model().name()));
    }
  }
  return run.model().overridden(run, command.flags.values("train"), "train");
}

Request read_request(const TrainCommand& command) {
  const Model& model = command.flags.model();
  const bool state = !command.initial_state.empty();
  if (state && model.name() != toy::model().name()) {
    reject("train", "--initial-state", "'" + command.initial_state + "'",
           fmt::format("nothing (model = {}: it is the toy's)", model.name()));
  }
  const Given given{Given::By::flags, [&](std::string_view key) {
                      return !command.spec.empty() || command.flags.given(key) ||
                             (state && key == "train");
                    }};
  const Run run = run_as_asked(command);
  model.require_given(run, given, place);
  if (!state) {
    return {model.resolve(run, given, place), {}};
  }
  const InitialStateFile file = read_initial_state(command.initial_state);
  const bool set = !command.spec.empty() ||
                   std::ranges::any_of(std::array{"train", "train_fraction", "pairs"},
                                       [&](const char* key) { return command.flags.given(key); });
  const Run located = toy::run_of(with_training_set(run.as<toy::RunSpec>(), file, set));
  return {located, initial_state_of(file, located.as<toy::RunSpec>())};
}

std::string as_text(const Run& run, const Outcome& outcome, const Workers& workers) {
  LabelledLines lines;
  for (const auto& [label, value] : run.model().report(run, outcome)) {
    lines.add(label, label == "engine" ? fmt::format("{} ({})", value, workers.reason) : value);
  }
  return lines.text();
}

/// What a run that was stopped had come to; empty where its model or engine does not say.
struct Dropped {
  std::optional<std::int64_t> step;
  Curve curve;
};

bool stopped() { return stop_signal() != 0; }

// From a state that is given; the others start from what their seeds draw.
Finished trained_from(const Request& request, std::int64_t stride, Dropped& dropped) {
  const auto& spec = request.run.as<toy::RunSpec>();
  require_memory(request.run.model().cost(request.run).bytes, 1, 1);
  const std::vector<std::string> keep;
  OneRun one{.run = request.run, .stride = stride, .keep = keep, .stop = stopped};
  one.dropped = [&dropped](std::int64_t step, const Curve& curve) { dropped = {step, curve}; };
  const toy::TracedRun traced = toy::train_traced(spec, one, &*request.initial);
  return {toy::outcome_of(traced.record), curve_of(spec, traced.trajectory)};
}

// The torch engine keeps no trajectory and draws its own initial state.
Finished trained(const Request& request, std::int64_t stride, Workers& workers,
                 const Output& output, Dropped& dropped) {
  const bool traced = stride > 0 || request.initial;
  if (traced && (workers.engine == "torch" || workers.device == "cuda")) {
    reject("train", workers.engine == "torch" ? "--engine" : "--device",
           workers.engine == "torch" ? "'torch'" : "'cuda'",
           "cpu (with --trajectory or --initial-state)");
  }
  if (traced) {
    workers = cpu_workers(1);
    workers.reason = "one run with its trajectory or initial state";
  } else {
    workers = choose_engine({&request.run, 1}, workers, look_at_hardware(workers), "train");
  }
  if (request.initial) {
    return trained_from(request, stride, dropped);
  }
  Finished finished;
  TrainOptions options;
  options.workers = workers;
  options.stride = stride;
  options.notice = [&output](const std::string& line) { output.err << line << std::endl; };
  options.finished = [&](std::size_t, const Finished& one) { finished = one; };
  options.stop = stopped;
  options.dropped = [&](std::size_t, std::int64_t step, const Curve& curve) {
    dropped = {step, curve};
  };
  train_each({&request.run, 1}, options);
  return finished;
}

std::vector<std::string> files_of(const Run& run) {
  std::vector<std::string> files;
  for (const Field& field : run.model().keys()) {
    if (field.is_file()) {
      files.push_back(text_of(run[field.key]));
    }
  }
  return files;
}

[[noreturn]] void tell_what_is_left(const TrainCommand& command, const Run& run,
                                    const Dropped& dropped) {
  const std::string where =
      dropped.step ? fmt::format(" at step {} of {}", *dropped.step, budget_of(run)) : "";
  const bool written = !command.trajectory.empty() && dropped.curve.rows() > 0;
  if (written) {
    write_file(command.trajectory, to_csv(table_of(dropped.curve)));
  }
  throw Interrupted(fmt::format(
      "train: interrupted{}; {}, the same command begins anew ('study run' goes on where it was)",
      where, written ? command.trajectory + " has the trajectory up to there" : "nothing is kept"));
}

int run(const TrainCommand& command, const Output& output) {
  const Request request = read_request(command);
  if (command.stride && command.trajectory.empty()) {
    reject("train", "--stride", fmt::format("{}", *command.stride), "only with --trajectory");
  }
  if (!command.trajectory.empty()) {
    if (request.run.model().curve_shape(request.run).columns.empty()) {
      reject("train", "--trajectory", command.trajectory,
             fmt::format("nothing (model = {}: it has no curves)", request.run.model().name()));
    }
    std::vector<std::string> inputs = files_of(request.run);
    inputs.insert(inputs.end(), {command.spec, command.initial_state});
    require_writable("train", "--trajectory", command.trajectory, inputs);
  }
  const std::int64_t stride =
      command.trajectory.empty() ? 0 : command.stride.value_or(default_stride);
  Workers workers = checked_workers(command.workers, "train");
  const StopOnSignal stop("groktheory: train: interrupted; nothing is kept");
  Finished finished;
  Dropped dropped;
  try {
    finished = trained(request, stride, workers, output, dropped);
  } catch (const Interrupted&) {
    tell_what_is_left(command, request.run, dropped);
  }
  if (!command.trajectory.empty()) {
    write_file(command.trajectory, to_csv(table_of(finished.curve)));
  }
  output.out << (command.json ? to_text(json_of(request.run, finished.outcome))
                              : as_text(request.run, finished.outcome, workers));
  if (finished.outcome[Role::state] == Value("diverged")) {
    output.out.flush();
    throw ConvergenceError(fmt::format("train: loss = not finite after {} steps, wanted finite",
                                       text_of(finished.outcome[Role::steps])));
  }
  return 0;
}

std::optional<std::string> text_after(const std::vector<std::string>& args,
                                      const std::string& flag) {
  for (std::size_t k = 0; k < args.size(); ++k) {
    if (args[k] == flag && k + 1 < args.size()) {
      return args[k + 1];
    }
    if (args[k].starts_with(flag + "=")) {
      return args[k].substr(flag.size() + 1);
    }
  }
  return {};
}

// Whose flags there are has to be known before the arguments are read. What is wrong with a file is
// said when it is read.
const Model& model_asked(const std::vector<std::string>& args, const Models& models) {
  if (args.empty() || args.front() != "train") {
    return *models.front();
  }
  if (const auto name = text_after(args, "--model")) {
    return model_named(*name, models, "train");
  }
  try {
    const auto spec = text_after(args, "--spec");
    return spec ? read_model(*spec, models) : *models.front();
  } catch (const InputError&) {
    return *models.front();
  }
}

}  // namespace

void add_train(CLI::App& root, Action& action, const std::vector<std::string>& args,
               const Models& models) {
  const auto command = std::make_shared<TrainCommand>(models, model_asked(args, models));
  CLI::App& app = *root.add_subcommand("train", "Train one network on one training set");
  app.add_option("--model", command->model, "kind of network; the flags below are its keys")
      ->type_name("NAME")
      ->default_str(std::string(command->flags.model().name()));
  add_file(app, "--spec", command->spec, "TOML file of a run; the flags below override its keys");
  add_file(app, "--initial-state", command->initial_state,
           "JSON: training set, embeddings, labels and decoder to start from (model toy)");
  add_file(app, "--trajectory", command->trajectory,
           "CSV to write: its curve (model toy: losses, accuracies, RQI, embeddings)");
  add_number(app, "--stride", command->stride, 1, 1'000'000'000,
             fmt::format("steps between rows of --trajectory (default {})", default_stride));
  add_flag(app, "--json", command->json, "one JSON object instead of text");
  add_engine(app, command->workers);
  command->flags.add_to(app);
  if (&command->flags.model() != models.front()) {
    app.footer(fmt::format("Example:\n  groktheory train --model {} --seed 1 --json",
                           command->flags.model().name()));
    run_when_asked(app, action, command, run);
    return;
  }
  app.footer(
      "A run ends when what --stop asks for is known; --stop budget goes on to the last step.\n"
      "Examples:\n"
      "  groktheory train --symbols 10 --train 45 --seed 58 --steps 20000\n"
      "  groktheory train --symbols 10 --train 45 --decoder-widths 100,100 --json\n"
      "  printf 'task = \"addition\"\\nsymbols = 10\\ntrain = 45\\n' > run.toml\n"
      "  groktheory train --spec run.toml --steps 5000 --stop budget --trajectory run.csv\n"
      "  groktheory train --model diagonal --help   # the keys of another kind of network");
  run_when_asked(app, action, command, run);
}

}  // namespace grok
