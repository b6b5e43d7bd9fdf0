// mpi/mpi_ranks.cpp: ranks of an MPI job. MPI 3, C. Only the thread that joined talks to MPI, and
// nothing here waits inside MPI, where waiting takes a whole core.
#include <fmt/format.h>
#include <mpi.h>
#include <sched.h>

#include <chrono>
#include <cstring>
#include <limits>
#include <list>
#include <set>
#include <thread>

#include "core/errors.hpp"
#include "mpi/ranks.hpp"

namespace grok {
namespace {

constexpr int tag = 1;

void require_success(int status, const char* doing) {
  if (status != MPI_SUCCESS) {
    char text[MPI_MAX_ERROR_STRING] = {};
    int length = 0;
    MPI_Error_string(status, text, &length);
    throw Error(fmt::format("MPI: {}: {}", doing, text));
  }
}

// Ranks of a machine that may run on exactly the cores that this one may run on, itself included.
int count_sharing(MPI_Comm machine) {
  cpu_set_t own;
  CPU_ZERO(&own);
  sched_getaffinity(0, sizeof own, &own);
  int size = 0;
  MPI_Comm_size(machine, &size);
  std::vector<cpu_set_t> all(static_cast<std::size_t>(size));
  MPI_Allgather(&own, sizeof own, MPI_BYTE, all.data(), sizeof own, MPI_BYTE, machine);
  int same = 0;
  for (const cpu_set_t& set : all) {
    same += CPU_EQUAL(&own, &set) ? 1 : 0;
  }
  return same;
}

class MpiRanks : public Ranks {
 public:
  MpiRanks() {
    int granted = MPI_THREAD_SINGLE;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &granted);
    if (granted < MPI_THREAD_FUNNELED) {
      throw Error("MPI: threads = single, allowed funneled: a library with threads");
    }
    MPI_Comm_dup(MPI_COMM_WORLD, &ranks_);
    MPI_Comm_set_errhandler(ranks_, MPI_ERRORS_RETURN);
    MPI_Comm_rank(ranks_, &rank_);
    MPI_Comm_size(ranks_, &size_);
    MPI_Comm machine = MPI_COMM_NULL;
    MPI_Comm_split_type(ranks_, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Comm_rank(machine, &local_rank_);
    sharing_cores_ = count_sharing(machine);
    MPI_Comm_free(&machine);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_rank() const override { return local_rank_; }
  int sharing_cores() const override { return sharing_cores_; }

  void send(int to, std::string data) override {
    if (data.size() > std::numeric_limits<int>::max()) {
      throw Error(fmt::format("MPI: packet = {} bytes, allowed 2147483647", data.size()));
    }
    if (given_up_.contains(to)) {
      return;
    }
    Sending& sending = on_their_way_.emplace_back(Sending{to, std::move(data)});
    require_success(MPI_Isend(sending.data.data(), static_cast<int>(sending.data.size()), MPI_BYTE,
                              to, tag, ranks_, &sending.request),
                    "send");
  }

  std::optional<Packet> receive() override {
    forget_what_was_sent();
    int there = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status{};
    require_success(MPI_Improbe(MPI_ANY_SOURCE, tag, ranks_, &there, &message, &status), "probe");
    if (there == 0) {
      return {};
    }
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    Packet packet{status.MPI_SOURCE, std::string(static_cast<std::size_t>(size), '\0')};
    require_success(MPI_Mrecv(packet.data.data(), size, MPI_BYTE, &message, MPI_STATUS_IGNORE),
                    "receive");
    return packet;
  }

  // What is on its way there stays on it.
  void give_up(int rank) override {
    given_up_.insert(rank);
    for (auto one = on_their_way_.begin(); one != on_their_way_.end();) {
      const auto next = std::next(one);
      if (one->to == rank) {
        undelivered_.splice(undelivered_.end(), on_their_way_, one);
      }
      one = next;
    }
  }

  // Receives to the end: what nobody has received may keep its sender.
  void leave(int exit_status) override {
    const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
    while (!on_their_way_.empty()) {
      receive();
      pause();
    }
    if (!given_up_.empty()) {
      MPI_Abort(ranks_, exit_status);  // MPI_Finalize would wait for them
    }
    MPI_Request all_here = MPI_REQUEST_NULL;
    require_success(MPI_Ibarrier(ranks_, &all_here), "leave");
    for (int done = 0; done == 0;) {
      receive();
      pause();
      MPI_Test(&all_here, &done, MPI_STATUS_IGNORE);
    }
    MPI_Comm_free(&ranks_);
    MPI_Finalize();
  }

 private:
  struct Sending {
    int to = 0;
    std::string data;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  void forget_what_was_sent() {
    for (auto one = on_their_way_.begin(); one != on_their_way_.end();) {
      int done = 0;
      MPI_Test(&one->request, &done, MPI_STATUS_IGNORE);
      one = done != 0 ? on_their_way_.erase(one) : std::next(one);
    }
  }

  MPI_Comm ranks_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1, local_rank_ = 0, sharing_cores_ = 1;
  std::list<Sending> on_their_way_, undelivered_;
  std::set<int> given_up_;
};

}  // namespace

std::unique_ptr<Ranks> join_mpi() { return std::make_unique<MpiRanks>(); }

std::string mpi_description() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string version(text);
  return version.substr(0, version.find_first_of(",\n"));
}

}  // namespace grok
