#include "nets/toy/train.hpp"

#include "core/errors.hpp"
#include "core/random.hpp"
#include "nets/checkpoint.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/network.hpp"
#include "nets/toy/outcome.hpp"
#include "theory/training_set.hpp"

namespace grok::toy {
namespace {

/// One run from its initial state to its outcome.
template <class Real>
class Trainer {
 public:
  Trainer(const RunSpec& spec, const InitialState& state)
      : spec_(spec),
        task_(task_of(spec)),
        train_(state.train),
        rqi_(spec, task_),
        all_(make_batch(task_, everything())),
        network_(spec, state, all_.count()),
        full_batch_(spec.batch == 0 || spec.batch == train_count()),
        batches_(static_cast<std::uint64_t>(spec.batch_seed.value_or(spec.seed)), "batches") {}

  TracedRun run(const OneRun& one) {
    const RunLimits limits = run_limits(spec_, train_count(), validation_count());
    Checkpoints checkpoints(one);
    TracedRun out;
    const std::int64_t first = go_on_from(checkpoints.found(), out.trajectory);
    for (std::int64_t t = first;; ++t) {
      const Metrics now = measure();
      note(milestones_, limits, t, now);
      const bool is_in = resumed_ && t == first;  // its point is in the checkpoint
      if (one.stride > 0 && !is_in && (t % one.stride == 0 || milestones_.ended)) {
        out.trajectory.push_back(point(t, now));
      }
      if (milestones_.ended) {
        out.record = make_record(spec_, train_, milestones_, now, embeddings_);
        out.record.seconds = checkpoints.seconds();
        out.trained = network_.state();
        out.trained.train = train_;
        return out;
      }
      checkpoints.at(
          t, [&] { return state(out.trajectory); },
          [&] {
            if (one.stride > 0 && t % one.stride != 0) {
              out.trajectory.push_back(point(t, now));
            }
            return curve_of(spec_, out.trajectory);
          });
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

  // All that the steps to come depend on, and what was noted of those made.
  std::string state(const std::vector<TrajectoryPoint>& trajectory) const {
    StateWriter writer;
    writer.put(milestones_);
    writer.put(batches_.state());
    const std::vector<Real> numbers = network_.saved();
    writer.put(numbers.data(), numbers.size());
    writer.put(network_.updates());
    const Curve curve = curve_of(spec_, trajectory);
    writer.put(curve.numbers.data(), curve.numbers.size());
    return writer.take();
  }

  // The step to begin with.
  std::int64_t go_on_from(const std::optional<Artefact>& checkpoint,
                          std::vector<TrajectoryPoint>& trajectory) {
    if (!checkpoint) {
      return 0;
    }
    StateReader reader(checkpoint->bytes);
    std::string random;
    std::vector<Real> numbers;
    std::int64_t updates = 0;
    Curve curve = curve_shape(spec_);
    reader.get(milestones_);
    reader.get(random);
    reader.get(numbers);
    reader.get(updates);
    reader.get(curve.numbers);
    batches_.restore(random);
    network_.restore(numbers, updates);
    trajectory = points_of(spec_, curve, "checkpoint");
    resumed_ = true;
    return checkpoint->step;
  }

  Metrics measure() {
    network_.forward(all_);
    const Score train = network_.score(all_, 0, train_count());
    Score validation;
    if (validation_count() > 0) {
      validation = network_.score(all_, train_count(), validation_count());
    }
    network_.embeddings(embeddings_);
    return {.train_loss = train.loss,
            .validation_loss = validation.loss,
            .train_correct = train.correct,
            .validation_correct = validation.correct,
            .rqi = rqi_.of(embeddings_)};
  }

  void advance() {
    if (full_batch_) {
      network_.descend(all_, train_count());
      return;
    }
    draw_batch();
    network_.forward(batch_);
    network_.descend(batch_, batch_.count());
  }

  // Training samples are the first of `all_`.
  void draw_batch() {
    batch_.pairs.clear();
    batch_.targets.clear();
    for (const std::int64_t drawn : batches_.sample(train_count(), spec_.batch)) {
      const auto k = static_cast<std::size_t>(drawn);
      batch_.pairs.push_back(all_.pairs[2 * k]);
      batch_.pairs.push_back(all_.pairs[2 * k + 1]);
      batch_.targets.push_back(all_.targets[k]);
    }
  }

  TrajectoryPoint point(std::int64_t t, const Metrics& now) const {
    const auto share = [](Index part, Index whole) {
      return static_cast<double>(part) / static_cast<double>(whole);
    };
    TrajectoryPoint p;
    p.step = t;
    p.train_loss = now.train_loss;
    p.train_accuracy = share(now.train_correct, train_count());
    if (validation_count() > 0) {
      p.validation_loss = now.validation_loss;
      p.validation_accuracy = share(now.validation_correct, validation_count());
    }
    if (has_rqi(task_)) {
      p.rqi = now.rqi;
    }
    p.norms = network_.norms(train_count());
    p.embeddings = embeddings_;
    return p;
  }

  const RunSpec& spec_;
  Task task_;
  std::vector<Sample> train_;
  RqiMeter rqi_;
  Batch all_;  // training samples, then validation samples
  Network<Real> network_;
  Batch batch_;                 // the mini-batch of a step
  Eigen::MatrixXd embeddings_;  // those that were measured last
  bool full_batch_;
  RandomStream batches_;
  Milestones milestones_;
  bool resumed_ = false;
};

}  // namespace

TracedRun train_traced(const RunSpec& resolved, const OneRun& one, const InitialState* initial) {
  require_in_range<std::int64_t>("train", "stride", one.stride, 0, 1'000'000'000);
  if (initial != nullptr) {
    check_initial_state(*initial, resolved, "train");
  }
  const InitialState state = initial != nullptr ? *initial : draw_initial_state(resolved);
  TracedRun run = resolved.precision == "float64" ? Trainer<double>(resolved, state).run(one)
                                                  : Trainer<float>(resolved, state).run(one);
  run.trained.labels = state.labels;
  return run;
}

TracedRun train_traced(const RunSpec& spec, std::int64_t stride, const InitialState* initial,
                       const std::function<bool()>& stop) {
  const Run run = run_of(spec);
  require_memory(run.model().cost(run).bytes, 1, 1);
  const std::vector<std::string> keep;
  return train_traced(run.as<RunSpec>(), {.run = run, .stride = stride, .keep = keep, .stop = stop},
                      initial);
}

std::vector<Record> train(std::span<const RunSpec> specs, const Workers& workers,
                          const std::function<void(const std::string&)>& notice) {
  std::vector<Run> runs;
  for (const RunSpec& spec : specs) {
    runs.push_back(run_of(spec));
  }
  std::vector<Record> records;
  for (const Outcome& outcome : grok::train(runs, workers, notice)) {
    records.push_back(outcome.as<Record>());
  }
  return records;
}

}  // namespace grok::toy
