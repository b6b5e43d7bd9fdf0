// nets/toy/record.hpp: the outcome of a run. Empty optionals are censored at `steps_done` or do not
// exist (no validation sample).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grok {

struct Record {
  std::optional<std::int64_t> steps_to_train;  // smallest t with accuracy >= threshold [steps]
  std::optional<std::int64_t> steps_to_validation;
  std::optional<std::int64_t> steps_to_rqi;  // smallest t with RQI > threshold
  std::int64_t steps_done = 0;
  std::optional<std::string> phase;  // Table 1; empty where phase_of says so
  double train_accuracy = 0;         // these at steps_done
  std::optional<double> validation_accuracy;
  double accuracy = 0;  // over D0
  double rqi = 0;
  double predicted_accuracy = 0;
  double train_loss = 0;
  std::optional<double> validation_loss;
  // Theory, on the same D. The first three have no meaning for embeddings that are matrices, and
  // the ideal accuracy and RQI are lower bounds there (theory/closure.hpp).
  std::optional<bool> unique;
  std::optional<std::int64_t> nullity;
  std::optional<double> lambda3;  // normalisation `sum` [1/time]
  double ideal_accuracy = 0;
  double ideal_rqi = 0;
  std::string state = "done";  // or "diverged"
  std::string engine = "cpu";
  double seconds = 0;  // wall time; the only field that varies

  friend bool operator==(const Record&, const Record&) = default;
};

/// visit(key, member) for each field.
template <class R, class Visitor>
void for_each_record_field(R& r, Visitor&& visit) {
  visit("steps_to_train", r.steps_to_train);
  visit("steps_to_validation", r.steps_to_validation);
  visit("steps_to_rqi", r.steps_to_rqi);
  visit("steps_done", r.steps_done);
  visit("phase", r.phase);
  visit("train_accuracy", r.train_accuracy);
  visit("validation_accuracy", r.validation_accuracy);
  visit("accuracy", r.accuracy);
  visit("rqi", r.rqi);
  visit("predicted_accuracy", r.predicted_accuracy);
  visit("train_loss", r.train_loss);
  visit("validation_loss", r.validation_loss);
  visit("unique", r.unique);
  visit("nullity", r.nullity);
  visit("lambda3", r.lambda3);
  visit("ideal_accuracy", r.ideal_accuracy);
  visit("ideal_rqi", r.ideal_rqi);
  visit("state", r.state);
  visit("engine", r.engine);
  visit("seconds", r.seconds);
}

/// Keys of the fields that differ, but for `seconds`; NaN is equal to NaN.
std::vector<std::string> different_fields(const Record& a, const Record& b);

struct PhaseInput {
  std::optional<std::int64_t> steps_to_train;
  std::optional<std::int64_t> steps_to_validation;
  bool diverged = false;
  bool has_validation = true;
  bool budget_spent = true;  // false: the run stopped early
  std::int64_t grokking_gap = 1000;
};

/// Table 1 of Liu et al. 2022, exactly one label for every case:
///   diverged       a loss that is not finite, whatever was reached before
///   comprehension  both reached, validation - train < gap
///   grokking       both reached, validation - train >= gap
///   memorization   only training reached
///   confusion      training not reached (whether or not validation was)
/// Empty if there is no validation sample, or if the run stopped before its budget with one of the
/// two not reached: it might have been later.
std::optional<std::string> phase_of(const PhaseInput& input);

}  // namespace grok
