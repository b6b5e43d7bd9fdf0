// cli/flow_options.hpp: what the parts of `groktheory flow` share. Include from .cpp files only.
#pragma once

#include "cli/options.hpp"
#include "core/csv.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/flow.hpp"
#include "theory/loss_registry.hpp"

namespace grok {

struct FlowOptions {
  TaskOptions task;
  SplitOptions split;
  std::string loss = "parallelogram";
  std::string flow = "gradient";
  Normalisation normalisation = Normalisation::sum;
  bool normalisation_given = false;
  std::optional<std::int64_t> dimension;  // d
  std::optional<double> init_scale;
  std::string initial_state;
  double rate = 1e-3;
  bool rate_given = false;
  std::optional<double> time;
  std::optional<std::int64_t> steps;
  std::optional<double> tolerance, dt;
  std::string method;
  std::optional<double> decoupled_decay;  // of adam
  std::int64_t points = 200;              // rows
  std::string out;
  // Of single losses.
  std::optional<double> decay, repulsion;
  std::string class_points;
  std::string metric, metric_scale;
  std::vector<std::int64_t> decoder_widths;
  std::string decoder_activation;
  std::optional<double> decoder_init_scale;
  std::optional<double> ratio_low, ratio_high;
};

inline const std::string linear_decoder_name = "linear-decoder";

[[noreturn]] inline void refuse_flow(const std::string& flag, const std::string& value,
                                     const std::string& allowed) {
  reject("flow", flag, value, allowed);
}

/// The run whose random numbers a flow starts from; throws InputError for task and split options
/// that do not fit.
toy::RunSpec spec_of(const FlowOptions& options);
/// What the loss is made from: drawn, or read from files.
LossSetting read_loss_setting(const FlowOptions& options);

/// What --help ends with: the text of one loss, if there is one of that name, and the list of all.
std::string flow_footer(const std::string& loss);

/// The comparison of the linear decoder with the effective loss it leads to, one row per ratio of
/// rates.
CsvTable linear_decoder_table(const FlowOptions& options);

}  // namespace grok
