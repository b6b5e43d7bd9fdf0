#include "nets/train.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "nets/network.hpp"
#include "theory/representation.hpp"
#include "theory/spectrum.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

/// The state after t updates, seen from outside.
struct Metrics {
  Score train, validation;
  double rqi = 0;
  bool finite() const { return std::isfinite(train.loss) && std::isfinite(validation.loss); }
};

/// One run from its initial state to its outcome.
template <class Real>
class Trainer {
 public:
  Trainer(const RunSpec& spec, const InitialState& state)
      : spec_(spec),
        task_(task_of(spec)),
        train_(state.train),
        parallelograms_(list_parallelograms(group_by_output(task_))),
        all_(make_batch(task_, everything())),
        network_(spec, state, all_.count()),
        full_batch_(spec.batch == 0 || spec.batch == train_count()),
        batches_(static_cast<std::uint64_t>(spec.batch_seed.value_or(spec.seed)), "batches") {}

  TracedRun run(std::int64_t stride) {
    TracedRun out;
    for (std::int64_t t = 0;; ++t) {
      const Metrics now = measure();
      note(t, now);
      const bool last = !now.finite() || t == spec_.steps || decided();
      if (stride > 0 && (t % stride == 0 || last)) {
        out.trajectory.push_back(point(t, now));
      }
      if (last) {
        finish(t, now);
        out.record = record_;
        return out;
      }
      advance();
    }
  }

 private:
  Index train_count() const { return static_cast<Index>(train_.size()); }
  Index validation_count() const { return all_.count() - train_count(); }

  // Training samples first: one forward pass serves the gradient and every metric.
  std::vector<Sample> everything() const {
    std::vector<Sample> samples = train_;
    const std::vector<Sample> rest = remaining_samples(task_, train_);
    samples.insert(samples.end(), rest.begin(), rest.end());
    return samples;
  }

  Metrics measure() {
    network_.forward(all_);
    Metrics now;
    now.train = network_.score(all_, 0, train_count());
    if (validation_count() > 0) {
      now.validation = network_.score(all_, train_count(), validation_count());
    }
    now.rqi = rqi(network_.embeddings(), parallelograms_, spec_.rqi_tolerance);
    return now;
  }

  void note(std::int64_t t, const Metrics& now) {
    if (!now.finite()) {
      record_.state = "diverged";
      return;
    }
    const auto reach = [t](std::optional<std::int64_t>& first, bool holds) {
      if (!first && holds) {
        first = t;
      }
    };
    reach(record_.steps_to_train, now.train.accuracy() >= spec_.accuracy_threshold);
    if (validation_count() > 0) {
      reach(record_.steps_to_validation, now.validation.accuracy() >= spec_.accuracy_threshold);
    }
    reach(record_.steps_to_rqi, now.rqi > spec_.rqi_threshold);
  }

  bool decided() const {
    if (spec_.stop == "budget") {
      return false;
    }
    const bool accuracies =
        record_.steps_to_train && (record_.steps_to_validation || validation_count() == 0);
    return record_.steps_to_rqi && (spec_.stop == "rqi" || accuracies);
  }

  void advance() {
    if (full_batch_) {
      network_.backward(all_, train_count());
    } else {
      std::vector<Sample> chosen;
      for (const std::int64_t k : batches_.sample(train_count(), spec_.batch)) {
        chosen.push_back(train_[static_cast<std::size_t>(k)]);
      }
      const Batch batch = make_batch(task_, chosen);
      network_.forward(batch);
      network_.backward(batch, batch.count());
    }
    network_.update();
  }

  TrajectoryPoint point(std::int64_t t, const Metrics& now) const {
    TrajectoryPoint p;
    p.step = t;
    p.train_loss = now.train.loss;
    p.train_accuracy = now.train.accuracy();
    if (validation_count() > 0) {
      p.validation_loss = now.validation.loss;
      p.validation_accuracy = now.validation.accuracy();
    }
    p.rqi = now.rqi;
    p.embeddings = network_.embeddings();
    return p;
  }

  void finish(std::int64_t t, const Metrics& now) {
    record_.steps_done = t;
    record_.train_accuracy = now.train.accuracy();
    record_.train_loss = now.train.loss;
    if (validation_count() > 0) {
      record_.validation_accuracy = now.validation.accuracy();
      record_.validation_loss = now.validation.loss;
    }
    record_.accuracy = static_cast<double>(now.train.correct + now.validation.correct) /
                       static_cast<double>(all_.count());
    record_.rqi = now.rqi;
    record_.predicted_accuracy =
        predicted_accuracy(task_, train_, network_.embeddings(), spec_.rqi_tolerance);
    record_.phase = phase_of({.steps_to_train = record_.steps_to_train,
                              .steps_to_validation = record_.steps_to_validation,
                              .diverged = record_.state == "diverged",
                              .has_validation = validation_count() > 0,
                              .budget_spent = t == spec_.steps,
                              .grokking_gap = spec_.grokking_gap});
    const Structure structure = analyse_structure(task_, train_);
    record_.unique = structure.unique;
    record_.nullity = structure.nullity;
    record_.ideal_accuracy = structure.ideal_accuracy;
    record_.ideal_rqi = structure.ideal_rqi;
    record_.lambda3 =
        hessian_spectrum(task_, group_by_output(task_, train_), structure, Normalisation::sum)
            .lambda3;
  }

  const RunSpec& spec_;
  Task task_;
  std::vector<Sample> train_;
  std::vector<Parallelogram> parallelograms_;  // P0
  Batch all_;                                  // training samples, then validation samples
  Network<Real> network_;
  bool full_batch_;
  RandomStream batches_;
  Record record_;
};

}  // namespace

TracedRun train_traced(const RunSpec& spec, std::int64_t stride, const InitialState* initial) {
  const auto start = std::chrono::steady_clock::now();
  const RunSpec resolved = resolve(spec, "train");
  require_in_range<std::int64_t>("train", "stride", stride, 0, 1'000'000'000);
  if (initial != nullptr) {
    check_initial_state(*initial, resolved, "train");
  }
  const InitialState state = initial != nullptr ? *initial : draw_initial_state(resolved);
  TracedRun run = resolved.precision == "float64" ? Trainer<double>(resolved, state).run(stride)
                                                  : Trainer<float>(resolved, state).run(stride);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  run.record.seconds = elapsed.count();
  return run;
}

std::vector<Record> train(std::span<const RunSpec> specs, const TrainOptions& options) {
  std::vector<Record> records(specs.size());
  std::mutex finished_mutex;
  parallel_for(static_cast<std::int64_t>(specs.size()), options.threads, [&](std::int64_t k) {
    const auto index = static_cast<std::size_t>(k);
    records[index] = train_traced(specs[index], 0).record;
    if (options.finished) {
      const std::lock_guard lock(finished_mutex);
      options.finished(index, records[index]);
    }
  });
  return records;
}

}  // namespace grok
