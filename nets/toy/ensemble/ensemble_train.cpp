// nets/toy/ensemble/ensemble_train.cpp: runs in, records out: runs of one shape share ensembles; a
// run that has ended makes room for the next, and with none left the ensemble shrinks.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "nets/toy/ensemble/ensemble.hpp"
#include "nets/toy/ensemble/ensemble_device.hpp"
#include "nets/toy/ensemble/ensemble_engine.hpp"
#include "nets/toy/outcome.hpp"

namespace grok::toy {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void require_device(const std::string& device) {
  if (device == "cpu") {
    return;
  }
  if (device != "cuda") {
    reject("train", "--device", fmt::format("'{}'", device), "cpu, cuda");
  }
  const CudaReport report = cuda_report();
  if (!report.built || report.devices == 0) {
    reject("train", "--device", "'cuda'",
           report.built ? "cpu (no CUDA device answers)"
                        : fmt::format("cpu (this LibTorch {} has no CUDA)", libtorch_version()));
  }
}

/// Runs of one shape that nobody trains yet.
class Queue {
 public:
  /// Most members that memory has taken.
  std::atomic<std::int64_t> largest = std::numeric_limits<std::int64_t>::max();

  explicit Queue(std::vector<std::size_t> runs) : runs_(runs.begin(), runs.end()) {}

  std::optional<std::size_t> take() {
    const std::lock_guard lock(mutex_);
    if (runs_.empty()) {
      return std::nullopt;
    }
    const std::size_t run = runs_.front();
    runs_.pop_front();
    return run;
  }
  void give_back(std::size_t run) {
    const std::lock_guard lock(mutex_);
    runs_.push_front(run);
  }
  std::int64_t size() const {
    const std::lock_guard lock(mutex_);
    return std::ssize(runs_);
  }

