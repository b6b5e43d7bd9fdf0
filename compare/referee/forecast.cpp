#include "compare/referee/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <mutex>
#include <utility>

#include "core/errors.hpp"
#include "core/nearest.hpp"
#include "core/parallel.hpp"

namespace grok {
namespace {

constexpr std::string_view infix = "_to_";  // "steps_to_rqi", "epochs_to_memorisation"

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

void require_keys(std::span<const Theory> theories, const Model& model) {
  for (const Theory& theory : theories) {
    for (const std::string& key : theory.ignores) {
      if (find_field(model.keys(), key) == nullptr) {
        reject("forecast_runs: " + theory.key, "ignores", "'" + key + "'", "a key of a run");
      }
    }
  }
}

/// For each theory and run the run whose forecast it has: of all that differ in what the theory
/// ignores that of the smallest text, so that the order of the runs does not matter.
std::vector<std::vector<std::size_t>> representatives(std::span<const Theory> theories,
                                                      std::span<const Run> runs) {
  std::vector<std::string> texts;
  for (const Run& run : runs) {
    texts.push_back(run.model().text(run));
  }
  std::vector<std::vector<std::size_t>> of(theories.size(), std::vector<std::size_t>(runs.size()));
  for (std::size_t t = 0; t < theories.size(); ++t) {
    std::map<std::string, std::size_t> first;
    std::vector<std::string> reduced;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      reduced.push_back(runs[r].model().text(runs[r], theories[t].ignores));
      const auto place = first.emplace(reduced.back(), r).first;
      place->second = texts[r] < texts[place->second] ? r : place->second;
    }
    for (std::size_t r = 0; r < runs.size(); ++r) {
      of[t][r] = first.at(reduced[r]);
    }
  }
  return of;
}

/// CPU time of this thread [s].
double thread_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

std::vector<Event> events_of(const Model& model) {
  std::vector<Event> events;
  for (const Field& field : model.results()) {
    const auto at = field.key.find(infix);
    if (field.role == Role::reached && at != std::string::npos) {
      events.push_back(field.key.substr(at + infix.size()));
    }
  }
  return events;
}

std::string key_of(const Model& model, const Event& event) {
  for (const Field& field : model.results()) {
    if (field.role == Role::reached && field.key.ends_with(std::string(infix) + event)) {
      return field.key;
    }
  }
  reject("forecast", "event", "'" + event + "'",
         fmt::format("{}", fmt::join(events_of(model), ", ")));
}

Event event_from(const std::string& where, const std::string& name, const Model& model) {
  const std::vector<Event> events = events_of(model);
  if (std::ranges::find(events, name) == events.end()) {
    reject(where, "event", "'" + name + "'",
           allowed_names(name, events, {},
                         events.empty()
                             ? fmt::format("nothing (model = {}: it has no event)", model.name())
                             : ""));
  }
  return name;
}

std::optional<double> score_of(const Forecast& forecast, std::int64_t budget) {
  if (forecast.score || !forecast.steps) {
    return forecast.score;
  }
  return std::log(static_cast<double>(budget)) - std::log(*forecast.steps);
}

Forecasts forecast_runs(std::span<const Theory> theories, std::span<const Run> runs,
                        const Event& event, int threads, const std::function<void()>& advance) {
  if (!runs.empty()) {
    require_keys(theories, runs.front().model());
  }
  const auto of = representatives(theories, runs);
  Forecasts forecasts;
  forecasts.of.resize(theories.size(), std::vector<std::optional<Forecast>>(runs.size()));
  forecasts.costs.resize(theories.size());
  std::mutex counting;
  parallel_for(std::ssize(runs), threads, [&](std::int64_t k) {
    const auto r = static_cast<std::size_t>(k);
    std::any memory;
    for (std::size_t t = 0; t < theories.size(); ++t) {
      if (of[t][r] == r && theories[t].applies(runs[r])) {
        const double start = thread_seconds();
        const Forecast forecast = theories[t].forecast({runs[r], event, memory});
        const double seconds = thread_seconds() - start;
        require_valid(theories[t], forecast);
        forecasts.of[t][r] = forecast;
        const std::scoped_lock lock(counting);
        forecasts.costs[t].seconds += seconds;
        ++forecasts.costs[t].forecasts;
      }
      if (advance) {
        advance();
      }
    }
  });
  for (std::size_t t = 0; t < theories.size(); ++t) {
    for (std::size_t r = 0; r < runs.size(); ++r) {
      forecasts.of[t][r] = forecasts[t][of[t][r]];
    }
  }
  return forecasts;
}

}  // namespace grok
