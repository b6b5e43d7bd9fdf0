#include "nets/parity/train.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "nets/checkpoint.hpp"
#include "nets/parity/curve.hpp"
#include "nets/parity/measures.hpp"
#include "nets/parity/strings.hpp"
#include "nets/phase.hpp"

namespace grok::parity {
namespace {

using Index = Eigen::Index;

/// When an accuracy first was above its threshold, and since when it has been; -1: it is not.
struct Crossing {
  std::int64_t first = -1, since = -1;
  void note(bool above, std::int64_t epoch) {
    first = first < 0 && above ? epoch : first;
    since = !above ? -1 : since < 0 ? epoch : since;
  }
};
std::optional<std::int64_t> epoch_in(std::int64_t epoch) {
  return epoch < 0 ? std::nullopt : std::optional(epoch);
}

struct Progress {
  Crossing memorised, generalised;
  double best_test_accuracy = 0;
  bool diverged = false;
};

/// Hinge loss and right answers of a run of outputs.
template <class Real>
Score score_of(const Real* f, const Eigen::VectorXd& labels, bool strict_sign) {
  Score score;
  for (Index k = 0; k < labels.size(); ++k) {
    const auto value = static_cast<double>(f[k]);
    score.loss += std::max(0.0, 1 - labels[k] * value);
    const bool right = strict_sign ? labels[k] * value > 0 : (value > 0) == (labels[k] > 0);
    score.accuracy += right ? 1 : 0;
    // max(0, NaN) is 0: a network that is not finite must not look like one without loss.
    score.finite = score.finite && std::isfinite(value);
  }
  const auto count = static_cast<double>(labels.size());
  score.loss /= count;
  score.accuracy /= count;
  return score;
}

template <class Real>
class Trainer {
 public:
  explicit Trainer(const RunSpec& spec)
      : spec_(spec),
        strings_(make_strings(spec)),
        batch_(spec.batch == 0 ? spec.train : spec.batch),
        network_(initial_weights(spec), batch_),
        train_(network_.columns_of(strings_.train)),
        test_(network_.columns_of(strings_.test)),
        batch_columns_(network_.input_step() * batch_),
        f_(static_cast<std::size_t>(std::max(spec.train, spec.test))),
        slope_(static_cast<std::size_t>(batch_)),
        batches_(static_cast<std::uint64_t>(spec.batch_seed.value()), "parity/batches") {}

  TracedRun run(const OneRun& one) {
    Checkpoints checkpoints(one);
    TracedRun out;
    CurveMaker curve(spec_, strings_);
    const std::int64_t first = go_on_from(checkpoints.found(), curve, out.snapshots);
    for (std::int64_t epoch = first;; ++epoch) {
      const Scores now = measure();
      const bool noted = resumed_ && epoch == first;  // it is in the checkpoint
      if (!noted) {
        note(epoch, now);
      }
      if (!noted && progress_.memorised.first == epoch) {
        curve.note_memorised(network_.weights());
      }
      const bool ended = has_ended(epoch);
      if (!noted && (ended || std::ranges::binary_search(spec_.snapshots, epoch))) {
        out.snapshots.push_back({epoch, network_.weights()});
      }
      if (!noted && one.stride > 0 && (ended || epoch % one.stride == 0)) {
        curve.add(epoch, now, network_.weights());
      }
      if (ended) {
        out.record = record_of(epoch, now);
        out.record.seconds = checkpoints.seconds();
        out.curve = one.stride > 0 ? curve.curve() : Curve{};
        return out;
      }
      checkpoints.at(
          epoch, [&] { return state(curve, out.snapshots); },
          [&] { return one.stride > 0 ? curve.curve() : Curve{}; });
      train_epoch(decay_at(epoch));
    }
  }

