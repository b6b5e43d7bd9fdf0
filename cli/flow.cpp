// groktheory flow: how a representation moves under an effective loss, as CSV.
#include "theory/flow.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "cli/initial_state_json.hpp"
#include "cli/options.hpp"
#include "core/csv.hpp"
#include "theory/representation.hpp"

namespace grok {
namespace {

struct FlowOptions {
  TaskOptions task;
  SplitOptions split;
  std::string loss = "parallelogram";
  std::string flow = "gradient";
  Normalisation normalisation = Normalisation::sum;
  std::optional<std::int64_t> dimension;  // d
  std::optional<double> init_scale;
  std::string initial_state;
  double rate = 1e-3;
  std::optional<double> time;
  std::optional<std::int64_t> steps;
  std::optional<double> tolerance, dt;
  std::string method;
  std::int64_t points = 200;
  std::string out;
};

constexpr double default_tolerance = 1e-10;

[[noreturn]] void refuse(const char* flag, const std::string& value, const std::string& allowed) {
  reject("flow", flag, value, allowed);
}

void require_choice(const char* flag, const std::string& value,
                    const std::vector<std::string>& allowed) {
  if (std::ranges::find(allowed, value) == allowed.end()) {
    refuse(flag, "'" + value + "'", fmt::format("{}", fmt::join(allowed, ", ")));
  }
}

// A flag that says nothing about the chosen flow is an error, not ignored.
void check_flow_options(const FlowOptions& o) {
  require_choice("--loss", o.loss, {"parallelogram"});
  require_choice("--flow", o.flow, {"gradient", "linear", "adam"});
  const auto only = [&](bool given, const char* flag, const char* flows) {
    if (given) {
      refuse(flag, fmt::format("given with --flow {}", o.flow), fmt::format("with {}", flows));
    }
  };
  only(o.tolerance && o.flow != "gradient", "--tolerance", "--flow gradient");
  only(o.dt && o.flow != "gradient", "--dt", "--flow gradient");
  only(!o.method.empty() && !o.dt, "--method", "--flow gradient and --dt");
  only(o.time && o.flow == "adam", "--time", "--flow gradient, linear (adam: --steps)");
  if (o.tolerance && o.dt) {
    refuse("--tolerance, --dt", "both", "one of them (adaptive or fixed steps)");
  }
  if (!o.method.empty()) {
    require_choice("--method", o.method, {"euler", "rk4"});
  }
  if (o.time.has_value() == o.steps.has_value()) {
    refuse("--time, --steps", o.time ? "both" : "neither", "one of them");
  }
  if (!(o.rate > 0)) {
    refuse("--rate", to_text(o.rate), "(0, 10]");
  }
}

/// Where a flow starts: task, training set and the network's embeddings (p x d).
struct Start {
  Task task;
  std::vector<Sample> train;
  Eigen::MatrixXd embeddings;
};

RunSpec spec_of(const FlowOptions& o) {
  check_task_options(o.task, "flow");
  check_split_options(o.split, "flow");
  RunSpec spec;
  spec.task = o.task.task;
  spec.table = o.task.table;
  spec.orders = o.task.orders;
  spec.symbols = o.task.symbols.value_or(spec.symbols);
  spec.train = o.split.train.value_or(1);
  spec.pairs = o.split.pairs;
  spec.seed = o.split.seed.value_or(default_seed);
  spec.representation_dimension = o.dimension.value_or(1);
  spec.representation_init_scale = o.init_scale.value_or(1.0);
  spec.decoder_widths = {1};  // not used by a flow
  return resolve(spec, "flow");
}

Start start_from_file(const FlowOptions& o) {
  const std::string where = o.initial_state;
  if (o.dimension || o.init_scale) {
    refuse(o.dimension ? "--representation-dimension" : "--representation-init-scale", "given",
           "nothing (--initial-state has the embeddings)");
  }
  const InitialStateFile file = read_initial_state(o.initial_state);
  const bool drawn = o.split.train || !o.split.pairs.empty();
  if (drawn == file.train.has_value()) {
    refuse("--train, --pairs", drawn ? "given, and " + where + " has a training set" : "neither",
           "one training set");
  }
  if (o.split.seed && !o.split.train) {
    refuse("--seed", fmt::format("{}", *o.split.seed), "nothing (nothing is drawn)");
  }
  if (!file.embeddings) {
    reject(where, "embeddings", "nothing", "p x d numbers");
  }
  const Task task = make_task(o.task, "flow");
  require_combination("flow", task, Combination::sum);
  if (file.embeddings->rows() != task.symbols()) {
    reject(where, "embeddings", fmt::format("{} rows", file.embeddings->rows()),
           fmt::format("{} (the symbols of the task)", task.symbols()));
  }
  const auto train = drawn ? make_training_set(o.split, task, "flow")
                           : canonical_training_set(task, *file.train, where + ": train");
  return {task, train, *file.embeddings};
}

Start read_start(const FlowOptions& o) {
  if (!o.initial_state.empty()) {
    return start_from_file(o);
  }
  const RunSpec spec = spec_of(o);
  require_combination("flow", task_of(spec), Combination::sum);
  return {task_of(spec), training_set_of(spec), draw_initial_state(spec).embeddings};
}

/// Row numbers 0..points of a flow of `steps` equal steps, each step at most once.
std::vector<std::int64_t> rows_of(std::int64_t steps, std::int64_t points) {
  std::vector<std::int64_t> rows;
  for (std::int64_t k = 0; k <= points; ++k) {
    const auto row = static_cast<std::int64_t>(std::llround(
        static_cast<double>(k) / static_cast<double>(points) * static_cast<double>(steps)));
    if (rows.empty() || row > rows.back()) {
      rows.push_back(row);
    }
  }
  return rows;
}

/// Times, steps and states of the rows of the CSV.
struct Rows {
  std::vector<double> times, steps;
  States states;

