#include "compare/toy/mode_flow_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "nets/toy/decoder.hpp"

namespace grok::toy {
namespace {

ModeFlowTargets targets_of(const RunSpec& spec, const Task& task, const InitialState& initial) {
  const auto n = std::ssize(initial.train);
  ModeFlowTargets targets;
  for (const Sample s : initial.train) {
    targets.classes.push_back(task.output(s));
  }
  if (spec.loss == "mse") {
    targets.values.resize(*spec.output_dimension, n);
    for (Index a = 0; a < n; ++a) {
      targets.values.col(a) =
          initial.labels.row(targets.classes[static_cast<std::size_t>(a)]).transpose();
    }
    targets.classes.clear();
  }
  return targets;
}

ModeFlowSettings settings_of(const RunSpec& spec, Index modes, std::int64_t stride) {
  const auto c = static_cast<double>(stride);
  ModeFlowSettings settings;
  settings.modes = std::min(modes, Index{spec.decoder_widths[0] + 1});
  settings.representation_rate = c * spec.representation_rate;
  settings.decoder_rate = c * spec.decoder_rate;
  settings.representation_decay = spec.representation_decay;
  settings.decoder_decay = spec.decoder_decay;
  settings.optimiser =
      spec.optimiser == "sgd" ? FlowOptimiser::gradient_descent : FlowOptimiser::adam;
  settings.adam.beta1 = std::pow(settings.adam.beta1, c);
  settings.adam.beta2 = std::pow(settings.adam.beta2, c);
  return settings;
}

}  // namespace

std::optional<std::string> mode_flow_refuses(const RunSpec& spec) {
  if (task_of(spec).combination() != Combination::sum) {
    return spec.representation_combination == "task"
               ? "embeddings are multiplied, not added"
               : "representation_combination = " + spec.representation_combination;
  }
  if (spec.representation_dimension != 1) {
    return fmt::format("representation_dimension = {}, not 1", spec.representation_dimension);
  }
  if (spec.decoder_widths.size() != 2) {
    return fmt::format("{} hidden layers, not 2", spec.decoder_widths.size());
  }
  if (spec.loss != "mse" && spec.loss != "cross-entropy") {
    return "loss = " + spec.loss + ", not mse or cross-entropy";
  }
  if (spec.batch != 0 && spec.batch < spec.train) {
    return fmt::format("batch = {}, not all of D", spec.batch);
  }
  if (spec.representation_l1 != 0) {
    return "representation_l1 = " + to_text(spec.representation_l1) + ", not 0";
  }
  return std::nullopt;
}

ModeFlow<float> mode_flow_at_start(const RunSpec& spec, const InitialState& initial, Index modes,
                                   std::int64_t stride) {
  if (const auto why = mode_flow_refuses(spec)) {
    reject("mode_flow_of", "run", *why, "those that the mode flow is of");
  }
  require_in_range("mode_flow_of", "stride", stride, std::int64_t{1}, std::int64_t{1000});
  const Task task = task_of(spec);
  return ModeFlow<float>(initial.train, initial.embeddings.col(0), decoder_layers(initial.decoder),
                         decoder_activation_from("mode_flow_of", spec.decoder_activation),
                         targets_of(spec, task, initial), settings_of(spec, modes, stride));
}

std::int64_t mode_flow_stride(const RunSpec& spec) {
  // The two-rate law, 0.26/sqrt(product), expects 400 strides or more: off by 1 % at most.
  constexpr std::int64_t longest = 4;
  constexpr double product = 4e-7, representation_rate = 2e-2, decoder_rate = 2e-3,
                   rounding = 1 + 1e-9;
  std::int64_t stride = 1;
  const auto fits = [&](std::int64_t c) {
    const double E = static_cast<double>(c) * spec.representation_rate / rounding;
    const double D = static_cast<double>(c) * spec.decoder_rate / rounding;
    return E * D <= product && E <= representation_rate && D <= decoder_rate;
  };
  while (spec.optimiser != "sgd" && 2 * stride <= longest && fits(2 * stride)) {
    stride *= 2;
  }
  return stride;
}

ModeFlowOutcome mode_flow_of(const RunSpec& spec, const InitialState& initial, Index modes,
                             double budgets) {
  require_in_range("mode_flow_of", "budgets", budgets, 0.0, 1e6);
  const std::int64_t stride = mode_flow_stride(spec);
  const auto horizon = static_cast<std::int64_t>(budgets * static_cast<double>(spec.steps));
  // Decay may undo what was memorised
  const bool decays = spec.representation_decay > 0 || spec.decoder_decay > 0;
  ModeFlowOutcome outcome =
      follow_mode_flow(task_of(spec), mode_flow_at_start(spec, initial, modes, stride),
                       {.rate = spec.representation_rate,
                        .threshold = spec.rqi_threshold,
                        .tolerance = *spec.rqi_tolerance,
                        .budget = horizon / stride},
                       decays ? 0.0 : mode_flow_memorised);
  outcome.followed *= stride;
  if (outcome.steps) {
    *outcome.steps *= stride;
  }
  return outcome;
}

}  // namespace grok::toy
