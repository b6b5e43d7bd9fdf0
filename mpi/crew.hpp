// mpi/crew.hpp: the training threads of one rank, behind a queue, so that its main thread is free
// to talk to the others.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "mpi/messages.hpp"
#include "nets/train.hpp"

namespace grok {

/// Networks that `workers` train side by side: threads of the cpu engine; on the torch engine what
/// makes an ensemble worth while, 8 for each thread of the CPU, 256 on a GPU.
std::int64_t lanes_of(const Workers& workers);

class Crew {
 public:
  /// What is wanted of every run beside its record, as TrainOptions has it.
  struct Wanted {
    std::int64_t stride = 0;
    std::vector<std::string> keep = {};
    double checkpoint_seconds = 0;  // 0: no checkpoints
    friend bool operator==(const Wanted&, const Wanted&) = default;
  };
  /// `workers`: chosen, no "auto".
  Crew(const Workers& workers, Wanted wanted);
  ~Crew();  // halts
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  struct Job {
    std::int64_t place = 0;  // what messages say of it
    Run run;
    std::vector<OnShelf> shelf = {};
  };
  void add(std::vector<Job> jobs);
  /// Result, Shelved, Failure and Fatal since the last call.
  std::vector<Message> take_messages();
  struct Load {
    std::int64_t waiting = 0;  // runs that nobody has begun
    std::int64_t idle = 0;     // lanes without a run, waiting ones counted
  };
  Load load() const;
  /// Drops what is in flight or waits; messages of what was finished can still be taken.
  void halt();

 private:
  std::vector<Job> next(std::size_t most, std::int64_t lanes);
  void work(std::size_t most, std::int64_t lanes);
  void train(const std::vector<Job>& jobs);
  void tell(Message message);

  Workers workers_;
  Wanted wanted_;
  std::int64_t lanes_ = 1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::vector<Message> messages_;
  std::map<std::string, std::string> engine_builds_;
  std::int64_t busy_ = 0;  // lanes
  std::atomic<bool> halted_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace grok
