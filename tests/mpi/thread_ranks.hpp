// tests/mpi/thread_ranks.hpp: ranks that are threads of the test, and that a test may lose.
#pragma once

#include <algorithm>
#include <deque>
#include <mutex>
#include <set>
#include <vector>

#include "mpi/messages.hpp"
#include "mpi/ranks.hpp"

namespace grok {

class ThreadNetwork {
 public:
  explicit ThreadNetwork(int size) : packets_(static_cast<std::size_t>(size)) {}

  std::unique_ptr<Ranks> rank(int number) { return std::make_unique<One>(*this, number); }
  /// As if the process had died: nothing comes from it or to it any more.
  void lose(int number) {
    const std::lock_guard lock(mutex_);
    dead_.insert(number);
  }
  bool given_up(int number) {
    const std::lock_guard lock(mutex_);
    return given_up_.contains(number);
  }

 private:
  class One : public Ranks {
   public:
    One(ThreadNetwork& network, int rank) : network_(network), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return static_cast<int>(network_.packets_.size()); }
    int local_rank() const override { return rank_; }
    int sharing_cores() const override { return size(); }
    void send(int to, std::string data) override {
      const std::lock_guard lock(network_.mutex_);
      if (!network_.dead_.contains(rank_)) {
        network_.packets_[static_cast<std::size_t>(to)].push_back({rank_, std::move(data)});
      }
    }
    std::optional<Packet> receive() override {
      const std::lock_guard lock(network_.mutex_);
      auto& own = network_.packets_[static_cast<std::size_t>(rank_)];
      if (network_.dead_.contains(rank_)) {  // its thread must end all the same
        const Message end = End{0};
        return Packet{0, encoded({&end, 1})};
      }
      if (own.empty()) {
        return {};
      }
      Packet packet = std::move(own.front());
      own.pop_front();
      return packet;
    }
    void give_up(int rank) override {
      const std::lock_guard lock(network_.mutex_);
      network_.given_up_.insert(rank);
    }
    void leave(int) override {}

   private:
    ThreadNetwork& network_;
    int rank_;
  };

  std::mutex mutex_;
  std::vector<std::deque<Packet>> packets_;
  std::set<int> dead_, given_up_;
};

}  // namespace grok
