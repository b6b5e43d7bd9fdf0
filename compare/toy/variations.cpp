#include "compare/toy/variations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "nets/toy/model.hpp"

namespace grok::toy {
namespace {

Variation variation_of(const RunSpec& spec, const RunSpec& base) {
  const Run run(model(), spec), reference(model(), base);
  Variation found;
  for (const std::string key : varied_keys) {
    const std::string value = text_of(run[key]);
    if (value == text_of(reference[key])) {
      continue;
    }
    if (!found.key.empty() && !(found.key == "symbols" && key == "train")) {
      reject("collect_variations", "run", found.name + ", " + key + " = " + value,
             "one thing that differs from the base");
    }
    found.name += (found.name.empty() ? "" : ", ") + key + " = " + value;
    found.key = found.key.empty() ? key : found.key;
  }
  if (found.key.empty()) {
    found.name = fmt::format("base: p = {}, |D| = {}", base.symbols, base.train);
  }
  found.decoder_rate = spec.decoder_rate;
  return found;
}

}  // namespace

std::vector<Variation> collect_variations(std::span<const FlowRun> runs) {
  if (runs.empty()) {
    reject("collect_variations", "runs", "0", "1 or more");
  }
  std::vector<Variation> variations;
  for (const FlowRun& run : runs) {
    Variation own = variation_of(run.spec, runs[0].spec);
    const auto place = std::ranges::find_if(variations, [&](const Variation& other) {
      return other.name == own.name && other.decoder_rate == own.decoder_rate;
    });
    auto& variation = place != variations.end() ? *place : variations.emplace_back(std::move(own));
    variation.runs.push_back(run);
  }
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  for (Variation& variation : variations) {
    const auto base = std::ranges::find_if(variations, [&](const Variation& other) {
      return other.key.empty() && other.decoder_rate == variation.decoder_rate;
    });
    const auto points = measured_steps(variation.runs);
    variation.constant = constant_of(points);
    variation.ratio = base == variations.end() || variation.key.empty()
                          ? Estimate{unknown, unknown, unknown}
                          : constant_ratio(points, measured_steps(base->runs));
    variation.score = score_flow(variation.runs);
  }
  return variations;
}

}  // namespace grok::toy
