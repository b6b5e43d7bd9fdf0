// bench/simulate_scaling.cpp: rank 0 handing out the runs of a study to 1 .. 10,000 workers, as
// events in time: how efficient, with which size of chunk, and when rank 0 is the bottleneck.
//   simulate_scaling STORE FILTER recorded|steps RUNS_PER_WORKER STORE_DIRECTORY
//   STORE, FILTER  runs of this store (SQL: "task = 'addition' and steps = 100000"), in the order
//   in
//                  which they were kept. Their times are resampled in blocks of 50, since long runs
//                  lie side by side in a phase diagram.
//   recorded       `seconds` as they were, stalls of the machine included
//   steps          `steps_done` times the median of seconds per step: without the stalls
//   Rank 0 does one thing at a time: results that have come, then one order, to a rank that is idle
//   if there is one (mpi/lead.cpp). What that costs is measured first, with the code of `study
//   run`, on a new store in STORE_DIRECTORY. A packet takes `latency` on its way. Workers have one
//   thread. Rank 0 does not train.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <iostream>
#include <queue>
#include <vector>

#include "compare/store/store_file.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "mpi/chunk_size.hpp"
#include "mpi/messages.hpp"
#include "nets/toy/model.hpp"

using namespace grok;

namespace {

constexpr double latency = 1e-3;  // [s]: ranks sleep up to 2 ms between two looks
constexpr std::int64_t block = 50;

// What rank 0 spends, medians [s].
struct Service {
  double claim = 0;    // entering that a run has begun
  double commit = 0;   // keeping a record
  double message = 0;  // writing and reading a result
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Service measured_service(const std::filesystem::path& folder) {
  const auto file = folder / "simulate_scaling.db";
  std::vector<double> claims, commits, messages;
  {
    Store store(file);
    StoreWorker worker(store, {});
    for (std::int64_t seed = 0; seed < 1000; ++seed) {
      toy::RunSpec spec;
      spec.seed = seed;
      const Run run = toy::run_of(spec, "simulate");
      toy::Record record;
      record.phase = "grokking";
      const Outcome outcome = toy::outcome_of(record);
      const Message message = Result{seed, outcome.values(), {}, {}, "x86-64-v4"};
      claims.push_back(seconds_of([&] { worker.take(run); }));
      messages.push_back(seconds_of([&] { decoded(encoded({&message, 1})); }));
      commits.push_back(seconds_of([&] { worker.finish(run, {outcome}); }));
    }
  }
  for (const char* ending : {"", "-wal", "-shm"}) {
    std::filesystem::remove(file.string() + ending);
  }
  return {median(claims), median(commits), median(messages)};
}

std::vector<double> recorded_times(const std::string& path, const std::string& filter,
                                   const std::string& kind) {
  const StoreFile file(path, true);
  const Statement s =
      file.prepare("select seconds, steps_done from runs where steps_done > 0 and " + filter +
                   " order by rowid");
  std::vector<double> times, steps, rates;
  while (sqlite3_step(s.get()) == SQLITE_ROW) {
    times.push_back(sqlite3_column_double(s.get(), 0));
    steps.push_back(sqlite3_column_double(s.get(), 1));
    rates.push_back(times.back() / steps.back());
  }
  if (std::ssize(times) < block) {
    throw Error(fmt::format("{}: runs = {}, allowed {} or more", path, times.size(), block));
  }
  if (kind == "steps") {
    const double rate = median(rates);
    std::ranges::transform(steps, times.begin(), [rate](double n) { return rate * n; });
  } else if (kind != "recorded") {
    reject("simulate_scaling", "times", "'" + kind + "'", "recorded, steps");
  }
  return times;
}

std::vector<double> resampled(const std::vector<double>& times, std::int64_t count,
                              RandomStream& random) {
  std::vector<double> drawn;
  while (std::ssize(drawn) < count) {
    const auto start = static_cast<std::ptrdiff_t>(random.below(std::ssize(times) - block + 1));
    drawn.insert(drawn.end(), times.begin() + start, times.begin() + start + block);
  }
  drawn.resize(static_cast<std::size_t>(count));
  return drawn;
}

struct Policy {
  std::string name;
  std::function<std::int64_t(const ChunkRequest&)> chunk;
};

std::vector<Policy> policies() {
  const auto fixed = [](std::int64_t size) {
    return [size](const ChunkRequest& r) { return std::min(r.remaining, size); };
  };
  return {{"one, when idle", [](const ChunkRequest& r) { return std::min(r.remaining, r.idle); }},
          {"fixed 16", fixed(16)},
          {"guided, R/2W",
           [](const ChunkRequest& r) {
             return std::min(r.remaining,
                             std::max<std::int64_t>(r.idle, r.remaining / (2 * r.all_lanes)));
           }},
          {"chunk_size", chunk_size}};
}

struct Simulated {
  double end = 0;   // of the last commit [s]
  double busy = 0;  // of rank 0 [s]
};

class Simulation {
 public:
  Simulation(const std::vector<double>& times, std::int64_t workers, const Policy& policy,
             const Service& service)
      : times_(times),
        policy_(policy),
        service_(service),
        workers_(static_cast<std::size_t>(workers)) {}

  Simulated run() {
    for (std::size_t w = 0; w < workers_.size(); ++w) {
      events_.push({0, Kind::packet, w, false, true});
    }
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      if (event.kind == Kind::run_ends) {
        end_run(event.time, event.worker);
      } else if (event.kind == Kind::packet) {
        inbox_.push_back(event);
        wake(event.time);
      } else {
        serve(event.time);
      }
    }
    return out_;
  }

