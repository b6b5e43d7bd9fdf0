// mpi/lead.hpp: rank 0 of a study: it alone has the store, hands out runs as ranks become free, and
// trains with its own threads beside that.
//   A rank that leaves (asked to stop by a signal) or does not answer any more (where MPI does not
//   end the job then: mpirun --enable-recovery): its runs go to the others.
//   Results are those of one process, whatever the number of ranks.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "compare/store/store.hpp"
#include "mpi/crew.hpp"
#include "mpi/follow.hpp"
#include "mpi/messages.hpp"
#include "mpi/ranks.hpp"
#include "nets/train.hpp"

namespace grok {

/// From rank 0: tells every rank that it is over, and how.
void end_ranks(Ranks& ranks, std::int64_t status);

class Lead {
 public:
  using Clock = std::chrono::steady_clock;

  /// `runs`: the list whose numbers ranks are told; distinct. `threads`: of this rank. A rank that
  /// says nothing for `silence` is given up, and its runs go to the others.
  Lead(Ranks& ranks, std::span<const Run> runs, int threads,
       Clock::duration silence = 6 * sign_of_life);

  /// Waits for the other ranks and compares what they have read. Throws InputError for a rank with
  /// another list or another build of the program, what a rank could not do (its own error), and
  /// Interrupted. Returns lines the user should see.
  std::vector<std::string> gather(const std::function<bool()>& stop);

  /// As train_each, on all ranks, with the engine and device of `options.workers`; runs are among
  /// the runs. To be used as StudyTraining::trainer.
  void train(std::span<const Run> runs, const TrainOptions& options);

  /// While `options.finished` is told of a record: where it was made. For StudyTraining::making.
  Making making(const Making& base) const;

 private:
  struct Rank {
    Hello hello;
    bool here = false, gone = false, halted = false;
    std::int64_t lanes = 1, idle = 0, orders = 0;
    std::set<std::size_t> places;  // ordered, no result yet
    Clock::time_point heard;       // the last time
  };
  struct Round {
    std::span<const Run> runs;
    const TrainOptions& options;
    std::deque<std::size_t> waiting;
  };

  bool listen(Round* round);
  void hear(int from, const Message& message, Round* round);
  void keep(int from, const Result& result, Round& round);
  void shelve(int from, const Shelved& shelved, Round& round);
  void lose(int from, Round* round);
  void give_up_the_silent(Round* round);
  void look_at_own_crew(Round& round);
  void ask(int rank);
  bool is_idle(int rank) const;
  void check(int from) const;
  void begin(Round& round);
  bool hand_out(Round& round);
  std::vector<std::size_t> chunk(Rank& rank, Round& round) const;
  void order(int to, const std::vector<std::size_t>& places, const Round& round);
  void halt(Round& round);
  bool finished(const Round& round) const;
  [[noreturn]] void fail(int from, const Fatal& fatal) const;

  Ranks& ranks_;
  Clock::duration silence_;
  Clock::time_point looked_;
  std::map<std::string, std::int64_t> numbers_;  // of runs, by identity
  std::vector<Rank> all_;
  std::deque<int> asking_;  // ranks that no run waits at, first come first
  std::unique_ptr<Crew> crew_;
  int maker_ = 0;  // of the record at hand
  std::string engine_build_;
};

}  // namespace grok