 private:
  Scores measure() {
    network_.outputs(train_.data(), spec_.train, f_.data());
    Scores now;
    now.train = score_of(f_.data(), strings_.labels, spec_.strict_sign);
    if (!strings_.flipped.empty()) {
      double right = 0;
      for (const Index k : strings_.flipped) {
        right += score_of(f_.data() + k, strings_.labels.segment(k, 1), spec_.strict_sign).accuracy;
      }
      now.flipped_accuracy = right / static_cast<double>(strings_.flipped.size());
    }
    network_.outputs(test_.data(), spec_.test, f_.data());
    now.test = score_of(f_.data(), strings_.test_truth, spec_.strict_sign);
    return now;
  }

  void note(std::int64_t epoch, const Scores& now) {
    progress_.diverged = !now.train.finite || !now.test.finite;
    if (progress_.diverged) {
      return;
    }
    progress_.memorised.note(now.train.accuracy > spec_.memorisation_threshold, epoch);
    progress_.generalised.note(now.test.accuracy > spec_.generalisation_threshold, epoch);
    progress_.best_test_accuracy = std::max(progress_.best_test_accuracy, now.test.accuracy);
  }

  bool has_ended(std::int64_t epoch) const {
    return progress_.diverged || epoch == spec_.epochs ||
           (spec_.stop == "generalisation" && progress_.generalised.first >= 0 &&
            progress_.memorised.first >= 0);
  }

  double decay_at(std::int64_t epoch) const {
    const bool late = spec_.late_from == "epoch"          ? epoch >= *spec_.late_epoch
                      : spec_.late_from == "memorisation" ? progress_.memorised.first >= 0
                                                          : false;
    return late ? *spec_.late_decay : spec_.decay;
  }

  void train_epoch(double decay) {
    const std::int64_t step = network_.input_step();
    const auto order = batches_.sample(spec_.train, spec_.train);
    for (std::int64_t first = 0; first < spec_.train; first += batch_) {
      const std::int64_t count = std::min(batch_, spec_.train - first);
      for (std::int64_t k = 0; k < count; ++k) {
        const auto* column = train_.data() + order[static_cast<std::size_t>(first + k)] * step;
        std::copy(column, column + step, batch_columns_.data() + k * step);
      }
      network_.forward(batch_columns_.data(), count, f_.data());
      for (std::int64_t k = 0; k < count; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const auto label =
            static_cast<Real>(strings_.labels[order[static_cast<std::size_t>(first + k)]]);
        slope_[at] = 1 - label * f_[at] > 0 ? -label / static_cast<Real>(count) : Real(0);
      }
      network_.descend(batch_columns_.data(), slope_.data(), spec_.rate, decay);
    }
  }

  // All that the epochs to come depend on, and what was noted of those made.
  std::string state(const CurveMaker& curve, const std::vector<Snapshot>& snapshots) const {
    StateWriter writer;
    writer.put(progress_);
    writer.put(batches_.state());
    writer.put(packed(spec_, {{0, network_.weights()}}));
    writer.put(packed(spec_, snapshots));
    writer.put(curve.state());
    return writer.take();
  }

  // The epoch to begin with.
  std::int64_t go_on_from(const std::optional<Artefact>& checkpoint, CurveMaker& curve,
                          std::vector<Snapshot>& snapshots) {
    if (!checkpoint) {
      return 0;
    }
    StateReader reader(checkpoint->bytes);
    std::string random, weights, kept, points;
    reader.get(progress_);
    reader.get(random);
    reader.get(weights);
    reader.get(kept);
    reader.get(points);
    batches_.restore(random);
    network_.restore(unpacked(spec_, weights, "checkpoint").at(0).weights);
    snapshots = unpacked(spec_, kept, "checkpoint");
    curve.restore(points);
    resumed_ = true;
    return checkpoint->step;
  }