 private:
  enum class Kind { run_ends, packet, serve };
  struct Event {
    double time = 0;
    Kind kind = Kind::serve;
    std::size_t worker = 0;
    bool result = false, idle = false;
    bool operator<(const Event& other) const { return time > other.time; }  // earliest on top
  };
  struct Worker {
    std::deque<double> waiting;
    bool running = false;
  };

  void wake(double time) {
    if (!serving_) {
      serving_ = true;
      events_.push({time, Kind::serve, 0, false, false});
    }
  }

  // One thing, then the next one when it is done.
  void serve(double time) {
    double spent = 0;
    if (!inbox_.empty()) {
      const Event packet = inbox_.front();
      inbox_.pop_front();
      spent = service_.message + (packet.result ? service_.commit : 0);
      if (workers_[packet.worker].waiting.empty()) {
        (packet.idle ? idle_ : ahead_).push_back(packet.worker);
      }
    } else if (next_ < std::ssize(times_) && !(idle_.empty() && ahead_.empty())) {
      spent = hand_out(time);
    } else {
      serving_ = false;
      return;
    }
    out_.busy += spent;
    out_.end = std::max(out_.end, time + spent);
    events_.push({time + spent, Kind::serve, 0, false, false});
  }

  double hand_out(double time) {
    const bool idle = !idle_.empty();
    auto& queue = idle ? idle_ : ahead_;
    const std::size_t w = queue.front();
    queue.pop_front();
    if (!workers_[w].waiting.empty() || (!idle && !workers_[w].running)) {
      return 0;  // asked twice
    }
    const std::int64_t count = policy_.chunk({.remaining = std::ssize(times_) - next_,
                                              .idle = idle ? 1 : 0,
                                              .lanes = 1,
                                              .all_lanes = std::ssize(workers_),
                                              .others_idle = !idle_.empty()});
    const double spent = static_cast<double>(count) * service_.claim;
    for (std::int64_t k = 0; k < count; ++k) {
      workers_[w].waiting.push_back(times_[static_cast<std::size_t>(next_++)]);
    }
    if (count > 0 && !workers_[w].running) {
      begin_run(time + spent + latency, w);
      if (workers_[w].waiting.empty()) {
        events_.push({time + spent + 2 * latency, Kind::packet, w, false, false});
      }
    }
    return spent;
  }

  void begin_run(double time, std::size_t w) {
    Worker& worker = workers_[w];
    worker.running = true;
    events_.push({time + worker.waiting.front(), Kind::run_ends, w, false, false});
    worker.waiting.pop_front();
  }

  void end_run(double time, std::size_t w) {
    Worker& worker = workers_[w];
    worker.running = false;
    if (!worker.waiting.empty()) {
      begin_run(time, w);
    }
    events_.push({time + latency, Kind::packet, w, true, !worker.running});
  }

  const std::vector<double>& times_;
  const Policy& policy_;
  const Service& service_;
  std::vector<Worker> workers_;
  std::priority_queue<Event> events_;
  std::deque<Event> inbox_;               // of rank 0
  std::deque<std::size_t> idle_, ahead_;  // ask because they are idle, or ahead of need
  std::int64_t next_ = 0;                 // run that nobody has
  bool serving_ = false;
  Simulated out_;
};

void print_table(const std::vector<double>& recorded, std::int64_t each, const Service& service) {
  fmt::print("| workers | runs | ideal [s] |");
  for (const Policy& policy : policies()) {
    fmt::print(" {} |", policy.name);
  }
  fmt::print(" rank 0 busy |\n|---|---|---|---|---|---|---|---|\n");
  for (const std::int64_t workers : {1, 3, 10, 30, 100, 300, 1000, 3000, 10'000}) {
    RandomStream random(58, "scaling");
    const auto times = resampled(recorded, each * workers, random);
    double sum = 0;
    for (const double time : times) {
      sum += time;
    }
    const double ideal =
        std::max(sum / static_cast<double>(workers), *std::ranges::max_element(times));
    fmt::print("| {} | {} | {:.0f} |", workers, times.size(), ideal);
    Simulated last;
    for (const Policy& policy : policies()) {
      last = Simulation(times, workers, policy, service).run();
      fmt::print(" {:.1f} % |", 100 * ideal / last.end);
    }
    fmt::print(" {:.1f} % |\n", 100 * last.busy / last.end);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  try {
    if (args.size() != 5) {
      throw Error("simulate_scaling STORE FILTER recorded|steps RUNS_PER_WORKER STORE_DIRECTORY");
    }
    const auto times = recorded_times(args[0], args[1], args[2]);
    const Service service = measured_service(args[4]);
    double mean = 0;
    for (const double time : times) {
      mean += time / static_cast<double>(times.size());
    }
    const double each = service.claim + service.commit + service.message;
    fmt::print("{} recorded runs: mean {:.3g} s, median {:.3g} s, longest {:.4g} s\n", times.size(),
               mean, median(times), *std::ranges::max_element(times));
    fmt::print("rank 0, per run: claim {:.3g} ms, commit {:.3g} ms, message {:.3g} ms\n",
               1e3 * service.claim, 1e3 * service.commit, 1e3 * service.message);
    fmt::print("rank 0 is busy all the time from {:.0f} workers on ({:.0f} runs a second)\n",
               mean / each, 1 / each);
    print_table(times, std::stoll(args[3]), service);
  } catch (const std::exception& error) {
    std::cerr << "simulate_scaling: " << error.what() << '\n';
    return 1;
  }
}
