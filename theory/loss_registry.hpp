// theory/loss_registry.hpp: effective losses by name, for `flow --loss NAME` and whoever runs
// several over the same training sets.
//   A registry is a value: built_in_losses() makes one, add() puts yours beside the others.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "theory/decoder_metric_loss.hpp"
#include "theory/effective_loss.hpp"
#include "theory/loss_tools.hpp"
#include "theory/spectrum.hpp"
#include "theory/task.hpp"

namespace grok {

/// What is known before training; a loss takes what it needs.
struct LossSetting {
  Task task = Task::addition(10);
  std::vector<Sample> train;   // D, in the order of D0
  Eigen::MatrixXd embeddings;  // p x d, the network's own
  Normalisation normalisation = Normalisation::sum;
  std::optional<DecoderNetwork> decoder;  // initial
  DecoderMetricSetting metric;
  double decay = 0;                  // of weight-decayed
  double repulsion = 0;              // of same-class
  Eigen::MatrixXd points;            // of same-class, N x d; empty: E_i + E_j over D,
  std::vector<std::int64_t> labels;  // labelled by output
};

/// A loss ready to run, with what is worth writing beside it.
struct NamedLoss {
  LossFunctions functions;
  Eigen::MatrixXd start;  // rows x d: where flows start; rows are symbols, or points
  /// What a flow in time starts from, as `standardise` or its like; Adam starts from `start`.
  Eigen::MatrixXd scaled_start;
  std::vector<Quantity> measures;  // columns of `flow`, after Z0 and C: of the flattened state
  bool scale_free = true;          // the gradient flow conserves Z0
  std::optional<Quantity> l0;      // before the division
};

struct LossEntry {
  std::string name;                   // "parallelogram"
  std::string summary;                // one line
  std::string text;                   // what it is, lines of at most 96 characters
  std::vector<std::string> settings;  // of LossSetting, beside task, train, embeddings:
                                      // "normalisation", "decoder", "metric", "decay", ...
  std::function<NamedLoss(const LossSetting&)> make;
};

class LossRegistry {
 public:
  /// Throws InputError for a name that is taken or empty.
  void add(LossEntry entry);
  /// Throws InputError "where: --loss = 'x', allowed <names>".
  const LossEntry& at(const std::string& where, const std::string& name) const;
  std::vector<std::string> names() const;
  const std::vector<LossEntry>& entries() const { return entries_; }

 private:
  std::vector<LossEntry> entries_;
};

/// parallelogram, matrix-group, same-class, circle, decoder-metric, weight-decayed.
LossRegistry built_in_losses();

}  // namespace grok
