#include "compare/toy/rate_collapse.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "compare/statistics/grouped.hpp"
#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"

namespace grok::toy {
namespace {

double ratio_of(const RunSpec& spec) { return spec.representation_rate / spec.decoder_rate; }

/// Equal ratios, up to rounding, are one.
std::pair<std::int64_t, std::int64_t> place_of(std::int64_t train, double ratio) {
  return {train, std::llround(std::log(ratio) * 1e6)};
}

StepPair pair_of(const FlowRun& run, const std::optional<double>& predicted) {
  return {predicted, run.measured, static_cast<double>(run.spec.steps), run.spec.seed};
}

void require_one_optimiser(const RateCollapse& data) {
  const std::string& wanted = data.runs.at(0).spec.optimiser;
  for (const auto* list : {&data.runs, &data.others}) {
    for (const FlowRun& run : *list) {
      if (run.spec.optimiser != wanted) {
        reject("collect_collapse", "optimiser", "'" + run.spec.optimiser + "'",
               "that of all others, '" + wanted + "'");
      }
    }
  }
}

Estimate F_over_C(std::span<const StepPair> pairs, const RateCollapse& data) {
  std::vector<double> differences;
  std::vector<std::int64_t> seeds;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    if (!pairs[k].predicted || !pairs[k].measured) {
      continue;
    }
    const RunSpec& spec = data.runs[k].spec;
    const double C =
        data.measured.constant.value / std::sqrt(spec.representation_rate * spec.decoder_rate);
    const auto near = [&](double steps) {
      return std::abs(std::log(*pairs[k].measured / steps)) <= std::log(1.5) ? 1 : 0;
    };
    differences.push_back(near(*pairs[k].predicted) - near(C));
    seeds.push_back(spec.seed);
  }
  return grouped_mean(differences, seeds);
}

}  // namespace

std::vector<CollapsePoint> collapse_of(std::span<const FlowRun> flows) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::pair<CollapsePoint, std::vector<double>>>
      found;
  for (const FlowRun& run : flows) {
    auto& [point, constants] = found[place_of(run.spec.train, ratio_of(run.spec))];
    point.train = run.spec.train;
    point.ratio = ratio_of(run.spec);
    ++point.flows;
    const auto there = flow_steps(std::span(&run, 1), false);
    point.there += std::ssize(there);
    constants.push_back(there.empty() ? std::numeric_limits<double>::infinity()
                                      : two_rate_constant(there.front()));
  }
  std::vector<CollapsePoint> points;
  for (auto& [place, found_there] : found) {
    auto& [point, constants] = found_there;
    point.median = quantile(constants, 0.5);
    if (std::isfinite(point.median)) {
      point.low = quantile(constants, 0.25);
      point.high = quantile(constants, 0.75);
      points.push_back(point);
    }
  }
  return points;
}

RateCollapse collect_collapse(std::vector<FlowRun> runs, std::vector<FlowRun> others,
                              std::vector<std::pair<Index, FlowScore>> sweep) {
  RateCollapse data;
  data.runs = std::move(runs);
  data.others = std::move(others);
  data.sweep = std::move(sweep);
  require_one_optimiser(data);
  data.descent = data.runs.at(0).spec.optimiser == "sgd";
  data.F = collapse_of(data.others);
  std::map<std::pair<std::int64_t, std::int64_t>, double> F;
  for (const CollapsePoint& point : data.F) {
    F[place_of(point.train, point.ratio)] = point.median;
  }
  std::vector<StepPair> pairs;
  for (const FlowRun& run : data.runs) {
    const auto known = F.find(place_of(run.spec.train, ratio_of(run.spec)));
    const double scale = std::sqrt(run.spec.representation_rate * run.spec.decoder_rate);
    pairs.push_back(
        pair_of(run, known == F.end() ? std::nullopt : std::optional(known->second / scale)));
  }
  data.agreement = agreement(pairs, figure_resamples, figure_bootstrap_seed);
  data.measured = fit_two_rates(measured_steps(data.runs));
  data.F_over_C = F_over_C(pairs, data);
  data.score = score_flow(data.runs);
  return data;
}

}  // namespace grok::toy
