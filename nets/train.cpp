#include "nets/train.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "nets/toy/network.hpp"
#include "nets/toy/outcome.hpp"
#include "nets/torch_engine.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

constexpr const char* stopped_text = "train: stopped as asked";

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

  TracedRun run(std::int64_t stride, const std::function<bool()>& stop) {
    const RunLimits limits = run_limits(spec_, train_count(), validation_count());
    Milestones milestones;
    TracedRun out;
    for (std::int64_t t = 0;; ++t) {
      const Metrics now = measure();
      note(milestones, limits, t, now);
      if (stride > 0 && (t % stride == 0 || milestones.ended)) {
        out.trajectory.push_back(point(t, now));
      }
      if (milestones.ended) {
        out.record = make_record(spec_, train_, milestones, now, embeddings_);
        out.trained = network_.state();
        out.trained.train = train_;
        return out;
      }
      if (stop && stop()) {
        throw Interrupted(stopped_text);
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
    p.rqi = now.rqi;
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
};

// Before the system promises more than it has, and ends the program for it.
void require_memory(std::span<const RunSpec> specs, int threads) {
  double largest = 0;
  for (const RunSpec& spec : specs) {
    largest = std::max(largest, step_cost(spec).bytes);
  }
  const auto present =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const auto together = std::min<std::int64_t>(threads, std::ssize(specs));
  if (largest * static_cast<double>(together) > present) {
    throw Error(
        fmt::format("train: memory = {:.3g} GB for {}, allowed {:.3g} GB",
                    largest * static_cast<double>(together) / 1e9,
                    together == 1 ? "one network" : fmt::format("networks on {} threads", together),
                    present / 1e9));
  }
}

// On one core: empty if the run failed and somebody wants to know why.
std::optional<TracedRun> train_or_tell(const RunSpec& spec, std::size_t index,
                                       const TrainOptions& options, std::mutex& telling,
                                       const std::function<bool()>& stop) {
  try {
    return train_traced(spec, options.stride, nullptr, stop);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    if (!options.failed) {
      throw;
    }
    const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
    const std::lock_guard lock(telling);
    options.failed(index, memory ? "out of memory" : error.what());
    return {};
  }
}

void train_on_cores(std::span<const RunSpec> specs, const TrainOptions& options) {
  std::mutex telling;
  std::atomic<bool> failed = false;  // the others need not end their runs then
  const auto stop = [&] { return failed || (options.stop && options.stop()); };
  const auto train_one = [&](std::size_t index) {
    if (stop()) {
      throw Interrupted(stopped_text);
    }
    if (options.start) {
      const std::lock_guard lock(telling);
      if (!options.start(index)) {
        return;
      }
    }
    const auto run = train_or_tell(specs[index], index, options, telling, stop);
    if (run && options.finished) {
      const std::lock_guard lock(telling);
      options.finished(index, run->record, run->trajectory);
    }
  };
  parallel_for(std::ssize(specs), options.workers.threads, [&](std::int64_t k) {
    try {
      train_one(static_cast<std::size_t>(k));
    } catch (const Interrupted&) {
      if (!failed) {
        throw;  // as asked; else it would hide why
      }
    } catch (...) {
      failed = true;
      throw;
    }
  });
}

void train_in_ensembles(std::span<const RunSpec> specs, const TrainOptions& options) {
  if (options.stride > 0) {
    reject("train", "engine", "'torch'", "cpu where trajectories are wanted");
  }
  const LoadedEngine& loaded = torch_engine();
  if (loaded.engine == nullptr) {
    reject("train", "engine", "'torch'", "cpu (" + loaded.why_not + ")");
  }
  EnsembleOptions ensembles{.device = options.workers.device, .threads = options.workers.threads};
  ensembles.start = options.start;
  ensembles.stop = options.stop;
  ensembles.notice = options.notice;
  if (options.finished) {
    ensembles.finished = [&options](std::size_t k, const Record& record) {
      options.finished(k, record, {});
    };
  }
  loaded.engine->train(specs, ensembles);
}

}  // namespace

TracedRun train_traced(const RunSpec& spec, std::int64_t stride, const InitialState* initial,
                       const std::function<bool()>& stop) {
  const auto start = std::chrono::steady_clock::now();
  const RunSpec resolved = resolve(spec, "train");
  require_in_range<std::int64_t>("train", "stride", stride, 0, 1'000'000'000);
  if (initial != nullptr) {
    check_initial_state(*initial, resolved, "train");
  }
  require_memory({&resolved, 1}, 1);
  const InitialState state = initial != nullptr ? *initial : draw_initial_state(resolved);
  TracedRun run = resolved.precision == "float64"
                      ? Trainer<double>(resolved, state).run(stride, stop)
                      : Trainer<float>(resolved, state).run(stride, stop);
  run.trained.labels = state.labels;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  run.record.seconds = elapsed.count();
  return run;
}

void train_each(std::span<const RunSpec> asked, const TrainOptions& options) {
  std::vector<RunSpec> specs;
  for (const RunSpec& spec : asked) {
    specs.push_back(resolve(spec, "train"));
  }
  const Workers& workers = options.workers;
  if (workers.device == "cpu") {
    require_memory(specs, workers.threads);
  }
  if (workers.engine == "cpu") {
    train_on_cores(specs, options);
  } else if (workers.engine == "torch") {
    train_in_ensembles(specs, options);
  } else {
    reject("train", "engine", "'" + workers.engine + "'", "cpu, torch");
  }
}

std::vector<Record> train(std::span<const RunSpec> specs, const Workers& workers,
                          const std::function<void(const std::string&)>& notice) {
  std::vector<Record> records(specs.size());
  TrainOptions options;
  options.workers = workers;
  options.notice = notice;
  options.finished = [&](std::size_t k, const Record& record, auto&&) { records[k] = record; };
  train_each(specs, options);
  return records;
}

}  // namespace grok
