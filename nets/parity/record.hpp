// nets/parity/record.hpp: what is kept of a parity run. Epochs count from 0, the untrained network;
// a metric at epoch e is that of the state after e epochs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nets/field.hpp"

namespace grok::parity {

struct Record {
  std::optional<std::int64_t> epochs_to_memorisation, epochs_to_generalisation;
  std::optional<std::int64_t> memorised_from, generalised_from;
  std::int64_t epochs_done = 0;
  std::optional<std::string> phase;
  double train_accuracy = 0, test_accuracy = 0, best_test_accuracy = 0;
  std::optional<double> flipped_accuracy;
  double train_loss = 0, test_loss = 0;
  double spectral_norm = 0, output_norm = 0, path_norm = 0, squared_norm = 0;
  std::optional<double> tight_share;
  std::optional<std::int64_t> circuit_by_predictions, circuit_by_accuracy;
  std::string state = "done", engine = "cpu";
  double seconds = 0;
};

/// visit(key, member, help[, mark]) as nets/model_of.hpp wants it.
template <class R, class Visitor>
requires std::is_same_v<std::remove_const_t<R>, Record>
void for_each_result(R& r, Visitor&& visit) {
  const Mark reached{Role::reached};
  visit("epochs_to_memorisation", r.epochs_to_memorisation,
        "first with training accuracy above its threshold", reached);
  visit("epochs_to_generalisation", r.epochs_to_generalisation,
        "first with test accuracy above its threshold", reached);
  visit("memorised_from", r.memorised_from, "epoch from which it is so to the end");
  visit("generalised_from", r.generalised_from, "likewise");
  visit("epochs_done", r.epochs_done, "epochs made", Mark{Role::steps});
  visit("phase", r.phase, "Table 1 of Liu et al., by epochs", Mark{Role::phase});
  visit("train_accuracy", r.train_accuracy, "when the run ended, as all below; of the labels");
  visit("test_accuracy", r.test_accuracy, "over new strings", Mark{Role::accuracy});
  visit("best_test_accuracy", r.best_test_accuracy, "the highest of all epochs");
  visit("flipped_accuracy", r.flipped_accuracy,
        "share of flipped labels that are learnt; empty: none is flipped");
  visit("train_loss", r.train_loss, "mean hinge loss of the labels");
  visit("test_loss", r.test_loss, "mean hinge loss over new strings");
  visit("spectral_norm", r.spectral_norm, "largest singular value of W");
  visit("output_norm", r.output_norm, "|u|");
  visit("path_norm", r.path_norm, "V: sum of |u_j| |(w_j, b_j)|");
  visit("squared_norm", r.squared_norm, "|theta|^2");
  visit("tight_share", r.tight_share, "share of V along tight directions; empty: diverged");
  visit("circuit_by_predictions", r.circuit_by_predictions,
        "fewest neurons with every answer of all on the training set; empty: all");
  visit("circuit_by_accuracy", r.circuit_by_accuracy, "fewest with their training accuracy");
  visit("state", r.state, "done, diverged", Mark{Role::state});
  visit("engine", r.engine, "that trained it", Mark{Role::engine});
  visit("seconds", r.seconds, "wall time", Mark{Role::wall_time});
}

}  // namespace grok::parity
