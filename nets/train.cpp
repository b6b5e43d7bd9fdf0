#include "nets/train.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "core/errors.hpp"
#include "core/parallel.hpp"

namespace grok {
namespace {

void require_able(const Model& model, const TrainOptions& options) {
  const auto engines = model.engines();
  if (std::ranges::find(engines, options.workers.engine) == engines.end()) {
    reject("train", "engine", "'" + options.workers.engine + "'",
           fmt::format("{} (model {})", fmt::join(engines, ", "), model.name()));
  }
  const auto known = model.artefacts();
  for (const std::string& name : options.keep) {
    if (std::ranges::find(known, name) == known.end()) {
      reject("train", "keep", "'" + name + "'",
             fmt::format("{} (model {})",
                         known.empty() ? "nothing" : fmt::format("{}", fmt::join(known, ", ")),
                         model.name()));
    }
  }
}

/// Numbers of a part of the runs in place of those of all of them.
TrainOptions renumbered(const TrainOptions& options, const std::vector<std::size_t>& numbers) {
  TrainOptions part = options;
  if (options.start) {
    part.start = [&](std::size_t k) { return options.start(numbers[k]); };
  }
  if (options.finished) {
    part.finished = [&](std::size_t k, const Finished& f) { options.finished(numbers[k], f); };
  }
  if (options.failed) {
    part.failed = [&](std::size_t k, const std::string& why) { options.failed(numbers[k], why); };
  }
  if (options.dropped) {
    part.dropped = [&](std::size_t k, std::int64_t step, const Curve& curve) {
      options.dropped(numbers[k], step, curve);
    };
  }
  if (options.shelve) {
    part.shelve = [&](std::size_t k, const Artefact& a) { options.shelve(numbers[k], a); };
  }
  return part;
}

/// The runs of a call, on the threads of this process.
class Floor {
 public:
  Floor(std::span<const Run> runs, const TrainOptions& options,
        const std::function<Finished(const OneRun&)>& train_one)
      : runs_(runs), options_(options), train_one_(train_one) {}

  void run() {
    parallel_for(std::ssize(runs_), options_.workers.threads, [this](std::int64_t k) {
      try {
        train(static_cast<std::size_t>(k));
      } catch (const Interrupted&) {
        if (!failed_) {
          throw;  // as asked; else it would hide why
        }
      } catch (...) {
        failed_ = true;  // the others need not end their runs then
        throw;
      }
    });
  }

 private:
  bool stopped() const { return failed_ || (options_.stop && options_.stop()); }

  void train(std::size_t index) {
    if (stopped()) {
      throw_stopped();
    }
    if (options_.start) {
      const std::lock_guard lock(telling_);
      if (!options_.start(index)) {
        return;
      }
    }
    const auto finished = train_or_tell(index);
    if (finished && options_.finished) {
      const std::lock_guard lock(telling_);
      options_.finished(index, *finished);
    }
  }

  // Empty if the run failed and somebody wants to know why.
  std::optional<Finished> train_or_tell(std::size_t index) {
    try {
      return train_one_(one(index));
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      if (!options_.failed) {
        throw;
      }
      const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
      const std::lock_guard lock(telling_);
      options_.failed(index, memory ? "out of memory" : error.what());
      return {};
    }
  }

  OneRun one(std::size_t index) {
    OneRun one{.run = runs_[index], .stride = options_.stride, .keep = options_.keep};
    one.stop = [this] { return stopped(); };
    one.checkpoint_seconds = options_.checkpoint_seconds;
    if (options_.shelf) {
      one.shelf = [this](const Run& run, const std::string& name) {
        const std::lock_guard lock(telling_);
        return options_.shelf(run, name);
      };
    }
    if (options_.shelve) {
      one.shelve = [this, index](const Artefact& artefact) {
        const std::lock_guard lock(telling_);
        options_.shelve(index, artefact);
      };
    }
    if (options_.dropped) {
      one.dropped = [this, index](std::int64_t step, const Curve& curve) {
        const std::lock_guard lock(telling_);
        options_.dropped(index, step, curve);
      };
    }
    return one;
  }

  std::span<const Run> runs_;
  const TrainOptions& options_;
  const std::function<Finished(const OneRun&)>& train_one_;
  std::mutex telling_;
  std::atomic<bool> failed_ = false;
};

}  // namespace

bool OneRun::keeps(std::string_view artefact) const {
  return std::ranges::find(keep, artefact) != keep.end();
}

std::optional<Artefact> OneRun::found(const Run& whose, const std::string& artefact) const {
  return shelf ? shelf(whose, artefact) : std::nullopt;
}

void throw_stopped() { throw Interrupted("train: stopped as asked"); }

void require_memory(double largest, std::int64_t networks, std::int64_t threads) {
  const auto present =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const auto together = std::min(threads, networks);
  if (largest * static_cast<double>(together) > present) {
    throw Error(
        fmt::format("train: memory = {:.3g} GB for {}, allowed {:.3g} GB",
                    largest * static_cast<double>(together) / 1e9,
                    together == 1 ? "one network" : fmt::format("networks on {} threads", together),
                    present / 1e9));
  }
}

void train_on_cores(std::span<const Run> runs, const TrainOptions& options,
                    const std::function<Finished(const OneRun&)>& train_one) {
  double largest = 0;
  for (const Run& run : runs) {
    largest = std::max(largest, run.model().cost(run).bytes);
  }
  require_memory(largest, std::ssize(runs), options.workers.threads);
  Floor(runs, options, train_one).run();
}

void train_each(std::span<const Run> runs, const TrainOptions& options) {
  std::vector<std::pair<const Model*, std::vector<std::size_t>>> parts;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const auto part = std::ranges::find(parts, &runs[k].model(), [](auto& p) { return p.first; });
    if (part == parts.end()) {
      require_able(runs[k].model(), options);
      parts.push_back({&runs[k].model(), {k}});
    } else {
      part->second.push_back(k);
    }
  }
  for (const auto& [model, numbers] : parts) {
    if (parts.size() == 1) {
      model->train(runs, options);
      return;
    }
    std::vector<Run> own;
    for (const std::size_t number : numbers) {
      own.push_back(runs[number]);
    }
    model->train(own, renumbered(options, numbers));
  }
}

std::vector<Outcome> train(std::span<const Run> runs, const Workers& workers,
                           const std::function<void(const std::string&)>& notice) {
  std::vector<Outcome> outcomes(runs.size());
  TrainOptions options;
  options.workers = workers;
  options.notice = notice;
  options.finished = [&](std::size_t k, const Finished& f) { outcomes[k] = f.outcome; };
  train_each(runs, options);
  return outcomes;
}

}  // namespace grok
