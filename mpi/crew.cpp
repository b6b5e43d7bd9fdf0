#include "mpi/crew.hpp"

#include <algorithm>
#include <iterator>

#include "compare/store/artefacts.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr std::int64_t members_cuda = 256, members_cpu = 8;

std::optional<Artefact> found_on_shelf(const std::vector<Crew::Job>& jobs, const Run& run,
                                       const std::string& name) {
  for (const Crew::Job& job : jobs) {
    for (const OnShelf& one : job.shelf) {
      if (one.identity == run.name() && one.artefact.name == name) {
        return one.artefact;
      }
    }
  }
  return {};
}

}  // namespace

std::int64_t lanes_of(const Workers& workers) {
  if (workers.device == "cuda") {
    return members_cuda;
  }
  return workers.engine == "torch" ? members_cpu * workers.threads : workers.threads;
}

Crew::Crew(const Workers& workers, Wanted wanted)
    : workers_(workers), wanted_(std::move(wanted)), lanes_(lanes_of(workers)) {
  if (workers_.engine == "torch") {  // has threads of its own, and wants many networks at once
    threads_.emplace_back([this] { work(static_cast<std::size_t>(lanes_), lanes_); });
    return;
  }
  const int threads = workers_.threads;
  workers_.threads = 1;
  for (int thread = 0; thread < threads; ++thread) {
    threads_.emplace_back([this] { work(1, 1); });
  }
}

Crew::~Crew() { halt(); }

void Crew::add(std::vector<Job> jobs) {
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(jobs, std::back_inserter(waiting_));
  }
  changed_.notify_all();
}

std::vector<Message> Crew::take_messages() {
  const std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
}

Crew::Load Crew::load() const {
  const std::lock_guard lock(mutex_);
  const std::int64_t waiting = std::ssize(waiting_);
  return {waiting, std::max<std::int64_t>(0, lanes_ - busy_ - waiting)};
}

void Crew::halt() {
  {
    const std::lock_guard lock(mutex_);
    halted_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  threads_.clear();  // joins
}

// Taken and busy in one step: nobody sees a lane idle between the two.
std::vector<Crew::Job> Crew::next(std::size_t most, std::int64_t lanes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return halted_ || !waiting_.empty(); });
  std::vector<Job> jobs;
  while (!halted_ && !waiting_.empty() && jobs.size() < most) {
    jobs.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  busy_ += lanes;
  return jobs;
}

void Crew::work(std::size_t most, std::int64_t lanes) {
  while (true) {
    const std::vector<Job> jobs = next(most, lanes);
    if (jobs.empty()) {  // halted
      return;
    }
    try {
      train(jobs);
    } catch (const Interrupted&) {
      return;
    } catch (const InputError& error) {
      tell(Fatal{2, error.what()});
    } catch (const std::exception& error) {
      tell(Fatal{1, error.what()});
    }
    const std::lock_guard lock(mutex_);
    busy_ -= lanes;
  }
}

void Crew::train(const std::vector<Job>& jobs) {
  std::vector<Run> runs;
  for (const Job& job : jobs) {
    runs.push_back(job.run);
  }
  TrainOptions options;
  options.workers = workers_;
  options.stride = wanted_.stride;
  options.keep = wanted_.keep;
  options.stop = [this] { return halted_.load(); };
  options.shelf = [&jobs](const Run& run, const std::string& name) {
    return found_on_shelf(jobs, run, name);
  };
  if (wanted_.checkpoint_seconds > 0) {
    options.checkpoint_seconds = wanted_.checkpoint_seconds;
    options.shelve = [&](std::size_t k, const Artefact& checkpoint) {
      if (std::ssize(checkpoint.bytes) <= max_artefact_bytes) {  // no store takes a larger one
        tell(Shelved{jobs[k].place, checkpoint});
      }
    };
  }
  options.failed = [&](std::size_t k, const std::string& reason) {
    tell(Failure{jobs[k].place, reason});
  };
  options.finished = [&](std::size_t k, const Finished& finished) {
    Result result{jobs[k].place, finished.outcome.values(), finished.curve, finished.artefacts, {}};
    {
      const std::lock_guard lock(mutex_);
      const std::string engine = text_of(finished.outcome[Role::engine]);
      std::string& build = engine_builds_[engine];
      build = build.empty() ? engine_build(engine) : build;
      result.engine_build = build;
    }
    tell(std::move(result));
  };
  train_each(runs, options);
}

void Crew::tell(Message message) {
  const std::lock_guard lock(mutex_);
  messages_.push_back(std::move(message));
}

}  // namespace grok
