// groktheory flow: how a representation moves under an effective loss, as CSV.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "cli/flow_options.hpp"
#include "theory/representation.hpp"

namespace grok {
namespace {

constexpr double default_tolerance = 1e-10;

std::vector<std::string> loss_names() {
  auto names = built_in_losses().names();
  names.push_back(linear_decoder_name);
  return names;
}

// A flag of another loss is an error, not ignored.
void check_loss_options(const FlowOptions& o, const std::vector<std::string>& settings) {
  const LossRegistry registry = built_in_losses();
  const auto only = [&](bool given, const char* flag, const char* setting) {
    if (!given || std::ranges::find(settings, setting) != settings.end()) {
      return;
    }
    std::vector<std::string> losses;
    for (const LossEntry& entry : registry.entries()) {
      if (std::ranges::find(entry.settings, setting) != entry.settings.end()) {
        losses.push_back(entry.name);
      }
    }
    refuse_flow(flag, "given with --loss " + o.loss,
                fmt::format("with --loss {}", fmt::join(losses, ", ")));
  };
  only(o.normalisation_given, "--normalisation", "normalisation");
  only(o.decay.has_value(), "--decay", "decay");
  only(o.repulsion.has_value(), "--repulsion", "repulsion");
  only(!o.class_points.empty(), "--class-points", "points");
  only(!o.metric.empty(), "--metric", "metric");
  only(!o.metric_scale.empty(), "--metric-scale", "metric");
  only(!o.decoder_widths.empty(), "--decoder-widths", "decoder");
  only(!o.decoder_activation.empty(), "--decoder-activation", "decoder");
  only(o.decoder_init_scale.has_value(), "--decoder-init-scale", "decoder");
  if (o.loss == "weight-decayed" && !o.decay) {
    refuse_flow("--decay", "nothing", "a number (loss weight-decayed)");
  }
}

// The linear decoder has rates of its own and no trajectory.
void check_linear_decoder(const FlowOptions& o) {
  const auto refuse_with = [&](bool given, const char* flag) {
    if (given) {
      refuse_flow(flag, "given with --loss linear-decoder", "with other losses");
    }
  };
  check_loss_options(o, {});
  refuse_with(o.flow != "gradient", "--flow");
  refuse_with(o.steps.has_value(), "--steps");
  refuse_with(o.rate_given, "--rate");
  refuse_with(o.dt.has_value(), "--dt");
  refuse_with(!o.method.empty(), "--method");
  refuse_with(o.decoupled_decay.has_value(), "--decoupled-decay");
  refuse_with(!o.initial_state.empty(), "--initial-state");
  if (!o.time) {
    refuse_flow("--time", "nothing", "the time of the comparison [1/eta_x]");
  }
}

// A flag that says nothing about the chosen flow is an error, not ignored.
void check_flow_options(const FlowOptions& o) {
  const auto only = [&](bool given, const char* flag, const char* flows) {
    if (given) {
      refuse_flow(flag, fmt::format("given with --flow {}", o.flow), fmt::format("with {}", flows));
    }
  };
  only(o.tolerance && o.flow != "gradient", "--tolerance", "--flow gradient");
  only(o.dt && o.flow != "gradient", "--dt", "--flow gradient");
  only(!o.method.empty() && !o.dt, "--method", "--flow gradient and --dt");
  only(o.decoupled_decay && o.flow != "adam", "--decoupled-decay", "--flow adam");
  only(o.time && o.flow == "adam", "--time", "--flow gradient, linear (adam: --steps)");
  if (o.tolerance && o.dt) {
    refuse_flow("--tolerance, --dt", "both", "one of them (adaptive or fixed steps)");
  }
  if (o.time.has_value() == o.steps.has_value()) {
    refuse_flow("--time, --steps", o.time ? "both" : "neither", "one of them");
  }
  if (o.flow == "linear" && o.loss != "parallelogram") {
    refuse_flow("--flow", "linear with --loss " + o.loss, "with --loss parallelogram");
  }
  if (o.ratio_low || o.ratio_high) {
    refuse_flow("--ratio-low, --ratio-high", "given with --loss " + o.loss,
                "with --loss linear-decoder");
  }
  if (!(o.rate > 0)) {
    refuse_flow("--rate", to_text(o.rate), "(0, 10]");
  }
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

Rows run_adam(const FlowOptions& o, const NamedLoss& loss) {
  AdamConstants constants;
  constants.decay = o.decoupled_decay.value_or(0.0);
  AdamFlow flow(loss.functions, loss.start.reshaped(), o.rate, constants);
  Rows rows;
  std::int64_t done = 0;
  for (const std::int64_t row : rows_of(*o.steps, o.points)) {
    for (; done < row; ++done) {
      flow.step();
    }
    if (!flow.state().allFinite()) {
      throw ConvergenceError(
          fmt::format("flow: state at step {}: not finite, wanted step {}", row, *o.steps));
    }
    const auto step = static_cast<double>(row);
    rows.add(step * o.rate, step, flow.state());
  }
  return rows;
}

Rows run_fixed(const FlowOptions& o, double end, const NamedLoss& loss) {
  const double count = std::round(end / *o.dt);
  if (count < 1 || count > 1e9 || std::abs(count * *o.dt - end) > 1e-9 * end) {
    refuse_flow("--dt", to_text(*o.dt),
                fmt::format("a whole fraction of the time {}, at most 1e9 steps", to_text(end)));
  }
  const FixedStep method = o.method == "euler" ? FixedStep::euler : FixedStep::rk4;
  Rows rows;
  Eigen::VectorXd state = loss.scaled_start.reshaped();
  std::int64_t done = 0;
  for (const std::int64_t row : rows_of(static_cast<std::int64_t>(count), o.points)) {
    state = gradient_flow_fixed(loss.functions, state, *o.dt, row - done, method);
    done = row;
    const double time = static_cast<double>(row) * *o.dt;
    rows.add(time, time / o.rate, state);
  }
  return rows;
}

Rows run_continuous(const FlowOptions& o, double end, const LossSetting& setting,
                    const NamedLoss& loss) {
  std::vector<double> times;
  for (std::int64_t k = 0; k <= o.points; ++k) {
    times.push_back(end * (static_cast<double>(k) / static_cast<double>(o.points)));
  }
  Rows rows;
  if (o.flow == "gradient") {
    const Eigen::VectorXd x = loss.scaled_start.reshaped();
    const States states =
        gradient_flow(loss.functions, x, times, o.tolerance.value_or(default_tolerance));
    for (std::size_t k = 0; k < times.size(); ++k) {
      rows.add(times[k], times[k] / o.rate, states[k]);
    }
    return rows;
  }
  const LinearModes modes(setting.task.symbols(), group_by_output(setting.task, setting.train),
                          o.normalisation, loss.scaled_start);
  for (const double time : times) {
    rows.add(time, time / o.rate, modes.linear(time).reshaped());
  }
  return rows;
}

Rows run_flow(const FlowOptions& o, const LossSetting& setting, const NamedLoss& loss) {
  // As the official code: the flow in time starts from standardised embeddings, Adam from the
  // network's own.
  const Eigen::MatrixXd& start = o.flow == "adam" ? loss.start : loss.scaled_start;
  if (!start.allFinite() || !(start.squaredNorm() > 0)) {
    refuse_flow("embeddings", "no spread", "embeddings that are not all equal");
  }
  if (o.flow == "adam") {
    return run_adam(o, loss);
  }
  const double end = o.time ? *o.time : static_cast<double>(*o.steps) * o.rate;
  return o.dt ? run_fixed(o, end, loss) : run_continuous(o, end, setting, loss);
}

CsvTable flow_table(const Rows& rows, const NamedLoss& loss) {
  const Index p = loss.start.rows(), d = loss.start.cols();
  std::vector<Quantity> columns;
  if (loss.l0) {
    columns.push_back(*loss.l0);
  }
  columns.push_back({"l_eff", loss.functions.value});
  for (Quantity& quantity : standard_quantities(p, d)) {
    columns.push_back(std::move(quantity));
  }
  columns.insert(columns.end(), loss.measures.begin(), loss.measures.end());
  CsvTable table;
  table.columns = {"t", "step"};
  for (const Quantity& column : columns) {
    table.columns.push_back(column.name);
  }
  for (Index i = 0; i < p; ++i) {
    for (Index k = 0; k < d; ++k) {
      table.columns.push_back(fmt::format("E_{}_{}", i, k));
    }
  }
  for (std::size_t r = 0; r < rows.states.size(); ++r) {
    const Eigen::VectorXd& x = rows.states[r];
    std::vector<std::string>& row = table.rows.emplace_back();
    row = {to_text(rows.times[r]), to_text(rows.steps[r])};
    for (const Quantity& column : columns) {
      row.push_back(to_text(column.of(x)));
    }
    for (Index i = 0; i < p; ++i) {
      for (Index k = 0; k < d; ++k) {
        row.push_back(to_text(x[k * p + i]));
      }
    }
  }
  return table;
}

// A loss that is free of scale conserves Z0; what a fixed step makes of it is its error.
void require_conserved(const FlowOptions& o, const NamedLoss& loss, const Rows& rows) {
  constexpr double wanted = 0.1;
  if (!o.dt || !loss.scale_free) {
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

/// The table, and what is said of it where it goes to a file.
std::pair<CsvTable, std::string> make_table(const FlowOptions& o) {
  if (o.loss == linear_decoder_name) {
    return {linear_decoder_table(o),
            fmt::format("{} ratios of rates, t = {:.6g}/eta_x", o.points + 1, *o.time)};
  }
  const LossEntry entry = built_in_losses().at("flow", o.loss);
  const LossSetting setting = read_loss_setting(o);
  const NamedLoss loss = entry.make(setting);
  const Rows rows = run_flow(o, setting, loss);
  require_conserved(o, loss, rows);
  const bool normalised =
      std::ranges::find(entry.settings, "normalisation") != entry.settings.end();
  return {flow_table(rows, loss),
          fmt::format("{} rows to t = {:.6g} (step {:.6g}), {} flow{}", rows.times.size(),
                      rows.times.back(), rows.steps.back(), o.flow,
                      normalised ? ", normalisation " + to_text(o.normalisation) : "")};
}

int run(const FlowOptions& options, const Output& output) {
  if (options.loss == linear_decoder_name) {
    check_linear_decoder(options);
  } else {
    check_flow_options(options);
    check_loss_options(options, built_in_losses().at("flow", options.loss).settings);
  }
  if (!options.out.empty()) {
    require_writable(
        "flow", "--out", options.out,
        {options.initial_state, options.split.pairs, options.task.table, options.class_points});
  }
  const auto [table, said] = make_table(options);
  if (options.out.empty()) {
    output.out << to_csv(table);
    return 0;
  }
  write_file(options.out, to_csv(table));
  output.out << fmt::format("{}: {}\n", options.out, said);
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

void add_loss_options(CLI::App& app, FlowOptions& o) {
  add_choice(app, "--loss", o.loss, loss_names(),
             "effective loss; 'groktheory flow --loss NAME --help' describes it");
  add_number(app, "--decay", o.decay, 0.0, 1e6, "weight-decayed: (decay/2) Z0 is added");
  add_number(app, "--repulsion", o.repulsion, 0.0, 1e6, "same-class: of the classes (default 0)");
  add_file(app, "--class-points", o.class_points, "same-class: CSV of label,x,y,...");
  app.add_option("--metric", o.metric, "decoder-metric: distance (default output)")
      ->type_name("output|kernel|tangent");
  app.add_option("--metric-scale", o.metric_scale,
                 "decoder-metric: divisor (default spread; of tangent embeddings)")
      ->type_name("spread|embeddings");
  add_integers(app, "--decoder-widths", o.decoder_widths, 1, 10'000,
               "decoder-metric: widths of the hidden layers (default 200,200)");
  app.add_option("--decoder-activation", o.decoder_activation,
                 "decoder-metric: of hidden layers (default tanh)")
      ->type_name("tanh|relu");
  add_number(app, "--decoder-init-scale", o.decoder_init_scale, 0.0, 1e6,
             "decoder-metric: times PyTorch's initial decoder (default 1)");
  add_number(app, "--ratio-low", o.ratio_low, 1e-12, 1e12,
             "linear-decoder: smallest eta_A/eta_x (default 1e-4)");
  add_number(app, "--ratio-high", o.ratio_high, 1e-12, 1e12,
             "linear-decoder: largest (default 10)");
}

}  // namespace

void add_flow(CLI::App& root, Action& action) {
  const auto o = std::make_shared<FlowOptions>();
  CLI::App& app = *root.add_subcommand("flow", "Trajectory of an effective loss, as CSV");
  add_start_options(app, *o);
  add_loss_options(app, *o);
  add_choice(app, "--flow", o->flow, {"gradient", "linear", "adam"},
             "gradient: dR/dt = -grad l; linear: -H R; adam: Adam on l")
      ->type_name("gradient|linear|adam");
  CLI::Option* normalisation = add_normalisation(app, o->normalisation);
  CLI::Option* rate = add_number(app, "--rate", o->rate, 0.0, 10.0,
                                 "eta: one step is this much time (adam: its rate)");
  add_number(app, "--time", o->time, 1e-12, 1e12, "end [time] (gradient, linear)");
  add_number(app, "--steps", o->steps, 1, 1'000'000'000, "end [optimiser steps]; time = steps eta");
  add_number(app, "--tolerance", o->tolerance, 1e-14, 0.1,
             "gradient: adaptive, absolute and relative per step (default 1e-10)");
  add_number(app, "--dt", o->dt, 1e-12, 1e12, "gradient: fixed steps of this time instead");
  add_choice(app, "--method", o->method, {"euler", "rk4"}, "of fixed steps (default rk4)")
      ->type_name("euler|rk4");
  add_number(app, "--decoupled-decay", o->decoupled_decay, 0.0, 1e6,
             "adam: AdamW's weight decay, as the networks have it (default 0)");
  add_number(app, "--points", o->points, 1, 1'000'000, "rows after the first, evenly spread");
  add_file(app, "--out", o->out, "CSV to write (default: standard output)");
  app.footer(std::string());  // not the one of the whole program as well
  app.footer([o] { return flow_footer(o->loss); });
  app.callback([&action, o, normalisation, rate] {
    o->normalisation_given = normalisation->count() > 0;
    o->rate_given = rate->count() > 0;
    action = [o](const Output& output) { return run(*o, output); };
  });
}

}  // namespace grok
