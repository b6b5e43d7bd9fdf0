#include "compare/referee/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "theory/closure.hpp"
#include "theory/spectrum.hpp"

namespace grok {
namespace {

bool is_key(std::string_view name) {
  bool found = false;
  const RunSpec spec;
  for_each_field(spec, [&](const char* key, auto&&...) { found = found || name == key; });
  return found;
}

void require_valid(const Theory& theory, const Forecast& forecast) {
  const std::string where = "forecast_runs: " + theory.key;
  if (forecast.steps) {
    require_in_range(where, "steps", *forecast.steps, 0.0, never);
  }
  if (forecast.accuracy) {
    require_in_range(where, "accuracy", *forecast.accuracy, 0.0, 1.0);
  }
  if (forecast.score) {
    require_in_range(where, "score", *forecast.score, -never, never);
  }
}

void require_keys(std::span<const Theory> theories) {
  for (const Theory& theory : theories) {
    for (const std::string& key : theory.ignores) {
      if (!is_key(key)) {
        reject("forecast_runs: " + theory.key, "ignores", "'" + key + "'", "a key of a run");
      }
    }
  }
}

/// For each theory and run the run whose forecast it has: of all that differ in what the theory
/// ignores that of the smallest text, so that the order of the runs does not matter.
std::vector<std::vector<std::size_t>> representatives(std::span<const Theory> theories,
                                                      std::span<const RunSpec> runs) {
  std::vector<std::string> texts;
  for (const RunSpec& run : runs) {
    texts.push_back(canonical_text(run));
  }
  std::vector<std::vector<std::size_t>> of(theories.size(), std::vector<std::size_t>(runs.size()));
  for (std::size_t t = 0; t < theories.size(); ++t) {
    std::map<std::string, std::size_t> first;
    std::vector<std::string> reduced;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      reduced.push_back(text_without(runs[r], theories[t].ignores));
      const auto place = first.emplace(reduced.back(), r).first;
      place->second = texts[r] < texts[place->second] ? r : place->second;
    }
    for (std::size_t r = 0; r < runs.size(); ++r) {
      of[t][r] = first.at(reduced[r]);
    }
  }
  return of;
}

}  // namespace

std::string to_text(Event event) { return event == Event::rqi ? "rqi" : "validation"; }

Event event_from(const std::string& where, const std::string& name) {
  for (const Event event : {Event::rqi, Event::validation}) {
    if (to_text(event) == name) {
      return event;
    }
  }
  reject(where, "event", "'" + name + "'", "rqi, validation");
}

Known known_before(const RunSpec& resolved, Event event) {
  Known known{resolved, event, task_of(resolved), draw_initial_state(resolved), {}, {}, 0, 0};
  if (known.task.combination() != Combination::sum) {
    const ProductStructure products = analyse_products(known.task, known.initial.train);
    known.ideal_accuracy = products.ideal_accuracy;
    known.ideal_rqi = products.ideal_rqi;
    return known;
  }
  known.structure = analyse_structure(known.task, known.initial.train);
  known.lambda3 = hessian_spectrum(known.task, group_by_output(known.task, known.initial.train),
                                   *known.structure, Normalisation::sum)
                      .lambda3;
  known.ideal_accuracy = known.structure->ideal_accuracy;
  known.ideal_rqi = known.structure->ideal_rqi;
  return known;
}

std::optional<double> score_of(const Forecast& forecast, std::int64_t budget) {
  if (forecast.score || !forecast.steps) {
    return forecast.score;
  }
  return std::log(static_cast<double>(budget)) - std::log(*forecast.steps);
}

Forecasts forecast_runs(std::span<const Theory> theories, std::span<const RunSpec> runs,
                        Event event, int threads, const std::function<void()>& advance) {
  require_keys(theories);
  const auto of = representatives(theories, runs);
  Forecasts forecasts(theories.size(), std::vector<std::optional<Forecast>>(runs.size()));
  parallel_for(std::ssize(runs), threads, [&](std::int64_t k) {
    const auto r = static_cast<std::size_t>(k);
    std::optional<Known> known;  // drawn only if some theory asks
    for (std::size_t t = 0; t < theories.size(); ++t) {
      if (of[t][r] == r && theories[t].applies(runs[r])) {
        known = known ? std::move(known) : known_before(runs[r], event);
        const Forecast forecast = theories[t].forecast(*known);
        require_valid(theories[t], forecast);
        forecasts[t][r] = forecast;
      }
      if (advance) {
        advance();
      }
    }
  });
  for (std::size_t t = 0; t < theories.size(); ++t) {
    for (std::size_t r = 0; r < runs.size(); ++r) {
      forecasts[t][r] = forecasts[t][of[t][r]];
    }
  }
  return forecasts;
}

std::string text_without(const RunSpec& resolved, std::span<const std::string> keys) {
  const std::string text = canonical_text(resolved);
  std::string rest;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start) + 1;
    const std::string line = text.substr(start, end - start);
    const std::string key = line.substr(0, line.find(" ="));
    if (std::ranges::find(keys, key) == keys.end()) {
      rest += line;
    }
    start = end;
  }
  return rest;
}

}  // namespace grok
