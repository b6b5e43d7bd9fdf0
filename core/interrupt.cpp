#include "core/interrupt.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <limits>

#include "core/errors.hpp"

namespace grok {
namespace {

// A handler sees nothing but what is global.
std::atomic<int> received = 0, listening = 0;
std::atomic<std::int64_t> received_at = 0;  // [ns]
std::array<char, 1024> words;
std::atomic<std::size_t> words_size = 0;
static_assert(std::atomic<int>::is_always_lock_free &&
              std::atomic<std::size_t>::is_always_lock_free);

constexpr std::array signals = {SIGALRM, SIGINT, SIGTERM};

void end_now(int signal) {
  const ssize_t written = write(STDERR_FILENO, words.data(), words_size);
  static_cast<void>(written);  // there is nobody left to tell
  _exit(128 + (signal == SIGALRM ? received.load() : signal));
}

std::int64_t nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

// timeout(1) sends two at once, to the process and to its group.
void keep(int signal) {
  constexpr std::int64_t one_wish = 200'000'000;
  int none = 0;
  if (received.compare_exchange_strong(none, signal)) {
    received_at = nanoseconds();
    alarm(StopOnSignal::grace_seconds);
  } else if (nanoseconds() - received_at > one_wish) {
    end_now(signal);
  }
}

}  // namespace

StopOnSignal::StopOnSignal(const std::string& last_words) {
  received_at = std::numeric_limits<std::int64_t>::max();  // until it is known: one wish
  received = 0;
  ++listening;
  words_size = std::min(last_words.size(), words.size() - 1);
  std::copy_n(last_words.begin(), words_size.load(), words.begin());
  words[words_size++] = '\n';
  for (std::size_t k = 0; k < signals.size(); ++k) {
    struct sigaction action {};
    action.sa_handler = signals[k] == SIGALRM ? end_now : keep;
    action.sa_flags = SA_RESTART;
    sigaction(signals[k], nullptr, &before_[k]);
    if (before_[k].sa_handler != SIG_IGN) {
      sigaction(signals[k], &action, nullptr);
    }
  }
}

StopOnSignal::~StopOnSignal() {
  --listening;
  alarm(0);
  for (std::size_t k = 0; k < signals.size(); ++k) {
    sigaction(signals[k], &before_[k], nullptr);
  }
}

int stop_signal() { return received; }

void throw_if_stopped() {
  if (listening > 0 && received != 0) {
    throw Interrupted(
        "interrupted; what was being computed is not kept, the same command computes it again");
  }
}

}  // namespace grok