  Record record_of(std::int64_t epoch, const Scores& now) const {
    const Weights weights = network_.weights();
    Record record;
    record.epochs_to_memorisation = epoch_in(progress_.memorised.first);
    record.epochs_to_generalisation = epoch_in(progress_.generalised.first);
    if (!progress_.diverged) {
      record.memorised_from = epoch_in(progress_.memorised.since);
      record.generalised_from = epoch_in(progress_.generalised.since);
    }
    record.epochs_done = epoch;
    record.phase = phase_of({.steps_to_train = record.epochs_to_memorisation,
                             .steps_to_validation = record.epochs_to_generalisation,
                             .diverged = progress_.diverged,
                             .budget_spent = epoch == spec_.epochs,
                             .grokking_gap = spec_.grokking_gap});
    record.train_accuracy = now.train.accuracy;
    record.test_accuracy = now.test.accuracy;
    record.best_test_accuracy = progress_.best_test_accuracy;
    record.flipped_accuracy = now.flipped_accuracy;
    record.train_loss = now.train.loss;
    record.test_loss = now.test.loss;
    record.spectral_norm = spectral_norm(weights.W);
    record.output_norm = weights.u.norm();
    record.path_norm = path_norm(weights);
    record.squared_norm = squared_norm(weights);
    if (!progress_.diverged) {
      record.tight_share = tight_share(weights, spec_.parity);
      const Sparsity circuit =
          sparsity(weights, strings_.train, strings_.labels, spec_.strict_sign);
      record.circuit_by_predictions = circuit.by_predictions;
      record.circuit_by_accuracy = circuit.by_accuracy;
    }
    record.state = progress_.diverged ? "diverged" : "done";
    return record;
  }

  const RunSpec& spec_;
  const Strings strings_;
  const std::int64_t batch_;  // the largest
  Network<Real> network_;
  const AlignedNumbers<Real> train_, test_;
  const AlignedNumbers<Real> batch_columns_;
  std::vector<Real> f_, slope_;
  RandomStream batches_;
  Progress progress_;
  bool resumed_ = false;
};

template <class Real>
std::string packed_as(const std::vector<Snapshot>& snapshots) {
  StateWriter writer;
  writer.put(static_cast<std::int64_t>(snapshots.size()));
  for (const Snapshot& snapshot : snapshots) {
    writer.put(snapshot.epoch);
    for (const Eigen::MatrixXd& part : {snapshot.weights.W, Eigen::MatrixXd(snapshot.weights.b),
                                        Eigen::MatrixXd(snapshot.weights.u)}) {
      const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic> numbers = part.cast<Real>();
      writer.put(numbers.data(), static_cast<std::size_t>(numbers.size()));
    }
  }
  return writer.take();
}

template <class Real>
std::vector<Snapshot> unpacked_as(const RunSpec& spec, const std::string& bytes) {
  StateReader reader(bytes);
  std::int64_t count = 0;
  reader.get(count);
  std::vector<Snapshot> snapshots;
  for (std::int64_t k = 0; k < count; ++k) {
    Snapshot& snapshot = snapshots.emplace_back();
    reader.get(snapshot.epoch);
    const auto part = [&](Index rows, Index columns) -> Eigen::MatrixXd {
      Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic> numbers(rows, columns);
      reader.get(numbers.data(), static_cast<std::size_t>(numbers.size()));
      return numbers.template cast<double>();
    };
    snapshot.weights.W = part(spec.width, spec.bits);
    snapshot.weights.b = part(spec.width, 1);
    snapshot.weights.u = part(spec.width, 1);
  }
  if (!reader.done()) {
    throw Error("more bytes than weights");
  }
  return snapshots;
}

}  // namespace

TracedRun train_traced(const RunSpec& checked, const OneRun& one) {
  return checked.precision == "float64" ? Trainer<double>(checked).run(one)
                                        : Trainer<float>(checked).run(one);
}

std::string packed(const RunSpec& checked, const std::vector<Snapshot>& snapshots) {
  return checked.precision == "float64" ? packed_as<double>(snapshots)
                                        : packed_as<float>(snapshots);
}

std::vector<Snapshot> unpacked(const RunSpec& checked, const std::string& bytes,
                               const std::string& where) {
  try {
    return checked.precision == "float64" ? unpacked_as<double>(checked, bytes)
                                          : unpacked_as<float>(checked, bytes);
  } catch (const Error& error) {
    throw Error(where + ": weights: " + error.what());
  }
}

}  // namespace grok::parity
