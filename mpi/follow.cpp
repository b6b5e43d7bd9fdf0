#include "mpi/follow.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "core/errors.hpp"
#include "core/provenance.hpp"
#include "mpi/crew.hpp"
#include "nets/engine_choice.hpp"

namespace grok {
namespace {

// FNV-1a, 64 bits: against lists that differ by mistake.
std::string digest_of(std::span<const Run> runs) {
  std::uint64_t hash = 14695981039346656037U;
  for (const Run& run : runs) {
    for (const char letter : run.name()) {
      hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
    }
  }
  return fmt::format("{:016x}", hash);
}

class Follower {
 public:
  Follower(Ranks& ranks, std::span<const Run> runs, int threads, std::chrono::milliseconds sign)
      : ranks_(ranks), runs_(runs), threads_(threads), sign_(sign) {}

  int run(const std::function<bool()>& stop, const std::function<void()>& stopped) {
    const Message hello = hello_of(runs_, threads_);
    tell({&hello, 1});
    for (Patience patience;;) {
      bool busy = hear();
      if (over_) {
        return static_cast<int>(status_);
      }
      if (!left_ && stop && stop()) {
        halt(true);
        if (stopped) {
          stopped();
        }
      }
      busy = speak() || busy;
      if (busy) {
        patience.reset();
      } else {
        patience.rest();
      }
    }
  }

 private:
  void tell(std::span<const Message> messages) {
    ranks_.send(0, encoded(messages));
    told_at_ = Clock::now();
  }

  bool hear() {
    bool heard = false;
    while (!over_) {
      const auto packet = ranks_.receive();
      if (!packet) {
        break;
      }
      heard = true;
      for (const Message& message : decoded(packet->data)) {
        if (const auto* order = std::get_if<Order>(&message)) {
          obey(*order);
        } else if (std::holds_alternative<Halt>(message)) {
          halt(false);
        } else if (const auto* end = std::get_if<End>(&message)) {
          over_ = true;
          status_ = end->status;
        }
      }
    }
    return heard;
  }

  void obey(const Order& order) {
    ++orders_;
    if (left_) {
      return;  // rank 0 hears of it, and gives these runs to another
    }
    const Crew::Wanted wanted{order.stride, order.keep, order.checkpoint_seconds};
    if (!crew_ || order.engine != engine_ || order.device != device_ || !(wanted == wanted_)) {
      crew_ = std::make_unique<Crew>(Workers{order.engine, order.device, threads_, ""}, wanted);
      engine_ = order.engine;
      device_ = order.device;
      wanted_ = wanted;
    }
    std::vector<Crew::Job> jobs;
    for (const RunTask& task : order.tasks) {
      jobs.push_back({task.place, runs_[static_cast<std::size_t>(task.run)], task.shelf});
    }
    crew_->add(std::move(jobs));
  }

  // Results first: they take nothing back.
  void halt(bool leaves) {
    std::vector<Message> messages;
    if (crew_) {
      crew_->halt();
      messages = crew_->take_messages();
      crew_.reset();
    }
    left_ = left_ || leaves;
    messages.emplace_back(Halted{left_});
    tell(messages);
  }

  // The load first: what ends after it is told with the next packet.
  bool speak() {
    if (Clock::now() - told_at_ > sign_) {
      tell({});
    }
    if (!crew_) {
      return false;
    }
    const Crew::Load load = crew_->load();
    std::vector<Message> messages = crew_->take_messages();
    if (load.waiting == 0 && (orders_ != told_.orders || load.idle > told_.idle)) {
      told_ = {orders_, load.idle};
      messages.emplace_back(told_);
    }
    if (!messages.empty()) {
      tell(messages);
    }
    return !messages.empty();
  }

  using Clock = std::chrono::steady_clock;
  Ranks& ranks_;
  Clock::time_point told_at_;
  std::span<const Run> runs_;
  int threads_;
  std::chrono::milliseconds sign_;
  std::unique_ptr<Crew> crew_;
  std::string engine_, device_;  // of the last order, as what it wants
  Crew::Wanted wanted_;
  std::int64_t orders_ = 0, status_ = 0;
  Want told_;
  bool left_ = false, over_ = false;
};

}  // namespace

Hello hello_of(std::span<const Run> runs, int threads) {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  return {digest_of(runs),        std::ssize(runs),    build_name(), host,
          provenance().processor, engine_build("cpu"), threads};
}

void Patience::rest() {
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds_));
  microseconds_ = std::min(longest, 2 * microseconds_);
}

int follow(Ranks& ranks, std::span<const Run> runs, int threads, const std::function<bool()>& stop,
           const std::function<void()>& stopped, std::chrono::milliseconds sign) {
  return Follower(ranks, runs, threads, sign).run(stop, stopped);
}

int follow_with_failure(Ranks& ranks, std::int64_t status, const std::string& reason) {
  const Message fatal = Fatal{status, reason};
  ranks.send(0, encoded({&fatal, 1}));
  for (Patience patience;; patience.rest()) {
    while (const auto packet = ranks.receive()) {
      for (const Message& message : decoded(packet->data)) {
        if (const auto* end = std::get_if<End>(&message)) {
          return static_cast<int>(end->status);
        }
        if (std::holds_alternative<Halt>(message)) {
          const Message halted = Halted{true};
          ranks.send(0, encoded({&halted, 1}));
        }
      }
    }
  }
}

}  // namespace grok
