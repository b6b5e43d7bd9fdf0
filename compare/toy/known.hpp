// compare/toy/known.hpp: what is known of a run of the toy model before it is trained, which is all
// that its theories may look at.
#pragma once

#include <functional>
#include <optional>

#include "compare/referee/forecast.hpp"
#include "nets/toy/initial_state.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/structure.hpp"

namespace grok::toy {

/// The spec and everything that it draws.
struct Known {
  RunSpec spec;  // resolved
  Event event = "rqi";
  Task task;
  InitialState initial;                // D, embeddings (p x d), labels, decoder
  std::optional<Structure> structure;  // empty unless embeddings are added
  std::optional<double> lambda3;  // normalisation `sum` [1/time]; 0: not unique; empty: as above
  /// Of matrices: what deduction reaches, a lower bound. Empty where embeddings are concatenated.
  std::optional<double> ideal_accuracy, ideal_rqi;
};

/// Cost: that of drawing the decoder, O(p^3) for the spectrum; p = 10: under a millisecond.
Known known_before(const RunSpec& resolved, const Event& event = "rqi");

/// Whether the toy's theories do: none of them is of how fast D is learnt by heart, or of an RQI
/// that has no meaning.
bool says_something_of(const Event& event, const RunSpec& resolved);

/// For Theory::applies and Theory::forecast, from functions of the toy's own types. Of a run of
/// another model they say nothing.
std::function<bool(const Run&)> of_spec(std::function<bool(const RunSpec&)> applies);
std::function<Forecast(const Asked&)> of_known(std::function<Forecast(const Known&)> forecast);

}  // namespace grok::toy