  void add(double time, double step, Eigen::VectorXd state) {
    times.push_back(time);
    steps.push_back(step);
    states.push_back(std::move(state));
  }
};

Rows run_adam(const FlowOptions& o, const ParallelogramLoss& loss, const Eigen::VectorXd& start) {
  AdamFlow flow(functions_of(loss), start, o.rate);
  Rows rows;
  std::int64_t done = 0;
  for (const std::int64_t row : rows_of(*o.steps, o.points)) {
    for (; done < row; ++done) {
      flow.step();
    }
    const auto step = static_cast<double>(row);
    rows.add(step * o.rate, step, flow.state());
  }
  return rows;
}

Rows run_fixed(const FlowOptions& o, double end, const ParallelogramLoss& loss,
               const Eigen::VectorXd& start) {
  const double count = std::round(end / *o.dt);
  if (count < 1 || count > 1e9 || std::abs(count * *o.dt - end) > 1e-9 * end) {
    refuse("--dt", to_text(*o.dt),
           fmt::format("a whole fraction of the time {}, at most 1e9 steps", to_text(end)));
  }
  const FixedStep method = o.method == "euler" ? FixedStep::euler : FixedStep::rk4;
  Rows rows;
  Eigen::VectorXd state = start;
  std::int64_t done = 0;
  for (const std::int64_t row : rows_of(static_cast<std::int64_t>(count), o.points)) {
    state = gradient_flow_fixed(functions_of(loss), state, *o.dt, row - done, method);
    done = row;
    const double time = static_cast<double>(row) * *o.dt;
    rows.add(time, time / o.rate, state);
  }
  return rows;
}

Rows run_continuous(const FlowOptions& o, double end, const Start& from,
                    const ParallelogramLoss& loss, const Eigen::MatrixXd& start) {
  std::vector<double> times;
  for (std::int64_t k = 0; k <= o.points; ++k) {
    times.push_back(end * (static_cast<double>(k) / static_cast<double>(o.points)));
  }
  Rows rows;
  if (o.flow == "gradient") {
    const Eigen::VectorXd x = start.reshaped();
    const States states =
        gradient_flow(functions_of(loss), x, times, o.tolerance.value_or(default_tolerance));
    for (std::size_t k = 0; k < times.size(); ++k) {
      rows.add(times[k], times[k] / o.rate, states[k]);
    }
    return rows;
  }
  const LinearModes modes(from.task.symbols(), group_by_output(from.task, from.train),
                          o.normalisation, start);
  for (const double time : times) {
    rows.add(time, time / o.rate, modes.linear(time).reshaped());
  }
  return rows;
}

Rows run_flow(const FlowOptions& o, const Start& from, const ParallelogramLoss& loss) {
  // As the official code: the flow in time starts from standardised embeddings, Adam from the
  // network's own.
  const Eigen::MatrixXd start = o.flow == "adam" ? from.embeddings : standardise(from.embeddings);
  if (!start.allFinite() || !(start.squaredNorm() > 0)) {
    refuse("embeddings", "no spread", "embeddings that are not all equal");
  }
  if (o.flow == "adam") {
    return run_adam(o, loss, start.reshaped());
  }
  const double end = o.time ? *o.time : static_cast<double>(*o.steps) * o.rate;
  return o.dt ? run_fixed(o, end, loss, start.reshaped())
              : run_continuous(o, end, from, loss, start);
}

CsvTable flow_table(const Rows& rows, const Start& from, const ParallelogramLoss& loss) {
  const Index p = from.embeddings.rows(), d = from.embeddings.cols();
  CsvTable table;
  table.columns = {"t", "step", "l0", "l_eff", "Z0"};
  for (Index k = 0; k < d; ++k) {
    table.columns.push_back(d == 1 ? "C" : fmt::format("C_{}", k));
  }
  table.columns.push_back("rqi");
  for (Index i = 0; i < p; ++i) {
    for (Index k = 0; k < d; ++k) {
      table.columns.push_back(fmt::format("E_{}_{}", i, k));
    }
  }
  const auto parallelograms = list_parallelograms(group_by_output(from.task));
  for (std::size_t r = 0; r < rows.states.size(); ++r) {
    const Eigen::VectorXd& x = rows.states[r];
    const Eigen::MatrixXd R = x.reshaped(p, d);
    std::vector<double> cells = {rows.times[r], rows.steps[r], loss.l0(x), loss.value(x),
                                 x.squaredNorm()};
    for (Index k = 0; k < d; ++k) {
      cells.push_back(R.col(k).sum());
    }
    cells.push_back(rqi(R, parallelograms));
    for (Index i = 0; i < p; ++i) {
      for (Index k = 0; k < d; ++k) {
        cells.push_back(R(i, k));
      }
    }
    std::vector<std::string>& row = table.rows.emplace_back();
    for (const double cell : cells) {
      row.push_back(to_text(cell));
    }
  }
  return table;
}

// (F1) conserves Z0; what a fixed step makes of it is its error.
void require_conserved(const FlowOptions& o, const Rows& rows) {
  constexpr double wanted = 0.1;
  if (!o.dt) {
    return;
  }
  const double start = rows.states.front().squaredNorm();
  for (const Eigen::VectorXd& x : rows.states) {
    const double drift = std::abs(x.squaredNorm() / start - 1);
    if (!(drift <= wanted)) {
      throw ConvergenceError(fmt::format(
          "flow: --dt = {}: Z0 drifts by {:.3g} of itself, wanted at most {}: a smaller step, or "
          "--tolerance",
          to_text(*o.dt), drift, wanted));
    }
  }
}

int run(const FlowOptions& options, const Output& output) {
  check_flow_options(options);
  const Start from = read_start(options);
  if (!options.out.empty()) {
    require_writable("flow", "--out", options.out,
                     {options.initial_state, options.split.pairs, options.task.table});
  }
  const ParallelogramLoss loss(from.task.symbols(), from.embeddings.cols(),
                               group_by_output(from.task, from.train), options.normalisation);
  const Rows rows = run_flow(options, from, loss);
  require_conserved(options, rows);
  const std::string csv = to_csv(flow_table(rows, from, loss));
  if (options.out.empty()) {
    output.out << csv;
    return 0;
  }
  write_file(options.out, csv);
  output.out << fmt::format("{}: {} rows to t = {:.6g} (step {:.6g}), {} flow, normalisation {}\n",
                            options.out, rows.times.size(), rows.times.back(), rows.steps.back(),
                            options.flow, to_text(options.normalisation));
  return 0;
}

void add_start_options(CLI::App& app, FlowOptions& o) {
  add_task_options(app, o.task);
  add_split_options(app, o.split);
  add_number(app, "--representation-dimension", o.dimension, 1, 1000,
             "d: numbers per symbol (default 1)");
  add_number(app, "--representation-init-scale", o.init_scale, 0.0, 1e6,
             "embeddings start as U(-1/2,1/2) times this (default 1)");
  add_file(app, "--initial-state", o.initial_state,
           "JSON whose embeddings (and train, if there) to start from");
}

}  // namespace

void add_flow(CLI::App& root, Action& action) {
  const auto o = std::make_shared<FlowOptions>();
  CLI::App& app = *root.add_subcommand("flow", "Trajectory of an effective loss, as CSV");
  add_start_options(app, *o);
  app.add_option("--loss", o->loss, "effective loss")->type_name("parallelogram");
  app.add_option("--flow", o->flow, "gradient: dR/dt = -grad l; linear: -H R; adam: Adam on l")
      ->type_name("gradient|linear|adam")
      ->default_str(o->flow);
  add_normalisation(app, o->normalisation);
  add_number(app, "--rate", o->rate, 0.0, 10.0, "eta: one step is this much time (adam: its rate)");
  add_number(app, "--time", o->time, 1e-12, 1e12, "end [time] (gradient, linear)");
  add_number(app, "--steps", o->steps, 1, 1'000'000'000, "end [optimiser steps]; time = steps eta");
  add_number(app, "--tolerance", o->tolerance, 1e-14, 0.1,
             "gradient: adaptive, absolute and relative per step (default 1e-10)");
  add_number(app, "--dt", o->dt, 1e-12, 1e12, "gradient: fixed steps of this time instead");
  app.add_option("--method", o->method, "of fixed steps (default rk4)")->type_name("euler|rk4");
  add_number(app, "--points", o->points, 1, 1'000'000, "rows after the first, evenly spread");
  add_file(app, "--out", o->out, "CSV to write (default: standard output)");
  app.footer(
      "Columns: t, step, l0, l_eff, Z0, C (sum of embeddings; C_k per dimension if d > 1), rqi,\n"
      "E_i_k. Gradient and linear flows start from standardised embeddings, adam from raw ones.\n"
      "Examples:\n"
      "  groktheory flow --symbols 10 --train 45 --time 2 --out flow.csv\n"
      "  groktheory flow --symbols 10 --train 45 --flow adam --steps 2000");
  run_when_asked(app, action, o, run);
}

}  // namespace grok
