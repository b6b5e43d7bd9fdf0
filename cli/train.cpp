// groktheory train: one network on one training set.
#include "nets/train.hpp"

#include <fmt/format.h>

#include <cmath>

#include <memory>

#include "cli/initial_state_json.hpp"
#include "cli/json.hpp"
#include "cli/options.hpp"
#include "cli/spec_flags.hpp"
#include "compare/store/curves.hpp"
#include "compare/study/study.hpp"
#include "core/csv.hpp"

namespace grok {
namespace {

struct TrainCommand {
  SpecFlags flags;
  std::string spec;
  std::string initial_state;
  std::string trajectory;
  std::optional<std::int64_t> stride;
  WorkerOptions workers;
  bool json = false;
};

constexpr std::int64_t default_stride = 10;

void require_run(const TrainCommand& command) {
  const SpecFlags& flags = command.flags;
  if (!command.spec.empty()) {
    return;
  }
  if (!flags.given("symbols") && !flags.given("table") && !flags.given("orders")) {
    reject("train", "--symbols", "nothing",
           "an integer in [2, 300] (or --spec, --table, --orders)");
  }
  if (!flags.given("train") && !flags.given("pairs") && command.initial_state.empty()) {
    reject("train", "--train, --pairs", "neither", "one of them (or --spec, --initial-state)");
  }
}

/// The run asked for, resolved, and the state it starts from if that is given.
struct Request {
  RunSpec spec;
  std::optional<InitialState> initial;
};

Request read_request(const TrainCommand& command) {
  require_run(command);
  Request request;
  if (!command.spec.empty()) {
    request.spec = read_run(command.spec);
  }
  command.flags.apply(request.spec, "train");
  if (command.initial_state.empty()) {
    request.spec = resolve(request.spec, "train");
    return request;
  }
  const InitialStateFile file = read_initial_state(command.initial_state);
  const bool given =
      !command.spec.empty() || command.flags.given("train") || command.flags.given("pairs");
  request.spec = with_training_set(request.spec, file, given);
  request.initial = initial_state_of(file, request.spec);
  return request;
}

CsvTable trajectory_table(const std::vector<TrajectoryPoint>& points) {
  CsvTable table{metric_columns(), {}};
  const auto& first = points.front().embeddings;
  for (Index k = 0; k < first.rows(); ++k) {
    for (Index d = 0; d < first.cols(); ++d) {
      table.columns.push_back(fmt::format("E_{}_{}", k, d));
    }
  }
  for (const TrajectoryPoint& point : points) {
    std::vector<std::string> row = metric_cells(point);
    for (Index k = 0; k < first.rows(); ++k) {
      for (Index d = 0; d < first.cols(); ++d) {
        row.push_back(to_text(point.embeddings(k, d)));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string loss_text(double loss) {
  return std::isfinite(loss) ? fmt::format("{:.6g}", loss) : to_text(loss);
}

std::string theory_text(const Record& record) {
  if (!record.nullity) {
    return fmt::format("ideal accuracy at least {:.4f}, by deduction from products of matrices",
                       record.ideal_accuracy);
  }
  return fmt::format(
      "nullity {}, {}unique, ideal accuracy {:.4f}, lambda_3 = {:.6g} [1/time], normalisation sum",
      *record.nullity, *record.unique ? "" : "not ", record.ideal_accuracy, *record.lambda3);
}

std::string as_text(const RunSpec& spec, const Record& record, const Workers& workers) {
  const std::string ended = record.state == "diverged"       ? ", where it diverged"
                            : record.steps_done < spec.steps ? ", where --stop ended it"
                                                             : "";
  const auto reached = [&](const std::optional<std::int64_t>& step) {
    return step ? fmt::format("step {}", *step)
                : fmt::format("not within {} steps{}", record.steps_done, ended);
  };
  const auto share = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.4f}", *value) : std::string("no validation sample");
  };
  const auto loss = [](const std::optional<double>& value) {
    return value ? loss_text(*value) : std::string("no validation sample");
  };
  LabelledLines lines;
  lines.add("run", fmt::format("{}, |D| = {}, seed {}, {} steps done of {}, {:.2f} s",
                               describe(task_of(spec)), spec.train, spec.seed, record.steps_done,
                               spec.steps, record.seconds));
  lines.add("engine",
            fmt::format("{}, {} ({})", record.engine, engine_build(record.engine), workers.reason));
  lines.add("state", record.state);
  lines.add("phase",
            record.phase.value_or(record.validation_accuracy ? "open (stopped before it was known)"
                                                             : "none (no validation sample)"));
  lines.add(fmt::format("training accuracy >= {}", to_text(spec.accuracy_threshold)),
            reached(record.steps_to_train));
  lines.add(
      fmt::format("validation accuracy >= {}", to_text(spec.accuracy_threshold)),
      record.validation_accuracy ? reached(record.steps_to_validation) : "no validation sample");
  lines.add(fmt::format("RQI > {}", to_text(spec.rqi_threshold)), reached(record.steps_to_rqi));
  lines.add("training accuracy, loss",
            fmt::format("{:.4f}, {}", record.train_accuracy, loss_text(record.train_loss)));
  lines.add("validation accuracy, loss",
            record.validation_accuracy
                ? share(record.validation_accuracy) + ", " + loss(record.validation_loss)
                : "no validation sample");
  lines.add("accuracy on D0, predicted by RQI",
            fmt::format("{:.4f}, {:.4f}", record.accuracy, record.predicted_accuracy));
  lines.add("RQI", fmt::format("{:.4f} (ideal {}{:.4f})", record.rqi,
                               record.nullity ? "" : "at least ", record.ideal_rqi));
  lines.add("theory", theory_text(record));
  return lines.text();
}

// The torch engine keeps no trajectory and draws its own initial state.
TracedRun trained(const Request& request, std::int64_t stride, Workers& workers,
                  const Output& output) {
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
    workers = choose_engine({&request.spec, 1}, workers, look_at_hardware(workers), "train");
  }
  if (workers.engine == "cpu") {
    return train_traced(request.spec, stride, request.initial ? &*request.initial : nullptr);
  }
  const auto notice = [&output](const std::string& line) { output.err << line << std::endl; };
  TracedRun run;
  run.record = train({&request.spec, 1}, workers, notice).front();
  return run;
}

int run(const TrainCommand& command, const Output& output) {
  const Request request = read_request(command);
  if (command.stride && command.trajectory.empty()) {
    reject("train", "--stride", fmt::format("{}", *command.stride), "only with --trajectory");
  }
  if (!command.trajectory.empty()) {
    const RunSpec& spec = request.spec;
    require_writable("train", "--trajectory", command.trajectory,
                     {command.spec, command.initial_state, spec.pairs, spec.table});
  }
  const std::int64_t stride =
      command.trajectory.empty() ? 0 : command.stride.value_or(default_stride);
  Workers workers = checked_workers(command.workers, "train");
  const TracedRun traced = trained(request, stride, workers, output);
  if (!command.trajectory.empty()) {
    write_file(command.trajectory, to_csv(trajectory_table(traced.trajectory)));
  }
  output.out << (command.json ? to_text(json_of(request.spec, traced.record))
                              : as_text(request.spec, traced.record, workers));
  if (traced.record.state == "diverged") {
    output.out.flush();
    throw ConvergenceError(fmt::format("train: loss = not finite after {} steps, wanted finite",
                                       traced.record.steps_done));
  }
  return 0;
}

}  // namespace

void add_train(CLI::App& root, Action& action) {
  const auto command = std::make_shared<TrainCommand>();
  CLI::App& app = *root.add_subcommand("train", "Train one network on one training set");
  add_file(app, "--spec", command->spec, "TOML file of a run; the flags below override its keys");
  add_file(app, "--initial-state", command->initial_state,
           "JSON: training set, embeddings, labels and decoder to start from");
  add_file(app, "--trajectory", command->trajectory,
           "CSV to write: losses, accuracies, RQI, embeddings per step");
  add_number(app, "--stride", command->stride, 1, 1'000'000'000,
             fmt::format("steps between rows of --trajectory (default {})", default_stride));
  app.add_flag("--json", command->json, "one JSON object instead of text");
  add_engine(app, command->workers);
  command->flags.add_to(app);
  app.footer(
      "A run ends when what --stop asks for is known; --stop budget goes on to the last step.\n"
      "Examples:\n"
      "  groktheory train --symbols 10 --train 45 --seed 58\n"
      "  groktheory train --symbols 10 --train 45 --decoder-widths 100,100 --json\n"
      "  groktheory train --spec run.toml --steps 5000 --stop budget --trajectory run.csv");
  run_when_asked(app, action, command, run);
}

}  // namespace grok
