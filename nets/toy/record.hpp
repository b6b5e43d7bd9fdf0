// nets/toy/record.hpp: the outcome of a run. Empty optionals are censored at `steps_done` or do not
// exist (no validation sample).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/errors.hpp"
#include "nets/field.hpp"
#include "nets/phase.hpp"

namespace grok::toy {

/// A number that a record has wherever RQI has a meaning. Throws InputError where it has not.
inline double defined(const std::optional<double>& value, const char* key) {
  if (!value) {
    reject("record", key, "nothing", "that of a run whose embeddings are not concatenated");
  }
  return *value;
}

struct Record {
  std::optional<std::int64_t> steps_to_train;  // smallest t with accuracy >= threshold [steps]
  std::optional<std::int64_t> steps_to_validation;
  std::optional<std::int64_t> steps_to_rqi;  // smallest t with RQI > threshold
  std::int64_t steps_done = 0;
  std::optional<std::string> phase;  // Table 1; empty where phase_of says so
  double train_accuracy = 0;         // these at steps_done
  std::optional<double> validation_accuracy;
  double accuracy = 0;        // over D0
  std::optional<double> rqi;  // this and the next: empty where embeddings are concatenated
  std::optional<double> predicted_accuracy;
  double train_loss = 0;
  std::optional<double> validation_loss;
  // Theory, on the same D. The first three have no meaning for embeddings that are matrices, and
  // the ideal accuracy and RQI are lower bounds there (theory/closure.hpp). None has one where
  // embeddings are concatenated.
  std::optional<bool> unique;
  std::optional<std::int64_t> nullity;
  std::optional<double> lambda3;  // normalisation `sum` [1/time]
  std::optional<double> ideal_accuracy;
  std::optional<double> ideal_rqi;
  /// Of modular addition with d >= 2: share of neighbours in order on the best circle
  /// (theory/ring.hpp); empty elsewhere, and in records made before it was measured.
  std::optional<double> ring;
  std::string state = "done";  // or "diverged"
  std::string engine = "cpu";
  double seconds = 0;  // wall time; the only field that varies

  friend bool operator==(const Record&, const Record&) = default;
};

/// visit(key, member, help[, mark]) for each field.
template <class R, class Visitor>
void for_each_result(R& r, Visitor&& visit) {
  const Mark reached{Role::reached};
  visit("steps_to_train", r.steps_to_train, "to training accuracy at its threshold", reached);
  visit("steps_to_validation", r.steps_to_validation, "to validation accuracy at its threshold",
        reached);
  visit("steps_to_rqi", r.steps_to_rqi, "to RQI above its threshold", reached);
  visit("steps_done", r.steps_done, "steps made", Mark{Role::steps});
  visit("phase", r.phase, "Table 1", Mark{Role::phase});
  visit("train_accuracy", r.train_accuracy, "when the run ended, as all below");
  visit("validation_accuracy", r.validation_accuracy, "empty: no validation sample");
  visit("accuracy", r.accuracy, "over D0", Mark{Role::accuracy});
  visit("rqi", r.rqi, "representation quality index");
  visit("predicted_accuracy", r.predicted_accuracy, "that the representation alone explains");
  visit("train_loss", r.train_loss, "mean over D");
  visit("validation_loss", r.validation_loss, "mean over the rest");
  visit("unique", r.unique, "D leaves no structure but the linear one");
  visit("nullity", r.nullity, "dimension of what D leaves open");
  visit("lambda3", r.lambda3, "grokking rate, normalisation sum [1/time]");
  visit("ideal_accuracy", r.ideal_accuracy, "of what D implies");
  visit("ideal_rqi", r.ideal_rqi, "of what D implies");
  visit("ring", r.ring, "modular addition: share of neighbours in order on the best circle", later);
  visit("state", r.state, "done, diverged", Mark{Role::state});
  visit("engine", r.engine, "that trained it", Mark{Role::engine});
  visit("seconds", r.seconds, "wall time", Mark{Role::wall_time});
}

}  // namespace grok::toy