 private:
  mutable std::mutex mutex_;
  std::deque<std::size_t> runs_;
};

/// What all workers share.
class Campaign {
 public:
  Campaign(std::span<const RunSpec> specs, const EnsembleOptions& options)
      : options_(options),
        records_(specs.size()),
        helpers_(options.device == "cuda" ? options.threads : 1) {
    require_in_range("train", "threads", options.threads, 1, 4096);
    require_in_range<std::int64_t>("train", "members", options.members, 0, 65'535);
    require_in_range<std::int64_t>("train", "memory", options.memory, 0,
                                   std::numeric_limits<std::int64_t>::max());
    specs_.reserve(specs.size());
    std::map<std::string, std::vector<std::size_t>> shapes;
    for (std::size_t k = 0; k < specs.size(); ++k) {
      specs_.push_back(resolve(specs[k], "train"));
      shapes[shape_text(specs_.back())].push_back(k);
    }
    for (auto& [shape, runs] : shapes) {
      queues_.push_back(std::make_unique<Queue>(std::move(runs)));
    }
  }

  std::vector<Record> run() {
    const bool cuda = options_.device == "cuda";
    const int workers = cuda ? 1 : options_.threads;
    alone_ = workers == 1;
    parallel_for(workers, workers, [&](std::int64_t) {
      set_numeric_threads(1);
      try {
        for (const std::unique_ptr<Queue>& queue : queues_) {
          if (!train_queue(*queue, workers)) {
            return;
          }
        }
      } catch (...) {
        failed_ = true;
        throw;
      }
    });
    alone_ = true;  // for what other workers gave back for lack of memory
    for (const std::unique_ptr<Queue>& queue : queues_) {
      train_queue(*queue, 1);
    }
    return std::move(records_);
  }

 private:
  /// A run in an ensemble.
  struct Seat {
    std::optional<std::size_t> run;
    double seconds = 0;
  };
  struct Finished {
    std::size_t run;
    MemberState state;
    Eigen::MatrixXd embeddings;
    double seconds;
  };

  bool train_queue(Queue& queue, int workers);
  std::optional<std::size_t> next(Queue& queue);
  std::int64_t members_for(const EnsembleLayout& layout, std::int64_t most);
  bool make_do(Queue& queue, const EnsembleLayout& layout, std::int64_t members);
  void train_ensemble(Queue& queue, const RunSpec& shape, std::int64_t members);
  void seat(Ensemble& ensemble, std::vector<Seat>& seats, Queue& queue);
  void load(Ensemble& ensemble, const std::vector<Seat>& seats,
            const std::vector<std::int64_t>& slots);
  void collect(Ensemble& ensemble, const std::vector<MemberState>& states, std::vector<Seat>& seats,
               std::vector<Finished>& finished);
  void deliver(std::vector<Finished>& finished);
  void notice(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (options_.notice && said_.insert(text).second) {
      options_.notice(text);
    }
  }
  void require_one_fits(const EnsembleLayout& layout, std::int64_t allowed) const {
    const std::int64_t one = layout.bytes(1, Ensemble::chunk_steps);
    if (one > allowed) {
      throw Error(fmt::format("train: memory = {} bytes for one network, allowed {} (device {})",
                              one, allowed, options_.device));
    }
  }
  std::int64_t free_memory() const {
    release_cached_memory();  // which LibTorch keeps and the device counts as taken
    return cuda_report().free_bytes;
  }

  const EnsembleOptions& options_;
  std::vector<RunSpec> specs_;
  std::vector<std::unique_ptr<Queue>> queues_;
  std::vector<Record> records_;
  int helpers_;         // threads for the work beside a GPU
  bool alone_ = false;  // one worker is left, and the whole memory is its
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::set<std::string> said_;
};

// On the CPU members take turns, and many only leave the cache: steps per second of 1 to 16 members
// differ by less than 15 %, those of 2 are among the best for widths 32 to 200. On the GPU as many
// as its memory takes, up to what keeps every part of it busy.
std::int64_t Campaign::members_for(const EnsembleLayout& layout, std::int64_t most) {
  const bool cuda = options_.device == "cuda";
  constexpr std::int64_t cpu_members = 2, cuda_members = 4096;
  std::int64_t members = options_.members > 0 ? options_.members
                         : cuda               ? cuda_members
                                              : cpu_members;
  members = std::min(members, most);
  std::int64_t allowed = options_.memory;
  if (allowed == 0 && cuda) {
    allowed = free_memory() / 10 * 9;
  }
  if (allowed == 0) {
    return members;
  }
  require_one_fits(layout, allowed);
  const std::int64_t wanted = members;
  while (layout.bytes(members, Ensemble::chunk_steps) > allowed) {
    members = (members + 1) / 2;
  }
  if (members < wanted) {
    notice(fmt::format("train: memory: {} networks side by side instead of {} (allowed {} bytes)",
                       members, wanted, allowed));
  }
  return members;
}

// False: this worker is one too many for the memory.
bool Campaign::train_queue(Queue& queue, int workers) {
  while (!failed_) {
    const std::int64_t waiting = queue.size();
    std::optional<std::size_t> first = queue.take();
    if (!first) {
      return true;
    }
    queue.give_back(*first);
    const RunSpec& shape = specs_[*first];
    const EnsembleLayout layout(shape);
    const std::int64_t share = std::max<std::int64_t>(1, (waiting + workers - 1) / workers);
    const std::int64_t members = members_for(layout, std::min(share, queue.largest.load()));
    try {
      train_ensemble(queue, shape, members);
    } catch (const std::exception& failure) {
      if (!is_out_of_memory(failure)) {
        const std::string text = libtorch_failure(failure);
        if (!text.empty()) {
          throw Error("train: " + text);
        }
        throw;
      }
      release_cached_memory();
      if (!make_do(queue, layout, members)) {
        return false;
      }
    }
  }
  return true;
}

// Out of memory: half the members; with one left, a worker less; alone, no more.
bool Campaign::make_do(Queue& queue, const EnsembleLayout& layout, std::int64_t members) {
  if (members > 1) {
    const std::int64_t half = (members + 1) / 2;
    for (std::int64_t now = queue.largest; half < now;) {
      queue.largest.compare_exchange_weak(now, half);
    }
    notice(fmt::format("train: out of memory with {} networks side by side: {} from here on",
                       members, half));
    return true;
  }
  if (!alone_) {
    notice("train: out of memory: fewer threads from here on");
    return false;
  }
  const std::string one = fmt::format("train: memory = {} bytes for one network",
                                      layout.bytes(1, Ensemble::chunk_steps));
  throw Error(options_.device == "cuda"
                  ? fmt::format("{}, allowed {} (device cuda)", one, free_memory())
                  : one + ", more than the system gives (device cpu)");
}

void Campaign::train_ensemble(Queue& queue, const RunSpec& shape, std::int64_t members) {
  const auto ensemble = make_ensemble(shape, members, options_.device);
  const bool cuda = options_.device == "cuda";
  const std::int64_t stride = cuda ? ensemble_stride_cuda : ensemble_stride_cpu;
  std::vector<Seat> seats(static_cast<std::size_t>(members));
  std::vector<Finished> finished;
  try {
    while (!failed_) {
      if (options_.stop && options_.stop()) {
        throw Interrupted("train: stopped as asked");
      }
      const auto start = Clock::now();
      seat(*ensemble, seats, queue);
      if (seats.empty()) {
        break;
      }
      ensemble->run(stride);
      deliver(finished);  // while the device works
      const std::vector<MemberState> states = ensemble->states();
      const double share = seconds_since(start) / static_cast<double>(seats.size());
      for (Seat& s : seats) {
        s.seconds += share;
      }
      collect(*ensemble, states, seats, finished);
    }
    deliver(finished);
  } catch (...) {
    for (const Seat& s : seats) {
      if (s.run) {
        queue.give_back(*s.run);
      }
    }
    for (const Finished& f : finished) {
      queue.give_back(f.run);
    }
    throw;
  }
}

// The next run that may start.
std::optional<std::size_t> Campaign::next(Queue& queue) {
  while (const std::optional<std::size_t> run = queue.take()) {
    const std::lock_guard lock(mutex_);
    if (!options_.start || options_.start(*run)) {
      return run;
    }
  }
  return {};
}

// Fills empty seats from the queue; with nothing left there, empty seats go once they are an eighth
// of all: taking them out has its price.
void Campaign::seat(Ensemble& ensemble, std::vector<Seat>& seats, Queue& queue) {
  std::vector<std::int64_t> empty, filled;
  for (std::size_t k = 0; k < seats.size(); ++k) {
    if (seats[k].run) {
      continue;
    }
    seats[k] = {next(queue), 0};
    (seats[k].run ? filled : empty).push_back(static_cast<std::int64_t>(k));
  }
  load(ensemble, seats, filled);
  if (empty.size() == seats.size()) {
    seats.clear();
    return;
  }
  if (8 * empty.size() < seats.size() || empty.empty()) {
    return;
  }
  std::vector<Seat> left;
  for (const std::int64_t slot : ensemble.remove(empty)) {
    left.push_back(seats[static_cast<std::size_t>(slot)]);
  }
  seats = std::move(left);
}

// Some at a time, since initial states take memory.
void Campaign::load(Ensemble& ensemble, const std::vector<Seat>& seats,
                    const std::vector<std::int64_t>& slots) {
  constexpr std::int64_t at_once = 64;
  for (std::int64_t first = 0; first < std::ssize(slots); first += at_once) {
    const std::int64_t count = std::min(at_once, std::ssize(slots) - first);
    const auto spec = [&](std::int64_t k) -> const RunSpec& {
      return specs_[*seats[static_cast<std::size_t>(slots[static_cast<std::size_t>(first + k)])]
                         .run];
    };
    std::vector<InitialState> states(static_cast<std::size_t>(count));
    parallel_for(count, helpers_, [&](std::int64_t k) {
      states[static_cast<std::size_t>(k)] = draw_initial_state(spec(k));
    });
    for (std::int64_t k = 0; k < count; ++k) {
      ensemble.load(slots[static_cast<std::size_t>(first + k)], spec(k),
                    states[static_cast<std::size_t>(k)]);
    }
  }
}

void Campaign::collect(Ensemble& ensemble, const std::vector<MemberState>& states,
                       std::vector<Seat>& seats, std::vector<Finished>& finished) {
  for (std::size_t k = 0; k < seats.size(); ++k) {
    if (seats[k].run && states[k].milestones.ended) {
      finished.push_back({*seats[k].run, states[k],
                          ensemble.embeddings(static_cast<std::int64_t>(k)), seats[k].seconds});
      seats[k].run.reset();
    }
  }
}

void Campaign::deliver(std::vector<Finished>& finished) {
  std::vector<Record> made(finished.size());
  parallel_for(std::ssize(finished), helpers_, [&](std::int64_t k) {
    const Finished& f = finished[static_cast<std::size_t>(k)];
    const RunSpec& spec = specs_[f.run];
    Record& record = made[static_cast<std::size_t>(k)];
    record =
        make_record(spec, training_set_of(spec), f.state.milestones, f.state.last, f.embeddings);
    record.engine = "torch/" + options_.device;
    record.seconds = f.seconds;
  });
  for (; !finished.empty(); finished.pop_back(), made.pop_back()) {
    const std::size_t run = finished.back().run;
    const std::lock_guard lock(mutex_);
    records_[run] = made.back();
    if (options_.finished) {
      options_.finished(run, records_[run]);
    }
  }
}

}  // namespace

std::vector<Record> train_ensembles(std::span<const RunSpec> specs,
                                    const EnsembleOptions& options) {
  require_device(options.device);
  return Campaign(specs, options).run();
}

}  // namespace grok::toy
