// compare/referee/forecast.hpp: what a theory says of a run before it is trained, for any model.
//   A theory is a function of the run alone. Nothing here includes an outcome: a theory cannot look
//   at the run it predicts.
//   A constant that is not predicted is fitted by the referee (compare/referee/referee.hpp), which
//   alone sees outcomes, and only of other cells and other seeds than the run forecast has.
#pragma once

#include <any>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nets/model.hpp"

namespace grok {

/// What is forecast: a result of role `reached`, by its key without "steps_to_" or "epochs_to_":
/// "rqi", "validation". Times are in the unit of the model's budget.
using Event = std::string;
/// "steps_to_rqi". Throws InputError for an event that the model does not have.
std::string key_of(const Model& model, const Event& event);
/// All that the model has.
std::vector<Event> events_of(const Model& model);
/// Throws InputError "where: event = ..." unless the model has it.
Event event_from(const std::string& where, const std::string& name, const Model& model);

/// A run that a theory is asked of. What the theories of a model all need of a run (its training
/// set, its initial network, ...) the first one computes and leaves in `memory` for the others.
struct Asked {
  const Run& run;  // resolved
  const Event& event;
  std::any& memory;
};

/// Steps of who never gets there, or not within the horizon that a theory follows.
inline constexpr double never = std::numeric_limits<double>::infinity();

struct Forecast {
  std::optional<double> steps = {};     // to the event, >= 0 or `never`; empty: says nothing of it
  std::optional<double> accuracy = {};  // at the end, over D0; empty: says nothing of it
  /// The higher, the likelier the event is; not NaN. Empty: ln(budget/steps).
  std::optional<double> score = {};
};

/// The score of a forecast for a run with this budget [steps]: its own, or ln(budget/steps), which
/// is +inf for 0 steps and -inf for `never`; empty if it says nothing of the event.
std::optional<double> score_of(const Forecast& forecast, std::int64_t budget);

/// Told to get there: within the budget, whatever the horizon of the theory.
inline bool told_to_get_there(double steps, double budget) { return steps <= budget; }

struct Theory {
  std::string key;       // of columns and JSON: "adam_flow"
  std::string name;      // of tables and pictures: "Adam flow of the effective loss"
  std::string source;    // where it was published
  std::string what;      // one sentence: what is computed from what
  bool as_it_is = true;  // scored with its own number of steps
  bool fitted = false;   // scored with its steps times a constant, fitted on other runs
  /// Followed for so many budgets of a run; `never`: not there by then. Empty: a formula, which
  /// needs none.
  std::optional<double> horizon = {};
  /// Keys of the run that no forecast of it depends on, seeds by the four streams (split_seed,
  /// ...); runs that differ in these alone are forecast once. Empty is always right.
  std::vector<std::string> ignores;
  std::function<bool(const Run&)> applies;
  std::function<Forecast(const Asked&)> forecast;  // pure; called from several threads
};

/// What the forecasts of one theory took.
struct ForecastCost {
  double seconds = 0;  // of CPU, all threads; what the theories of a run share is of the first one
  std::int64_t forecasts = 0;  // made: less than one a run where runs differ in what it ignores
};

/// [t][r]: of theory t for run r; empty where it does not apply.
struct Forecasts {
  std::vector<std::vector<std::optional<Forecast>>> of;
  std::vector<ForecastCost> costs;  // of each theory

  std::size_t size() const { return of.size(); }
  const std::vector<std::optional<Forecast>>& operator[](std::size_t theory) const {
    return of[theory];
  }
};

/// On `threads` threads; the order of runs and the number of threads change nothing but the costs.
/// Throws InputError for a forecast that is NaN, of negative steps, or of an accuracy outside [0,
/// 1], or for a key in `ignores` that is none. `advance` is called once per run and theory done,
/// from any thread.
Forecasts forecast_runs(std::span<const Theory> theories, std::span<const Run> runs,
                        const Event& event, int threads, const std::function<void()>& advance = {});

}  // namespace grok
