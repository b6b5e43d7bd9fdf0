// compare/referee/forecast.hpp: what is known of a run before it is trained, and what a theory says of it.
//   A theory is a function of Known alone. Known is made from a RunSpec alone, and nothing here
//   includes a Record: a theory cannot look at the run it predicts.
//   A constant that is not predicted is fitted by the referee (compare/referee/referee.hpp), which alone
//   sees records, and only on cells that the run forecast is not in.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nets/toy/initial_state.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/structure.hpp"

namespace grok {

/// What is forecast: RQI above the run's threshold, or validation accuracy at its threshold.
enum class Event { rqi, validation };
std::string to_text(Event event);  // "rqi", "validation"
Event event_from(const std::string& where, const std::string& name);

/// The spec and everything that it draws.
struct Known {
  RunSpec spec;  // resolved
  Event event = Event::rqi;
  Task task;
  InitialState initial;                // D, embeddings (p x d), labels, decoder
  std::optional<Structure> structure;  // empty where embeddings are matrices
  std::optional<double> lambda3;  // normalisation `sum` [1/time]; 0: not unique; empty: as above
  double ideal_accuracy = 0;      // of matrices: what deduction reaches, a lower bound
  double ideal_rqi = 0;
};

/// Cost: that of drawing the decoder, O(p^3) for the spectrum; p = 10: under a millisecond.
Known known_before(const RunSpec& resolved, Event event = Event::rqi);

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

struct Theory {
  std::string key;       // of columns and JSON: "adam_flow"
  std::string name;      // of tables and pictures: "Adam flow of the effective loss"
  std::string source;    // where it was published
  std::string what;      // one sentence: what is computed from what
  bool as_it_is = true;  // scored with its own number of steps
  bool fitted = false;   // scored with its steps times a constant, fitted on other cells
  /// Keys of RunSpec that no forecast of it depends on, seeds by the four streams (split_seed,
  /// ...); runs that differ in these alone are forecast once. Empty is always right.
  std::vector<std::string> ignores;
  std::function<bool(const RunSpec&)> applies;
  std::function<Forecast(const Known&)> forecast;  // pure; called from several threads
};

/// All built-in theories (compare/toy/theories.cpp), without the null model, which is the referee's.
/// A new one is an entry there.
std::vector<Theory> theories();

/// forecasts[t][r] of theory t for run r; empty where it does not apply. On `threads` threads; the
/// order of runs and their number change nothing. Throws InputError for a forecast that is NaN, of
/// negative steps, or of an accuracy outside [0, 1], or for a key in `ignores` that is none.
/// `advance` is called once per run and theory done, from any thread.
using Forecasts = std::vector<std::vector<std::optional<Forecast>>>;
Forecasts forecast_runs(std::span<const Theory> theories, std::span<const RunSpec> runs,
                        Event event, int threads, const std::function<void()>& advance = {});

/// The run as text (canonical_text) without these keys: equal for runs that differ in them alone.
std::string text_without(const RunSpec& resolved, std::span<const std::string> keys);

}  // namespace grok
