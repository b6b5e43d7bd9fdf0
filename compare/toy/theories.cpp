#include "compare/toy/theories.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compare/toy/mode_flow_run.hpp"
#include "compare/toy/narrow_network.hpp"
#include "core/errors.hpp"
#include "nets/toy/decoder.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/outcome.hpp"
#include "theory/decoder_network.hpp"
#include "theory/prediction.hpp"
#include "theory/spectrum.hpp"

namespace grok::toy {
namespace {

bool adds_embeddings(const RunSpec& spec) {
  return task_of(spec).combination() == Combination::sum;
}

bool has_parallelograms(const RunSpec& spec) { return has_rqi(task_of(spec)); }

bool adam_on_sums(const RunSpec& spec) {
  return adds_embeddings(spec) && spec.optimiser == "adamw";
}

RqiQuestion question_of(const RunSpec& spec, std::int64_t budgets) {
  return {.rate = spec.representation_rate,
          .threshold = spec.rqi_threshold,
          .tolerance = *spec.rqi_tolerance,
          .budget = budgets * spec.steps};
}

StepPrediction flows_of(const Known& known, bool adam_flow) {
  RqiQuestion question = question_of(known.spec, prediction_budgets);
  question.adam_flow = adam_flow;
  return predict_steps(known.task, known.initial.train, known.initial.embeddings,
                       Normalisation::sum, question);
}

DecoderNetwork decoder_of(const Known& known) {
  return {decoder_layers(known.initial.decoder),
          decoder_activation_from("decoder_metric", known.spec.decoder_activation)};
}

template <class T>
Forecast at_steps(const std::optional<T>& steps) {
  return {.steps = steps ? static_cast<double>(*steps) : never};
}

/// Whether what D implies is enough for the event.
bool allowed_by(const Known& known) { return known.ideal_rqi > known.spec.rqi_threshold; }

/// Of formulas in lambda_3: never where D does not allow the event. Where it does and lambda_3 is 0
/// (a symbol that D leaves free, of 60 or more; nothing to learn, of 2) they have no value.
Forecast by_slowest_mode(const Known& known, const std::optional<double>& steps) {
  return steps || !allowed_by(known) ? at_steps(steps) : Forecast{};
}

}  // namespace

std::vector<std::string> decoder_keys() {
  return {"label_seed",    "batch_seed", "batch",   "decoder_widths",   "decoder_activation",
          "decoder_rate",  "loss",       "targets", "output_dimension", "decoder_init_scale",
          "decoder_decay", "precision",  "stop",    "label_scale",      "accuracy_threshold",
          "grokking_gap"};
}

Theory slowest_mode_theory() {
  Theory theory;
  theory.key = "n_h";
  theory.name = "n_h = 1/(λ_3 η)";
  theory.source = "Liu et al. 2022, eq. 9";
  theory.what =
      "the slowest mode of the effective loss (normalisation sum), a step being a time η; never "
      "where the ideal RQI of D does not exceed the threshold";
  theory.fitted = true;
  theory.ignores = decoder_keys();
  theory.applies = of_spec(adds_embeddings);
  theory.forecast = of_known([](const Known& known) {
    auto steps = grokking_steps(*known.lambda3, known.spec.representation_rate);
    if (steps) {  // Z0 is shared by the d dimensions (theory/prediction.hpp)
      *steps *= static_cast<double>(known.spec.representation_dimension);
    }
    return by_slowest_mode(known, steps);
  });
  return theory;
}

Theory slowest_mode_log_theory() {
  Theory theory;
  theory.key = "n_h_log";
  theory.name = "slowest mode to the threshold";
  theory.source = "ours (docs/theory.md)";
  theory.what =
      "n_h ln(a_3/(δ a_line)): the same mode from its size in the network's standardised "
      "embeddings, over that of their part on the line, to δ, where RQI exceeds the threshold";
  theory.fitted = true;
  theory.ignores = decoder_keys();
  theory.applies = of_spec(adds_embeddings);
  theory.forecast = of_known([](const Known& known) {
    const auto mode = slowest_mode(known.task, known.initial.train, known.initial.embeddings,
                                   Normalisation::sum, question_of(known.spec, 1));
    return by_slowest_mode(known, mode ? std::optional(mode->steps()) : std::nullopt);
  });
  return theory;
}

Theory all_modes_theory() {
  Theory theory;
  theory.key = "gradient_flow";
  theory.name = "gradient flow, all modes";
  theory.source = "Liu et al. 2022, eq. 6-9";
  theory.what =
      "first step at which RQI of the exact gradient flow of the effective loss, from the "
      "network's standardised embeddings, exceeds the threshold; a step is a time η";
  theory.horizon = prediction_budgets;
  theory.fitted = true;
  theory.ignores = decoder_keys();
  theory.applies = of_spec(adds_embeddings);
  theory.forecast =
      of_known([](const Known& known) { return at_steps(flows_of(known, false).gradient_flow); });
  return theory;
}

Theory adam_flow_theory() {
  Theory theory;
  theory.key = "adam_flow";
  theory.name = "Adam flow";
  theory.source = "ours (docs/theory.md)";
  theory.what =
      "first step at which RQI of Adam on the effective loss, from the network's own "
      "embeddings, exceeds the threshold; a step is a length η";
  theory.horizon = prediction_budgets;
  theory.fitted = true;
  theory.ignores = decoder_keys();
  theory.applies = of_spec(adam_on_sums);
  theory.forecast =
      of_known([](const Known& known) { return at_steps(flows_of(known, true).adam_flow); });
  return theory;
}

Theory decoder_metric_theory() {
  Theory theory;
  theory.key = "decoder_metric";
  theory.name = "Adam flow, decoder metric";
  theory.source = "ours (docs/theory.md)";
  theory.what =
      "the same with distances measured by what the decoder of before training puts out, over the "
      "spread of its outputs";
  theory.horizon = 1;
  theory.fitted = true;
  theory.ignores = {"label_seed",    "batch_seed", "batch",   "decoder_rate",
                    "decoder_decay", "precision",  "stop",    "label_scale",
                    "grokking_gap",  "loss",       "targets", "accuracy_threshold"};
  theory.applies =
      of_spec([](const RunSpec& spec) {  // elsewhere a step costs all weights of the decoder
        return adam_on_sums(spec) && spec.representation_dimension == 1 &&
               spec.decoder_activation == "tanh";
      });
  theory.forecast = of_known([](const Known& known) {
    try {
      return at_steps(decoder_metric_steps(known.task, known.initial.train,
                                           known.initial.embeddings, decoder_of(known), {},
                                           question_of(known.spec, 1)));
    } catch (const ConvergenceError&) {  // its decoder cannot be tabulated
      return Forecast{};
    }
  });
  return theory;
}

Theory ideal_accuracy_theory() {
  Theory theory;
  theory.key = "ideal_accuracy";
  theory.name = "ideal accuracy";
  theory.source = "Liu et al. 2022, eq. 16";
  theory.what =
      "the accuracy of who learns all that D implies; the larger it is, the likelier the "
      "event";
  theory.applies = of_spec(has_parallelograms);
  theory.ignores = decoder_keys();
  theory.ignores.insert(theory.ignores.end(), {"init_seed", "representation_rate", "steps"});
  theory.forecast = of_known([](const Known& known) {
    return Forecast{.accuracy = known.ideal_accuracy, .score = known.ideal_accuracy};
  });
  return theory;
}

Theory two_rate_theory() {
  Theory theory;
  theory.key = "two_rate";
  theory.name = "two-rate law";
  theory.source = "ours (docs/two_rate.md)";
  theory.what =
      "steps fall as the root of both learning rates, where the ideal RQI of D exceeds "
      "the threshold; never elsewhere";
  theory.as_it_is = false;  // C is not predicted
  theory.fitted = true;
  theory.applies = of_spec([](const RunSpec& spec) {
    return has_parallelograms(spec) && spec.optimiser == "adamw" && spec.representation_rate > 0 &&
           spec.decoder_rate > 0;
  });
  theory.forecast = of_known([](const Known& known) {
    const RunSpec& spec = known.spec;
    return Forecast{.steps = allowed_by(known)
                                 ? 1 / std::sqrt(spec.representation_rate * spec.decoder_rate)
                                 : never};
  });
  return theory;
}

Theory ratio_theory() {
  Theory theory;
  theory.key = "ratio";
  theory.name = "ratio of the rates";
  theory.source = "a baseline: the settings alone";
  theory.what = "the larger η of the embeddings over η of the decoder, the likelier the event";
  const std::vector<std::string> rates = {"representation_rate", "decoder_rate"};
  for (const Field& field : model().keys()) {
    if (std::ranges::find(rates, field.key) == rates.end()) {
      theory.ignores.push_back(field.key);
    }
  }
  theory.applies = of_spec(
      [](const RunSpec& spec) { return spec.representation_rate > 0 && spec.decoder_rate > 0; });
  theory.forecast = [](const Asked& asked) {
    const auto& spec = asked.run.as<RunSpec>();
    if (!says_something_of(asked.event, spec)) {
      return Forecast{};
    }
    return Forecast{.score = std::log(spec.representation_rate / spec.decoder_rate)};
  };
  return theory;
}

Theory narrow_network_theory() {
  Theory theory;
  theory.key = "narrow_network";
  theory.name = "narrow network";
  theory.source = "a baseline: a smaller network";
  theory.what =
      "steps of a network with hidden widths of a fourth and 4 times the decoder's η, trained on "
      "the same D and targets from the same embeddings, with another decoder";
  theory.fitted = true;
  theory.horizon = 1;
  theory.ignores = {"stop", "grokking_gap"};
  theory.applies = of_spec([](const RunSpec& spec) { return !narrow_refuses(spec); });
  theory.forecast =
      of_known([](const Known& known) { return at_steps(narrow_steps(known.spec, known.event)); });
  return theory;
}

Theory mode_flow_theory() {
  Theory theory;
  theory.key = "mode_flow";
  theory.name = "mode flow";
  theory.source = "ours (docs/two_rate.md)";
  theory.what =
      "first step at which RQI exceeds the threshold in the flow of embeddings and of a decoder "
      "reduced to its smooth modes, each under its own optimiser; its three settings were chosen "
      "on seeds 0 to 5, no constant is fitted; never, too, where it has memorised D before";
  theory.horizon = mode_flow_budgets;
  theory.fitted = true;
  theory.ignores = {"batch_seed", "precision", "stop", "accuracy_threshold", "grokking_gap"};
  theory.applies = of_spec([](const RunSpec& spec) { return !mode_flow_refuses(spec); });
  theory.forecast = of_known([](const Known& known) {
    try {
      return at_steps(mode_flow_of(known.spec, known.initial).steps);
    } catch (const ConvergenceError&) {  // its decoder cannot be tabulated
      return Forecast{};
    }
  });
  return theory;
}

std::vector<Theory> theories() {
  return {ratio_theory(),          slowest_mode_theory(), slowest_mode_log_theory(),
          all_modes_theory(),      adam_flow_theory(),    decoder_metric_theory(),
          ideal_accuracy_theory(), two_rate_theory(),     narrow_network_theory(),
          mode_flow_theory()};
}

}  // namespace grok::toy
