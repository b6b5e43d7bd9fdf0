// compare/toy/paired.hpp: theory and network on the same training set and the same initial
// embeddings.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "core/csv.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/prediction.hpp"

namespace grok::toy {

/// |D| / |D0|.
double training_fraction(const RunSpec& resolved);

struct PairedRow {
  RunSpec spec;
  Record record;        // the network
  StepPrediction sum;   // n_h and flows with normalisation `sum`
  StepPrediction mean;  // with `mean`, eq. 5 as printed; no adam_flow, it is the same as above
};

/// One row per run; theory is computed from the spec (rate, threshold and tolerance are its own),
/// on `threads` threads.
std::vector<PairedRow> pair_with_theory(std::span<const RunSpec> runs,
                                        std::span<const Record> records, int threads);

/// The paired table as CSV: seed, train, fraction, measured, n_h_sum, n_h_mean, gradient_flow_sum,
/// gradient_flow_mean, adam_flow, lambda3, unique, nullity, ideal_rqi, rqi, ideal_accuracy,
/// predicted_accuracy, accuracy, phase, state, steps_done, budget, prediction_budget, identity.
/// Empty: censored (measured at steps_done, predictions at prediction_budget), or no such time.
CsvTable paired_table(std::span<const PairedRow> rows);

}  // namespace grok::toy
