#include "compare/toy/stuck_scores.hpp"

#include <fmt/format.h>

#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "compare/referee/forecast.hpp"
#include "compare/store/artefacts.hpp"
#include "compare/toy/mode_flow_run.hpp"
#include "core/errors.hpp"
#include "nets/checkpoint.hpp"
#include "theory/parallelogram_loss.hpp"
#include "theory/prediction.hpp"

namespace grok::toy {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

double correlation_with_number(const VectorXd& x) {
  const auto p = static_cast<double>(x.size());
  VectorXd k = VectorXd::LinSpaced(x.size(), 0.0, p - 1);
  k.array() -= k.mean();
  const VectorXd centred = x.array() - x.mean();
  const double norms = k.norm() * centred.norm();
  return norms > 0 ? std::abs(k.dot(centred)) / norms : 0.0;
}

constexpr std::int64_t not_reached = -1;   // in bytes
constexpr std::int64_t apart = 1'000'003;  // seeds of a swap, from those of the study
constexpr int swap_version = 1;            // of `swapped`

// In the order of StuckFlows::swapped
enum class Ingredient { decoder, embeddings, labels, split };

/// The run with one ingredient of another seed; the training set with its own number of samples.
InitialState swapped(const Known& known, Ingredient which, std::int64_t draw) {
  RunSpec other = known.spec;
  for (auto* seed : {&other.split_seed, &other.label_seed, &other.init_seed}) {
    *seed = seed->value_or(other.seed) + apart * (draw + 1);
  }
  const InitialState drawn = draw_initial_state(other);
  InitialState state = known.initial;
  switch (which) {
    case Ingredient::split:
      state.train = drawn.train;
      break;
    case Ingredient::embeddings:
      state.embeddings = drawn.embeddings;
      break;
    case Ingredient::labels:
      state.labels = drawn.labels;
      break;
    case Ingredient::decoder:
      state.decoder = drawn.decoder;
      break;
  }
  return state;
}

std::optional<std::int64_t> flow_steps(const Known& known, const InitialState& initial) {
  return mode_flow_of(known.spec, initial).steps;
}

/// ln(budget/steps); where it is not reached, below all others.
double mode_flow_score(const Known& known, const StuckFlows& flows) {
  Forecast forecast;
  forecast.steps = flows.own ? static_cast<double>(*flows.own) : never;
  return *score_of(forecast, known.spec.steps);
}

/// Share of draws that get there.
double swapped_share(const Known& known, const StuckFlows& flows, Ingredient which) {
  const auto& steps = flows.swapped[static_cast<std::size_t>(which)];
  const auto reached =
      std::ranges::count_if(steps, [&known](const auto& n) { return n && *n <= known.spec.steps; });
  return static_cast<double>(reached) / static_cast<double>(steps.size());
}

template <class Steps>
double earlier_is_better(const std::optional<Steps>& steps) {
  return steps ? -static_cast<double>(*steps) : -never;
}

}  // namespace

double label_order(const Known& known) {
  const auto& [train, embeddings, labels, decoder] = known.initial;
  const Index p = known.task.symbols();
  require_in_range("label_order", "rows of targets", Index{labels.rows()}, known.task.outputs(),
                   known.task.outputs());
  Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(labels.cols());
  for (const Sample s : train) {
    mean += labels.row(known.task.output(s)) / static_cast<double>(train.size());
  }
  MatrixXd M = MatrixXd::Zero(p, labels.cols());
  for (const Sample s : train) {
    const Eigen::RowVectorXd y = labels.row(known.task.output(s)) - mean;
    M.row(s.i) += y;
    M.row(s.j) += y;
  }
  const Eigen::BDCSVD<MatrixXd> svd(M, Eigen::ComputeThinU);
  return correlation_with_number(svd.matrixU().col(0));
}

std::vector<StuckScore> stuck_scores() {
  return {{"lambda3", "grokking rate λ_3 of D"},
          {"initial_loss", "small effective loss at the start"},
          {"initial_order", "initial embeddings in order"},
          {"label_order", "first mode of D's targets in order"},
          {"gradient_flow", "gradient flow, all modes: steps"},
          {"adam_flow", "Adam flow: steps"},
          {"mode_flow", "mode flow: steps"},
          {"mode_flow_decoder", "mode flow, other decoders", true},
          {"mode_flow_embeddings", "mode flow, other embeddings", true},
          {"mode_flow_labels", "mode flow, other targets", true},
          {"mode_flow_split", "mode flow, other D", true}};
}

StuckFlows follow_stuck(const Known& known, std::int64_t draws) {
  StuckFlows flows{flow_steps(known, known.initial), {}};
  for (std::size_t which = 0; which < flows.swapped.size(); ++which) {
    for (std::int64_t k = 0; k < draws; ++k) {
      flows.swapped[which].push_back(
          flow_steps(known, swapped(known, static_cast<Ingredient>(which), k)));
    }
  }
  return flows;
}

std::string stuck_flows_name(std::int64_t draws) {
  return fmt::format("mode_flow {}, modes {}, budgets {}, swaps {}, apart {}, draws {}",
                     mode_flow_version, mode_flow_modes, mode_flow_budgets, swap_version, apart,
                     draws);
}

std::string packed_flows(const StuckFlows& flows) {
  StateWriter writer;
  const auto put = [&writer](const auto& steps) { writer.put(steps.value_or(not_reached)); };
  put(flows.own);
  for (const auto& drawn : flows.swapped) {
    std::ranges::for_each(drawn, put);
  }
  return writer.take();
}

StuckFlows unpacked_flows(const std::string& bytes, std::int64_t draws) {
  StateReader reader(bytes);
  const auto get = [&reader] {
    std::int64_t steps = 0;
    reader.get(steps);
    return steps == not_reached ? std::nullopt : std::optional(steps);
  };
  StuckFlows flows{get(), {}};
  for (auto& drawn : flows.swapped) {
    std::generate_n(std::back_inserter(drawn), draws, get);
  }
  if (!reader.done()) {
    throw Error("unpacked_flows: more numbers than those of so many draws");
  }
  return flows;
}

StuckFlows KeptFlows::of(const Run& run, const Known& known) {
  const std::string name = stuck_flows_name(draws_);
  const auto kept = [&] {
    const std::lock_guard lock(storing_);
    return find_artefact(store_, run, name);
  }();
  if (kept) {
    return unpacked_flows(kept->bytes, draws_);
  }
  if (stop_ && stop_()) {
    throw Interrupted("flows before training: stopped as asked");
  }
  StuckFlows flows = follow_stuck(known, draws_);
  if (keep_) {
    const std::lock_guard lock(storing_);
    keep_artefact(store_, run, {name, 0, packed_flows(flows)});
  }
  return flows;
}

std::vector<double> score_before_training(const Known& known, const StuckFlows& flows) {
  const RunSpec& spec = known.spec;
  const ParallelogramLoss loss(known.task.symbols(), 1,
                               group_by_output(known.task, known.initial.train));
  const MatrixXd R0 = standardise(known.initial.embeddings);
  const StepPrediction steps =
      predict_steps(known.task, known.initial.train, known.initial.embeddings, Normalisation::sum,
                    {.rate = spec.representation_rate,
                     .threshold = spec.rqi_threshold,
                     .tolerance = *spec.rqi_tolerance,
                     .budget = spec.steps});
  return {known.lambda3.value(),
          -loss.value(R0.col(0)),
          correlation_with_number(known.initial.embeddings.col(0)),
          label_order(known),
          earlier_is_better(steps.gradient_flow),
          earlier_is_better(steps.adam_flow),
          mode_flow_score(known, flows),
          swapped_share(known, flows, Ingredient::decoder),
          swapped_share(known, flows, Ingredient::embeddings),
          swapped_share(known, flows, Ingredient::labels),
          swapped_share(known, flows, Ingredient::split)};
}

}  // namespace grok::toy
